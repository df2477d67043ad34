"""Looks after the connection to a server: what others changed, whether it is there, and what waits for it."""

from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from mio_fidelity.coding import offline
from mio_fidelity.errors import UserError
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.notices import Notices
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence
from mio_fidelity.media.progress import IsCancelled, OnProgress
from mio_fidelity.store.bridge import Handed
from mio_fidelity.store.replica import Replica
from mio_fidelity.store.server import News, ServerProject

EVERY_MS = 3_000
NOTICE, REFUSED, DAMAGED = "server", "refused", "journal"


class ServerWatch(QObject):
    """At work while a study on a server is open; asks the server beside the window, never in its way.

    Args:
        bench: The open study.
        notices: Where it says what somebody should know.
        window: Over which dialogs are shown.

    Signals:
        looked: The server was asked, whatever it said.
    """

    looked = Signal()

    def __init__(self, bench: Workbench, notices: Notices, window: QWidget) -> None:
        super().__init__(window)
        self._bench, self._notices, self._window = bench, notices, window
        self._job: Job | None = None
        self._known = -1
        self._said_away = False
        self._whose: str | None = None
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)
        bench.closing.connect(self.stop)
        bench.changed.connect(self._show_state)

    @property
    def project(self) -> ServerProject | None:
        """The open study, when it lies on a server."""
        project = self._bench.project if self._bench.has_project else None
        return project if isinstance(project, ServerProject) else None

    def begin(self) -> None:
        """Somebody has signed in: hand in what waited for the server, and look from now on."""
        project = self.project
        if project is None:
            return
        self._drop()
        self._take_up(project.person_id)
        self._known, self._said_away = -1, False
        try:
            bridge = project.begin_bridge(offline.bridged())
            if bridge.damaged:
                self._say_damaged()
            if bridge.waiting:
                self._hand_in()
            self._show_refused()
        except UserError as error:
            self._notices.show_notice(NOTICE, sentence(error))
        self._timer.start()
        self.look()

    def stop(self) -> None:
        """The study is to be closed."""
        self._timer.stop()
        self._drop()

    def look(self) -> None:
        """Ask the server what is new."""
        project = self.project
        if project is None or self._job is not None:
            return
        self._job = Job(partial(_look, project, self._known), self)
        self._job.finished.connect(self._take)
        self._job.refused.connect(self._take_refusal)
        self._job.stopped.connect(self._drop)
        self._job.start()

    def show_refused(self) -> None:
        """Show what the server did not take."""
        from mio_fidelity.gui.refused_dialog import RefusedDialog

        project = self.project
        if project is None or project.bridge is None:
            return
        dialog = RefusedDialog(project.bridge, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.seen.connect(lambda: self._notices.take_back(REFUSED))
        dialog.open()

    def _take_up(self, person_id: str | None) -> None:
        """What was said to somebody else is about her own work."""
        if person_id != self._whose:
            for key in (NOTICE, REFUSED, DAMAGED):
                self._notices.take_back(key)
        self._whose = person_id

    def _take(self, found: tuple[News, Replica | None, int]) -> None:
        self._job = None
        news, replica, turn = found
        project = self.project
        if project is None:
            return
        first, self._known = self._known < 0, news.newest
        if replica is not None and project.bridge is not None:
            project.bridge.take_fetched(replica, turn)
        if project.away:
            self._hand_in()
        if news.by_others and not first:
            self._bench.changed.emit(EVERYTHING)
        self.looked.emit()

    def _take_refusal(self, _error: UserError) -> None:
        self._job = None
        project = self.project
        if project is not None and project.bridge is not None:
            project.bridge.away = True
        self._show_state()
        self.looked.emit()

    def _hand_in(self) -> None:
        project = self.project
        if project is None:
            return
        QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            handed = project.hand_in()
        except UserError as error:
            self._notices.show_notice(NOTICE, sentence(error))
            return
        finally:
            QApplication.restoreOverrideCursor()
        self._said_away = False
        self._say_back(handed)
        self._show_refused()
        self._bench.changed.emit(EVERYTHING)

    def _say_back(self, handed: Handed) -> None:
        if handed.arrived or handed.refused:
            text = self.tr("The server is back. What was rated meanwhile has arrived: {n} entries.")
            self._notices.show_notice(NOTICE, text.format(n=handed.arrived))
        else:
            self._notices.take_back(NOTICE)

    def _say_damaged(self) -> None:
        self._notices.show_notice(
            DAMAGED,
            self.tr(
                "What you rated here without the server was kept in a file that is damaged now. What stands"
                " in it before the damage is handed in; what came after may be missing: look at your latest"
                " ratings. The file stays in the folder of this connection, under journal. Tell the"
                " supervisor."
            ),
        )

    def _show_refused(self) -> None:
        project = self.project
        refused = project.bridge.refused() if project and project.bridge else ()
        if refused:
            text = self.tr("{n} entries made without the server were not stored there. They are kept here.")
            self._notices.show_notice(
                REFUSED, text.format(n=len(refused)), ((self.tr("Look at them…"), self.show_refused),)
            )

    def _show_state(self) -> None:
        """Say at once that the server is away, whoever found out."""
        if self._bench.away and not self._said_away:
            self._said_away = True
            self._notices.show_notice(
                NOTICE,
                self.tr(
                    "The server does not answer now. Go on rating: what you do is kept on this computer,"
                    " encrypted. It arrives when the server is back and you have the study open here; if you"
                    " close it before that, open it once more on this computer, under your own name."
                ),
            )
            self._bench.changed.emit(EVERYTHING)

    def _drop(self) -> None:
        if self._job is not None:
            self._job.drop()
        self._job = None


def _look(
    project: ServerProject, known: int, _tell: OnProgress, _cancelled: IsCancelled
) -> tuple[News, Replica | None, int]:
    """On another thread: what is new, and with it the rows to go on with when the server goes away."""
    news, bridge = project.news(known), project.bridge
    turn = bridge.turn if bridge else 0
    fresh = bridge is not None and not bridge.away and (bridge.behind or news.by_others)
    return news, project.fetch_rows() if fresh else None, turn
