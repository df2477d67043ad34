"""Which engines this computer has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mio_fidelity.gui.playback import vlc_player
from mio_fidelity.gui.playback.engine import Engine

if TYPE_CHECKING:
    from mio_fidelity.gui.playback.qt_player import Speakers


@dataclass(frozen=True)
class EngineInfo:
    """What the self-test and the preferences say of an engine.

    Args:
        name: How the preferences keep it: ``qt`` or ``vlc``.
        title: What people call it.
        available: Whether it can play here.
        version: Its version, empty if there is none.
        remark: What to do if it is not available, otherwise empty.
    """

    name: str
    title: str
    available: bool
    version: str
    remark: str


def engines() -> list[EngineInfo]:
    """Every engine the program knows, the default first."""
    try:
        from mio_fidelity.gui.playback import qt_player

        qt_version, qt_remark = qt_player.version(), ""
    except ImportError:
        qt_version = ""
        qt_remark = QCoreApplication.translate(
            "playback", "Qt Multimedia cannot be loaded; run the set-up again (on Linux it needs libpulse)."
        )
    vlc_version = vlc_player.version()
    vlc_remark = (
        ""
        if vlc_version
        else QCoreApplication.translate(
            "playback", "VLC is not installed; it is only needed for files Qt Multimedia cannot open."
        )
    )
    return [
        EngineInfo("qt", "Qt Multimedia", not qt_remark, qt_version, qt_remark),
        EngineInfo("vlc", "VLC", bool(vlc_version), vlc_version, vlc_remark),
    ]


def available(preferred: str) -> list[type[Engine]]:
    """The engines to play with, the preferred one first; a stand-in is looked for only when it is needed."""
    kinds: list[type[Engine]] = []
    try:
        from mio_fidelity.gui.playback.qt_player import QtEngine

        kinds.append(QtEngine)
    except ImportError:
        pass  # A Linux without libpulse; VLC does the work.
    if (kinds and preferred != vlc_player.VlcEngine.name) or vlc_player.VlcEngine.usable():
        kinds.append(vlc_player.VlcEngine)
    return sorted(kinds, key=lambda kind: kind.name != preferred)


def speakers() -> Speakers | None:
    """A watch on the sound devices, ``None`` where only Qt Multimedia could tell and is missing."""
    try:
        from mio_fidelity.gui.playback.qt_player import Speakers
    except ImportError:
        return None
    return Speakers()
