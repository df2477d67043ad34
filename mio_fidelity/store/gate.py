"""Lets work in, or nobody while something is changed that all work stands on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mio_fidelity.errors import UserError


class Gate:
    """Counts who is inside; usable on any thread, and nobody ever waits at it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._closed = False

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Be inside.

        Raises:
            UserError: it is closed.
        """
        with self._lock:
            if self._closed:
                raise UserError("The study is being given a new key. Wait until that is done.")
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1

    def close(self) -> None:
        """Let nobody in from now on; closing it twice does no harm.

        Raises:
            UserError: somebody is inside.
        """
        with self._lock:
            if self._inside:
                raise UserError(
                    "Something is still being read or written in the background. Wait until it is done, and "
                    "do this again."
                )
            self._closed = True

    def open(self) -> None:
        """Let everybody in again."""
        with self._lock:
            self._closed = False
