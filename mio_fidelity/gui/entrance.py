"""From the start page into a study: opening it, who is working, and a new pass phrase where one is due."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from mio_fidelity.coding import access, people
from mio_fidelity.errors import UserError
from mio_fidelity.gui import vault_work
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.start_page import StartPage
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.media.progress import IsCancelled, OnProgress
from mio_fidelity.store import Project, Role
from mio_fidelity.store.keys import RECOVERY, SHARED, Opened
from mio_fidelity.store.profile import is_on_server


class Entrance(QObject):
    """Joins the start page and the open study.

    Args:
        start: The page.
        bench: What takes the study.
        parent: Its parent.

    Signals:
        asked: Something has to be asked on the start page.
        entered: Somebody is signed in.
    """

    asked = Signal()
    entered = Signal()

    def __init__(self, start: StartPage, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._start, self._bench = start, bench
        self._job: Job | None = None
        # What opened the study, until the person has chosen one of her own.
        self._given = ""
        start.opened.connect(self.open_study)
        start.signed_in.connect(self.sign_in)
        start.closed.connect(self.close_study)
        start.new_phrase.chosen.connect(self._take_phrase)

    def open_study(self, folder: Path, passphrase: str) -> None:
        """Open a study; a sentence says when it cannot be opened."""
        if is_on_server(folder):
            self._open_on_server(folder, passphrase)
            return
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            project = Project.open(folder, passphrase)
        except UserError as error:
            self._start.say(sentence(error))
            self._start.passphrase.selectAll()
            return
        finally:
            QApplication.restoreOverrideCursor()
        self.take(project, passphrase)

    def take(self, project: Project, passphrase: str = "") -> None:
        """Work on a study that was just opened, and offer it first the next time."""
        self._bench.settings["last_study"] = str(project.place.resolve())
        self.show_project(project, passphrase)

    def _open_on_server(self, folder: Path, password: str) -> None:
        """Beside the window: an answer may take seconds, or never come."""
        if self._job is not None:
            return
        self._start.say("")
        self._start.box.set_busy(True)
        self._job = Job(partial(_opened, folder, password), self)
        self._job.finished.connect(self._take_opened)
        self._job.refused.connect(self._refuse)
        self._job.stopped.connect(lambda: self._refuse(None))
        self._job.start()

    def _take_opened(self, project: Project) -> None:
        self._job = None
        self._start.box.set_busy(False)
        self.take(project)

    def _refuse(self, error: UserError | None) -> None:
        self._job = None
        self._start.box.set_busy(False)
        self._start.say(sentence(error) if error else "")
        self._start.passphrase.selectAll()
        self._start.passphrase.setFocus()

    def show_project(self, project: Project, passphrase: str = "") -> None:
        """Work on an open study: as whoever its pass phrase belongs to, else as whoever is chosen."""
        self._bench.open(project)
        vault_work.sweep(project)
        if project.opened.name == RECOVERY:
            self._ask_recovery()
        elif project.opened.first and passphrase:
            self._given = passphrase
            self._start.ask_own()
            self.asked.emit()
        elif project.holder is not None:
            self._start.forget()
            self.entered.emit()
        else:
            self._ask_person()

    def ask_who(self) -> None:
        """Let somebody else work: chosen from the list, or by a pass phrase of her own."""
        project = self._bench.project
        if project.holder is None:
            self._ask_person()
            return
        self._bench.close()
        self._start.ask_phrase(project.place)
        self.asked.emit()

    def switch(self, opened: Opened) -> None:
        """Go on as whoever unlocked the window; all of the other's work is put away."""
        try:
            self._bench.project.take_over(opened)
        except UserError as error:
            self.close_study()
            self._start.say(sentence(error))
            self.asked.emit()
            return
        if opened.first:
            # It has to be changed, as when a study is opened.
            self.ask_who()
        elif opened.name == SHARED:
            self._ask_person()
        else:
            self.entered.emit()

    def sign_in(self, person_id: str) -> None:
        """Work as somebody chosen from the list."""
        try:
            self._bench.project.sign_in(person_id)
        except UserError as error:
            self._start.say(sentence(error))
            return
        self.entered.emit()

    def close_study(self) -> None:
        """Let go of the study."""
        self._given = ""
        self._bench.close()
        self._start.ask_which()

    def _ask_person(self) -> None:
        self._start.ask_who(self._bench.ask(people.roster))
        self.asked.emit()

    def _ask_recovery(self) -> None:
        supervisors = [
            (each.code, each.id) for each in self._bench.ask(people.roster) if each.role is Role.SUPERVISOR
        ]
        self._start.ask_recovery(supervisors)
        self.asked.emit()

    def _take_phrase(self, person_id: str, phrase: str) -> None:
        project = self._bench.project
        try:
            if project.opened.name == RECOVERY:
                access.recover(project, person_id, phrase)
            else:
                access.change_own(project, self._given, phrase)
        except UserError as error:
            self._start.say(sentence(error))
            return
        self._given = ""
        self._start.forget()
        self.entered.emit()


def _opened(folder: Path, password: str, _tell: OnProgress, _cancelled: IsCancelled) -> Project:
    return Project.open(folder, password)
