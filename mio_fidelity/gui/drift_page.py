"""Who has moved since the beginning, in charts, and what is done about it: for supervisors."""

from functools import partial

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from mio_fidelity.analysis.drift_results import Disagreement, DriftOptions
from mio_fidelity.coding import own_calibration, people, recalibration
from mio_fidelity.coding.recalibration_outcome import RecalibrationRow
from mio_fidelity.errors import UserError
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.drift_chart import frame_of
from mio_fidelity.gui.drift_flags import Notice, notices_of
from mio_fidelity.gui.drift_help import DriftHelp
from mio_fidelity.gui.drift_layout import DriftWidgets
from mio_fidelity.gui.drift_pair import PairView
from mio_fidelity.gui.drift_report import DriftExport
from mio_fidelity.gui.drift_steps import RecalibrationSteps
from mio_fidelity.gui.drift_view import cards_of
from mio_fidelity.gui.drift_work import Charted, chart
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence

SHOWN_TABLES = {"rating", "score", "recalibration", "setting", "person", "certification", *EVERYTHING}
# Several changes in a row are one.
PAUSE_MS, SENTENCE_MS = 150, 8_000


class DriftPage(DriftWidgets):
    """Has the charts computed on another thread, shows them, and turns what is asked into verbs.

    Signals:
        left: Back to the list of sessions.
    """

    left = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._found: Charted | None = None
        self._rows: tuple[RecalibrationRow, ...] = ()
        self._job: Job | None = None
        # With a player of its own, made when it is first wanted.
        self._pair: PairView | None = None
        self._steps = RecalibrationSteps(bench, self)
        self._exporting = DriftExport(self.export_wait, self)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask_again)
        self._connect()

    def open(self) -> None:
        """Show the charts of the open study."""
        self.say("")
        self._close_detail()
        self.grid.setFocus()
        self._ask_again()

    def forget(self) -> None:
        """Let go of what was computed: somebody else may be at the screen next."""
        self._drop()
        self._pause.stop()
        self._found, self._rows = None, ()
        self._close_pair()
        self._close_detail()
        self.detail.forget()
        self.grid.show_cards((), frame_of(()))
        self.flags.show_notices(())
        self.report.setEnabled(False)

    def stop_work(self) -> None:
        """Stop everything, an export too; it leaves an old file as it was."""
        self.forget()
        self.detail.stop_work()
        self._exporting.drop()
        if self._pair is not None:
            self._pair.listening.close()

    @property
    def pair(self) -> PairView:
        """The page of two ratings."""
        if self._pair is None:
            self._pair = PairView(self._bench)
            self._pair.left.connect(self._close_pair)
            self.pages.addWidget(self._pair)
        return self._pair

    @property
    def stale(self) -> bool:
        """Whether newer charts are on their way."""
        return self._job is not None

    def changeEvent(self, event: QEvent) -> None:
        """Another colour scheme: what was written in colours is written again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._found is not None:
            self._show()

    def _connect(self) -> None:
        self._bench.changed.connect(self._take_change)
        self._bench.refused.connect(self._take_refusal)
        self.back.clicked.connect(self._step_back)
        self.controls.changed.connect(self._show)
        self.controls.changed.connect(self.place_controls)
        self.controls.by_changed.connect(self._ask_again)
        self.again.triggered.connect(self._ask_again)
        self.own.triggered.connect(self._let_see)
        self.what.clicked.connect(self._explain)
        self.report.clicked.connect(self._export)
        self.grid.opened.connect(self._open_card)
        self.detail.left.connect(self._close_detail)
        self.detail.said.connect(self._say)
        self.detail.pair_asked.connect(self._open_pair)
        self.detail.draw_asked.connect(self._ask_how_many)
        self.flags.draw_asked.connect(self._ask_how_many)
        self.flags.close_asked.connect(self._steps.ask_to_close)
        self._steps.said.connect(self._say)
        self._exporting.ended.connect(self._written)
        for keys, does in (
            ("Escape", self._step_back),
            ("F1", self._explain),
            ("F5", self._ask_again),
            ("Ctrl+E", self.report.click),
        ):
            shortcut = QShortcut(QKeySequence(keys), self.front)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(does)

    def _take_change(self, changed: frozenset[str]) -> None:
        if self.isVisible() and changed & SHOWN_TABLES:
            self._pause.start()

    def _take_refusal(self, error: UserError) -> None:
        if self.isVisible():
            self._say(sentence(error), "alarm")

    def _ask_again(self) -> None:
        if not self._bench.has_project:
            return
        self._drop()
        try:
            self._rows = self._bench.ask(recalibration.recalibrations)
            with QSignalBlocker(self.own):
                self.own.setChecked(self._bench.ask(own_calibration.coders_see_own))
        except UserError as error:
            self._give_up(sentence(error))
            return
        self._grey(True)
        options = DriftOptions(by=self.controls.lines_by())
        self._job = Job(partial(chart, self._bench.project, options), self)
        self._job.finished.connect(self.show_charts)
        self._job.refused.connect(lambda error: self._give_up(sentence(error)))
        self._job.stopped.connect(self._take_stop)
        self.wait.watch(self._job, self.tr("Computing…"))
        self._job.start()

    def _drop(self) -> None:
        if self._job is not None:
            self._job.drop()
        self._job = None
        self.wait.forget()

    def show_charts(self, found: Charted) -> None:
        """Show these charts; what is looked at stays."""
        self._job, self._found = None, found
        self.controls.offer(found.report.dimensions)
        self.place_controls()
        self._grey(False)
        self._show()
        self._show_notices()

    def _take_stop(self) -> None:
        self._job = None
        self._say(self.tr("Stopped. F5 computes again."))

    def _give_up(self, words: str) -> None:
        """There is nothing to show, and why."""
        self._job = self._found = None
        self._close_detail()
        self.show_empty(words)

    def _grey(self, stale: bool) -> None:
        self.grid.grey(stale)
        self.detail.grey(stale)
        self.report.setEnabled(self._found is not None and not stale and not self._exporting.busy)

    def _show(self) -> None:
        """What was computed, as it is looked at now."""
        if self._found is None:
            return
        report = self._found.report
        if not any(series.points for coder in report.coders for series in coder.series):
            self.show_empty(self.tr("Nothing can be compared yet."))
            return
        if self.body.currentWidget() is self.empty_page:
            self.body.setCurrentWidget(self.cards_page)
        view = self.controls.view()
        cards = cards_of(self._found, view)
        frame = frame_of([card.lines for card in cards])
        had_keyboard = self.grid.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.grid.show_cards(cards, frame)
        lines = [line for card in cards for line in card.lines]
        self.legend.show_lines(lines, any(line.dotted for line in lines), view.kind)
        if had_keyboard or self.focusWidget() in (None, self, self.grid):
            self.grid.focus_card()
        if self.body.currentWidget() is self.detail:
            self.detail.show_report(self._found, view, self._rows)

    def _show_notices(self) -> None:
        if self._found is not None:
            self.flags.show_notices(notices_of(self._found.report, self._rows))

    def _open_card(self, key: str) -> None:
        if self._found is None:
            return
        self.flags.show_coder(key)
        self.body.setCurrentWidget(self.detail)
        self.detail.look_at(key, self._found, self.controls.view(), self._rows, self._title())

    def _close_detail(self) -> None:
        if self.body.currentWidget() is self.detail:
            self.body.setCurrentWidget(self.cards_page)
            self.grid.focus_card(self.detail.key)

    def _step_back(self) -> None:
        if self.body.currentWidget() is self.detail:
            self._close_detail()
        else:
            self.left.emit()

    def _open_pair(self, found: Disagreement) -> None:
        who = found.who or self.tr("master codes")
        try:
            self.pair.open_pair(
                found.rating_id, found.reference_id, found.session, who, (found.scale, found.dimension)
            )
        except UserError as error:
            self._say(sentence(error), "alarm")
            return
        self.pages.setCurrentWidget(self.pair)
        self.pair.back_to_form()

    def _close_pair(self) -> None:
        if self._pair is not None and self.pages.currentWidget() is self._pair:
            self._pair.close_comparison()
            self.pages.setCurrentWidget(self.front)
            self.detail.apart.table.setFocus()

    def _explain(self) -> None:
        DriftHelp(DriftOptions(by=self.controls.lines_by()), self).open()

    def _let_see(self, on: bool) -> None:
        if self._bench.do(own_calibration.let_coders_see_own, on) is not None:
            self._say(
                self.tr("Coders find “My calibration…” beside their list: their own numbers, nobody else's.")
                if on
                else self.tr("Coders do not see their calibration."),
                "ok",
            )

    def _ask_how_many(self, notice: Notice) -> None:
        if self._found is not None:
            self._steps.ask_how_many(notice, self._found.report)

    def _export(self) -> None:
        if self._found is not None and not self._exporting.busy and self.report.isEnabled():
            view, words = self.controls.view(), self.controls.in_words()
            self._exporting.ask(self._found, view, words, self._rows, self._title())
            self._grey(self._job is not None)

    def _title(self) -> str:
        return self._bench.ask(people.study_facts).title

    def _written(self, words: str, role: str) -> None:
        self._grey(self._job is not None)
        self._say(words, role)

    def _say(self, words: str, role: str = "warn") -> None:
        """Show a sentence; what went well for a while, what is wrong until something else is said."""
        self.say(words, role)
        if role == "ok":
            QTimer.singleShot(SENTENCE_MS, self, lambda: self._unsay(words))

    def _unsay(self, words: str) -> None:
        if self.notice.text() == words:
            self.say("")
