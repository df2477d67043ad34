"""The VLC engine, for files Qt cannot open and for those who prefer it."""

from __future__ import annotations

import contextlib
import functools
import os
import time
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStackedWidget, QWidget
from shiboken6 import isValid

from mio_fidelity.errors import UserError
from mio_fidelity.gui.playback.clock import Clock
from mio_fidelity.gui.playback.engine import Engine, Part, lead_ms, unplayable
from mio_fidelity.gui.playback.vlc_stream import VlcStream

# Measured: without avformat, seeks in compressed files miss by seconds; with VLC's own caching the reported
# position runs a third of a second behind.
OPTIONS = ("--demux=avformat", "--file-caching=100", "--quiet", "--no-video-title-show")
SOUND_OUTPUT = "MIO_FIDELITY_VLC_AOUT"
# In these avformat lands seconds off, at the next picture that stands alone; VLC's own reader does not.
OWN_READER = ":demux=any"

# VLC reports every 250-340 ms.
PATIENCE_S = 0.5


@functools.cache
def library() -> tuple[Any, Any] | None:
    """The ``vlc`` module and one instance for the whole program, or ``None`` where VLC is not installed."""
    sound = os.environ.get(SOUND_OUTPUT)
    options = (*OPTIONS, f"--aout={sound}") if sound else OPTIONS
    try:
        # On Windows the binding changes the working directory while it is imported.
        with contextlib.chdir("."):
            import vlc
        instance = vlc.Instance(*options)
    except (Exception, SystemExit):
        # By system and by version of the binding, a missing VLC shows itself as ImportError, OSError,
        # NameError, NotImplementedError or even SystemExit. Each means "not here", none may stop the program.
        return None
    return (vlc, instance) if instance else None


def version() -> str:
    """The version of libvlc, empty if there is none."""
    loaded = library()
    return loaded[0].libvlc_get_version().decode().split()[0] if loaded else ""


class VlcEngine(Engine):
    """One file in a libvlc media player.

    libvlc calls back on threads of its own and deadlocks when called from there, so a callback only emits
    a signal that is queued to this thread.
    """

    name = "vlc"
    title = "VLC"

    _called = Signal(str, int, float)
    _damaged = Signal(object)

    def __init__(self, parent: QObject, stage: QStackedWidget | None = None) -> None:
        super().__init__(parent, stage)
        loaded = library()
        if loaded is None:
            raise RuntimeError("there is no VLC")
        self._vlc, self._instance = loaded
        self.clock = Clock(PATIENCE_S)
        self._rate = 1.0
        self._volume = 100
        self._opening = True
        self._stream: VlcStream | None = None
        self._player = self._instance.media_player_new()
        self._called.connect(self._on_called, Qt.ConnectionType.QueuedConnection)
        self._damaged.connect(self._on_damaged, Qt.ConnectionType.QueuedConnection)
        kinds = self._vlc.EventType
        self._listened = {
            kinds.MediaPlayerTimeChanged: "time",
            kinds.MediaPlayerPaused: "paused",
            kinds.MediaPlayerEndReached: "end",
            kinds.MediaPlayerEncounteredError: "error",
        }
        events = self._player.event_manager()
        for kind, name in self._listened.items():
            events.event_attach(kind, self._call_back, name)

    @classmethod
    def usable(cls) -> bool:
        """Whether VLC is installed."""
        return library() is not None

    def open(self, part: Part) -> None:
        """Begin to open the file; see ``Engine.open``."""
        self.lead_ms = lead_ms(part)
        try:
            media = self._media_of(part)
        except (OSError, UserError) as error:
            self._damaged.emit(error)
            return
        media.add_option(":start-paused")
        if part.source.is_matroska:
            media.add_option(OWN_READER)
        if not (part.video and self._show_pictures()):
            media.add_option(":no-video")
        self._player.set_media(media)
        media.release()
        if self._player.play() == -1:
            self.broken.emit(self, unplayable())

    def _media_of(self, part: Part) -> Any:
        if part.source.key is None:
            return self._instance.media_new_path(str(part.source.path))
        self._stream = VlcStream(self._vlc, part.source, self._damaged.emit)
        return self._stream.media(self._instance)

    def play(self) -> None:
        """Let the sound go on."""
        self.clock.run(self._rate)
        self._player.set_pause(0)
        self.set_volume(self._volume)

    def pause(self) -> None:
        """Stop the sound here."""
        self._player.set_pause(1)
        self.clock.stop()

    def seek(self, at_ms: int) -> None:
        """Go to ``at_ms``."""
        self.clock.seek(at_ms)
        self._player.set_time(max(0, at_ms - self.lead_ms))

    def set_rate(self, rate: float) -> None:
        """Play ``rate`` times as fast at the same pitch."""
        self._rate = rate
        self._player.set_rate(rate)
        self.clock.turn(rate)

    def set_volume(self, volume: int) -> None:
        """Set the loudness, 0..100 as the ear has it."""
        self._volume = volume
        self._player.audio_set_volume(volume)

    def close(self) -> None:
        """Give the file and the threads back."""
        if self._player is None:
            return
        player, self._player = self._player, None
        events = player.event_manager()
        for kind in self._listened:
            events.event_detach(kind)
        player.stop()
        player.release()
        if self._stream is not None:
            self._stream.close()
        if self.picture is not None and isValid(self.picture):
            self.picture.deleteLater()
        self.deleteLater()

    def _call_back(self, event: Any, name: str) -> None:
        """Pass an event on; runs on a thread of libvlc, where nothing of libvlc may be called."""
        at_ms = event.u.new_time if name == "time" else 0
        self._called.emit(name, at_ms, time.monotonic())

    def _on_called(self, name: str, at_ms: int, seen_at: float) -> None:
        if self._player is None:
            return
        if name == "time":
            self.clock.report(at_ms, seen_at)
        elif name == "paused" and self._opening:
            self._opening = False
            self.opened.emit(self)
        elif name == "error" or (name == "end" and self._opening):
            # What VLC cannot read it may also "play" to the end at once.
            self.clock.stop()
            self.broken.emit(self, unplayable())
        elif name == "end":
            self.clock.stop()
            self.ended.emit(self, seen_at)

    def _on_damaged(self, error: object) -> None:
        if self._player is not None:
            self.clock.stop()
            self.broken.emit(self, error if isinstance(error, UserError) else unplayable())

    def _show_pictures(self) -> bool:
        """Give VLC a window of ours to draw in, where the window system allows that."""
        attach = {"xcb": "set_xwindow", "windows": "set_hwnd", "cocoa": "set_nsobject"}.get(
            QGuiApplication.platformName()
        )
        if attach is None or self.stage is None:
            return False
        self.picture = QWidget(self.stage)
        self.picture.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
        self.picture.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
        self.stage.addWidget(self.picture)
        getattr(self._player, attach)(int(self.picture.winId()))
        return True
