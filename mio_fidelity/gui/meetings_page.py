"""The study's meetings and what they decided: for supervisors."""

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from mio_fidelity.coding import discuss, meetings, people
from mio_fidelity.coding.decisions import newest_instrument
from mio_fidelity.coding.listing import natural
from mio_fidelity.coding.meeting_lists import meetings as meeting_list
from mio_fidelity.errors import UserError
from mio_fidelity.gui.meeting_dialogs import DecideDialog
from mio_fidelity.gui.meeting_report import MeetingExport, ReportDialog
from mio_fidelity.gui.meetings_layout import MeetingsWidgets
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence

SHOWN_TABLES = {
    "meeting",
    "attendance",
    "meeting_session",
    "decision",
    "discussion",
    "person",
    *EVERYTHING,
}


class MeetingsPage(MeetingsWidgets):
    """The list of meetings beside the minutes of one; all decisions behind a second tab.

    Signals:
        left: Back to the list of sessions.
        session_asked: Id of a session whose consensus is wanted, and the key of a scale or nothing.
    """

    left = Signal()
    session_asked = Signal(str, str)

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self._bench = bench
        self._meeting_id = ""
        self._exporting = MeetingExport(self.wait, self)
        self._connect()

    def open(self) -> None:
        """Show the meetings as they are now."""
        self.foot.say("")
        self._refresh_now()
        self._focus()

    def forget(self) -> None:
        """Store what was typed and let go: somebody else may be at the screen next."""
        self.form.store_notes()
        self._clear()

    def stop_work(self) -> None:
        """Stop everything, an export too; it leaves an old file as it was."""
        self.forget()
        self._exporting.drop()

    def _clear(self) -> None:
        self._meeting_id = ""
        self.model.show(None)
        self.form.clear()
        self.decisions.clear()
        self._show_bars()

    def _connect(self) -> None:
        self._bench.changed.connect(self._refresh)
        self._bench.refused.connect(self._on_refused)
        self._exporting.ended.connect(self.foot.say)
        self.tabs.currentChanged.connect(self._turn_to)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.table.opened.connect(self.form.day.setFocus)
        self.form.looked_for.connect(self._look_for)
        self.form.decide_asked.connect(self._decide)
        self.decisions.decide_asked.connect(self._decide)
        self.foot.primary.clicked.connect(self._hold)
        self.report.clicked.connect(self._ask_report)
        menu = QMenu(self.export)
        menu.addAction(self.tr("This table to Excel…")).triggered.connect(self._export_excel)
        menu.addAction(self.tr("This table as CSV…")).triggered.connect(self._export_csv)
        self.export.setMenu(menu)
        for keys, does in (
            ("Escape", self.left.emit),
            ("Ctrl+N", self._hold),
            ("Ctrl+PgDown", self._step),
            ("Ctrl+PgUp", self._step),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(does)

    def _refresh(self, changed: frozenset[str]) -> None:
        if self.isVisible() and changed & SHOWN_TABLES:
            self._refresh_now()

    def _refresh_now(self) -> None:
        try:
            self._show_meetings()
            self.decisions.show_decisions()
        except UserError as error:
            self._clear()
            self.foot.say(sentence(error), "alarm")

    def _show_meetings(self) -> None:
        selection = self.table.selectionModel()
        selection.blockSignals(True)
        self.model.show(self._bench.ask(meeting_list, date.today()))
        ids = self._ids()
        if self._meeting_id not in ids:
            self._meeting_id = ids[0] if ids else ""
        if ids:
            self.table.selectRow(ids.index(self._meeting_id))
        selection.blockSignals(False)
        self.fit_list()
        self._show_minutes()
        self._show_bars()

    def _show_minutes(self) -> None:
        if not self._meeting_id:
            self.form.clear()
            return
        found = self._bench.ask(meetings.meeting, self._meeting_id)
        roster = {each.id: each.code for each in self._bench.ask(people.roster)}
        both = {**roster, **found.attended}.items()
        everybody = dict(sorted(both, key=lambda each: natural(each[1])))
        waiting = [each for each in self._bench.ask(discuss.listing) if each.meeting_id != found.id]
        self.form.show_minutes(found, everybody, waiting)

    def _show_bars(self) -> None:
        minutes = self.tabs.currentIndex() == 0
        self.report.setVisible(minutes)
        self.export.setVisible(not minutes)
        self.report.setEnabled(bool(self._meeting_id))
        self.sides.setVisible(bool(self._meeting_id))
        self.empty.setVisible(not self._meeting_id)
        saved = self._bench.saved_at
        words = self.tr("✔ saved {time}").format(time=f"{saved:%H:%M:%S}") if saved else ""
        self.foot.saved.setText(words)

    def _ids(self) -> list[str]:
        return [self.model.id_at(row) for row in range(self.model.rowCount())]

    def _choose(self, *_: object) -> None:
        row = self.table.currentIndex().row()
        if not 0 <= row < self.model.rowCount() or self.model.id_at(row) == self._meeting_id:
            return
        chosen = self.model.id_at(row)
        self.form.store_notes()
        self._meeting_id = chosen
        self._refresh_now()

    def _hold(self) -> None:
        """A new meeting, today until another day is said."""
        self.form.store_notes()
        done = self._bench.do(meetings.hold, date.today())
        if done is not None:
            self._meeting_id = done.value
            self.tabs.setCurrentIndex(0)
            self._refresh_now()
            self.form.day.setFocus()

    def _decide(self) -> None:
        found = self.form.minutes if self.tabs.currentIndex() == 0 else None
        try:
            instrument = self._bench.ask(newest_instrument)
        except UserError as error:
            self._on_refused(error)
            return
        day = max(found.held_on, date.today()) if found else date.today()
        dialog = DecideDialog(self._bench, instrument, found.id if found else None, day, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _look_for(self, session_id: str, scale: str) -> None:
        self.form.store_notes()
        self.session_asked.emit(session_id, scale)

    def _ask_report(self) -> None:
        if not self._exporting.busy and self.form.store_notes():
            dialog = ReportDialog(self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.asked.connect(self._write_report)
            dialog.open()

    def _write_report(self, pdf: bool, notes: bool) -> None:
        found = self._bench.ask(meetings.meeting, self._meeting_id)
        earlier = self._bench.ask(meetings.decided_before, self._meeting_id)
        self._exporting.report(found, earlier, self._title(), pdf, notes)

    def _export_excel(self) -> None:
        shown = self.decisions.view.model.shown()
        if shown and not self._exporting.busy:
            words: Mapping[str, str] = self.decisions.view.in_words()
            self._exporting.excel(shown, self._title(), words)

    def _export_csv(self) -> None:
        shown = self.decisions.view.model.shown()
        if shown and not self._exporting.busy:
            self._exporting.csv(shown)

    def _title(self) -> str:
        return self._bench.ask(people.study_facts).title

    def _turn_to(self) -> None:
        self.body.setCurrentIndex(self.tabs.currentIndex())
        self._show_bars()

    def _step(self) -> None:
        self.tabs.setCurrentIndex(1 - self.tabs.currentIndex())
        self._focus()

    def _focus(self) -> None:
        # Where there is no meeting yet, the list is not in sight.
        minutes = self.table if self._meeting_id else self.foot.primary
        (self.decisions.view.table if self.tabs.currentIndex() else minutes).setFocus()

    def _on_refused(self, error: UserError) -> None:
        if self.isVisible():
            self.foot.say(sentence(error), "alarm")
