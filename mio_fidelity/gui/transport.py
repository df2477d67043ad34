"""The row of buttons under the waveform: play, skip, speed, loop, volume, and the clock."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSlider, QToolButton, QWidget, QWidgetAction

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
        self.show_position(self._player.position_ms)

    def show_position(self, ms: int) -> None:
        """Show where the recording is, to a tenth."""
        self.clock.setText(format_ms(ms, tenths=True, hours=self._hours))

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.scaled(10), theme.scaled(6), theme.scaled(10), theme.scaled(6))
        row.setSpacing(theme.scaled(6))
        skips = [self._skip(ms) for ms in SKIPS_MS]
        for widget in (*skips[:2], self.play, *skips[2:], self.clock, self.total):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self.speed, self.loop, self.volume):
            row.addWidget(widget)
        self.clock.setFont(theme.font(18))
        # The clock must not push its neighbours about.
        self.clock.setMinimumWidth(self.clock.fontMetrics().horizontalAdvance("00:00.0"))
        self.clock.setAccessibleName(self.tr("Position in the recording"))
        for widget in (*skips, self.play, self.speed, self.loop, self.volume):
            # A click leaves the keyboard on the form.
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
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
