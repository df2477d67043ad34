"""Each coder held to the rule: what was shown, what is lacking, every scale and session behind it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.analysis import certification
from mio_fidelity.analysis.judgement import Judgement
from mio_fidelity.coding.listing import Listing
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.ask_dialog import ask
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.bars import label, push_button
from mio_fidelity.gui.criteria_list import CriteriaList
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.listing_view import ListingView
from mio_fidelity.gui.training_dialogs import GiveTrainingDialog, RuleDialog
from mio_fidelity.gui.training_plot import GapPlot
from mio_fidelity.gui.training_standing import Trained, day_words, standing, trained
from mio_fidelity.gui.training_tables import gaps_of, scales_listing, sessions_listing
from mio_fidelity.gui.workbench import Workbench, said, sentence
from mio_fidelity.store import Project

LIST_PX, ROW_PX = 236, 48
SCALES, SESSIONS = range(2)


class TrainingCoders(QWidget):
    """Coders at the left, the chosen one at the right.

    Signals:
        ready: What `primary` says may be another.
        compare_asked: The id of a rating to be seen beside the master codes.
        said: A sentence for the status line, and its role of the theme.
    """

    ready = Signal()
    compare_asked = Signal(str)
    said = Signal(str, str)

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._job: Job | None = None
        self._found: Trained | None = None
        self.list = QListWidget()
        self.title, self.verdict = label("", "title"), sentence_label("")
        self.filed = sentence_label("", "muted")
        self.criteria, self.plot = CriteriaList(), GapPlot()
        self.which, self.view = QTabBar(), ListingView()
        self.give = push_button(self.tr("Give training sessions…"), self._ask_sessions)
        self.compare = push_button(self.tr("See beside the master codes"), self._compare)
        self.rule = push_button(self.tr("Rule…"), lambda: self._open(RuleDialog(bench, self)))
        self.detail = QWidget()
        self._lay_out()
        self.list.currentRowChanged.connect(lambda _: self._show_one())
        self.which.currentChanged.connect(lambda _: self._show_table())
        self.view.chosen.connect(self._enable)
        self.view.opened.connect(lambda _: self._compare())

    def show_study(self) -> None:
        """Read how everybody stands; what is shown stays until that is there."""
        self._drop()
        self._job = Job(partial(_read, self._bench.project), self)
        self._job.finished.connect(self._take)
        self._job.refused.connect(self._on_refused)
        self._job.start()

    def forget(self) -> None:
        """Show nothing."""
        self._drop()
        self._found = None
        with QSignalBlocker(self.list):
            self.list.clear()
        self.view.show_listing(None)
        self._show_one()

    def focus(self) -> None:
        """Give the list the keyboard."""
        self.list.setFocus()

    def primary(self) -> tuple[str, bool, str]:
        """What the main button says, whether it can be pressed, and how much there is."""
        one, found = self.chosen(), self._found
        if one is None or found is None:
            return self.tr("Certify…"), False, self.tr("Reading…") if self._job else ""
        words = self.tr("Certify {code}…") if one.passed else self.tr("Keep the verdict on {code}…")
        if one.passed and one.person_id in found.latest:
            words = self.tr("Certify {code} again…")
        rule = (
            self.tr("Only certified coders are given sessions of the study.")
            if found.required
            else self.tr("Certification is not required for coding.")
        )
        return words.format(code=one.coder), bool(one.sessions), rule

    def press(self) -> None:
        """Ask whether the verdict on the chosen coder is to be kept."""
        one = self.chosen()
        if one is None:
            return
        lines = [said(one.verdict), "", self.criteria.as_text(), ""]
        lines.append(
            self.tr(
                "The verdict is kept for good, with the rule and all scores behind it; the latest counts."
            )
        )
        does = self.tr("Certify") if one.passed else self.tr("Keep as not passed")
        title = self.tr("Certify {code}").format(code=one.coder)
        dialog = ask(self, title, "\n".join(lines), does)
        dialog.answered.connect(
            lambda _: self._bench.do(certification.certify, one.person_id, one.data_sha256)
        )

    def listing(self) -> Listing | None:
        """The table that is shown."""
        return self.view.model.shown()

    def chosen(self) -> Judgement | None:
        """The coder chosen."""
        at = self.list.currentRow()
        known = self._found.judgements if self._found is not None else ()
        return known[at] if 0 <= at < len(known) else None

    def _lay_out(self) -> None:
        self.list.setAccessibleName(self.tr("Coders"))
        self.list.setFixedWidth(theme.scaled(LIST_PX))
        self.which.setDrawBase(False)
        self.which.setExpanding(False)
        self.which.setAccessibleName(self.tr("Scales or sessions"))
        self.which.addTab(self.tr("Scales"))
        self.which.addTab(self.tr("Sessions"))
        upper, words, row = QHBoxLayout(), QVBoxLayout(), QHBoxLayout()
        upper.setSpacing(theme.scaled(20))
        words.setSpacing(theme.scaled(4))
        for widget in (self.title, self.filed, self.verdict):
            words.addWidget(widget)
        words.addSpacing(theme.scaled(4))
        words.addWidget(self.criteria, 1)
        upper.addLayout(words, 5)
        upper.addWidget(self.plot, 6, Qt.AlignmentFlag.AlignTop)
        row.setSpacing(theme.scaled(8))
        for button in (self.give, self.compare):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.rule)
        right = QVBoxLayout(self.detail)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(theme.scaled(6))
        right.addLayout(upper)
        right.addWidget(self.which)
        right.addWidget(self.view, 1)
        right.addLayout(row)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme.scaled(14))
        whole.addWidget(self.list)
        whole.addWidget(self.detail, 1)

    def _take(self, found: Trained) -> None:
        one = self.chosen()
        kept = one.person_id if one is not None else ""
        self._job, self._found = None, found
        with QSignalBlocker(self.list):
            self.list.clear()
            for each in found.judgements:
                state = standing(each, found.latest.get(each.person_id), found.of(each.person_id))
                item = QListWidgetItem(f"{each.coder}\n{state}", self.list)
                item.setSizeHint(QSize(0, theme.scaled(ROW_PX)))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{each.coder}: {state[2:]}")
            ids = [each.person_id for each in found.judgements]
            self.list.setCurrentRow(ids.index(kept) if kept in ids else 0 if ids else -1)
        self._show_one()

    def _on_refused(self, error: UserError) -> None:
        self._job = None
        self.said.emit(sentence(error), "alarm")
        self.ready.emit()

    def _show_one(self) -> None:
        one, found = self.chosen(), self._found
        self.detail.setVisible(one is not None)
        if one is not None and found is not None:
            self.title.setText(one.coder)
            self.verdict.setText(said(one.verdict))
            self.filed.setText(self._filed(one))
            self.filed.setVisible(bool(self.filed.text()))
            self.criteria.show_criteria(one.criteria, one.remarks)
            self.plot.show_sessions(gaps_of(one), one.rule.within)
            self._show_table()
        self.ready.emit()

    def _filed(self, one: Judgement) -> str:
        latest = self._found.latest.get(one.person_id) if self._found is not None else None
        if latest is None:
            return ""
        words = (
            self.tr("✓ Certified on {day} by {by}")
            if latest.passed
            else self.tr("▲ Judged on {day} by {by}: not passed")
        )
        words = words.format(day=day_words(latest.made_at), by=latest.by)
        if latest.rule != one.rule:
            words += self.tr(", by the rule of that day")
        return words

    def _show_table(self) -> None:
        one = self.chosen()
        if one is None or self._found is None:
            return
        scales = self.which.currentIndex() == SCALES
        self.view.table.setAccessibleName(self.which.tabText(self.which.currentIndex()))
        self.view.show_listing(
            scales_listing(one) if scales else sessions_listing(one, self._found.of(one.person_id))
        )
        self._enable()

    def _enable(self) -> None:
        self.compare.setEnabled(bool(self._comparable()))
        self.compare.setVisible(self.which.currentIndex() == SESSIONS)

    def _comparable(self) -> str:
        """The one chosen session, if it can be compared."""
        ids = self.view.chosen_ids() if self.which.currentIndex() == SESSIONS else ()
        rows = self._found.rows if self._found is not None else ()
        may = {row.rating_id for row in rows if row.comparable}
        return ids[0] if len(ids) == 1 and ids[0] in may else ""

    def _compare(self) -> None:
        rating_id = self._comparable()
        if rating_id:
            self.compare_asked.emit(rating_id)

    def _ask_sessions(self) -> None:
        one = self.chosen()
        if one is not None and self._found is not None:
            rows = self._found.of(one.person_id)
            waiting = sum(row.submitted_at is None and row.purpose in one.rule.purposes for row in rows)
            lacking = max(0, one.rule.sessions - len(one.sessions) - waiting)
            self._open(GiveTrainingDialog(self._bench, one.person_id, one.coder, lacking, self))

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _drop(self) -> None:
        if self._job is not None:
            self._job.drop()
        self._job = None


def _read(project: Project, _tell: Callable[[float], None], _cancelled: Callable[[], bool]) -> Trained:
    return project.ask_elsewhere(trained)
