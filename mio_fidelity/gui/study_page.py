"""The whole study in tables: sessions, recordings, assignments, workload, people, for supervisors."""

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QMenu, QPushButton, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from mio_fidelity.coding import people, vault
from mio_fidelity.coding.listing import Listing
from mio_fidelity.coding.listings import listing
from mio_fidelity.gui import theme
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.bars import FootBar, HeaderBar, lay_out_page, shown
from mio_fidelity.gui.calendar_view import CalendarView
from mio_fidelity.gui.commands import key_of
from mio_fidelity.gui.listing_export import ListingExport
from mio_fidelity.gui.listing_view import ListingView
from mio_fidelity.gui.study_actions import StudyActions
from mio_fidelity.gui.wait_strip import WaitStrip
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence
from mio_fidelity.store import Project

SHOWN_TABLES = {
    "score",
    "discussion",
    "meeting",
    "attendance",
    "meeting_session",
    "decision",
    "rating",
    "recording",
    "package",
    "package_return",
    "conflict",
    "setting",
    "awaited_file",
    "treatment_session",
    "person",
    "barred",
    "client",
    "counselor",
    "site",
    *EVERYTHING,
}
# Several changes in a row are one.
PAUSE_MS = 150


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: ARG001
    """Marks ``text`` for the translators; the name is the one their tool looks for."""
    return text


_TABS = {
    "sessions": QT_TRANSLATE_NOOP("StudyPage", "Sessions"),
    "recordings": QT_TRANSLATE_NOOP("StudyPage", "Recordings"),
    "removal": QT_TRANSLATE_NOOP("StudyPage", "To remove"),
    "assignments": QT_TRANSLATE_NOOP("StudyPage", "Assignments"),
    "consensus": QT_TRANSLATE_NOOP("StudyPage", "Consensus"),
    "discuss": QT_TRANSLATE_NOOP("StudyPage", "To discuss"),
    "meetings": QT_TRANSLATE_NOOP("StudyPage", "Meetings"),
    "decisions": QT_TRANSLATE_NOOP("StudyPage", "Decisions"),
    "workload": QT_TRANSLATE_NOOP("StudyPage", "Workload"),
    "calendar": QT_TRANSLATE_NOOP("StudyPage", "Calendar"),
    "people": QT_TRANSLATE_NOOP("StudyPage", "People"),
    "counselors": QT_TRANSLATE_NOOP("StudyPage", "Counselors"),
    "clients": QT_TRANSLATE_NOOP("StudyPage", "Clients"),
    "sites": QT_TRANSLATE_NOOP("StudyPage", "Sites"),
    "packages": QT_TRANSLATE_NOOP("StudyPage", "Packages"),
}


