"""A recording that libvlc reads through callbacks, so that nothing plain is ever written for it."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

from mio_fidelity.errors import UserError
from mio_fidelity.media.source import Source, byte_size

# By itself libvlc reads 16 MB ahead, and meets damage long before it is heard.
READ_AHEAD = (":prefetch-buffer-size=1024", ":prefetch-read-size=65536")
FAILED = -1


class VlcStream:
    """The callbacks of one recording. libvlc holds no reference to them: keep it until the player is gone.

    libvlc calls on threads of its own, where nothing of libvlc may be called.

    Args:
        vlc: The module.
        source: The recording.
        on_damaged: Told once, on whatever thread, that from some place on it cannot be read.

    Raises:
        OSError: it cannot be read.
        UserError: it is damaged.
    """

    def __init__(self, vlc: Any, source: Source, on_damaged: Callable[[Exception], None]) -> None:
        self._file = source.open()
        self._size = byte_size(self._file)
        self._lock = threading.Lock()
        self._on_damaged: Callable[[Exception], None] | None = on_damaged
        kinds = vlc.CallbackDecorators
        self._callbacks = (
            kinds.MediaOpenCb(self._open),
            kinds.MediaReadCb(self._read),
            kinds.MediaSeekCb(self._seek),
            kinds.MediaCloseCb(self._close),
        )

    def media(self, instance: Any) -> Any:
        """A libvlc media of it."""
        media = instance.media_new_callbacks(*self._callbacks, None)
        media.add_options(*READ_AHEAD)
        return media

    def close(self) -> None:
        """Let go of the file; the player has been stopped."""
        with self._lock:
            self._on_damaged = None
            self._file.close()

    def _open(self, _opaque: object, _data: object, size: Any) -> int:
        size[0] = self._size
        return self._seek(None, 0)

    def _read(self, _opaque: object, room: Any, length: int) -> int:
        with self._lock:
            try:
                data = self._file.read(length)
            except (UserError, OSError, ValueError) as error:
                tell, self._on_damaged = self._on_damaged, None
                if tell is not None:
                    tell(error)
                return FAILED
        ctypes.memmove(room, data, len(data))
        return len(data)

    def _seek(self, _opaque: object, at: int) -> int:
        with self._lock:
            try:
                self._file.seek(at)
            except (OSError, ValueError):
                return FAILED
        return 0

    def _close(self, _opaque: object) -> None:
        """The file stays open: libvlc opens it again when it plays once more."""
