"""How faithful the counselors' sessions are, over the sessions and in each arm: for supervisors."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from mio_fidelity.analysis.counselor_listings import counselors_listing
from mio_fidelity.analysis.counselor_results import CounselorOptions, CounselorReport, Rule
from mio_fidelity.analysis.counselors import counselor_report
from mio_fidelity.analysis.study import filter_choices
from mio_fidelity.coding import people
from mio_fidelity.errors import UserError
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.counselor_export import CounselorExport
from mio_fidelity.gui.counselors_layout import CounselorsWidgets
from mio_fidelity.gui.criterion_dialog import CriterionDialog
from mio_fidelity.gui.feedback_dialog import FeedbackDialog
from mio_fidelity.gui.self_rating_dialog import SelfRatingDialog
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, said, sentence
from mio_fidelity.media.progress import Cancelled, IsCancelled, OnProgress
from mio_fidelity.store import Project

SHOWN_TABLES = {"rating", "score", "treatment_session", "counselor", "person", "setting", *EVERYTHING}
# Several changes in a row are one.
PAUSE_MS = 150


class CounselorsPage(CounselorsWidgets):
    """Has the report made on another thread, and shows it.

    Signals:
        left: Back to the list of sessions.
    """

    left = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.report: CounselorReport | None = None
        self._job: Job | None = None
        self._exporting = CounselorExport(self.export_wait, self)
        # What gets the keyboard once it can be used.
        self._next: QWidget | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._read)
        self._connect()

    def open(self) -> None:
        """Show the open study as it is now."""
        self.foot.say("")
        self._offer_editions()
        self._next = self.list
        self._read()

    def forget(self) -> None:
        """Let go of what was read: somebody else may be at the screen next."""
        self._drop()
        self._pause.stop()
        self.report = None
        self.list.forget()
        self.view.forget()
        self.header.show_pills((), ())

    def stop_work(self) -> None:
        """Stop everything, an export too; it leaves an old file as it was."""
        self.forget()
        self._exporting.drop()

    def _connect(self) -> None:
        self._bench.changed.connect(self._take_change)
        self._bench.refused.connect(self._take_refusal)
        self._exporting.ended.connect(self.foot.say)
        self.back.clicked.connect(self.left)
        self.list.chosen.connect(lambda _: self._show_chosen())
        self.dimension.currentIndexChanged.connect(lambda _: self._show())
        self.rule.currentIndexChanged.connect(lambda _: self._read())
        self.edition.currentIndexChanged.connect(lambda _: self._read())
        self.criterion.clicked.connect(self._set_criterion)
        self.feedback.clicked.connect(self._ask_feedback)
        self.view.own_asked.connect(self._ask_own)
        for words, does in (
            (self.tr("This table to Excel…"), self._export_excel),
            (self.tr("This table as CSV…"), self._export_csv),
            (self.tr("All counselors as CSV…"), self._export_counselors),
            (self.tr("Everything to Excel…"), self._export_book),
        ):
            self.add_export(words, does)
        for keys, act in (
            ("Escape", self.left.emit),
            ("F5", self._read),
            ("Ctrl+E", self.export.showMenu),
            ("Ctrl+PgDown", lambda: self._turn(1)),
            ("Ctrl+PgUp", lambda: self._turn(-1)),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(act)

    def _take_change(self, changed: frozenset[str]) -> None:
        if self.isVisible() and changed & SHOWN_TABLES:
            self._pause.start()

    def _take_refusal(self, error: UserError) -> None:
        if self.isVisible():
            self.foot.say(sentence(error), "alarm")

    def _options(self) -> CounselorOptions:
        return CounselorOptions(Rule(self.rule.currentData()), instrument=self.edition.currentData())

    def _read(self) -> None:
        if not self._bench.has_project:
            return
        self._drop()
        self._grey(True)
        self._job = Job(partial(_report, self._bench.project, self._options()), self)
        self._job.finished.connect(self._take)
        self._job.refused.connect(self._take_nothing)
        self._job.stopped.connect(lambda: self.foot.say(self.tr("Stopped. F5 reads again.")))
        self.wait.watch(self._job, self.tr("Reading the scores…"))
        self._job.start()

    def _take(self, found: CounselorReport) -> None:
        self._job = None
        self.report = found
        self.foot.say(" ".join(map(said, found.remarks)))
        self.offer_dimensions(found)
        self.show_report(found)
        self._show()

    def _take_nothing(self, error: UserError) -> None:
        self._job = self.report = None
        self.list.forget()
        self.view.forget()
        self.header.show_pills((), ())
        self._grey(False)
        self.show_nothing(sentence(error))

    def _show(self) -> None:
        if self.report is not None:
            self.list.show_report(self.report, self.dimension.currentData())
            self._show_chosen()

    def _show_chosen(self) -> None:
        if self.report is not None:
            self.view.show_report(self.report, self.list.code, self.dimension.currentData())
            self._grey(self._job is not None)

    def _grey(self, stale: bool) -> None:
        there = self.report is not None and not stale
        here = QApplication.focusWidget()
        for part in (self.list, self.view):
            if stale and here is not None and (part is here or part.isAncestorOf(here)):
                self._next = part
            part.setEnabled(not stale)
        if not stale:
            self._give_keyboard()
        for button in (self.criterion, self.export):
            button.setEnabled(there)
        code = self.list.code
        coded = self.report is not None and bool(code) and bool(self.report.line(code).sessions)
        self.feedback.setEnabled(there and coded)

    def _give_keyboard(self) -> None:
        """Back to what lost it while it could not be used."""
        if self._next is self.view:
            self.view.take_keyboard()
        elif self._next is not None:
            self._next.setFocus()
        self._next = None

    def _drop(self) -> None:
        if self._job is not None:
            self._job.drop()
        self._job = None
        self.wait.forget()

    def _offer_editions(self) -> None:
        self.offer_editions(self._bench.ask(filter_choices).instruments)

    def _turn(self, by: int) -> None:
        tabs = self.view.tabs
        tabs.setCurrentIndex((tabs.currentIndex() + by) % tabs.count())
        self.view.take_keyboard()

    def _set_criterion(self) -> None:
        if self.report is not None:
            self._open(CriterionDialog(self._bench, self.report, self))

    def _ask_own(self) -> None:
        if self.list.code:
            spoken = self.report is not None and self.report.instrument.own_words is not None
            self._open(SelfRatingDialog(self._bench, self.list.code, spoken, self))

    def _ask_feedback(self) -> None:
        dialog = FeedbackDialog(self)
        dialog.asked.connect(self._write_feedback)
        self._open(dialog)

    def _write_feedback(self, with_code: bool) -> None:
        if self.report is not None and self.list.code and not self._exporting.busy:
            self._exporting.feedback(self.report, self.list.code, with_code)

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _export_excel(self) -> None:
        shown = self.view.shown()
        if shown and not self._exporting.busy:
            self._exporting.excel(shown, self._title(), self.view.table.in_words())

    def _export_csv(self) -> None:
        shown = self.view.shown()
        if shown and not self._exporting.busy:
            self._exporting.csv(shown)

    def _export_counselors(self) -> None:
        if self.report is not None and not self._exporting.busy:
            self._exporting.csv(counselors_listing(self.report))

    def _export_book(self) -> None:
        if self.report is not None and not self._exporting.busy:
            self._exporting.book(self.report)

    def _title(self) -> str:
        return self._bench.ask(people.study_facts).title


def _report(
    project: Project, options: CounselorOptions, _tell: OnProgress, cancelled: IsCancelled
) -> CounselorReport:
    found = project.ask_elsewhere(counselor_report, options)
    if cancelled():
        raise Cancelled
    return found