class StudyPage(QWidget):
    """Shows one table at a time; each is read on another thread when it is wanted.

    Signals:
        left: Back to the list of sessions.
    """

    left = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._job: Job | None = None
        self._found: dict[str, Listing] = {}
        self.header, self.foot = HeaderBar(), FootBar()
        self.add = QPushButton(self.tr("Add"))
        self.export = QPushButton(self.tr("Export"))
        self.backups = QPushButton(self.tr("Backups…"))
        self.backups.setAutoDefault(True)
        self.backups.setToolTip(shown(key_of("backups", bench.settings)))
        self.tabs = QTabBar()
        self.view, self.calendar = ListingView(), CalendarView()
        self.body = QStackedWidget()
        self.row_actions = StudyActions(bench, self.view)
        self.wait, self.export_wait = WaitStrip(), WaitStrip()
        self._exporting = ListingExport(self.export_wait, self)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._read_anew)
        self._lay_out()
        self._connect()

    @property
    def table(self) -> str:
        """The key of the table that is shown."""
        return str(self.tabs.tabData(self.tabs.currentIndex()))

    def open(self) -> None:
        """Show the open study as it is now."""
        self.foot.say("")
        self.header.show_pills(((self._title(), "pill"),), ())
        self._read_anew()
        self._focus()

    def show_table(self, key: str) -> None:
        """Show another table."""
        self.tabs.setCurrentIndex(list(_TABS).index(key))

    def forget(self) -> None:
        """Let go of what was read: somebody else may be at the screen next."""
        self._drop()
        self._pause.stop()
        self._found = {}
        self.view.show_listing(None)

    def stop_work(self) -> None:
        """Stop everything, an export too; it leaves an old file as it was."""
        self.forget()
        self._exporting.drop()

    def _lay_out(self) -> None:
        self.header.title.setText(self.tr("Study"))
        self.header.add_right(self.add)
        self.header.add_right(self.export)
        self.header.add_right(self.backups)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Tables of the study"))
        for key, title in _TABS.items():
            self.tabs.setTabData(self.tabs.addTab(QCoreApplication.translate("StudyPage", title)), key)
        for page in (self.view, self.calendar):
            self.body.addWidget(page)
        middle = QVBoxLayout()
        middle.setContentsMargins(theme.scaled(14), theme.scaled(4), theme.scaled(14), theme.scaled(8))
        middle.setSpacing(theme.scaled(8))
        middle.addWidget(self.tabs)
        middle.addWidget(self.body, 1)
        middle.addWidget(self.row_actions)
        lay_out_page(self, self.header, middle, self.foot)
        self.foot.primary.hide()
        for strip in (self.wait, self.export_wait):
            self.foot.add_strip(strip)
        theme.set_role(self.foot.saved, "muted")

    def _connect(self) -> None:
        self._menu(
            self.add,
            (self.tr("Sessions from a table…"), lambda: self._open_dialog("sessions")),
            (self.tr("A folder of recordings…"), lambda: self._open_dialog("folder")),
            (self.tr("One recording…"), lambda: self._open_dialog("add")),
            (self.tr("Ratings from elsewhere…"), lambda: self._open_dialog("ratings")),
        )
        self._menu(
            self.export,
            (self.tr("This table to Excel…"), self._export_excel),
            (self.tr("This table as CSV…"), self._export_csv),
            (self.tr("All tables to Excel…"), self._export_all),
        )
        self._bench.changed.connect(self._take_change)
        self._bench.refused.connect(self._take_refusal)
        self._exporting.ended.connect(self.foot.say)
        self.tabs.currentChanged.connect(self._turn_to)
        self.row_actions.asked.connect(self._open_dialog)
        self.row_actions.assignments_asked.connect(self._show_assignments)
        self.calendar.opened.connect(self._show_day)
        for keys, does in (
            ("Escape", self.left.emit),
            ("F5", self._read_anew),
            ("Ctrl+E", self.export.showMenu),
            ("Ctrl+PgDown", lambda: self._step(1)),
            ("Ctrl+PgUp", lambda: self._step(-1)),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(does)

    def _menu(self, button: QPushButton, *items: tuple[str, Callable[[], None]]) -> None:
        theme.set_role(button, "menu")
        menu = QMenu(button)
        for words, does in items:
            menu.addAction(words).triggered.connect(lambda _=False, does=does: does())
        button.setMenu(menu)

    def _take_change(self, changed: frozenset[str]) -> None:
        if self.isVisible() and changed & SHOWN_TABLES:
            self._pause.start()

    def _take_refusal(self, error: object) -> None:
        if self.isVisible():
            self.foot.say(sentence(error), "alarm")  # type: ignore[arg-type]

    def _read_anew(self) -> None:
        """What was read before is no longer true; what is shown stays until the new is there."""
        self._found = {}
        self._turn_to()

    def _turn_to(self) -> None:
        key = self.table
        self.row_actions.show_for(key)
        self.body.setCurrentWidget(self.calendar if key == "calendar" else self.view)
        if key in self._found:
            self._show(self._found[key])
            return
        if not self._bench.has_project:
            return
        self._drop()
        if self.view.model.listing is not None and self.view.model.listing.key != key:
            self.view.show_listing(None)
        self.foot.saved.setText(self.tr("Reading…"))
        self._job = Job(partial(_read, self._bench.project, key, date.today()), self)
        self._job.finished.connect(self._take)
        self._job.refused.connect(lambda error: self.foot.say(sentence(error), "alarm"))
        self.wait.watch(self._job, self.tr("Reading the study…"))
        self._job.start()

    def _take(self, found: Listing) -> None:
        self._job = None
        self._found[found.key] = found
        if found.key == self.table:
            self._show(found)

    def _show(self, found: Listing) -> None:
        self.foot.saved.setText("")
        if found.key == "calendar":
            self.calendar.show_listing(found, date.today())
        else:
            self.view.table.setAccessibleName(self.tabs.tabText(self.tabs.currentIndex()))
            self.view.show_listing(found)
            if not found.rows:
                self.foot.saved.setText(self._nothing(found.key))

    def _nothing(self, key: str) -> str:
        """What an empty table means."""
        words = {
            "removal": self.tr("No recording is due for removal."),
            "assignments": self.tr("Nothing is assigned yet. “Assignment” (above) draws who codes what."),
            "consensus": self.tr("No session has two submitted ratings yet."),
            "discuss": self.tr("Nothing to discuss. “Discuss…” beside a scale of a consensus puts it here."),
            "meetings": self.tr("No meeting yet. “Meetings” (above) enters one."),
            "decisions": self.tr("Nothing is decided yet. “Meetings” (above) is where decisions are made."),
            "packages": self.tr(
                "Nothing is handed out. “Make a package…” takes a coder's sessions to her laptop."
            ),
        }
        return words.get(key, self.tr("Nothing here yet. “Add” takes sessions and recordings in."))

    def _drop(self) -> None:
        if self._job is not None:
            self._job.drop()
        self._job = None
        self.wait.forget()

    def _focus(self) -> None:
        (self.calendar.grid if self.table == "calendar" else self.view.table).setFocus()

    def _step(self, by: int) -> None:
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())
        self._focus()

    def _show_assignments(self, client: str) -> None:
        self.show_table("assignments")
        self._when_shown("assignments", client)

    def _show_day(self, day: date) -> None:
        self.show_table("assignments")
        self._when_shown("assignments", day.isoformat())

    def _when_shown(self, key: str, text: str) -> None:
        """Search for ``text`` as soon as the table is there."""
        if key in self._found:
            self.view.search_for(text)
        elif self._job is not None:
            self._job.finished.connect(lambda _: self.view.search_for(text))

    def _export_excel(self) -> None:
        shown = self._shown()
        if shown and not self._exporting.busy:
            words = {} if self.table == "calendar" else self.view.in_words()
            self._exporting.excel(shown, self._title(), words)

    def _export_csv(self) -> None:
        shown = self._shown()
        if shown and not self._exporting.busy:
            self._exporting.csv(shown)

    def _export_all(self) -> None:
        if not self._exporting.busy:
            self._exporting.all(self._bench.project, date.today(), self._title())

    def _title(self) -> str:
        return self._bench.ask(people.study_facts).title

    def _shown(self) -> Listing | None:
        return self._found.get("calendar") if self.table == "calendar" else self.view.model.shown()

    def _open_dialog(self, what: str) -> None:
        dialog = _dialog(what, self._bench, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if what in ("sessions", "folder"):
            # What comes next: the files of the sessions.
            dialog.accepted.connect(lambda: self._open_dialog("awaited"))
        if what == "take_in":
            dialog.conflicts_asked.connect(lambda: self._open_dialog("conflicts"))  # type: ignore[attr-defined]
        elif what in ("add", "awaited"):
            dialog.finished.connect(lambda _: self._offer_vault())
        dialog.open()

    def _offer_vault(self) -> None:
        """Where the study wants its recordings encrypted, those that were just added are next."""
        if self.isVisible() and self._bench.ask(vault.for_new_ones):
            folder = self._bench.project.folder
            if not all(each.sealed for each in self._bench.ask(vault.kept, folder)):
                self._open_dialog("vault")


def _read(
    project: Project, key: str, today: date, _tell: Callable[[float], None], _cancelled: Callable[[], bool]
) -> Listing:
    return project.ask_elsewhere(listing, key, today)


def _dialog(what: str, bench: Workbench, parent: QWidget) -> QDialog:
    """Imported when they are first wanted: the page opens sooner."""
    if what == "add":
        from mio_fidelity.gui.study_dialogs import AddRecordingDialog

        return AddRecordingDialog(bench, parent)
    if what == "ratings":
        from mio_fidelity.gui.import_dialog import ImportDialog

        return ImportDialog(bench, parent)
    if what == "person":
        from mio_fidelity.gui.person_dialog import PersonDialog

        return PersonDialog(bench, parent)
    if what == "access" and bench.project.on_server:
        from mio_fidelity.gui.server_names_dialog import ServerNamesDialog

        return ServerNamesDialog(bench, parent)
    if what == "access":
        from mio_fidelity.gui.access_dialog import AccessDialog

        return AccessDialog(bench, parent)
    if what == "vault":
        from mio_fidelity.gui.vault_dialog import VaultDialog

        return VaultDialog(bench, None, parent)
    if what == "retention":
        from mio_fidelity.gui.retention_dialogs import RetentionDialog

        return RetentionDialog(bench, parent)
    if what == "package":
        from mio_fidelity.gui.package_dialogs import PackageDialog

        return PackageDialog(bench, parent)
    if what == "take_in":
        from mio_fidelity.gui.take_in_dialog import TakeInDialog

        return TakeInDialog(bench, parent)
    if what == "conflicts":
        from mio_fidelity.gui.conflict_dialog import ConflictDialog

        return ConflictDialog(bench, parent)
    if what == "find":
        from mio_fidelity.gui.find_dialog import FindDialog

        return FindDialog(bench, parent)
    from mio_fidelity.gui.intake_dialog import IntakeDialog
    from mio_fidelity.gui.manifest_dialog import ManifestDialog

    return (
        IntakeDialog(bench, parent) if what == "awaited" else ManifestDialog(bench, what == "folder", parent)
    )
