"""What was done while the server was away, in a file that only the study's key opens."""

import json
import os
import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mio_fidelity.errors import UserError
from mio_fidelity.store.durable import copy_durably, settle

FOLDER, SUFFIX = "journal", ".journal"
_LENGTH = struct.Struct(">I")
_LONGEST = 1 << 24
_TAIL = 16
# An entry is no shorter than a nonce and a seal; a damaged block covers no more entries than so many.
_SHORTEST, _COVERED = 28, 32


@dataclass(frozen=True, slots=True)
class Entry:
    """One call of a verb.

    Attributes:
        id: By which the server knows whether it has arrived.
        verb: The verb's name.
        args: As plain values.
        kwargs: As plain values.
        made: The id of what the verb made, if it made something.
        before: What stood there, as a plain value; tells whether somebody else has changed it since.
        why: Why the server did not take it, once it has refused.
        at: When it was done.
    """

    id: str
    verb: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    made: str
    before: Any = None
    why: str = ""
    at: str = ""


@dataclass(slots=True)
class Journal:
    """Entries in their order; each is on the disk when `append` returns.

    Attributes:
        path: The file; it is there only while there are entries.
        key: 32 bytes.
    """

    path: Path
    key: bytes
    _count: int | None = field(default=None, init=False)

    def append(self, entry: Entry) -> None:
        """Keep ``entry``.

        Raises:
            UserError: it could not be written.
        """
        if self._count is None:
            self._begin()
        nonce, content = os.urandom(12), json.dumps(asdict(entry)).encode()
        # The place is part of the seal, so that no line can be taken out, or put elsewhere.
        sealed = nonce + AESGCM(self.key).encrypt(nonce, content, str(self._count).encode())
        end = self.path.stat().st_size if self.path.exists() else 0
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(_LENGTH.pack(len(sealed)) + sealed)
                file.flush()
                os.fsync(file.fileno())
            settle(self.path.parent)
        except OSError as error:
            # What was refused must neither arrive nor, half written, stand before the next entry.
            self._count = None
            with suppress(OSError):
                self._end_at(end)
            raise UserError(
                "The server is away and this computer's disk did not take what you did ({reason}), so it was "
                "not kept. Free some space and do it again.",
                reason=error.strerror or "the disk refused",
            ) from error
        self._count = (self._count or 0) + 1

    def entries(self) -> tuple[Entry, ...]:
        """All entries; one that was being written when the computer stopped was never answered, and is not.

        Raises:
            UserError: the file cannot be read, or somebody changed it.
        """
        return self._whole()[0]

    def set_aside_damage(self) -> bool:
        """Go on with what stands before the first damage; the file as it was stays beside, as ``.damaged``.

        A file without any entry goes.

        Returns:
            Whether there was damage. Zeros at the end are none: a power cut leaves them.

        Raises:
            UserError: the file cannot be read or copied; it is as it was.
        """
        found, end, damaged = self._read()
        try:
            if not self.path.exists() or not (damaged or any(self.path.read_bytes()[end:][-_TAIL:])):
                if not found:
                    self.clear()
                return False
            copy_durably(self.path, self._name_aside())
            self._end_at(end)
        except OSError as error:
            raise _out_of_reach(error) from error
        self._count = None
        return True

    def clear(self) -> None:
        """Forget all entries."""
        self.path.unlink(missing_ok=True)
        self._count = None

    def _begin(self) -> None:
        """Find the end of what is whole, and cut off what is not."""
        found, end = self._whole()
        self._end_at(end)
        self._count = len(found)

    def _end_at(self, end: int) -> None:
        """Cut off what follows; a file with nothing in it is none."""
        if not end:
            self.path.unlink(missing_ok=True)
        elif self.path.stat().st_size > end:
            os.truncate(self.path, end)

    def _name_aside(self) -> Path:
        names = (f"{self.path.name}.damaged{nth or ''}" for nth in count())
        return next(path for path in map(self.path.with_name, names) if not path.exists())

    def _whole(self) -> tuple[tuple[Entry, ...], int]:
        found, end, damaged = self._read()
        if damaged:
            raise UserError(
                "What was rated while the server was away cannot be read on this computer: the file was "
                "changed or damaged. Nothing on the server was touched. Close the study and open it here "
                "again: the file is set aside then, and what can be read of it arrives."
            )
        return found, end

    def _read(self) -> tuple[tuple[Entry, ...], int, bool]:
        """The entries, where they end, and whether what follows is more than one that was being written."""
        try:
            content = self.path.read_bytes() if self.path.exists() else b""
        except OSError as error:
            raise _out_of_reach(error) from error
        found: list[Entry] = []
        at = 0
        while len(content) - at >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(content, at)
            sealed = content[at + _LENGTH.size : at + _LENGTH.size + length]
            if len(sealed) < length and length <= _LONGEST:
                break
            # A power cut can leave nothing but zeros at the end; no seal ends with them.
            if not any(content[at:][-_TAIL:]) and not any(sealed[-_TAIL:]):
                break
            entry = self._opened(sealed, len(found))
            if entry is None:
                return tuple(found), at, True
            found.append(entry)
            at += _LENGTH.size + length
        return tuple(found), at, self._was_kept(content[at:], len(found))

    def _was_kept(self, rest: bytes, place: int) -> bool:
        """Whether what looks like one that was being written is, or hides, an entry that was kept.

        That is so where a length was changed: it is not part of the seal.
        """
        written = len(rest.rstrip(b"\0"))
        ends = range(written, min(written + _TAIL, len(rest)) + 1)
        if any(self._opened(rest[_LENGTH.size : end], place) for end in ends):
            return True
        for at in range(1, written - _SHORTEST):
            begin = at + _LENGTH.size
            end = begin + int.from_bytes(rest[at:begin])
            # Where no length follows either, nothing needs to be deciphered.
            if not begin + _SHORTEST <= end <= len(rest) or _is_none(rest[end : end + _LENGTH.size]):
                continue
            places = range(place + 1, place + 1 + _COVERED)
            if any(self._opened(rest[begin:end], each) for each in places):
                return True
        return False

    def _opened(self, sealed: bytes, place: int) -> Entry | None:
        try:
            plain = AESGCM(self.key).decrypt(sealed[:12], sealed[12:], str(place).encode())
            values = json.loads(plain)
            return Entry(**{**values, "args": tuple(values["args"])})
        except (InvalidTag, ValueError, KeyError, TypeError):
            return None


def _is_none(length: bytes) -> bool:
    """Whether these bytes cannot say how long an entry is."""
    return len(length) == _LENGTH.size and int.from_bytes(length) > _LONGEST


def waits(place: Path) -> bool:
    """Whether anybody's journal for the server that ``place`` leads to was not handed in yet."""
    return any((place / FOLDER).glob(f"*{SUFFIX}"))


def _out_of_reach(error: OSError) -> UserError:
    return UserError(
        "What was rated while the server was away cannot be read on this computer now ({reason}). Nothing "
        "was touched. Look at the disk, then open the study again.",
        reason=error.strerror or "the disk refused",
    )
