"""What the dialogs share that work for minutes: a bar, a button that stops, and an end that loses nothing."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QListWidget,
    QProgressBar,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.background import Job, Work
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.job_dialog import JobDialog
from mio_fidelity.gui.workbench import Workbench, sentence

AnyIndex = QModelIndex | QPersistentModelIndex
WIDTH_PX, HEIGHT_PX = 720, 560
# What a window manager adds.
FRAME_PX = 40
# As style.qss has it for the items of lists.
PADDING_PX = 8


class WorkDialog(JobDialog):
    """Runs one piece of work at a time; the second button stops it, and closes when there is none.

    Closing the window stops the work first and closes as soon as it has ended.
    """

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self._leaving = False
        self.progress = QProgressBar()
        self.report = sentence_label("", "muted")
        self.box = buttons(self, "")
        self.progress.hide()
        self.report.hide()

    @property
    def go(self) -> QPushButton:
        """The primary button."""
        return self.box.button(QDialogButtonBox.StandardButton.Ok)

    @property
    def stop(self) -> QPushButton:
        """Stops, or closes."""
        return self.box.button(QDialogButtonBox.StandardButton.Cancel)

    @property
    def busy(self) -> bool:
        """Whether something is going on."""
        return self._job is not None

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop, and close once it has stopped."""
        if self._job is None:
            super().closeEvent(event)
            return
        self._leaving = True
        self._job.cancel()
        event.ignore()

    def _start(self, work: Work, then: Callable[[Any], None], stopped: Callable[[], None]) -> None:
        """Do ``work``; ``then`` takes its answer, ``stopped`` is told that it was stopped."""
        self._job = Job(work, self)
        self._job.progressed.connect(self._show_share)
        self._job.finished.connect(lambda answer: self._end(lambda: then(answer)))
        self._job.refused.connect(lambda error: self._end(lambda: self._take_refusal(error)))
        self._job.stopped.connect(lambda: self._end(stopped))
        self._show_busy(True)
        self._job.start()

    def _take_refusal(self, error: UserError) -> None:
        """The work could not go on."""
        self._say(sentence(error), "alarm")

    def _show_share(self, share: float) -> None:
        self.progress.setRange(0, 1000)
        self.progress.setValue(round(1000 * share))

    def _show_busy(self, busy: bool) -> None:
        """Fit the controls; a dialog adds its own."""
        # Moving to and fro until the first share is told.
        self.progress.setRange(0, 0 if busy else 1000)
        self.progress.setVisible(busy)
        self.stop.setText(self.tr("Stop") if busy else self.tr("Close"))
        self.go.setEnabled(not busy)

    def _end(self, then: Callable[[], None]) -> None:
        self._job = None
        self._show_busy(False)
        then()
        if self._leaving:
            if self._job is not None:
                self._job.drop()
                self._job = None
            super().reject()

    def _widen(self) -> None:
        """As wide as its sentences want, where the screen has the room."""
        self.setMinimumWidth(min(theme.scaled(WIDTH_PX), self.screen().availableSize().width() - FRAME_PX))

    def _fit(self) -> None:
        """As tall as its sentences want by now, and wholly on the screen where that is tall enough."""
        area, layout = self.screen().availableGeometry(), self.layout()
        if layout is None:
            return
        tall = layout.totalHeightForWidth(self.width())
        self.resize(self.width(), max(self.height(), min(tall, area.height() - FRAME_PX)))
        self._onto_screen(area)

    def _make_room(self) -> None:
        """As tall as a list wants, where the screen has the room, and wholly on it."""
        area = self.screen().availableGeometry()
        tall = min(theme.scaled(HEIGHT_PX), area.height() - FRAME_PX)
        self.resize(self.width(), max(self.height(), tall))
        self._onto_screen(area)

    def _onto_screen(self, area: QRect) -> None:
        lowest = area.bottom() - self.frameGeometry().height()
        if self.y() > lowest:
            self.move(self.x(), max(area.top(), lowest))

    def _say(self, text: str, role: str) -> None:
        """A sentence on how it went; an empty one takes the last away."""
        self.report.setText(text)
        theme.set_role(self.report, role)
        self.report.setVisible(bool(text))
        if text and self.isVisible():
            self._fit()


class _Wrapped(QStyledItemDelegate):
    """Wraps within the padding that the style sheet adds, so that no line is cut off."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """How tall the sentence is in the width there is."""
        wide = option.rect.width()
        option.rect = option.rect.adjusted(0, 0, -2 * theme.scaled(PADDING_PX + 1), 0)
        return QSize(wide, super().sizeHint(option, index).height())


def list_of(name: str) -> QListWidget:
    """A list of sentences that wrap, quick with thousands; ``name`` is what a screen reader says."""
    made = QListWidget()
    made.setAccessibleName(name)
    made.setWordWrap(True)
    made.setItemDelegate(_Wrapped(made))
    made.setResizeMode(QListWidget.ResizeMode.Adjust)
    made.setLayoutMode(QListWidget.LayoutMode.Batched)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made
