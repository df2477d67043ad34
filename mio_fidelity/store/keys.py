"""The keys of a study: a random data key in slots, one for each pass phrase that opens it.

``keys.json``, format 2::

    {"format": 2, "slots": [...], "seal": HMAC-SHA256 of the slots under a key derived from the data key}

A slot (`store/slots.py`) is named by the id of a person, or "study" for a pass phrase that all share, or
"recovery". It holds an X25519 pair whose private half is wrapped by argon2id of the pass phrase, and the data
key sealed to the public half: a new data key is sealed for all who stay without their pass phrases. All slots
share one salt, so that one stretch tries them all; a guess then counts against everybody, which makes it at
most as many times cheaper as there are people.

Format 1 had slots that wrap the data key itself. They are read, and become slots of format 2 when their pass
phrase is next used. Opening does not look at the seal, so that a damaged slot of one person locks nobody else
out; whatever writes the file does, so that nobody without the data key can slip a slot in.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mio_fidelity.errors import UserError
from mio_fidelity.store import attempts
from mio_fidelity.store.durable import write_durably
from mio_fidelity.store.recovery import new_recovery_key, recognised
from mio_fidelity.store.slots import (
    Cost,
    DamagedError,
    Slot,
    Stretcher,
    cost_of,
    is_old,
    new_slot,
    opened,
    salt_of,
    sealed_for,
)

__all__ = [
    "FILE",
    "RECOVERY",
    "SHARED",
    "Cost",
    "Opened",
    "Ring",
    "create_keys",
    "names_in",
    "subkey",
    "unlock",
    "unlock_any",
]

FILE = "keys.json"
SHORTEST_PASSPHRASE, FEWEST_LETTERS = 10, 5
# The slots that are no person's.
SHARED, RECOVERY = "study", "recovery"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a pass phrase opened.

    Attributes:
        data_key: 32 bytes.
        name: The slot's: a person's id, `SHARED` or `RECOVERY`.
        first: Whether the pass phrase came from somebody else and is to be changed.
    """

    data_key: bytes = field(repr=False)
    name: str
    first: bool


def create_keys(folder: Path, passphrase: str, cost: Cost | None = None, name: str = SHARED) -> bytes:
    """Make the study's data key and write it to ``keys.json``, in one slot that ``passphrase`` opens.

    Returns:
        The 32-byte data key.

    Raises:
        UserError: the pass phrase is too short.
    """
    _check_length(passphrase)
    data_key = secrets.token_bytes(32)
    slot = new_slot(data_key, Stretcher(passphrase), name, False, os.urandom(16), cost or Cost())
    write_durably(folder / FILE, _content([slot], data_key))
    return data_key


def unlock(folder: Path, passphrase: str) -> Opened:
    """Find the slot that a pass phrase, or the recovery key, opens; on any thread.

    Raises:
        UserError: none opens, it is too early after wrong ones, or the file is missing or damaged.
    """
    attempts.refuse_early(folder)
    found = tried(folder / FILE, passphrase)
    if found is None:
        attempts.note_wrong(folder)
        raise _wrong()
    attempts.forget(folder)
    return found


def unlock_any(folder: Path, passphrase: str, files: Iterable[Path]) -> Iterator[tuple[Path, Opened]]:
    """Each of several files like keys.json that a pass phrase opens; all of them together are one attempt.

    Args:
        folder: The study folder, where attempts are counted.
        passphrase: Or the recovery key.
        files: Where to look, in this order; what is missing or damaged is passed over while others open.

    Raises:
        UserError: none opens, or it is too early after wrong ones.
    """
    attempts.refuse_early(folder)
    refusals: list[UserError] = []
    opens = wrong = False
    for path in files:
        try:
            found = tried(path, passphrase)
        except UserError as error:
            refusals.append(error)
            continue
        if found is None:
            wrong = True
        else:
            attempts.forget(folder)
            opens = True
            yield path, found
    if wrong and not opens:
        attempts.note_wrong(folder)
        raise _wrong()
    if refusals and not opens:
        raise refusals[0]


def tried(path: Path, passphrase: str) -> Opened | None:
    """What a pass phrase opens in a file like keys.json; counted by whoever calls.

    Raises:
        UserError: the file is missing or damaged.
    """
    recovery = recognised(passphrase)
    phrase, damaged = Stretcher(recovery or passphrase), False
    for slot in _slots(path):
        if (slot.get("name") == RECOVERY) != (recovery is not None):
            continue
        try:
            data_key = opened(slot, phrase)
        except DamagedError:
            damaged = True
            continue
        if data_key is not None:
            return Opened(data_key, str(slot["name"]), slot.get("first") is True)
    if damaged:
        raise _damaged()
    return None


