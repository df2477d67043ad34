"""How reliable every scale is, why, and between whom: for supervisors."""

from functools import partial

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from mio_fidelity.analysis.findings import Consistency, Row
from mio_fidelity.analysis.frozen import FrozenLine, frozen, frozen_scores
from mio_fidelity.analysis.pairs import Who
from mio_fidelity.analysis.study import ScoreFilter, filter_choices, score_table
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.errors import UserError
from mio_fidelity.gui.background import Job, Work
from mio_fidelity.gui.frozen_dialog import FrozenDialog, when
from mio_fidelity.gui.reliability_layout import ReliabilityWidgets
from mio_fidelity.gui.reliability_work import Reckoned, read, reckon, reopen
from mio_fidelity.gui.sheet import Cell, Sheet
from mio_fidelity.gui.sheets import icc_topic, sheet_of
from mio_fidelity.gui.what_is_this import answer
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence
from mio_fidelity.gui.workbook_export import WorkbookExport
from mio_fidelity.report.bands import BANDS
from mio_fidelity.store import Purpose

SHOWN_TABLES = {"rating", "score", "treatment_session", *EVERYTHING}
# Several changes in a row are one.
PAUSE_MS = 150
# Of the name of frozen figures, in the header.
MOST_LETTERS = 30


class ReliabilityPage(ReliabilityWidgets):
    """Asks the study for scores, has the figures computed on another thread, and shows them.

    Signals:
        left: Back to the list of sessions.
    """

    left = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._asked: object = None
        self._shown: Reckoned | None = None
        self._live: Reckoned | None = None
        self._frozen: FrozenLine | None = None
        self._row: Row | None = None
        self._dimension = ""
        self._stale = False
        self._job: Job | None = None
        self._reading: Job | None = None
        self._exporting = WorkbookExport(self.export_wait, self)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask_again)
        bench.changed.connect(self._take_change)
        self._connect()

    def open(self) -> None:
        """Show the figures of the open study."""
        self.foot.say("")
        self._ask_again()
        self.sheet.setFocus()

    def forget(self) -> None:
        """Let go of a study's scores: somebody else may be at the screen next."""
        self._drop_reading()
        self._drop()
        self._pause.stop()
        self._hold(None)
        self._show_nothing("")
        self.sheet.figures.show(Sheet())
        self.overview.clear()

    def stop_work(self) -> None:
        """Stop everything, an export too; it leaves an old file as it was."""
        self.forget()
        self._exporting.drop()

    def show_table(self, table: ScoreTable) -> None:
        """Have the figures of ``table`` computed; until then what is shown is greyed."""
        options = self.filter.options()
        asked = (table.sha256, table.left_out, dict(table.filter_words), options)
        if asked == self._asked:
            return
        self._drop()
        self._asked = asked
        if not table.sessions:
            self._show_nothing(self.tr("No rating that is chosen has been submitted yet."))
            return
        self._live = None
        self._work(partial(reckon, table, options))

    def _work(self, work: Work) -> None:
        self.show_figures(True)
        self._grey(True)
        self._job = Job(work, self)
        self._job.finished.connect(self._take)
        self._job.refused.connect(lambda error: self._give_up(sentence(error)))
        self._job.stopped.connect(lambda: self._give_up(self.tr("Stopped. F5 computes again.")))
        self.wait.watch(self._job, self.tr("Computing…"))
        self._job.start()

    def changeEvent(self, event: QEvent) -> None:
        """Another colour scheme: what was written in colours is written again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._shown is not None:
            self._show_tab()

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.export.clicked.connect(self._export)
        self.frozen_button.clicked.connect(self._open_frozen)
        self.live.clicked.connect(self._thaw)
        self._exporting.ended.connect(self._written)
        self.filter.changed.connect(self._pause.start)
        self.filter.judged.connect(self._show_tab)
        self.filter_button.toggled.connect(self._show_filter)
        self.tabs.currentChanged.connect(self._take_tab)
        self.why.clicked.connect(self._tell_why)
        self.what.clicked.connect(self.sheet.ask)
        self.all_ratings.clicked.connect(self.filter.clear)
        self.sheet.opened.connect(self._open_subject)
        self.sheet.moved.connect(self._follow)
        self.sheet.asked.connect(self._answer)
        self.overview.opened.connect(self._open_column)
        self.detail.closed.connect(self._close_detail)
        self.detail.asked.connect(lambda: answer("dependability", None, "", "", self))
        for keys, does in (
            ("Escape", self._step_back),
            ("Ctrl+F", self.filter_button.click),
            ("Ctrl+E", self.export.click),
            ("F5", self._ask_again),
            ("Ctrl+PgDown", lambda: self._turn(1)),
            ("Ctrl+PgUp", lambda: self._turn(-1)),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(does)

    def _take_change(self, changed: frozenset[str]) -> None:
        if not changed & SHOWN_TABLES:
            return
        if self._frozen is not None:
            # They are not those of now any longer.
            self._live = None
        elif self.isVisible():
            self._pause.start()

    def _ask_again(self) -> None:
        if not self._bench.has_project or self._frozen is not None:
            return
        self.filter.offer(self._bench.ask(filter_choices))
        self._drop_reading()
        # Half a million scores take seconds to read.
        self._reading = Job(partial(read, self._bench.project, self.filter.chosen()), self)
        self._reading.finished.connect(self.show_table)
        self._reading.refused.connect(self._take_refusal)
        self._reading.stopped.connect(lambda: self._give_up(self.tr("Stopped. F5 computes again.")))
        self.wait.watch(self._reading, self.tr("Reading the scores…"))
        self._reading.start()

    def _take_refusal(self, error: UserError) -> None:
        self._drop()
        self._show_nothing(sentence(error))
        self.back.setFocus()

    def _drop_reading(self) -> None:
        if self._reading is not None:
            self._reading.drop()
        self._reading = None

    def _drop(self) -> None:
        """Nobody wants the figures that are on their way."""
        if self._job is not None:
            self._job.drop()
        self._job = self._asked = None
        self.wait.forget()

    def _show_nothing(self, why: str) -> None:
        self._shown = self._live = None
        self._close_detail()
        filtered = self.filter.chosen() != ScoreFilter()
        self.show_empty(why, filtered)
        self.header.show_pills((), ())

    def _give_up(self, words: str) -> None:
        self._job = self._asked = None
        self.foot.say(words)

    def _take(self, found: Reckoned) -> None:
        self._job, self._shown = None, found
        purpose, since = self.filter.purpose_words(), ""
        if self._frozen is None:
            self._live = found
        else:
            purpose = self.filter.words_of(found.findings.filter_words.get("purposes", ""))
            name = self._frozen.label
            since = self.tr("frozen {day} · {label}").format(
                day=when(self._frozen.made_at),
                label=name if len(name) <= MOST_LETTERS else f"{name[:MOST_LETTERS]}…",
            )
        if self._dimension not in dict(found.table.dimensions):
            self._dimension = found.table.dimensions[0][0]
        self.foot.say("")
        self.show_facts(found, purpose, since)
        self.name_tabs(found.table.dimensions)
        self._grey(False)
        self._show_tab()
        self._refresh_detail()

    def _grey(self, stale: bool) -> None:
        self._stale = stale
        self.sheet.grey(stale)
        self.overview.matrix.grey(stale)
        self.detail.grey(stale)
        self.export.setEnabled(self._shown is not None and not stale and not self._exporting.busy)

    def _show_filter(self, shown: bool) -> None:
        self.filter.setVisible(shown)
        (self.filter.purpose if shown else self.sheet).setFocus()

    def _take_tab(self) -> None:
        self._close_detail()
        self._show_tab()

    def _turn(self, by: int) -> None:
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())

    def _show_tab(self) -> None:
        if self._shown is None:
            return
        findings, table, scheme = self._shown.findings, self._shown.table, self.filter.bands()
        tab = self.tabs.tabData(self.tabs.currentIndex())
        if tab in dict(table.dimensions):
            self._dimension = tab
        sheet = sheet_of(tab, findings, table, scheme)
        with QSignalBlocker(self.sheet):
            self.sheet.show_sheet(sheet)
        rows = [line.subject for line in sheet.lines if isinstance(line.subject, Row)]
        first = self.tr("Bands: {title}.").format(title=BANDS[scheme].title) if sheet.bands else ""
        if tab == "*who":
            first = self.tr(
                "Coders stand in the order of their codes. Difference: points above (+) or below (−) the"
                " partners. Severity: logits, + is stricter. Both call for calibration, no more."
            )
        if self._frozen is not None:
            words = self.filter.in_words(findings.filter_words)
            first = f"{first} {self.tr('Chosen for these frozen figures: {words}.').format(words=words)}"
        self.remarks.show_remarks(first, findings, rows)
        self._show_overview()
        self._grey(self._stale)

    def _show_overview(self) -> None:
        if self._shown is not None:
            found = self._shown
            worst = found.worst[self._dimension]
            scheme = self.filter.bands()
            self.overview.show_dimension(found.findings, found.table, worst, self._dimension, scheme)

    def _follow(self, subject: object) -> None:
        if isinstance(subject, Row) and self._row is not None:
            self._open_row(subject)
        elif isinstance(subject, Who) and subject.dimension != self._dimension:
            self._dimension = subject.dimension
            self._show_overview()

    def _open_subject(self, subject: object) -> None:
        if isinstance(subject, Row):
            self._open_row(subject)
        elif isinstance(subject, Who):
            self.overview.matrix.choose(subject.coder)
        elif isinstance(subject, Consistency):
            self.sheet.ask()

    def _open_column(self, at: int) -> None:
        if self._shown is not None:
            column = self._shown.table.columns[at]
            row = self._shown.findings.row("scale", column.scale, column.dimension)
            self.sheet.choose(row)
            self._open_row(row)

    def _open_row(self, row: Row) -> None:
        if self._shown is None or row is self._row:
            return
        self._row = row
        self.show_side(self.detail)
        self.detail.look_at(self._shown.table, row)

    def _refresh_detail(self) -> None:
        """New figures: the row that is open shows its own."""
        if self._row is None or self._shown is None:
            return
        try:
            self._open_row(self._shown.findings.row(self._row.kind, self._row.key, self._row.dimension))
        except KeyError:
            self._close_detail()

    def _close_detail(self) -> None:
        self.detail.drop()
        had_keyboard = self.detail.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self._row = None
        self.show_side(self.overview)
        if had_keyboard:
            self.sheet.setFocus()

    def _step_back(self) -> None:
        if self._row is not None:
            self._close_detail()
        elif self._frozen is not None:
            self._thaw()
        elif self.filter_button.isChecked():
            self.filter_button.setChecked(False)
        else:
            self.left.emit()

    def _answer(self, cell: Cell) -> None:
        if cell.topic and self._shown is not None:
            findings = self._shown.findings
            extra = findings.design.why if cell.topic == icc_topic(findings) else ""
            answer(cell.topic, cell.estimate, cell.text, extra, self)

    def _tell_why(self) -> None:
        if self._shown is not None:
            answer(icc_topic(self._shown.findings), None, "", self._shown.findings.design.why, self)

    def _export(self) -> None:
        path = self._exporting.ask_where() if self._shown and not self._exporting.busy else None
        if path is not None and self._shown is not None:
            self.export.setEnabled(False)
            # Frozen figures stand alone: what the study says now is not what it said then.
            master, study = (self._master(), self._bench.project) if self._frozen is None else (None, None)
            self._exporting.book(path, self._shown, self.filter.bands(), master, study)

    def _open_frozen(self) -> None:
        dialog = FrozenDialog(self._bench, self._live, self._frozen.id if self._frozen else "", self)
        dialog.chosen.connect(self._show_frozen)
        dialog.open()

    def _show_frozen(self, line: FrozenLine) -> None:
        """Show frozen figures as they were."""
        findings = self._bench.ask(frozen, line.id)
        table = self._bench.ask(frozen_scores, line.id)
        if table is None:
            self.foot.say(self.tr("Kept without their scores, these figures can be compared, not shown."))
            return
        self._pause.stop()
        self._drop_reading()
        self._drop()
        self._close_detail()
        self._hold(line)
        self._work(partial(reopen, table, findings))

    def _thaw(self) -> None:
        """Back to the figures of now."""
        self._hold(None)
        self._drop()
        self._ask_again()
        self.sheet.setFocus()

    def _hold(self, line: FrozenLine | None) -> None:
        """The filter is that of now; what was chosen for frozen figures is said under them."""
        self._frozen = line
        if line is not None:
            self.filter_button.setChecked(False)
        self.filter_button.setEnabled(line is None)
        self.live.setVisible(line is not None)

    def _written(self, words: str, role: str) -> None:
        self._grey(self._stale)
        self.foot.say(words, role)

    def _master(self) -> ScoreTable | None:
        """The master codes, if the study has any."""
        try:
            return self._bench.ask(score_table, ScoreFilter(purposes=(Purpose.MASTER,)))
        except UserError:
            return None
