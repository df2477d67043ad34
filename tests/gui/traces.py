"""Words put into every field of a study, and what a computer is looked through for them."""

import os
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

# Begins every word, and comes about by no chance among random bytes or digits.
NEEDLE = "qzxj7wvkq"
# Codes, labels and the title: what tables of a study are for.
CODES = {
    name: f"Qzxj7wvkq{nth}"
    for nth, name in enumerate(("supervisor", "coder", "peer", "client", "late", "counselor"))
}
LABELS = {name: f"{NEEDLE}-{name}" for name in ("arm", "site", "title")}
# What only whoever rates or supervises has to see, and where things lie.
WORDS = {
    name: f"{NEEDLE}-{name}"
    for name in (
        "note",
        "evidence",
        "amendment",
        "consensus",
        "minutes",
        "decision",
        "topic",
        "exemplar",
        "rationale",
        "column",
        "cell",
        "search",
        "time",
        "refused",
        "crash",
        "argument",
        "frozen",
        "phrase",
        "folder",
        "recording",
        "tag",
        "chosen",
    )
}


@dataclass(frozen=True)
class Places:
    """Where somebody works, all of it in one folder.

    Attributes:
        root: That folder.
    """

    root: Path

    @property
    def home(self) -> Path:
        """Her own folder: preferences, caches, logs."""
        return self.root / "home"

    @property
    def scratch(self) -> Path:
        """The system's folder for temporary files."""
        return self.root / "scratch"

    @property
    def runtime(self) -> Path:
        """Where programs have their sockets."""
        return self.root / "runtime"

    @property
    def data(self) -> Path:
        """A folder with a telling name; recordings lie in it."""
        return self.root / WORDS["folder"]

    @property
    def study(self) -> Path:
        """The study."""
        return self.data / "study"

    @property
    def out(self) -> Path:
        """Where she writes files to."""
        return self.root / "out"

    @property
    def told(self) -> Path:
        """What the day noted of itself, as JSON."""
        return self.root / "told.json"

    def make(self) -> None:
        """Empty folders."""
        for place in (self.home, self.scratch, self.runtime, self.data, self.out):
            place.mkdir(parents=True)
        self.runtime.chmod(0o700)

    def environment(self) -> dict[str, str]:
        """Everything that programs look up to find their places leads here."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "MIO_"))}
        inside = {
            "XDG_CONFIG_HOME": ".config",
            "XDG_CACHE_HOME": ".cache",
            "XDG_DATA_HOME": ".local/share",
            "XDG_STATE_HOME": ".local/state",
        }
        return (
            kept
            | {name: str(self.home / folder) for name, folder in inside.items()}
            | {
                "HOME": str(self.home),
                "TMPDIR": str(self.scratch),
                "XDG_RUNTIME_DIR": str(self.runtime),
                "PULSE_RUNTIME_PATH": str(self.runtime),
            }
        )


def found_in(place: Path, words: Iterable[str] = (NEEDLE,)) -> list[str]:
    """Files and folders below ``place`` that have one of the words in their name or content."""
    wanted = [word.lower() for word in words]
    found = []
    for path in sorted(place.rglob("*")):
        told = path.name.lower().encode(errors="surrogateescape")
        if path.is_symlink():
            told += os.readlink(path).lower().encode(errors="surrogateescape")
        elif path.is_file():
            told += b"\n" + b"\n".join(contents(path)).lower()
        found += [
            f"{path.relative_to(place)}: {word}"
            for word in wanted
            if word.encode() in told or word.encode("utf-16-le") in told
        ]
    return found


def contents(path: Path) -> Iterator[bytes]:
    """What a file holds, unpacked where it is packed."""
    raw = path.read_bytes()
    yield raw
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    if raw.startswith(b"SQLite format 3\0"):
        with closing(sqlite3.connect(path)) as connection:
            yield "\n".join(connection.iterdump()).encode()
