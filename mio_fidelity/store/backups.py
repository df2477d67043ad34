"""Rolling backups: verified copies of a study in its own folder, each restorable by itself."""

import os
import re
import secrets
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import IsCancelled
from mio_fidelity.store.durable import settle, write_durably
from mio_fidelity.store.head import Head, head_of, keep_head
from mio_fidelity.store.keys import FILE as KEYS
from mio_fidelity.store.scratch import sweep_scratch
from mio_fidelity.store.study_file import StudyFile, interruptible, looked_into

FOLDER = "backups"
# What the folders are called in which a copy and its log become one.
WHOLE = "whole"
# Kept: all of the last day up to so many, the last of each day, the last of each week.
LATEST, DAYS, WEEKS = 16, 14, 8
# Copies made before something was restored, of those that can be read and of those that cannot.
BEFORE = 5
# Stamps so far in the future were made by a clock that was ahead; from then on they are seconds apart.
AHEAD, BLOCK_S, BLOCKS = timedelta(days=1), 16, 14
STAMP = "%Y%m%dT%H%M%SZ"
# Room that stays free for the work itself, beside the copy.
SPARE_BYTES = 1 << 20
_NAME = re.compile(r"study-(?:(?P<version>\w{4})-)?(?P<stamp>\d{8}T\d{6}Z)(?:-(?P<kind>before|damaged))?\.db")


class Kind(StrEnum):
    """Why a copy was made."""

    ROLLING = ""
    BEFORE = "before"
    DAMAGED = "damaged"
    UPGRADE = "upgrade"


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of a study's database, with the keys as of then beside it."""

    path: Path
    made_at: datetime
    kind: Kind

    @property
    def keys(self) -> Path:
        """Where the keys as of then lie."""
        return self.path.with_name(f"{self.path.stem}.{KEYS}")

    @property
    def log(self) -> Path:
        """Where its log lies, when it was copied unread with what was not moved into it yet."""
        return self.path.with_name(f"{self.path.name}-wal")

    @property
    def byte_size(self) -> int:
        """How large it is; 0 when it is gone."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


def list_backups(folder: Path) -> tuple[Backup, ...]:
    """The backups of the study in ``folder``, the newest first, with those made before an upgrade.

    Raises:
        UserError: the folder cannot be read.
    """
    try:
        names = [each.name for each in (folder / FOLDER).iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise UserError(
            "The backups cannot be listed: {reason}. Check the disk, and that you may open the study's "
            "folder.",
            reason=error.strerror or "the disk refused",
        ) from error
    found = [backup for name in names if (backup := _named(folder / FOLDER / name))]
    return tuple(sorted(found, key=lambda each: (each.made_at, each.path.name), reverse=True))


def _named(path: Path) -> Backup | None:
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    try:
        made_at = datetime.strptime(match["stamp"], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Backup(path, made_at, Kind.UPGRADE if match["version"] else Kind(match["kind"] or ""))


def back_up(
    file: StudyFile, kind: Kind = Kind.ROLLING, cancelled: IsCancelled | None = None
) -> Backup | None:
    """Copy the study that ``file`` belongs to, verify the copy, and let backups go that are no longer kept.

    Takes about 10 ms for each MB, on any thread; work goes on meanwhile.

    Returns:
        The new backup; None when nothing was changed since the last one.

    Raises:
        UserError: there is no room, or the copy is not whole. Older backups are untouched.
        Cancelled: ``cancelled`` said yes; nothing is left behind.
    """
    folder = file.path.parent
    with file.copying:
        try:
            made = _copied(file, folder / FOLDER, kind, cancelled)
        except OSError as error:
            raise UserError(
                "No backup could be made: {reason}. What you do is stored all the same; free some space or "
                "check the disk, and the next backup comes by itself.",
                reason=error.strerror or "the disk refused",
            ) from error
        if made is not None:
            _thin_out(folder)
        return made


def _copied(file: StudyFile, place: Path, kind: Kind, cancelled: IsCancelled | None) -> Backup | None:
    place.mkdir(exist_ok=True)
    _sweep(place)
    scratch = place / f"{secrets.token_hex(4)}.tmp"
    try:
        with file.frozen(cancelled):
            size, changed_ns = file.state()
            earlier = list_backups(place.parent)
            if kind is Kind.ROLLING and _is_there(earlier, size, changed_ns):
                return None
            _need_room(place, size)
            backup = named(place, kind, earlier)
            keys = (place.parent / KEYS).read_bytes()
            file.copy(scratch, cancelled)
        # A copy of what was there: whether that is well formed is seen when the study is opened.
        head = verify(scratch, file.key, pages_alone=True, cancelled=cancelled)
        # By this a later look knows that nothing was changed since.
        os.utime(scratch, ns=(changed_ns, changed_ns))
        # With its keys there first, the copy counts from the moment it has its name.
        write_durably(backup.keys, keys)
        os.replace(scratch, backup.path)
        settle(place)
        keep_head(place.parent, file.head_key, head)
    finally:
        scratch.unlink(missing_ok=True)
    return backup


def named(place: Path, kind: Kind, earlier: Iterable[Backup]) -> Backup:
    """A new backup's name: later than all others, also on a computer whose clock was set back."""
    now = datetime.now(UTC).replace(microsecond=0)
    made_at = max([now, *(each.made_at + timedelta(seconds=1) for each in earlier)])
    ending = f"-{kind}" if kind else ""
    return Backup(place / f"study-{made_at.strftime(STAMP)}{ending}.db", made_at, kind)


