"""A recording as a device that Qt reads, with bytes put in front of it."""

from __future__ import annotations

import threading

from PySide6.QtCore import QIODevice, QObject, Signal

from mio_fidelity.errors import UserError
from mio_fidelity.media.source import Source, byte_size


class SourceDevice(QIODevice):
    """``head``, then the recording from ``skip`` on. Qt reads it on threads of its own.

    Signals:
        damaged: A `UserError`, once: from some place on the recording cannot be read.

    Raises:
        OSError: it cannot be read.
        UserError: it is damaged.
    """

    damaged = Signal(object)

    def __init__(self, source: Source, parent: QObject, head: bytes = b"", skip: int = 0) -> None:
        super().__init__(parent)
        self._head = head
        self._file = source.open()
        self._skip = skip
        self._size = len(head) + byte_size(self._file) - skip
        self._at = 0
        self._lock = threading.Lock()
        self._told = False
        self.open(QIODevice.OpenModeFlag.ReadOnly | QIODevice.OpenModeFlag.Unbuffered)

    def size(self) -> int:
        """Bytes of both."""
        return self._size

    def isSequential(self) -> bool:
        """No."""
        return False

    def seek(self, pos: int) -> bool:
        """Read from ``pos`` on."""
        with self._lock:
            self._at = pos
        return super().seek(pos)

    def readData(self, maxlen: int) -> bytes:
        """The next bytes; none at the end, and where the recording is damaged."""
        with self._lock:
            try:
                data = self._read(maxlen)
            except (UserError, OSError, ValueError) as error:
                # ValueError: closed meanwhile, on the window's thread.
                data = b""
                if not self._told:
                    self._told = True
                    self.damaged.emit(error)
            self._at += len(data)
            return data

    def writeData(self, data: object, length: int) -> int:  # noqa: ARG002
        """Never."""
        return -1

    def close(self) -> None:
        """Let go of the file."""
        super().close()
        with self._lock:
            self._told = True
            self._file.close()

    def _read(self, maxlen: int) -> bytes:
        if self._at < len(self._head):
            return self._head[self._at : self._at + maxlen]
        self._file.seek(self._at - len(self._head) + self._skip)
        return self._file.read(maxlen)
