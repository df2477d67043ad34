"""The row of buttons under the waveform: play, skip, speed, loop, volume, and the clock."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.icons import set_icon
from mio_fidelity.gui.playback.player import FASTEST, RATE_STEP, SLOWEST, Player, PlayerState
from mio_fidelity.gui.times import format_ms

SKIPS_MS = (-15_000, -5_000, 5_000, 15_000)


class Transport(QWidget):
    """Shows what ``player`` does and tells it what to do."""

    loop_asked = Signal()
    go_to_asked = Signal()

    def __init__(self, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._hours = False
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._first, self._second = QWidget(), QWidget()
        self.play = QPushButton()
        theme.set_role(self.play, "primary")
        self.clock = label("00:00.0", "clock")
        self.total = label("", "muted")
        self.speed = QToolButton()
        self.loop = QToolButton()
        self.volume = QToolButton()
        self._build()
        player.moved.connect(self.show_position)
        player.state_changed.connect(self._show_state)
        player.rate_changed.connect(self._show_rate)
        player.volume_changed.connect(self._show_volume)
        player.loop_changed.connect(self._show_loop)
        self._show_state(player.state)
        self._show_rate(player.rate)
        self._show_volume(player.volume)
        self._show_loop()

    def show_duration(self, ms: int) -> None:
        """Show how long the recording is."""
        self._hours = ms >= 3_600_000
        self.total.setText(f"/ {format_ms(ms, hours=self._hours)}")
        # The clock must not push its neighbours about.
        self.clock.setText(format_ms(0, tenths=True, hours=self._hours))
        self.clock.setMinimumWidth(self.clock.sizeHint().width())
        self.show_position(self._player.position_ms)

    def show_position(self, ms: int) -> None:
        """Show where the recording is, to a tenth."""
        self.clock.setText(format_ms(ms, tenths=True, hours=self._hours))

    def minimumSizeHint(self) -> QSize:
        """As narrow as the wider of the two rows it can be."""
        margins = self._rows.contentsMargins()
        width = max(self._first.sizeHint().width(), self._second_px(with_total=False))
        return QSize(width + margins.left() + margins.right(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With large letters in a narrow place, go on in a second row; the length stands above too."""
        super().resizeEvent(event)
        ways, margins = QBoxLayout.Direction, self._rows.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        one_row = self._first.sizeHint().width() + self._rows.spacing() + self._second_px(with_total=True)
        self._rows.setDirection(ways.LeftToRight if one_row <= room else ways.TopToBottom)
        self.total.setVisible(self._second_px(with_total=True) <= room)

    def _second_px(self, with_total: bool) -> int:
        total = self.total.sizeHint().width() + self._rows.spacing()
        without = self._second.sizeHint().width() - (0 if self.total.isHidden() else total)
        return without + (total if with_total else 0)

    def _build(self) -> None:
        self._rows.setContentsMargins(theme.scaled(10), theme.scaled(6), theme.scaled(10), theme.scaled(6))
        self._rows.setSpacing(theme.scaled(6))
        skips = [self._skip(ms) for ms in SKIPS_MS]
        first, second = QHBoxLayout(self._first), QHBoxLayout(self._second)
        for row in (first, second):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(theme.scaled(6))
        tools: tuple[QAbstractButton, ...] = (self.speed, self.loop, self.volume)
        for button in (*skips[:2], self.play, *skips[2:]):
            first.addWidget(button)
        second.addWidget(self.clock)
        second.addWidget(self.total)
        second.addStretch(1)
        for tool in tools:
            second.addWidget(tool)
        self._rows.addWidget(self._first, 0)
        self._rows.addWidget(self._second, 1)
        self.clock.setFont(theme.font(18))
        self.clock.setAccessibleName(self.tr("Position in the recording"))
        for each in (*skips, self.play, *tools):
            # A click leaves the keyboard on the form.
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.play.clicked.connect(self._player.toggle)
        self.loop.setText(self.tr("A–B"))
        self.loop.clicked.connect(self.loop_asked)
        self._build_speed()
        self._build_volume()

    def _skip(self, ms: int) -> QPushButton:
        seconds = abs(ms) // 1000
        button = QPushButton(f"{'−' if ms < 0 else '+'}{seconds}")
        text = self.tr("Back {seconds} seconds") if ms < 0 else self.tr("Forward {seconds} seconds")
        button.setToolTip(text.format(seconds=seconds))
        button.setAccessibleName(button.toolTip())
        button.clicked.connect(lambda: self._player.skip(ms))
        return button

    def _build_speed(self) -> None:
        menu = QMenu(self.speed)
        steps = round((FASTEST - SLOWEST) / RATE_STEP) + 1
        for step in range(steps):
            rate = round(SLOWEST + step * RATE_STEP, 1)
            menu.addAction(f"{rate:.1f}×").triggered.connect(partial(self._player.set_rate, rate))
        self.speed.setMenu(menu)
        self.speed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.speed.setToolTip(self.tr("Speed; the pitch stays"))

    def _build_volume(self) -> None:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, 100)
        slider.setAccessibleName(self.tr("Volume"))
        slider.setFixedWidth(theme.scaled(140))
        slider.valueChanged.connect(self._player.set_volume)
        self._player.volume_changed.connect(slider.setValue)
        menu = QMenu(self.volume)
        action = QWidgetAction(menu)
        action.setDefaultWidget(slider)
        menu.addAction(action)
        self.volume.setMenu(menu)
        self.volume.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _show_state(self, state: PlayerState) -> None:
        playing = state is PlayerState.PLAYING
        set_icon(
            self.play,
            "pause" if playing else "play",
            self.tr("Pause") if playing else self.tr("Play"),
            "accent_text",
        )
        self.play.setEnabled(state not in (PlayerState.EMPTY, PlayerState.FAILED))

    def _show_rate(self, rate: float) -> None:
        self.speed.setText(f"{rate:.1f}×")
        self.speed.setAccessibleName(self.tr("Speed {rate} times").format(rate=f"{rate:.1f}"))

    def _show_volume(self, volume: int) -> None:
        set_icon(self.volume, "volume", self.tr("Volume {volume} %").format(volume=volume))

    def _show_loop(self) -> None:
        loop = self._player.loop
        if loop is None:
            text = self.tr("Loop: press once at its start and once at its end")
        elif loop[1] is None:
            text = self.tr("Loop starts at {start}; press again at its end").format(start=format_ms(loop[0]))
        else:
            text = self.tr("Loop {start} to {end}; press to end it").format(
                start=format_ms(loop[0]), end=format_ms(loop[1])
            )
        self.loop.setText(self.tr("A–…") if loop and loop[1] is None else self.tr("A–B"))
        self.loop.setToolTip(text)
        self.loop.setAccessibleName(text)
        self.loop.setCheckable(True)
        self.loop.setChecked(loop is not None)
