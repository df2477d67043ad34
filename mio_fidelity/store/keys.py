"""The keys of a study: a random data key in slots, one for each pass phrase that opens it.

How they lie in ``keys.json`` is said in `store/key_file.py`.
"""

import os
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from mio_fidelity.errors import UserError
from mio_fidelity.store import attempts
from mio_fidelity.store.durable import ready, write_durably
from mio_fidelity.store.key_file import FILE, checked, content_of, damaged_file, names_in, slots_of, subkey
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
    write_durably(folder / FILE, content_of([slot], data_key))
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
    for slot in slots_of(path):
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
        raise damaged_file()
    return None


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
        return tuple(str(slot.get("name")) for slot in slots_of(self.folder / FILE))

    def firsts(self) -> tuple[str, ...]:
        """Whose pass phrases are still those that somebody else gave them."""
        return tuple(
            str(slot.get("name")) for slot in slots_of(self.folder / FILE) if slot.get("first") is True
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
        if any(_opens(slot, phrase) for slot in slots_of(self.folder / FILE) if slot.get("name") != name):
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

    def replace_slot(
        self,
        name: str,
        passphrase: str,
        first: bool = False,
        before: Callable[[], object] = lambda: None,
    ) -> None:
        """Give a slot another pass phrase; a slot that is not there is made.

        Args:
            name: Whose it is.
            passphrase: The new one.
            first: Whether it is to be changed by whoever uses it first.
            before: Called when all is on the disk but the new name of a file; what it raises ends it there.

        Raises:
            UserError: the pass phrase will not do, or the file is damaged or cannot be written.
        """
        slots = checked(self.folder / FILE, self.data_key)
        if name != RECOVERY:
            self.check(passphrase, name)
        salt, cost = _like(slots)
        made = new_slot(self.data_key, Stretcher(passphrase), name, first, salt, cost)
        self._write([slot for slot in slots if slot.get("name") != name] + [made], before)

    def remove_slot(self, name: str) -> None:
        """Let a pass phrase open the study no more; who has an old keys.json is shut out only by a re-key.

        Raises:
            UserError: nobody else could open the study, or the file is damaged or cannot be written.
        """
        self._write(_kept(checked(self.folder / FILE, self.data_key), lambda each: each != name))

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
        slots = checked(self.folder / FILE, self.data_key)
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
        slots = [slot for slot in checked(self.folder / FILE, self.data_key) if not is_old(slot)]
        kept = _kept(slots, lambda name: name in keep)
        return content_of([sealed_for(slot, data_key) for slot in kept], data_key)

    def _write(self, slots: Sequence[Slot], before: Callable[[], object] = lambda: None) -> None:
        try:
            self._put(slots, before)
        except OSError as error:
            raise UserError(
                "keys.json could not be written: {reason}. Every pass phrase is as it was.",
                reason=error.strerror or "the disk refused",
            ) from error

    def _put(self, slots: Sequence[Slot], before: Callable[[], object] = lambda: None) -> None:
        with ready(self.folder / FILE, content_of(slots, self.data_key)) as put:
            before()
            put()
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
        raise damaged_file() from error


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


def _wrong() -> UserError:
    return UserError(
        "This pass phrase does not open the study. Look at Caps Lock and the keyboard layout, and try again."
    )
