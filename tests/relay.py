"""A wire between a program and a server, which a test can cut and mend."""

import selectors
import socket
import threading
from contextlib import suppress


class Relay:
    """Passes on what comes, both ways, from a port of its own to another one of this computer."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        # The other end of each open socket.
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._lock = threading.Lock()
        self._is_cut = self._ended = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """As when the network goes: all connections break, and new ones are not answered."""
        with self._lock:
            self._is_cut = True
            for one in [*self._pairs]:
                self._drop(one)

    def mend(self) -> None:
        """It is back."""
        with self._lock:
            self._is_cut = False

    def end(self) -> None:
        """Let go of everything."""
        self._ended = True
        self._thread.join()
        self.cut()
        self._listener.close()

    def _run(self) -> None:
        while not self._ended:
            with selectors.DefaultSelector() as waiting:
                with self._lock:
                    for one in (self._listener, *self._pairs):
                        waiting.register(one, selectors.EVENT_READ)
                ready = [key.fileobj for key, _ in waiting.select(0.02)]
            with self._lock:
                for one in ready:
                    self._serve(one)  # type: ignore[arg-type]

    def _serve(self, one: socket.socket) -> None:
        if one is self._listener:
            self._answer(one.accept()[0])
        elif one in self._pairs:
            try:
                content = one.recv(1 << 16)
                self._pairs[one].sendall(content)
            except OSError:
                content = b""
            if not content:
                self._drop(one)

    def _answer(self, near: socket.socket) -> None:
        if self._is_cut:
            near.close()
            return
        far = socket.create_connection(("127.0.0.1", self._to))
        self._pairs |= {near: far, far: near}

    def _drop(self, one: socket.socket) -> None:
        for each in (one, self._pairs.get(one)):
            if each is not None:
                self._pairs.pop(each, None)
                with suppress(OSError):
                    each.close()