def verify(path: Path, key: bytes, pages_alone: bool = False, cancelled: IsCancelled | None = None) -> Head:
    """Read a copy whole: every page must be authentic, every table and row well formed.

    Args:
        path: The copy, which nobody writes.
        key: 32 bytes, its raw key.
        pages_alone: Whether it is enough that every page is as it was written, which takes half the time.
        cancelled: Asked often.

    Returns:
        The head of its audit trail.

    Raises:
        UserError: it is not whole.
        OSError: it cannot be read.
        Cancelled: ``cancelled`` said yes.
    """
    try:
        connection = looked_into(path, key)
        try:
            # Unlike integrity_check, quick_check does not compare indexes, which takes thrice the time and
            # loses nothing when they are wrong; the open study is checked for that.
            check = "cipher_integrity_check" if pages_alone else "quick_check(1)"
            with interruptible(connection, cancelled):
                found = connection.execute(f"PRAGMA {check}").fetchall()
            head = head_of(connection)
        finally:
            connection.close()
    except sqlcipher.DatabaseError as error:
        raise _not_whole() from error
    if found not in ([], [("ok",)]):
        raise _not_whole()
    return head


def _not_whole() -> UserError:
    return UserError(
        "The copy is not whole, so it does not count as a backup: the study file or the disk is damaged. Go "
        "back to an older backup, or save what is readable."
    )


def _is_there(earlier: Iterable[Backup], size: int, changed_ns: int) -> bool:
    newest = next(iter(earlier), None)
    if newest is None or not newest.keys.exists():
        return False
    state = newest.path.stat()
    return (state.st_size, state.st_mtime_ns) == (size, changed_ns)


def _need_room(place: Path, size: int) -> None:
    # Backups never take the room that the work itself may need.
    if shutil.disk_usage(place).free < 2 * size + SPARE_BYTES:
        raise UserError(
            "There is no room on the disk for a backup of {mb} MB. What you do is stored as long as there is "
            "room for it; free some space, and the next backup comes by itself.",
            mb=max(1, round(size / 1e6)),
        )


def _sweep(place: Path) -> None:
    """Remove what a program that was killed left behind.

    Whoever holds the study is alone here, but for those who look into a backup: their folder is locked.
    """
    sweep_scratch(place, WHOLE)
    beside = [(path, f".{KEYS}", ".db") for path in place.glob(f"study-*.{KEYS}")]
    beside += [(path, "-wal", "") for path in place.glob("study-*.db-wal")]
    orphans = [
        path for path, own, ending in beside if not (place / (path.name.removesuffix(own) + ending)).exists()
    ]
    for path in (*place.glob("*.tmp"), *place.glob("study-*.db.whole*"), *orphans):
        # Something of somebody else's must not be in the way of all backups to come.
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _thin_out(folder: Path) -> None:
    backups = list_backups(folder)
    for backup in set(backups) - kept(backups, datetime.now(UTC)):
        # What cannot be removed now is removed with the next.
        with suppress(OSError):
            backup.log.unlink(missing_ok=True)
            backup.path.unlink()
            backup.keys.unlink(missing_ok=True)


def kept(backups: Iterable[Backup], now: datetime) -> set[Backup]:
    """Which backups stay; time is counted from the newest, whatever the clock says.

    Args:
        backups: All there are.
        now: What the clock says, by which stamps are known that a clock made which was ahead. Those after
            them follow each other by seconds, so that days say nothing: they are thinned by number.
    """
    found = sorted(backups, key=lambda each: each.made_at, reverse=True)
    rolling = [each for each in found if each.kind is Kind.ROLLING]
    stay = {each for each in found if each.kind is Kind.UPGRADE}
    for kind in (Kind.BEFORE, Kind.DAMAGED):
        stay |= set([each for each in found if each.kind is kind][:BEFORE])
    if not rolling:
        return stay
    newest = rolling[0].made_at
    stay |= {each for each in rolling if newest - each.made_at <= timedelta(days=1)} & set(rolling[:LATEST])
    days: dict[str, Backup] = {}
    weeks: dict[str, Backup] = {}
    blocks: dict[int, Backup] = {}
    for each in rolling:
        if each.made_at > now + AHEAD:
            blocks.setdefault(int(each.made_at.timestamp()) // BLOCK_S, each)
        days.setdefault(each.made_at.strftime("%Y-%m-%d"), each)
        weeks.setdefault(each.made_at.strftime("%G-%V"), each)
    for groups, most in ((days, DAYS), (weeks, WEEKS), (blocks, BLOCKS)):
        stay |= set(list(groups.values())[:most])
    return stay
