"""Everything that reads a file from elsewhere, each with a good file to spoil."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from mio_fidelity.coding.manifest import Known
from mio_fidelity.coding.plan import read_plan
from mio_fidelity.coding.return_file import package_of_file, read_file, sealed, unsealed
from mio_fidelity.errors import UserError
from mio_fidelity.exchange.manifest import Trying, try_manifest
from mio_fidelity.exchange.manifest_columns import guess_roles
from mio_fidelity.exchange.ratings_file import try_file
from mio_fidelity.exchange.tables import read_table
from mio_fidelity.instrument import parse_instrument, shipped_instrument
from mio_fidelity.instrument.files import text_on_disk
from mio_fidelity.media.progress import Progress
from mio_fidelity.media.vault import Unsealed, seal
from mio_fidelity.paths import coding_manual
from mio_fidelity.settings import Settings
from mio_fidelity.store import attempts
from mio_fidelity.store.head import Head, keep_head, kept_head
from mio_fidelity.store.hold import NOTE, holder
from mio_fidelity.store.journal import Entry, Journal
from mio_fidelity.store.keys import Cost, Ring, create_keys, unlock
from mio_fidelity.store.parcel import Parcel, unpack
from mio_fidelity.store.profile import FILE as PROFILE
from mio_fidelity.store.profile import Profile, keep_profile, read_profile
from mio_fidelity.store.sealed import SealedFolder

KEY, PHRASE = bytes(range(32)), "correct horse battery"
QUIETLY = Progress(None, None)
MANIFEST = (
    "client,session,part,site,arm,counselor,date,file\nC1,1,1,N,MIO,K1,2026-03-31,a.wav\nC2,2,1,,,,,b/c.mp3\n"
)
RATINGS = "session,coder,scale,dimension,value\nC1-1,R1,warmth,fidelity,4\nC1-1,R2,warmth,fidelity,5\n"
PLAN = 'double_share = 0.2\n\n[[phases]]\nname = "early"\nfirst = 1\nlast = 4\n'
PAGES = {
    f"instrument/{path.name}": path.read_text(encoding="utf-8")
    for path in (coding_manual() / "example_5_point").glob("*.md")
}
INSTRUMENT = coding_manual() / "example_5_point.toml"
PRACTICE = shipped_instrument().files
(OWN_WORDS,) = [name for name in PRACTICE if name.endswith("/self.toml")]


@dataclass(frozen=True)
class Reader:
    """One of them.

    Attributes:
        name: What it is called where it lies, and in the tests.
        good: Writes a good file at a place.
        read: Reads the file there; a refusal is a `UserError`, or a `ValueError` where it says so.
        refusals: How it refuses.
    """

    name: str
    good: Callable[[Path], object]
    read: Callable[[Path], object]
    refusals: tuple[type[Exception], ...] = (UserError,)

    def tried(self, content: bytes) -> bool:
        """Whether a file with this content is taken; nothing but the file is there afterwards."""
        with tempfile.TemporaryDirectory() as name:
            place = Path(name) / self.name
            place.write_bytes(content)
            before = {path.name for path in place.parent.iterdir()}
            try:
                self.read(place)
            except self.refusals:
                assert {path.name for path in place.parent.iterdir()} == before
                return False
            return True

    @cache  # noqa: B019
    def good_content(self) -> bytes:
        """What a good file holds."""
        with tempfile.TemporaryDirectory() as name:
            place = Path(name) / self.name
            self.good(place)
            return place.read_bytes()


def _package(place: Path) -> None:
    with place.open("wb") as file:
        parcel = Parcel(file)
        for name in ("study.db", "keys.json", f"vault/{'0a' * 16}"):
            parcel.add(name, 600, [name.encode().ljust(600)])
        parcel.close()


def _vault(place: Path) -> None:
    source = place.with_name("plain")
    source.write_bytes(bytes(range(256)) * 600)
    seal(source, place, KEY, QUIETLY)


def _read_vault(place: Path) -> bytes:
    with Unsealed(place, KEY) as plain:
        return plain.read()


def _read_instrument(place: Path) -> object:
    # Its pages lie beside it.
    return parse_instrument({place.name: text_on_disk(place, place.name) or "", **PAGES})


def _read_manifest(place: Path) -> object:
    raw = read_table(place)
    trying = Trying(Known({}, {}), place.parent, date(2026, 6, 1))
    tried = try_manifest(raw, guess_roles(raw.header), trying)
    return [str(problem) for problem in tried.problems]


def _read_ratings(place: Path) -> object:
    return [str(problem) for problem in try_file(place).problems]


def _read_returned(place: Path) -> object:
    content = read_file(place)
    return package_of_file(content), unsealed(content, KEY)


def _read_keys(place: Path) -> object:
    attempts.forget(place.parent)
    try:
        found = unlock(place.parent, PHRASE)
        return Ring(place.parent, found.data_key).firsts()
    finally:
        attempts.forget(place.parent)


def _read_own_words(place: Path) -> object:
    return parse_instrument({**PRACTICE, OWN_WORDS: text_on_disk(place, place.name) or ""})


def _read_page(place: Path) -> object:
    top = {"instrument.toml": INSTRUMENT.read_text(encoding="utf-8")}
    return parse_instrument({**top, **PAGES, next(iter(PAGES)): text_on_disk(place, place.name) or ""})


def _workbook(place: Path) -> None:
    book = Workbook()
    sheet: Any = book.active
    for line in RATINGS.splitlines():
        sheet.append(line.split(","))
    book.save(place)


def _journal(place: Path) -> None:
    journal = Journal(place, KEY)
    for nth in range(3):
        journal.append(Entry(f"{nth}", "set_answer", ("a", nth), {"b": None}, ""))


def _text(content: str) -> Callable[[Path], object]:
    return lambda place: place.write_text(content, encoding="utf-8")


def _note(place: Path) -> object:
    told = {"computer": "a", "process": 1, "since": "2026-01-01T00:00:00+00:00", "seen": "2026-01-01"}
    return place.write_text(json.dumps(told))


def _read_note(place: Path) -> object:
    found = holder(place.parent)
    return found and (found.here, found.fresh(), found.clock())


READERS = (
    Reader("study.miopack", _package, lambda place: unpack(place, place.with_name("study"), QUIETLY)),
    Reader("work.mioback", lambda at: at.write_bytes(sealed({"a": [1]}, "0a" * 16, KEY)), _read_returned),
    Reader("manifest.csv", _text(MANIFEST), _read_manifest),
    Reader("ratings.csv", _text(RATINGS), _read_ratings),
    Reader("ratings.xlsx", _workbook, _read_ratings),
    Reader("plan.toml", _text(PLAN), read_plan),
    Reader("self.toml", _text(PRACTICE[OWN_WORDS]), _read_own_words),
    Reader("page.md", _text(next(iter(PAGES.values()))), _read_page),
    Reader("waits.journal", _journal, lambda at: Journal(at, KEY).entries()),
    Reader("instrument.toml", lambda at: at.write_bytes(INSTRUMENT.read_bytes()), _read_instrument),
    Reader("keys.json", lambda at: create_keys(at.parent, PHRASE, Cost(64, 1, 1)), _read_keys),
    Reader("recording", _vault, _read_vault),
    Reader(
        PROFILE,
        lambda at: keep_profile(at.parent, Profile("h", "d", "u")),
        lambda at: read_profile(at.parent),
    ),
    Reader(
        "study.head",
        lambda at: keep_head(at.parent, KEY, Head(3, "ab")),
        lambda at: kept_head(at.parent, KEY),
        (ValueError,),
    ),
    # What these cannot read counts as absent.
    Reader(NOTE, _note, _read_note),
    Reader(
        attempts.FILE, lambda at: attempts.note_wrong(at.parent), lambda at: attempts.wait_left(at.parent)
    ),
    Reader(
        "settings.json", _text('{"volume": 3, "language": "en"}'), lambda at: Settings(at).number("volume")
    ),
    Reader(
        "picture",
        lambda at: at.write_bytes(b"x" * 200),
        lambda at: SealedFolder(at.parent, KEY).read("a"),
    ),
)
