"""The one window: start page, my sessions, one rating, and a supervisor's places."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from mio_fidelity.coding import people, returning
from mio_fidelity.errors import UserError
from mio_fidelity.gui import places, theme
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.care import Care
from mio_fidelity.gui.coding_page import CodingPage
from mio_fidelity.gui.commands import key_of
from mio_fidelity.gui.entrance import Entrance
from mio_fidelity.gui.lock import Lock
from mio_fidelity.gui.places import PlaceBar
from mio_fidelity.gui.queue_page import QueuePage
from mio_fidelity.gui.server_watch import ServerWatch
from mio_fidelity.gui.start_page import StartPage
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.settings import default_demo_folder
from mio_fidelity.store import Project, Role
from mio_fidelity.store.keys import Opened

# Dialogs, the demo and the statistics are imported where they are asked for: the window opens sooner.

WIDTH_PX, HEIGHT_PX = 1366, 768
# What a window manager adds above.
FRAME_PX = 40


class MainWindow(QMainWindow):
    """Shows one page at a time. Its title never says whose or what session is open."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._job: Job | None = None
        self.setWindowTitle("MIO Fidelity")
        self.pages = QStackedWidget()
        self.places = PlaceBar(self)
        self.start = StartPage(bench.settings)
        self.queue = QueuePage(bench)
        self.coding = CodingPage(bench)
        for page in (self.start, self.queue, self.coding):
            self.pages.addWidget(page)
        # A supervisor's pages, made when they are first wanted. Each can open(), forget() and stop_work().
        self.supervisor: dict[str, Any] = {}
        # With a player of its own, made when it is first wanted.
        self.comparison: Any = None
        self._asked_on: tuple[QWidget, str] = (self.queue, "")
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.places)
        self.care = Care(bench, self)
        self.watch = ServerWatch(bench, self.care.notices, self)
        column.addWidget(self.care.notices)
        column.addWidget(self.pages)
        self.lock = Lock(self, whole, bench)
        self.setCentralWidget(self.lock.layers)
        # Of what the lock hides.
        self.backups_key = QShortcut(whole)
        self.backups_key.activated.connect(self._show_backups)
        self.entrance = Entrance(self.start, bench, self)
        self._connect()
        self._find_room()
        self._show_places()
        self.start.ask_which()

    def _find_room(self) -> None:
        """As large as a laptop's screen; with a frame around it that is too large for one."""
        self.resize(theme.scaled(WIDTH_PX), theme.scaled(HEIGHT_PX))
        room = self.screen().availableSize()
        if self.width() > room.width() or self.height() + FRAME_PX > room.height():
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def open_study(self, folder: Path, passphrase: str) -> None:
        """Open a study; a sentence says when it cannot be opened."""
        self.entrance.open_study(folder, passphrase)

    def show_project(self, project: Project) -> None:
        """Work on an open study."""
        self.entrance.show_project(project)

    def open_demo(self, folder: Path | None = None, again: bool = False) -> None:
        """Open the demo study, making it when it is missing."""
        from mio_fidelity import demo

        place = folder or default_demo_folder()
        if self._job is not None:
            return
        self._job = Job(partial(demo.make_demo, place, again), self)
        self._job.progressed.connect(self.start.show_making)
        self._job.finished.connect(lambda _: self._take_demo(place))
        self._job.refused.connect(self._refuse_demo)
        self._job.stopped.connect(lambda: self._refuse_demo(None))
        self.start.cancelled.connect(self._job.cancel)
        self.start.show_making(0.0)
        self._job.start()

    def current_project(self) -> Project:
        """The open study."""
        return self._bench.project

    def closeEvent(self, event: QCloseEvent) -> None:
        """Store what is being typed and where the coder is; then go."""
        if not self.coding.may_close():
            event.ignore()
            return
        if self._job is not None:
            self._job.drop()
        for dialog in self.findChildren(QDialog):
            dialog.reject()
        for page in self.supervisor.values():
            page.stop_work()
        self.coding.close_rating()
        self.coding.listening.close()
        self.coding.examples.clips.close()
        if self.comparison is not None:
            self.comparison.close_comparison()
            self.comparison.listening.close()
        self._bench.settings["volume"] = self.coding.listening.player.volume
        self._bench.close()
        super().closeEvent(event)

    def _connect(self) -> None:
        self.entrance.entered.connect(self.watch.begin)
        self.entrance.entered.connect(self._show_queue)
        self.entrance.asked.connect(lambda: self.pages.setCurrentWidget(self.start))
        self.lock.switched.connect(self._switch)
        self.lock.left.connect(self._leave_study)
        self.queue.lock_asked.connect(self.lock.lock)
        self.queue.backups_asked.connect(self._show_backups)
        self.start.backups_asked.connect(self.care.show_backups)
        self.care.leaving.connect(self._leave_study)
        self.care.asked.connect(self.start.ask_phrase)
        self.start.demo_asked.connect(lambda: self.open_demo())
        self.start.new_asked.connect(self._new_study)
        self.start.server_asked.connect(self._connect_to_server)
        self.start.package_asked.connect(self._unpack)
        self.queue.chosen.connect(self._open_rating)
        self.queue.left.connect(self._ask_who)
        self.queue.add_asked.connect(self._add_recording)
        self.queue.import_asked.connect(self._import_ratings)
        self.queue.reliability_asked.connect(lambda: self.go(places.RELIABILITY))
        self.places.chosen.connect(self.go)
        self.pages.currentChanged.connect(self._show_places)
        for page in (self.start, self.queue, self.coding):
            page.preferences_asked.connect(self._show_preferences)
        self.queue.keys_changed.connect(self.coding.take_preferences)
        self.coding.left.connect(self._show_queue)
        for page in (self.queue, self.coding):
            page.compare_asked.connect(self._open_comparison)

    def _ask_who(self) -> None:
        self.entrance.ask_who()

    def _switch(self, opened: Opened) -> None:
        """Somebody else unlocked the window."""
        self._put_away()
        self.entrance.switch(opened)

    def _leave_study(self) -> None:
        """Back to the start page."""
        self._put_away()
        self.pages.setCurrentWidget(self.start)
        self.entrance.close_study()

    def _put_away(self) -> None:
        """Store what is being typed, and show nobody's work any more."""
        self.coding.close_rating()
        if self.comparison is not None:
            self.comparison.close_comparison()
        for page in self.supervisor.values():
            page.stop_work()

    def go(self, place: str) -> None:
        """Show a place of a supervisor, or the list of sessions, as it is now."""
        self.coding.close_rating()
        here: Any = self.pages.currentWidget()
        if here in self.supervisor.values():
            # An export goes on; what was shown does not stay for whoever is next at the screen.
            here.forget()
        page = self._page(place)
        self.pages.setCurrentWidget(page)
        self.places.mark(place)
        self._show_places()
        page.open()

    def _page(self, place: str) -> Any:
        if place == places.QUEUE:
            return self.queue
        if place not in self.supervisor:
            self.setCursor(Qt.CursorShape.WaitCursor)
            page: Any = places.MAKERS[place](self._bench)
            self.unsetCursor()
            page.left.connect(lambda: self.go(places.QUEUE))
            if place == places.STUDY:
                page.backups.clicked.connect(self._show_backups)
            if place == places.MEETINGS:
                page.session_asked.connect(self._go_to_consensus)
            if place == places.TRAINING:
                page.rating_asked.connect(self._open_rating)
                page.compare_asked.connect(self._open_comparison)
            self.pages.addWidget(page)
            self.supervisor[place] = page
        return self.supervisor[place]

    def _go_to_consensus(self, session_id: str, scale: str) -> None:
        """Show what coders said of a session side by side, where two have."""
        self.go(places.CONSENSUS)
        self.supervisor[places.CONSENSUS].go_to(session_id, scale)

    def _show_places(self) -> None:
        """The bar is there for supervisors, and away while somebody rates."""
        page = self.pages.currentWidget()
        here = page not in (self.start, self.coding, self.comparison)
        self.places.setVisible(here and self._is_supervisor())
        # A key can be changed on any page.
        self.backups_key.setKey(key_of("backups", self._bench.settings))

    def _is_supervisor(self) -> bool:
        return self._bench.has_project and any(
            member.id == self._bench.project.person_id and member.role is Role.SUPERVISOR
            for member in self._bench.ask(people.roster)
        )

    def _show_backups(self) -> None:
        """For whoever looks after the study: its supervisor, or a coder whose package it is."""
        if self.pages.currentWidget() is self.start:
            return
        if self._is_supervisor() or self._bench.ask(returning.is_package):
            self.care.show_backups()

    def _show_queue(self) -> None:
        self.go(places.QUEUE)

    def _open_rating(self, rating_id: str) -> None:
        try:
            self.pages.setCurrentWidget(self.coding)
            self.coding.open(rating_id)
        except UserError as error:
            self.pages.setCurrentWidget(self.queue)
            self.queue.foot.say(sentence(error), "alarm")

    def _open_comparison(self, rating_id: str) -> None:
        """Show a rating beside the master codes; back leads to where that was asked for."""
        asked_on: Any = self.pages.currentWidget()
        if self.comparison is None:
            from mio_fidelity.gui.compare_view import CompareView

            self.comparison = CompareView(self._bench)
            self.comparison.left.connect(self._leave_comparison)
            self.pages.addWidget(self.comparison)
        self.coding.close_rating()
        self._asked_on = (asked_on, rating_id)
        try:
            self.pages.setCurrentWidget(self.comparison)
            self.comparison.open(rating_id)
        except UserError as error:
            self._leave_comparison()
            asked_on.foot.say(sentence(error), "alarm")

    def _leave_comparison(self) -> None:
        if self.comparison is not None:
            self.comparison.close_comparison()
        page, rating_id = self._asked_on
        if page is self.coding:
            self._open_rating(rating_id)
        else:
            self.go(next((key for key, each in self.supervisor.items() if each is page), places.QUEUE))

    def _take_demo(self, folder: Path) -> None:
        from mio_fidelity import demo

        self._job = None
        try:
            self.show_project(Project.open(folder, demo.PASSPHRASE))
        except UserError as error:
            self._refuse_demo(error)

    def _refuse_demo(self, error: UserError | None) -> None:
        self._job = None
        self.start.ask_which()
        self.start.say(sentence(error) if error else "")

    def _new_study(self) -> None:
        from mio_fidelity.gui.study_dialogs import NewStudyDialog

        dialog = NewStudyDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.made.connect(self._take_new_study)
        dialog.open()

    def _unpack(self, file: Path) -> None:
        from mio_fidelity.gui.package_dialogs import UnpackDialog

        dialog = UnpackDialog(self._bench, file, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.made.connect(self.start.ask_phrase)
        dialog.open()

    def _take_new_study(self, project: Project) -> None:
        from mio_fidelity.gui.recovery_dialog import show_recovery_key

        self._bench.settings["last_study"] = str(project.folder.resolve())
        self.show_project(project)
        show_recovery_key(self._bench, self)

    def _connect_to_server(self) -> None:
        from mio_fidelity.gui.connect_dialog import ConnectDialog

        dialog = ConnectDialog(self._bench, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.connected.connect(self.entrance.take)
        dialog.open()

    def _add_recording(self) -> None:
        from mio_fidelity.gui.study_dialogs import AddRecordingDialog

        dialog = AddRecordingDialog(self._bench, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _import_ratings(self) -> None:
        from mio_fidelity.gui.import_dialog import ImportDialog

        dialog = ImportDialog(self._bench, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show_preferences(self) -> None:
        from mio_fidelity.gui.preferences_dialog import PreferencesDialog

        dialog = PreferencesDialog(self._bench.settings, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self._take_preference)
        dialog.open()

    def _take_preference(self, key: str) -> None:
        app = QApplication.instance()
        if key == "colors" and isinstance(app, QApplication):
            theme.recolor(app, self._bench.settings.text("colors"))  # type: ignore[arg-type]
        self.coding.take_preferences()
