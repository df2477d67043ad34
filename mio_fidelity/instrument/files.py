"""The files of an instrument: read from disk, checked to be text, and their fingerprint."""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from mio_fidelity.errors import UserError
from mio_fidelity.instrument.table import Problems

LARGEST_FILE = 1_000_000
_LONG_KEY = re.compile(r'(?<![\w"\'-])(?:[\w"\'-]++[ \t]*+\.[ \t]*+){50}')
_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")

PageReader = Callable[[str], str | None]
"""Gives the text of a page by its relative name, None when there is no such page; may raise UserError."""


def fingerprint(files: Mapping[str, str]) -> str:
    """SHA-256, in hex, of ``files`` (name to text), the same whatever their order and line endings.

    It is taken over a JSON object of the files sorted by name, with line endings as LF.
    """
    plain = {name: text.replace("\r\n", "\n").replace("\r", "\n") for name, text in files.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def text_on_disk(path: Path, name: str) -> str | None:
    """The exact text of the file at ``path``, None when there is none; ``name`` is what messages call it.

    Raises:
        UserError: it cannot be read or is no plain text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(
            "{file} could not be read ({reason}); check that it is a file you may open.",
            file=name,
            reason=error.strerror,
        ) from error
    if b"\0" in content:
        raise UserError("{file} is not a text file; save it as plain text, encoding UTF-8.", file=name)
    _check_size(name, len(content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(
            "{file}, line {line}: the text is not UTF-8; save the file again with encoding UTF-8.",
            file=name,
            line=line,
        ) from error
    check_text(name, text)
    return text


def _check_size(name: str, size: int) -> None:
    if size > LARGEST_FILE:
        raise UserError(
            "{file} is larger than 1 MB; an instrument is far smaller, check the file.", file=name
        )


def check_text(name: str, text: str) -> None:
    """Refuse what cannot be the text of an instrument.

    Raises:
        UserError: it is empty, binary or far too large.
    """
    _check_size(name, len(text))
    if "\0" in text:
        raise UserError("{file} is not a text file; save it as plain text, encoding UTF-8.", file=name)
    if not text.strip():
        raise UserError("{file} is empty; write its text, or copy it from the practice set.", file=name)


def toml_of(name: str, text: str) -> dict[str, object]:
    """The TOML document ``text`` of the file ``name``.

    Raises:
        UserError: it is none; says where.
    """
    try:
        # The time that a dotted key takes grows with the square of its parts.
        if _LONG_KEY.search(text):
            raise RecursionError
        return tomllib.loads(text)
    except RecursionError as error:
        raise UserError(
            "{file} is nested too deeply; remove the surplus brackets and dots.", file=name
        ) from error
    except ValueError as error:
        place = _TOML_PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.rstrip("\n").count("\n") + 1
        reason = _TOML_PLACE.sub("", str(error))
        raise UserError(
            "{file}, line {line}: not valid TOML ({reason}); look for a missing quote or a doubled key.",
            file=name,
            line=line,
            reason=reason,
        ) from error


class Pages:
    """The files in the folder named after the instrument file, and which of them were used."""

    def __init__(self, toml_name: str, read: PageReader, problems: Problems) -> None:
        self.used: dict[str, str] = {}
        self._folder = PurePosixPath(toml_name).stem
        self._read = read
        self._problems = problems

    def get(self, key: str, *, required: bool = True) -> str:
        """The page called ``key``; a problem is noted and "" given when it cannot be had."""
        wrong = len(self._problems.beside)
        name, text = self.file(f"{key}.md")
        if text is None and required and len(self._problems.beside) == wrong:
            self._problems.beside.append(
                UserError("{file} is missing; create it with the manual page of '{key}'.", file=name, key=key)
            )
        return text or ""

    def file(self, name: str) -> tuple[str, str | None]:
        """The name and the text of a file in the pages' folder, None when there is none."""
        name = f"{self._folder}/{name}"
        try:
            text = self._read(name)
        except UserError as error:
            self._problems.beside.append(error)
            return name, None
        if text is not None:
            self.used[name] = text
        return name, text
