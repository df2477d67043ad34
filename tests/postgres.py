"""A throw-away PostgreSQL server for tests, from the system's own packages."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from mio_fidelity.store.profile import Profile, keep_profile

PASSWORD = "qzxj-of-the-server"
ROOT = "postgres"
# Nothing here has to outlive the computer, and a database a test is made often.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": 120,
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": 0,
    "autovacuum": "off",
    "jit": "off",
}
# Below those that the system gives to connections, so that nobody has the port while the server is stopped.
_PORTS = range(15_000, 30_000)


@cache
def binaries() -> Path | None:
    """The folder of initdb and pg_ctl; None where there is no server to start."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    by_path = shutil.which("initdb")
    return found[-1].parent if found else Path(by_path).parent if by_path else None


@dataclass
class Postgres:
    """A server that runs until it is stopped; its data lie in a folder of their own."""

    data: Path
    port: int
    numbers: count = field(default_factory=count)  # type: ignore[type-arg]
    _line: Any = None

    @classmethod
    def start_new(cls) -> "Postgres":
        """Make an empty server and start it."""
        place = Path(tempfile.mkdtemp(prefix="fidelity-postgres-"))
        words = place / "words"
        words.write_text(PASSWORD)
        if os.geteuid() == 0:
            for path in (place, words):
                shutil.chown(path, "postgres", "postgres")
        server = cls(place / "data", _free_port())
        server._run(
            "initdb",
            *("-D", str(server.data), "-A", "scram-sha-256", "-U", ROOT, f"--pwfile={words}"),
            *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        server.start()
        return server

    def start(self) -> None:
        """Start it, on the port it had before."""
        settings = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
        log = self.data.parent / "log"
        self._run(
            *("pg_ctl", "-D", str(self.data), "-w", "-t", "120", "-l", str(log)),
            *("-o", f"-p {self.port} {settings}", "start"),
        )

    def stop(self, mode: str = "fast") -> None:
        """Stop it; nobody is waited for.

        Args:
            mode: As of pg_ctl: "fast" says goodbye, "immediate" is as when the power fails.
        """
        self._hang_up()
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "120", "-m", mode, "stop")

    def freeze(self, frozen: bool) -> None:
        """Let it stop answering without a word, and go on."""
        first = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for pid in (first, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def offer_encryption(self, certificate: bytes | None, key: bytes | None) -> None:
        """Offer encrypted connections from now on, with these; without them no more."""
        if certificate and key:
            for name, content in (("server.crt", certificate), ("server.key", key)):
                path = self.data / name
                path.touch(0o600)
                path.write_bytes(content)
                if os.geteuid() == 0:
                    shutil.chown(path, "postgres", "postgres")
        self.sql(f"ALTER SYSTEM SET ssl = {'on' if certificate else 'off'}")
        self.sql("SELECT pg_reload_conf()")

    def is_running(self) -> bool:
        """Whether it takes connections."""
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def throw_away(self) -> None:
        """Stop it and delete all of it."""
        with suppress(RuntimeError):
            self.stop("immediate")
        shutil.rmtree(self.data.parent, ignore_errors=True)

    def new_database(self, template: str = "template0") -> str:
        """Make a database and return its name."""
        name = f"study{next(self.numbers)}"
        # Many times quicker for small ones, from the version on that has the choice.
        files = " STRATEGY file_copy" if self._connection().info.server_version >= 150_000 else ""
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}{files}")
        return name

    def drop(self, name: str) -> None:
        """Delete a database, whoever is connected."""
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def sql(self, statement: str, database: str = "postgres") -> None:
        """Run a statement as the one who may do everything."""
        if database == "postgres":
            self._connection().execute(statement)
            return
        with self._connect(database) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def profile(self, database: str, user: str = ROOT, files: str = "") -> Profile:
        """How the program reaches a database of this server."""
        return Profile("127.0.0.1", database, user, self.port, sslmode="prefer", files=files)

    def place(self, folder: Path, database: str) -> Path:
        """Make ``folder`` lead to a database; returned again."""
        keep_profile(folder, self.profile(database))
        return folder

    def _connection(self) -> Any:
        """One that is kept: a new one takes longer than most statements."""
        if self._line is None or self._line.closed:
            self._line = self._connect("postgres")
        return self._line

    def _connect(self, database: str) -> "psycopg.Connection[Any]":
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=ROOT, password=PASSWORD, dbname=database, autocommit=True
        )

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None

    def _run(self, program: str, *words: str) -> None:
        folder = binaries()
        if folder is None:
            raise RuntimeError("there is no PostgreSQL here")
        # The server refuses to run as root.
        as_owner: Sequence[str] = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
        command = [*as_owner, str(folder / program), *words]
        # Not into a pipe: the server that pg_ctl starts would hold its other end.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/")
            said.seek(0)
            if done.returncode:
                raise RuntimeError(f"{program} failed: {said.read().decode(errors='replace')[-2000:]}")


def _free_port() -> int:
    """One that nobody listens on."""
    for port in random.sample(_PORTS, 50):
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free here")


def database_of(folder: Path) -> str:
    """The database that a profile leads to."""
    return str(json.loads((folder / "server.json").read_bytes())["database"])
