"""A folder of recordings: which files are recordings, what their names say, and where moved ones lie."""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from mio_fidelity.errors import UserError
from mio_fidelity.media.fingerprint import hash_of
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress

_SOUND = (".aac", ".aif", ".aiff", ".amr", ".caf", ".dss", ".ds2", ".flac", ".m4a", ".m4b", ".mp3", ".oga")
_MORE_SOUND = (".ogg", ".opus", ".wav", ".wma")
_PICTURE = (".3gp", ".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogv", ".webm", ".wmv")
SUFFIXES = frozenset((*_SOUND, *_MORE_SOUND, *_PICTURE))
_NUMBERED = "session|sess|sitting|visit|week|wk|s|v|w"
# An id with a digit, then the number of the session, then perhaps that of a part, whatever lies between.
_NAME = re.compile(
    r"(?P<client>[A-Za-z]{0,4}[-]?\d{1,6})"
    rf"(?:[^A-Za-z0-9]+(?:{_NUMBERED})?|{_NUMBERED})[^A-Za-z0-9]*(?P<number>\d{{1,3}})"
    r"(?:[^A-Za-z0-9]+(?:part|teil|pt|p|t)?[^A-Za-z0-9]*(?P<part>\d{1,2}))?"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_ID = re.compile(r"[A-Za-z]{1,4}-?\d{1,6}")
# A day is no client: 2026-03-31, 31.3.2026.
_DAY = re.compile(r"(?:19|20)\d\d\D\d{1,2}\D\d{1,2}(?!\d)|\d{1,2}\D\d{1,2}\D(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a file's name, or that of its folder, seems to say; empty where it says nothing."""

    client: str = ""
    number: str = ""
    part: str = ""


def recordings_in(folder: Path) -> Iterator[Path]:
    """Every file in ``folder`` and below that looks like a recording, in order; hidden ones are left out."""
    return (path for path in _files_in(folder) if path.suffix.casefold() in SUFFIXES)


def guess(path: Path, folder: Path) -> Guess:
    """What ``path`` inside ``folder`` seems to be: "C017_S03_part2.mp3", or "C017/session 3.mp3"."""
    inside = path.relative_to(folder).with_suffix("")
    own, both = inside.name, "_".join(inside.parts[-2:])
    # In a client's own folder a name of figures alone, 3_2, is the number and the part.
    in_own_folder = _ID.fullmatch(inside.parent.name) and own[:1].isdigit()
    for text in (both,) if in_own_folder else (own, both):
        found = None if _DAY.match(text) else _NAME.match(text)
        if found:
            number, part = int(found["number"]), found["part"]
            return Guess(found["client"], str(number), str(int(part)) if part else "")
    return Guess()


def found_again(
    wanted: Collection[tuple[int, str]],
    folder: Path,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> dict[str, Path]:
    """Where recordings lie now, by fingerprint.

    Only files of a size that is wanted are read, and each at most once; a copy counts as well as the file.
    Hidden files and folders are left out.

    Args:
        wanted: Size in bytes and SHA-256 of each recording.
        folder: Where to look, with everything below it.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work stops.

    Returns:
        SHA-256 to place, of those that were found.

    Raises:
        Cancelled: ``cancelled`` said yes.
    """
    sizes = {size for size, _ in wanted}
    missing = {sha256 for _, sha256 in wanted}
    candidates = []
    for path in _files_in(folder, cancelled):
        try:
            size = path.stat().st_size
        except OSError:
            continue
        if size in sizes:
            candidates.append((path, size))
    found: dict[str, Path] = {}
    total, read = max(1, sum(size for _, size in candidates)), 0
    for path, size in candidates:
        if not missing:
            break
        progress = Progress(on_progress, cancelled, read / total, (read + size) / total)
        read += size
        try:
            sha256 = hash_of(path, progress)
        except UserError:
            # Gone, or locked by another program.
            continue
        if sha256 in missing:
            missing.remove(sha256)
            found[sha256] = path
    return found


def found_by_name(
    wanted: Collection[Path], folder: Path, cancelled: IsCancelled | None = None
) -> dict[Path, Path]:
    """Where files lie now that are known by their name alone.

    Args:
        wanted: Where they were.
        folder: Where to look, with everything below it; hidden files and folders are left out.
        cancelled: Asked often; once it says yes the work stops.

    Returns:
        Old place to new, only where one file and one that is wanted have the name.

    Raises:
        Cancelled: ``cancelled`` said yes.
    """
    names = Counter(_name(path) for path in wanted)
    places: dict[str, list[Path]] = {name: [] for name in names}
    for path in _files_in(folder, cancelled) if names else ():
        if _name(path) in places:
            places[_name(path)].append(path)
    return {
        old: places[_name(old)][0]
        for old in wanted
        if names[_name(old)] == 1 and len(places[_name(old)]) == 1
    }


def _name(path: Path) -> str:
    """The file name, however its accents are written: systems differ."""
    return unicodedata.normalize("NFC", path.name)


def _files_in(folder: Path, cancelled: IsCancelled | None = None) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        Progress(None, cancelled).at(0.0)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(place) / name
