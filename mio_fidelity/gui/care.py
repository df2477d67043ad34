"""Looks after the file of the open study: backups, the check, signs of life, and what is to be said."""

import hashlib
import json
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from mio_fidelity.coding import vault
from mio_fidelity.errors import UserError
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.notices import Deed, Notices
from mio_fidelity.gui.workbench import Workbench, said, sentence
from mio_fidelity.media.progress import Cancelled, IsCancelled, OnProgress
from mio_fidelity.store import Project
from mio_fidelity.store.backups import back_up
from mio_fidelity.store.check import intact
from mio_fidelity.store.places import risk_of

EVERY_MS = 30 * 60_000
SIGN_OF_LIFE_MS = 60_000
# The window is there first.
AFTER_OPENING_MS = 1_500


@dataclass(frozen=True, slots=True)
class Looked:
    """Whether the study's file is intact, and how many recordings of its vault are missing or damaged."""

    sound: bool
    ailing: int


class Care(QObject):
    """At work from the moment a study is opened until it is closed; never in the way of the window.

    Args:
        bench: The open study.
        window: Over which dialogs are shown.

    Signals:
        leaving: The study is to be closed: its file is about to be another.
        asked: The pass phrase of the study in this folder is wanted.
        checked: Whether the whole file, and every recording in the vault, is intact.
        backed_up: A backup was made, was not needed, or was refused.
    """

    leaving = Signal()
    asked = Signal(object)
    checked = Signal(bool)
    backed_up = Signal()

    def __init__(self, bench: Workbench, window: QWidget) -> None:
        super().__init__(window)
        self._bench, self._window = bench, window
        self._job: Job | None = None
        # Held by whoever uses the study on another thread.
        self._using = threading.Lock()
        self.notices = Notices()
        self._backups = QTimer(self, interval=EVERY_MS)
        self._backups.timeout.connect(self.back_up)
        self._life = QTimer(self, interval=SIGN_OF_LIFE_MS)
        self._life.timeout.connect(lambda: self._bench.project.still_here())
        self._first = QTimer(self, singleShot=True, interval=AFTER_OPENING_MS)
        self._first.timeout.connect(lambda: self.back_up(then_check=True))
        bench.opened.connect(self._take_up)
        bench.closing.connect(self._let_go)
        bench.refused.connect(self._look_whether_it_is_there)

    @property
    def busy(self) -> bool:
        """Whether something is going on."""
        return self._job is not None

    def back_up(self, then_check: bool = False) -> None:
        """Make a backup beside the work, when something changed; then check the whole file, when asked."""
        if self._job is not None:
            return
        self._job = Job(partial(_work, self._bench.project, then_check, self._using), self)
        self._job.finished.connect(self._take)
        self._job.refused.connect(self._take_refusal)
        self._job.stopped.connect(self._end)
        self._job.start()

    def stop(self) -> None:
        """End what is going on; when this returns nothing of it is left."""
        if self._job is not None:
            self._job.drop()
            self._job = None
            # A job that has not begun by now sees that it is not wanted.
            with self._using:
                pass

    def show_backups(self, folder: Path | None = None) -> None:
        """Show the backups of the open study, or of the one in ``folder``."""
        if folder is None and self._bench.project.on_server:
            self.notices.show_notice(
                "backups",
                self.tr(
                    "This study lies on a server: whoever looks after it makes the backups, and brings one"
                    " back. A copy of your own is made by the command: move."
                ),
            )
            return
        from mio_fidelity.gui.restore_dialog import RestoreDialog

        dialog = RestoreDialog(self._bench, folder, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.going.connect(self.leaving)
        dialog.restored.connect(self.asked)
        dialog.salvage_asked.connect(self.show_salvage)
        dialog.open()

    def show_salvage(self, folder: Path | None = None) -> None:
        """Offer to save what is readable of the open study, which is closed, or of the one in ``folder``."""
        from mio_fidelity.gui.salvage_dialog import SalvageDialog

        if folder is None:
            folder = self._bench.project.folder
            self.leaving.emit()
            self.asked.emit(folder)
        dialog = SalvageDialog(self._bench, folder, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.made.connect(self.asked)
        dialog.open()

    def save_copy(self) -> None:
        """Save what is in memory into a new folder."""
        from mio_fidelity.store.rescue import rescue

        place = QFileDialog.getSaveFileName(self._window, self.tr("New folder for the copy"))[0]
        if not place:
            return
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            rescue(self._bench.project, Path(place))
            text = self.tr("The copy is saved. Close this study and open the copy; work goes on there.")
        except UserError as error:
            text = sentence(error)
        finally:
            QApplication.restoreOverrideCursor()
        self.notices.show_notice("gone", text, self._gone_deeds())

    def _take_up(self) -> None:
        project = self._bench.project
        for nth, remark in enumerate(project.remarks):
            self.notices.show_notice(f"remark {nth}", said(remark))
        if project.on_server:
            return
        risk = risk_of(project.folder)
        if risk is not None and _mark(project.folder) not in self._accepted():
            self.notices.show_notice(
                "place", said(risk), ((self.tr("Do not warn again"), self._accept_place),)
            )
        for timer in (self._backups, self._life, self._first):
            timer.start()

    def _let_go(self) -> None:
        """A last backup; the window waits for it, which it does for nothing else."""
        for timer in (self._backups, self._life, self._first):
            timer.stop()
        self.stop()
        self.notices.clear()
        if self._bench.project.on_server:
            return
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            back_up(self._bench.project.file)
        except UserError:
            # Said before, and nobody is there to read it now; it is made when the study is next opened.
            return
        finally:
            QApplication.restoreOverrideCursor()

    def _take(self, found: Looked | None) -> None:
        self._end()
        self.notices.take_back("backup")
        self.backed_up.emit()
        if found is None:
            return
        if found.ailing:
            words = self.tr(
                "Recordings in the vault that are missing or damaged: {n}. A supervisor finds out which with"
                " Study, Recordings, “Check…”; bring their files back from a copy of the study folder."
            )
            self.notices.show_notice("vault", words.format(n=found.ailing))
        if not found.sound:
            self.notices.show_notice(
                "damage",
                self.tr(
                    "The study's file is damaged. What you see is what can be read. Go back to a backup, or"
                    " save what is readable into a new study."
                ),
                (
                    (self.tr("Backups…"), self.show_backups),
                    (self.tr("Save what is readable…"), self.show_salvage),
                ),
            )
        self.checked.emit(found.sound and not found.ailing)

    def _take_refusal(self, error: UserError) -> None:
        self._end()
        self.notices.show_notice("backup", sentence(error), ((self.tr("Backups…"), self.show_backups),))
        self.backed_up.emit()

    def _end(self) -> None:
        self._job = None

    def _look_whether_it_is_there(self) -> None:
        project = self._bench.project if self._bench.has_project else None
        if project is not None and not project.on_server and not project.file.in_place():
            self.notices.show_notice(
                "gone",
                self.tr(
                    "study.db was moved, deleted or replaced while it was open. Nothing more can be stored in"
                    " it; what was stored before is still in this window."
                ),
                self._gone_deeds(),
            )

    def _gone_deeds(self) -> tuple[Deed, ...]:
        return ((self.tr("Save a copy…"), self.save_copy),)

    def _accepted(self) -> list[str]:
        try:
            found = json.loads(self._bench.settings.text("places_accepted"))
        except (ValueError, RecursionError):
            return []
        return [str(each) for each in found] if isinstance(found, list) else []

    def _accept_place(self) -> None:
        accepted = [*self._accepted(), _mark(self._bench.project.folder)]
        self._bench.settings["places_accepted"] = json.dumps(accepted[-50:])
        self.notices.take_back("place")


def _work(
    project: Project,
    then_check: bool,
    using: threading.Lock,
    _on_progress: OnProgress,
    cancelled: IsCancelled,
) -> Looked | None:
    """On another thread: how the study is, when that was to be checked."""
    with using:
        if cancelled():
            raise Cancelled
        refusal = None
        try:
            back_up(project.file, cancelled=cancelled)
        except UserError as error:
            refusal = error
        found = _look(project, cancelled) if then_check else None
        if refusal is not None and (found is None or found.sound):
            raise refusal
        return found


def _look(project: Project, cancelled: IsCancelled) -> Looked:
    if not project.ask_elsewhere(intact, cancelled):
        return Looked(False, 0)
    return Looked(True, project.ask_elsewhere(vault.ailing, project.folder, cancelled))


def _mark(folder: Path) -> str:
    """A place, known again and not told."""
    return hashlib.sha256(str(folder.resolve()).encode(errors="surrogatepass")).hexdigest()[:16]
