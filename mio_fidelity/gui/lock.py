"""Locks the window when nobody is there, or on a key: everything hidden, nothing lost."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QStackedWidget, QWidget

from mio_fidelity.errors import UserError
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.commands import key_of
from mio_fidelity.gui.idleness import Idleness
from mio_fidelity.gui.lock_page import LockPage
from mio_fidelity.gui.playback.player import Player, PlayerState
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence
from mio_fidelity.store import Project
from mio_fidelity.store.keys import RECOVERY, SHARED, Opened

LOOK_MS = 2_000
_SIGNS_OF_LIFE = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.TabletPress,
}


class Lock(QObject):
    """Hides a window and its dialogs, and asks for a pass phrase before it shows them again.

    Args:
        window: The window.
        content: What is hidden.
        bench: The open study, and the preferences.

    Signals:
        switched: The `Opened` of somebody else, or of the shared pass phrase for somebody else.
        left: The study is to be closed; dialogs are closed already.
    """

    switched = Signal(object)
    left = Signal()

    def __init__(self, window: QWidget, content: QWidget, bench: Workbench) -> None:
        super().__init__(window)
        self._window, self._content, self._bench = window, content, bench
        self._job: Job | None = None
        self._hidden: list[tuple[QDialog, Qt.WindowModality]] = []
        self._hiding = False
        self.page = LockPage()
        self.layers = QStackedWidget()
        self.layers.addWidget(content)
        self.layers.addWidget(self.page)
        self.idleness = Idleness()
        self._looks = QTimer(self, interval=LOOK_MS)
        self._looks.timeout.connect(self.look)
        self._looks.start()
        # Input comes to these first, whatever has the keyboard, and little else does.
        app = QApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._watch)
        self.page.box.given.connect(partial(self._try, for_another=False))
        self.page.other.clicked.connect(lambda: self._try(self.page.box.field.text(), for_another=True))
        self.page.left.connect(self._leave)

    @property
    def locked(self) -> bool:
        """Whether it is."""
        return self.layers.currentWidget() is self.page

    def look(self) -> None:
        """Lock when nobody has been there for long enough; hide what has come up since it was locked."""
        if self.locked:
            self._hide_dialogs()
        elif self._bench.has_project:
            limit = 60 * self._bench.settings.number("lock_minutes")
            if self.idleness.seconds(self._playing_s()) >= limit:
                self.lock()

    def lock(self) -> None:
        """Store what is being typed, stop the sound, and hide everything; nothing without an open study."""
        if self.locked or not self._bench.has_project:
            return
        typing = QApplication.focusWidget()
        if typing is not None:
            # Whoever takes text stores it when the keyboard goes.
            typing.clearFocus()
        for player in self._players():
            player.pause()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        self._hide_dialogs()
        self._quietly(lambda: self.layers.setCurrentWidget(self.page))
        self.page.say("")
        self.page.other.setVisible(self._bench.project.opened.name == SHARED)
        self.page.box.ask(self._bench.project.place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Mind signs of life, and the key that locks; while hiding, let nobody know of it."""
        kind = event.type()
        if self._hiding:
            return kind in (QEvent.Type.Hide, QEvent.Type.Show)
        if not isinstance(watched, QWindow):
            return False
        if kind in _SIGNS_OF_LIFE:
            self.idleness.touch()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._locks(event):
            self.lock()
            return True
        return False

    def _locks(self, event: QKeyEvent) -> bool:
        return QKeySequence(event.keyCombination()) == key_of("lock", self._bench.settings)

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)
        if self.locked:
            # Something may have come up that was not there.
            QTimer.singleShot(0, self, self._hide_dialogs)

    def _players(self) -> list[Player]:
        return self._window.findChildren(Player)

    def _playing_s(self) -> float | None:
        lengths = [
            player.duration_ms / 1000 / max(player.rate, 0.1)
            for player in self._players()
            if player.state is PlayerState.PLAYING
        ]
        return max(lengths, default=None)

    def _hide_dialogs(self) -> None:
        found = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog)]
        for dialog in found:
            if dialog.isVisible():
                self._hidden.append((dialog, dialog.windowModality()))
                dialog.destroyed.connect(self._forget_destroyed)
                self._quietly(dialog.hide)

    def _quietly(self, change: Callable[[], object]) -> None:
        """Hide or show without telling: work that stops when its page or dialog is closed goes on."""
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)
        self._hiding = True
        try:
            change()
        finally:
            self._hiding = False
            app.removeEventFilter(self)

    def _forget_destroyed(self) -> None:
        """A dialog may close itself meanwhile."""
        from shiboken6 import isValid

        self._hidden = [each for each in self._hidden if isValid(each[0])]

    def _try(self, phrase: str, for_another: bool) -> None:
        if self._job is not None:
            return
        if not phrase:
            self.page.box.field.setFocus()
            return
        self.page.say("")
        self.page.box.set_busy(True)
        self._job = Job(partial(_unlocked, self._bench.project, phrase), self)
        self._job.finished.connect(partial(self._take, for_another=for_another))
        self._job.refused.connect(lambda error: self._refuse(error))
        self._job.stopped.connect(lambda: self._refuse(None))
        self._job.start()

    def _refuse(self, error: UserError | None) -> None:
        self._job = None
        self.page.box.set_busy(False)
        self.page.say(sentence(error) if error else "")
        self.page.box.field.selectAll()
        self.page.box.field.setFocus()

    def _take(self, opened: Opened, for_another: bool) -> None:
        self._job = None
        self.page.box.set_busy(False)
        project = self._bench.project
        if not for_another and opened.name in (project.person_id, project.opened.name):
            self._resume()
        elif opened.name == RECOVERY:
            self._refuse(
                UserError("The recovery key is used where a study is opened. Close the study first.")
            )
        else:
            self._close_dialogs()
            self._show()
            self.switched.emit(opened)

    def _resume(self) -> None:
        """Everything as it was."""
        hidden, self._hidden = self._hidden, []
        self._show()
        for dialog, modality in hidden:
            dialog.setWindowModality(modality)
            self._quietly(dialog.show)
            dialog.activateWindow()
        # What was not in sight did not show what changed.
        self._bench.changed.emit(EVERYTHING)

    def _show(self) -> None:
        self.page.box.clear()
        self.page.say("")
        self._quietly(lambda: self.layers.setCurrentWidget(self._content))
        self.idleness.touch()

    def _close_dialogs(self) -> None:
        hidden, self._hidden = self._hidden, []
        for dialog, _ in reversed(hidden):
            dialog.close()

    def _leave(self) -> None:
        if self._job is not None:
            self._job.drop()
            self._job = None
        self._close_dialogs()
        self._show()
        self.left.emit()


def _unlocked(
    project: Project, phrase: str, _tell: Callable[[float], None], _cancelled: Callable[[], bool]
) -> Opened:
    return project.unlock(phrase)
