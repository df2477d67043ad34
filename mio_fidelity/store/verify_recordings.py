"""Whether the recordings of a study are what they were: in the vault, in their places, and none too many."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mio_fidelity.errors import Sentence
from mio_fidelity.media.condition import Condition, condition
from mio_fidelity.media.progress import Progress
from mio_fidelity.media.source import Source
from mio_fidelity.store.verify_rows import Check
from mio_fidelity.store.whereabouts import NEW, VAULT, sealed_at

# Of each recording, those that were removed too.
RECORDINGS = (
    "SELECT location, byte_size, sha256, removed_at IS NOT NULL, vault_key.key FROM recording"
    " LEFT JOIN vault_key ON vault_key.recording_id = recording.id"
)
_PLAIN = {
    Condition.WHOLE: "present",
    Condition.MISSING: "missing",
    Condition.DAMAGED: "changed",
    Condition.OTHER: "changed",
}
_SEALED = {
    Condition.WHOLE: "in_vault",
    Condition.MISSING: "vault_missing",
    Condition.DAMAGED: "vault_damaged",
    Condition.OTHER: "vault_damaged",
}


@dataclass(frozen=True, slots=True)
class _Held:
    """A recording that is to be there; one of the vault without a key cannot be heard by anybody."""

    byte_size: int
    sha256: str
    sealed: bool
    source: Source = field(repr=False)


def recordings(
    found: Iterable[tuple[Any, ...]], folder: Path, fingerprints: bool, progress: Progress
) -> Check:
    """Whether each recording is in its place, and what was removed is gone.

    Args:
        found: What `RECORDINGS` asks for.
        folder: The study folder.
        fingerprints: Whether to read, and decipher, every recording whole; otherwise only that it is there,
            in its size, and in the vault whether its key opens its first and its last bytes.
        progress: Told the share read; stops the work when cancelled.

    Raises:
        Cancelled: the person asked to stop.
    """
    held, numbers = [], dict.fromkeys((*_PLAIN.values(), *_SEALED.values(), "keyless", "keys_left"), 0)
    names = set()
    for location, byte_size, sha256, removed, key in found:
        if removed:
            numbers["keys_left"] += key is not None
            continue
        sealed = location.startswith(f"{VAULT}/")
        if sealed:
            names |= {Path(location).name, Path(location).name + NEW}
        place = sealed_at(folder, location) if sealed else folder / location
        held.append(_Held(byte_size, sha256, sealed, Source(place, bytes(key) if sealed and key else None)))
    total, done = sum(each.byte_size + 1 for each in held), 0
    for each in held:
        share = progress.part(done / total, (done + each.byte_size + 1) / total)
        numbers[_looked_at(each, fingerprints, share)] += 1
        done += each.byte_size + 1
    return _told(numbers, _strays(folder / VAULT, names))


def _looked_at(held: _Held, whole: bool, progress: Progress) -> str:
    if held.sealed and held.source.key is None:
        return "keyless"
    found = condition(held.source, held.byte_size, held.sha256, whole, progress)
    return (_SEALED if held.sealed else _PLAIN)[found]


def _strays(vault: Path, names: set[str]) -> int:
    """How many files of the vault belong to no recording."""
    try:
        return sum(path.name not in names for path in vault.iterdir())
    except OSError:
        return 0


def _told(numbers: dict[str, int], strays: int) -> Check:
    faults = {name: n for name, n in numbers.items() if name not in ("present", "in_vault")}
    numbers = {**numbers, "strays": strays}
    if any(faults.values()):
        says = Sentence(
            "{present} in place, {in_vault} in the vault; {missing} MISSING, {changed} OTHER FILES; of the"
            " vault {vault_missing} MISSING, {vault_damaged} DAMAGED or another's, {keyless} WITHOUT A KEY;"
            " keys of removed ones LEFT: {keys_left}; files in the vault of no"
            " recording: {strays}",
            **numbers,
        )
        return Check("recordings", False, says, numbers)
    if strays:
        # Noise without a key; left by going back to a backup, which can be undone.
        says = Sentence(
            "{present} in place, {in_vault} in the vault; files there that belong to no recording: {strays}",
            **numbers,
        )
        return Check("recordings", True, says, numbers)
    return Check(
        "recordings", True, Sentence("{present} in place, {in_vault} in the vault", **numbers), numbers
    )