def names_in(content: bytes) -> tuple[str, ...]:
    """Whose slots there are in a keys.json that this program wrote."""
    return tuple(str(slot.get("name")) for slot in json.loads(content)["slots"])


def subkey(data_key: bytes, use: str) -> bytes:
    """A 32-byte key for one ``use``, so that no key serves two purposes (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"mio-fidelity {use}".encode()).derive(
        data_key
    )


@dataclass(frozen=True, slots=True)
class Ring:
    """The slots of an open study. Each change is one replacement of the file, then of its backup.

    Attributes:
        folder: The study folder.
        data_key: What the slots hold.
    """

    folder: Path
    data_key: bytes = field(repr=False)

    def names(self) -> tuple[str, ...]:
        """Whose slots there are.

        Raises:
            UserError: the file is missing or damaged.
        """
        return tuple(str(slot.get("name")) for slot in _slots(self.folder / FILE))

    def firsts(self) -> tuple[str, ...]:
        """Whose pass phrases are still those that somebody else gave them."""
        return tuple(
            str(slot.get("name")) for slot in _slots(self.folder / FILE) if slot.get("first") is True
        )

    def check(self, passphrase: str, name: str | None = None) -> None:
        """Make sure that a new pass phrase will do.

        Args:
            passphrase: The new one.
            name: Whose it is to be; None for somebody who has none yet.

        Raises:
            UserError: it is too short or of too few letters, is a recovery key, or opens another slot.
        """
        _check_length(passphrase)
        if recognised(passphrase) is not None:
            # It would be looked for in another slot, and open nothing.
            raise UserError("This is a recovery key. Choose a pass phrase that is none.")
        phrase = Stretcher(passphrase)
        if any(_opens(slot, phrase) for slot in _slots(self.folder / FILE) if slot.get("name") != name):
            # Who types it would be taken for the other.
            raise UserError("This pass phrase is in use in this study already. Choose another.")

    def add_slot(self, name: str, passphrase: str, first: bool = False) -> None:
        """Let one more pass phrase open the study.

        Raises:
            UserError: the slot exists already, the pass phrase is too short, or the file cannot be written.
        """
        if name in self.names():
            raise UserError("There is a pass phrase for this already. Reset that one.")
        self.replace_slot(name, passphrase, first)

    def replace_slot(self, name: str, passphrase: str, first: bool = False) -> None:
        """Give a slot another pass phrase; a slot that is not there is made.

        Args:
            name: Whose it is.
            passphrase: The new one.
            first: Whether it is to be changed by whoever uses it first.

        Raises:
            UserError: the pass phrase will not do, or the file is damaged or cannot be written.
        """
        slots = self._checked()
        if name != RECOVERY:
            self.check(passphrase, name)
        salt, cost = _like(slots)
        made = new_slot(self.data_key, Stretcher(passphrase), name, first, salt, cost)
        self._write([slot for slot in slots if slot.get("name") != name] + [made])

    def remove_slot(self, name: str) -> None:
        """Let a pass phrase open the study no more; who has an old keys.json is shut out only by a re-key.

        Raises:
            UserError: nobody else could open the study, or the file is damaged or cannot be written.
        """
        self._write(_kept(self._checked(), lambda each: each != name))

    def new_recovery_key(self) -> str:
        """A fresh recovery key; the old one opens no more. Kept nowhere."""
        key = new_recovery_key()
        self.replace_slot(RECOVERY, key)
        return key

    def settle(self, passphrase: str, used: Opened) -> None:
        """Bring a slot that was just used to format 2, and the backup up to the file.

        Raises:
            UserError: the file is damaged, or was changed by something else.
            OSError: it cannot be written.
        """
        slots = self._checked()
        old = [slot for slot in slots if is_old(slot) and slot.get("name") == used.name]
        if old:
            made = new_slot(
                self.data_key, Stretcher(passphrase), used.name, False, salt_of(old[0]), cost_of(old[0])
            )
            self._put([slot for slot in slots if slot not in old] + [made])
        elif not _same(self.folder / FILE, self.folder / "backups" / FILE):
            self._copy()

    def rewrapped(self, data_key: bytes, keep: Collection[str]) -> bytes:
        """The content of a keys.json in which ``data_key`` is sealed for all who are kept.

        A slot of format 1 holds no public key and is left out: nobody has used it since there were others.

        Raises:
            UserError: nobody could open the study, or the file is damaged.
        """
        slots = [slot for slot in self._checked() if not is_old(slot)]
        kept = _kept(slots, lambda name: name in keep)
        return _content([sealed_for(slot, data_key) for slot in kept], data_key)

    def _checked(self) -> list[Slot]:
        """The slots, written by somebody who had the data key."""
        slots = _slots(self.folder / FILE)
        found = json.loads((self.folder / FILE).read_bytes())
        # A file of format 1 has no seal, and no public keys that somebody could have put there.
        sealed = found.get("format") != 1 or not all(map(is_old, slots))
        if sealed and not hmac.compare_digest(
            str(found.get("seal")).encode(errors="replace"), _seal(slots, self.data_key).encode()
        ):
            raise UserError(
                "keys.json was changed by something else than this program, so it is not used for new pass "
                "phrases. Bring it back from the study's backups folder."
            )
        return slots

    def _write(self, slots: Sequence[Slot]) -> None:
        try:
            self._put(slots)
        except OSError as error:
            raise UserError(
                "keys.json could not be written: {reason}. Every pass phrase is as it was.",
                reason=error.strerror or "the disk refused",
            ) from error

    def _put(self, slots: Sequence[Slot]) -> None:
        write_durably(self.folder / FILE, _content(slots, self.data_key))
        # The file is what counts; its backup is brought up to it when the study is next opened.
        with suppress(OSError):
            self._copy()

    def _copy(self) -> None:
        backup = self.folder / "backups"
        backup.mkdir(exist_ok=True)
        write_durably(backup / FILE, (self.folder / FILE).read_bytes())


def _kept(slots: Sequence[Slot], wanted: Callable[[object], bool]) -> list[Slot]:
    kept = [slot for slot in slots if wanted(slot.get("name"))]
    if all(slot.get("name") == RECOVERY for slot in kept):
        raise UserError("Nobody could open the study any more. Give somebody else a pass phrase first.")
    return kept


def _opens(slot: Slot, phrase: Stretcher) -> bool:
    try:
        return opened(slot, phrase) is not None
    except DamagedError:
        return False


def _like(slots: Sequence[Slot]) -> tuple[bytes, Cost]:
    """Salt and cost for a new slot: those of the others."""
    try:
        return salt_of(slots[0]), cost_of(slots[0])
    except DamagedError as error:
        raise _damaged() from error


def _content(slots: Sequence[Slot], data_key: bytes) -> bytes:
    return json.dumps({"format": 2, "slots": slots, "seal": _seal(slots, data_key)}, indent=1).encode()


def _seal(slots: Sequence[Slot], data_key: bytes) -> str:
    told = json.dumps(slots, sort_keys=True).encode()
    return hmac.new(subkey(data_key, "slots"), told, hashlib.sha256).hexdigest()


def _same(one: Path, other: Path) -> bool:
    try:
        return one.read_bytes() == other.read_bytes()
    except OSError:
        return False


def _check_length(passphrase: str) -> None:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise UserError(
            "The pass phrase has fewer than {least} characters. Use a longer one; several words are easy to "
            "remember.",
            least=SHORTEST_PASSPHRASE,
        )
    if len(set(passphrase.casefold())) < FEWEST_LETTERS:
        raise UserError(
            "The pass phrase has fewer than {least} different letters, so it is soon guessed. Use several "
            "words.",
            least=FEWEST_LETTERS,
        )


def _slots(path: Path) -> list[Slot]:
    try:
        found = json.loads(path.read_bytes())
        slots = found["slots"]
    except FileNotFoundError as error:
        raise UserError(
            "This folder has no keys.json, without which its study cannot be opened. Copy the whole study "
            "folder, or bring keys.json back from its backups folder."
        ) from error
    except OSError as error:
        raise UserError(
            "keys.json cannot be read. Check that you may open the files in this folder."
        ) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged() from error
    if not isinstance(slots, list) or not slots or not all(isinstance(slot, dict) for slot in slots):
        raise _damaged()
    return slots


def _wrong() -> UserError:
    return UserError(
        "This pass phrase does not open the study. Look at Caps Lock and the keyboard layout, and try again."
    )


def _damaged() -> UserError:
    return UserError(
        "keys.json is damaged, so the study cannot be opened. Bring it back from the study's backups folder; "
        "the ratings themselves are untouched."
    )
