"""A throw-away PostgreSQL server for tests, from the system's own packages."""

import getpass
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path

import psycopg

from mio_fidelity.store.profile import Profile, keep_profile

PASSWORD = "qzxj-of-the-server"
ROOT = "postgres"
_OPTIONS = "-c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=120"


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

    @classmethod
    def start_new(cls) -> "Postgres":
        """Make an empty server and start it."""
        place = Path(tempfile.mkdtemp(prefix="fidelity-postgres-"))
        words = place / "words"
        words.write_text(PASSWORD)
        if os.geteuid() == 0:
            for path in (place, words):
                shutil.chown(path, "postgres", "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            server = cls(place / "data", free.getsockname()[1])
        server._run(
            "initdb",
            *("-D", str(server.data), "-A", "scram-sha-256", "-U", ROOT, f"--pwfile={words}"),
            *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        server.start()
        return server

    def start(self) -> None:
        """Start it, on the port it had before."""
        options = f"-p {self.port} -k {self.data.parent} {_OPTIONS}"
        log = self.data.parent / "log"
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(log), "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once, as a power cut of the network would: nobody is waited for."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", "fast", "stop")

    def is_running(self) -> bool:
        """Whether it takes connections."""
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def throw_away(self) -> None:
        """Stop it and delete all of it."""
        with suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.data.parent, ignore_errors=True)

    def new_database(self, template: str = "template0") -> str:
        """Make a database and return its name."""
        name = f"study{next(self.numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Delete a database, whoever is connected."""
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def sql(self, statement: str, database: str = "postgres") -> None:
        """Run a statement as the one who may do everything."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=ROOT, password=PASSWORD, dbname=database, autocommit=True
        ) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def profile(self, database: str, user: str = ROOT, files: str = "") -> Profile:
        """How the program reaches a database of this server."""
        return Profile("127.0.0.1", database, user, self.port, sslmode="prefer", files=files)

    def place(self, folder: Path, database: str) -> Path:
        """Make ``folder`` lead to a database; returned again."""
        keep_profile(folder, self.profile(database))
        return folder

    def _run(self, program: str, *words: str) -> None:
        folder = binaries()
        if folder is None:
            raise RuntimeError("there is no PostgreSQL here")
        # The server refuses to run as root.
        as_owner: Sequence[str] = ("runuser", "-u", "postgres", "--") if getpass.getuser() == "root" else ()
        subprocess.run(
            [*as_owner, str(folder / program), *words],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )


def database_of(folder: Path) -> str:
    """The database that a profile leads to."""
    return str(json.loads((folder / "server.json").read_bytes())["database"])
