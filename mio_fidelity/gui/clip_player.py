"""Hearing one stretch of a recording: an example, of which nothing else is shown."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from mio_fidelity.coding.recordings import Medium
from mio_fidelity.errors import UserError
from mio_fidelity.gui.playback.player import Part, Player, PlayerState, open_player
from mio_fidelity.gui.workbench import sentence
from mio_fidelity.settings import Settings


class ClipPlayer(QObject):
    """Plays from one moment to another and stops there; the sound alone, and nothing counts as heard.

    Args:
        settings: Which player and how loud.
        parent: Its parent.

    Signals:
        changed: The key of what is played, empty when it is silent again.
        remarked: A sentence on why nothing is heard.
    """

    changed = Signal(str)
    remarked = Signal(str)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        # Made when it is first wanted: opening a player takes a moment.
        self._player: Player | None = None
        self._until_ms = 0
        self.key = ""

    @property
    def position_ms(self) -> int:
        """Where in the recording it is."""
        return self._player.position_ms if self._player is not None else 0

    def play(self, key: str, media: Sequence[Medium], from_ms: int, until_ms: int) -> None:
        """Let ``key`` be heard, whatever is heard now.

        Args:
            key: What it is, for ``changed``.
            media: The recording.
            from_ms: Where in the recording it begins.
            until_ms: Where it ends.
        """
        self.stop()
        player = self._ready()
        self.key, self._until_ms = key, until_ms
        self.changed.emit(key)
        player.set_volume(self._settings.number("volume"))
        player.load([Part(medium.source, medium.duration_ms, False) for medium in media])
        player.seek(from_ms)
        player.play()

    def stop(self) -> None:
        """Silence, and the file is let go."""
        if self.key and self._player is not None:
            self.key = ""
            self._player.load([])
            self.changed.emit("")

    def close(self) -> None:
        """Give files, threads and devices back for good."""
        self.stop()
        if self._player is not None:
            self._player.close()
        self._player = None

    def _ready(self) -> Player:
        if self._player is None:
            self._player = open_player(self._settings.text("player"))
            self._player.setParent(self)
            self._player.moved.connect(self._on_moved)
            self._player.state_changed.connect(self._on_state)
            self._player.failed.connect(self._on_failed)
        return self._player

    def _on_moved(self, at_ms: int) -> None:
        if self.key and at_ms >= self._until_ms:
            self.stop()

    def _on_state(self, state: PlayerState) -> None:
        if state is PlayerState.ENDED:
            self.stop()

    def _on_failed(self, error: UserError) -> None:
        self.stop()
        self.remarked.emit(sentence(error))
