"""The one question before a plan is carried out, and the wait while it is."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialogButtonBox, QProgressBar, QVBoxLayout, QWidget

from mio_fidelity.coding.planned import CarriedOut
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.job_dialog import JobDialog
from mio_fidelity.gui.plan_work import Drawn, store
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.store import Done


class AssignDialog(JobDialog):
    """Asks, assigns, and closes; while it is open nothing else in the window is stored.

    Args:
        bench: The open study.
        drawn: What is to be given out.
        parent: The page.

    Signals:
        assigned: The `CarriedOut`, once it is stored.
        outdated: It was refused, because what was seen is not what there is.
    """

    assigned = Signal(object)
    outdated = Signal()

    def __init__(self, bench: Workbench, drawn: Drawn, parent: QWidget) -> None:
        super().__init__(bench, parent)
        self.setWindowTitle(self.tr("Assign"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._drawn = drawn
        self.question, self.notice = sentence_label(self._question()), sentence_label("", "warn")
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName(self.tr("Assigning"))
        n = len(drawn.proposal.new)
        words = self.tr("Assign 1 rating") if n == 1 else self.tr("Assign {n} ratings")
        self.box = buttons(self, words.format(n=n))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        for widget in (self.question, self.progress, self.notice, self.box):
            column.addWidget(widget)
        self.progress.hide()
        self.notice.hide()
        self.setMinimumWidth(theme.scaled(460))
        self._ok.setFocus()

    def accept(self) -> None:
        """Give it out."""
        if self._job is not None or not self._ok.isEnabled():
            return
        self._busy(True)
        self._job = Job(partial(store, self._bench.project, self._drawn), self)
        self._job.progressed.connect(lambda share: self.progress.setValue(round(1000 * share)))
        self._job.finished.connect(self._take)
        self._job.refused.connect(self._take_refusal)
        self._job.stopped.connect(lambda: self._stay(self.tr("Stopped; nothing was assigned.")))
        self._job.start()

    @property
    def _ok(self) -> QWidget:
        return self.box.button(QDialogButtonBox.StandardButton.Ok)

    def _question(self) -> str:
        found = self._drawn.proposal
        words = self.tr(
            "Give these out? Ratings: {n}; coders: {coders}. The sessions appear in their lists at once. The "
            "plan is kept with its seed, {seed}."
        )
        coders = sum(n > 0 for n in found.load.values())
        return words.format(n=len(found.new), coders=coders, seed=self._drawn.seed)

    def _take(self, done: Done[CarriedOut]) -> None:
        self._job = None
        super().accept()
        self._bench.saved_at = datetime.now().astimezone()
        self.assigned.emit(done.value)
        self._bench.changed.emit(done.changed)

    def _take_refusal(self, error: UserError) -> None:
        self._stay(sentence(error))
        self._ok.setEnabled(False)
        self.outdated.emit()

    def _stay(self, words: str) -> None:
        self._job = None
        self._busy(False)
        self.notice.setText(f"▲ {words}")
        self.notice.show()

    def _busy(self, busy: bool) -> None:
        self.progress.setValue(0)
        self.progress.setVisible(busy)
        self.notice.hide()
        self._ok.setEnabled(not busy)
