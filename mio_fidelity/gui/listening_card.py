"""The card at the left: what cannot be heard, the picture, the waveform, the buttons."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mio_fidelity.coding import recordings
from mio_fidelity.coding.desk import Desk
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.listening import Listening, MediaOf
from mio_fidelity.gui.transport import Transport
from mio_fidelity.gui.waveform import Waveform
from mio_fidelity.gui.workbench import Workbench

VIDEO_PX = 220
# Among the tabs it has what room there is.
SMALL_VIDEO_PX = 110


class ListeningCard(QFrame):
    """A recording to listen to.

    Attributes:
        view: The picture and the waveform, which may lie elsewhere where there is little room.
    """

    locate_asked = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "panel")
        self.waveform = Waveform()
        self.listening = Listening(bench, self.waveform, self)
        self.transport = Transport(self.listening.player)
        self.remark = label("", "warn")
        self.remark.setWordWrap(True)
        self.locate = QPushButton(self.tr("Locate…"))
        self.view = QWidget()
        self._lent = False
        self._picture: QWidget | None = None
        self._trouble = QWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._lay_out()
        self.locate.clicked.connect(self.locate_asked)
        self.listening.remarked.connect(self._show_remark)

    def begin(self, desk: Desk, media_of: MediaOf = recordings.media_of) -> None:
        """Load the recording of ``desk``; ``media_of`` as in `Listening.begin`."""
        self._show_remark("", False)
        self.listening.begin(desk, media_of)
        self.transport.show_duration(desk.duration_ms)
        self._picture = self.listening.player.video_widget()
        if self._picture is not None:
            self._fit_picture()
            self._seen.insertWidget(0, self._picture)
            self._picture.show()

    def end(self) -> None:
        """Stop and let go of the recording."""
        if self._picture is not None:
            self._picture.hide()
        self.listening.end()

    def lend_view(self) -> QWidget:
        """The picture and the waveform, to lie elsewhere."""
        self._lent = True
        self._fit_picture()
        return self.view

    def take_view(self) -> None:
        """Have them here again."""
        self._lent = False
        self._fit_picture()
        self._column.insertWidget(1, self.view)
        self.view.show()

    def full_height(self) -> int:
        """What it takes with them in it, while nothing is wrong."""
        seen = self.waveform.sizeHint().height() + (theme.scaled(VIDEO_PX) if self._picture else 0)
        return seen + self.transport.sizeHint().height()

    def _lay_out(self) -> None:
        self._seen = QVBoxLayout(self.view)
        # The edge of the panel stays in sight.
        self._seen.setContentsMargins(1, 0, 1, 1)
        self._seen.setSpacing(0)
        self._seen.addWidget(self.waveform)
        row = QHBoxLayout(self._trouble)
        row.setContentsMargins(theme.scaled(10), theme.scaled(6), theme.scaled(10), theme.scaled(6))
        row.addWidget(self.remark, 1)
        row.addWidget(self.locate)
        self._trouble.hide()
        line = QFrame()
        theme.set_role(line, "line")
        for widget in (self._trouble, self.view, line, self.transport):
            self._column.addWidget(widget)

    def _fit_picture(self) -> None:
        if self._picture is not None:
            self._picture.setMinimumHeight(SMALL_VIDEO_PX if self._lent else theme.scaled(VIDEO_PX))

    def _show_remark(self, text: str, may_locate: bool) -> None:
        self.remark.setText(text)
        self.locate.setVisible(may_locate)
        self._trouble.setVisible(bool(text))
