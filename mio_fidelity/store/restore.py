"""Going back to a backup: in one step, undoable, and finished after a power cut."""

import os
import shutil
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from mio_fidelity.errors import UserError
from mio_fidelity.store import schema
from mio_fidelity.store.backups import FOLDER, SPARE_BYTES, WHOLE, Backup, Kind, list_backups, named, verify
from mio_fidelity.store.cipher import encrypted_engine
from mio_fidelity.store.door import Door
from mio_fidelity.store.durable import copy_durably, settle, sweep, write_durably
from mio_fidelity.store.handed_out import HandedOut, handed_out, know_packages
from mio_fidelity.store.head import FILE as HEAD
from mio_fidelity.store.head import head_of, sealed
from mio_fidelity.store.history import keep_history
from mio_fidelity.store.hold import Hold
from mio_fidelity.store.keys import FILE as KEYS
from mio_fidelity.store.keys import RECOVERY, SHARED, Opened, Ring, names_in, subkey, unlock_any
from mio_fidelity.store.models import Person, Role, Setting, now
from mio_fidelity.store.rekey import finish_rekey
from mio_fidelity.store.scratch import scratch_beside
from mio_fidelity.store.study_file import connected, looked_into
from mio_fidelity.store.whereabouts import Whereabouts, carry_over, keep_withdrawn, whereabouts, withdrawn

# Made complete under the first name; from the moment it has the second, it is what the study will be.
MAKING, READY = "restoring.tmp", "restoring"
DATABASE = "study.db"
LOGS = (f"{DATABASE}-wal", f"{DATABASE}-shm")
# The setting, and so the lines of the audit trail, that say when the study went back to which backup.
RESTORED = "restored"
Stays = tuple[tuple[Whereabouts, ...], Mapping[str, date], HandedOut]


@dataclass(frozen=True, slots=True, repr=False)
class FileKeys:
    """What opens a study.

    Attributes:
        data_key: 32 bytes.
        content: The keys.json it comes from.
        person_id: Who asks; None when it is not known.
        shared: Whether that is because people share the pass phrase.
    """

    data_key: bytes
    content: bytes
    person_id: str | None = None
    shared: bool = False

    @classmethod
    def of(cls, used: Opened, content: bytes) -> "FileKeys":
        """What a pass phrase opened, from a keys.json."""
        person_id = None if used.name in (SHARED, RECOVERY) else used.name
        return cls(used.data_key, content, person_id, used.name == SHARED)

    def by(self, other: "FileKeys") -> "FileKeys":
        """The same, with who asks of another."""
        return replace(self, person_id=other.person_id, shared=other.shared)

    @property
    def database(self) -> bytes:
        """The key of the database."""
        return subkey(self.data_key, "database")

    @property
    def head(self) -> bytes:
        """The key of the sealed head of the audit trail."""
        return subkey(self.data_key, "head")


def keys_for(folder: Path, backup: Backup, passphrase: str) -> tuple[FileKeys, FileKeys | None]:
    """The keys of a backup, by a pass phrase of today or of then, and those of the study as it is now.

    Raises:
        UserError: neither opens the backup.
    """
    files = [file for file in (folder / KEYS, folder / FOLDER / KEYS, backup.keys) if file.exists()]
    found = [
        (file, FileKeys.of(used, file.read_bytes())) for file, used in unlock_any(folder, passphrase, files)
    ]
    of_now = [keys for file, keys in found if file.name == KEYS]
    # Where keys.json is of another moment than study.db, the copy of it may be of the same.
    present = next((keys for keys in of_now if _opens_study(folder, keys)), None)
    if present is None and found and found[0][0].parent == folder:
        present = found[0][1]
    for _, keys in found:
        if opens(backup.path, keys):
            return keys, present
    raise UserError(
        "This backup cannot be read with the keys that lie in the study folder: it is damaged, or belongs to "
        "another study. Choose another one."
    )


def _opens_study(folder: Path, keys: FileKeys) -> bool:
    return (folder / DATABASE).exists() and opens(folder / DATABASE, keys)


def project_keys(project: Door) -> FileKeys:
    """What opens an open study, with who works in it."""
    try:
        content = (project.folder / KEYS).read_bytes()
    except OSError:
        content = project.file.keys
    return FileKeys(project.opened.data_key, content, project.person_id)


def opens(path: Path, keys: FileKeys) -> bool:
    """Whether a file that nobody writes can be read with ``keys``."""
    try:
        with closing(looked_into(path, keys.database)) as connection:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlcipher.DatabaseError:
        return False
    return True


def _content(folder: Path, keys: FileKeys, present: FileKeys | None) -> bytes:
    """The keys.json of the restored study: who opens the study now opens it then, also after a re-key."""
    if present is None or present.data_key == keys.data_key:
        return keys.content
    copy = folder / FOLDER
    is_copy = (copy / KEYS).exists() and (copy / KEYS).read_bytes() == present.content
    ring = Ring(copy if is_copy else folder, present.data_key)
    return ring.rewrapped(keys.data_key, ring.names())


def restore(
    folder: Path,
    backup: Backup,
    keys: FileKeys,
    present: FileKeys | None = None,
) -> Backup | None:
    """Make the study what it was when ``backup`` was made; nobody may have it open.

    What the study is now becomes a backup itself first, so that this can be undone. The audit trail of the
    restored study says who went back, when, and to what. Where recordings lie, who withdrew consent and
    which packages are out stays known, each with its line in the trail.

    Args:
        folder: The study folder.
        backup: One of its backups.
        keys: What opens the backup, with who goes back.
        present: What opens the study as it is now; None when nothing does.

    Returns:
        The backup of what the study was; None when there was no study.

    Raises:
        UserError: the backup is not whole, there is no room, somebody works on the study, or whoever asks is
            no supervisor. The study is as it was.
    """
    hold = Hold(folder)
    try:
        _finish_interrupted(folder)
        take_up_log(backup, keys)
        verify(backup.path, keys.database)
        _need_room(folder, backup)
        stays = _what_stays(folder, present)
        by = keys if keys.person_id or present is None else present
        _stage(folder, backup, keys.by(by), _content(folder, keys, present), stays)
        before = _keep_present(folder, present)
        os.replace(folder / MAKING, folder / READY)
        settle(folder)
        finish_restore(folder)
    except OSError as error:
        raise UserError(
            "The study could not go back to this backup: {reason}. Free some space or check the disk, and do "
            "it again; nothing is lost.",
            reason=error.strerror or "the disk refused",
        ) from error
    finally:
        shutil.rmtree(folder / MAKING, ignore_errors=True)
        hold.release()
    return before


def take_up_log(backup: Backup, keys: FileKeys) -> None:
    """Move the log of a copy that was made unread into it, when it is whole then; else both stay as they are.

    Raises:
        OSError: the disk refused.
    """
    if not backup.log.exists():
        return
    with scratch_beside(backup.path, WHOLE) as place:
        whole = place / backup.path.name
        copy_durably(backup.path, whole)
        copy_durably(backup.log, place / backup.log.name)
        # Deleted meanwhile, it is not to come back.
        if _settled(whole, keys) and backup.log.exists():
            os.replace(whole, backup.path)
            settle(backup.path.parent)
            # Until it is gone it says the same again.
            backup.log.unlink()


def is_restoring(folder: Path) -> bool:
    """Whether a restoration was decided on and not finished."""
    # Unlike Path.is_dir, a name no system allows counts as absent.
    return os.path.isdir(folder / READY)


def finish_restore(folder: Path) -> None:
    """Finish what was decided on, and remove what was not; whoever calls holds the study.

    Raises:
        OSError: the disk refused; the next opening goes on.
    """
    sweep(folder)
    shutil.rmtree(folder / MAKING, ignore_errors=True)
    if not is_restoring(folder):
        return
    ready = folder / READY
    if (ready / DATABASE).exists():
        # The log belongs to the file that goes.
        for name in LOGS:
            (folder / name).unlink(missing_ok=True)
    # The database last: until it is moved, a power cut begins this again.
    for path in sorted(ready.iterdir(), key=lambda each: each.name == DATABASE):
        os.replace(path, folder / path.name)
    settle(folder)
    ready.rmdir()
    settle(folder)


def _need_room(folder: Path, backup: Backup) -> None:
    present = sum((folder / name).stat().st_size for name in (DATABASE, *LOGS) if (folder / name).exists())
    if shutil.disk_usage(folder).free < present + 2 * backup.byte_size + SPARE_BYTES:
        raise UserError(
            "There is no room on the disk to go back safely: {mb} MB are needed, because the study as it is "
            "now is kept too. Free some space and do it again.",
            mb=max(1, round((present + 2 * backup.byte_size + SPARE_BYTES) / 1e6)),
        )


def _keep_present(folder: Path, present: FileKeys | None) -> Backup | None:
    """Keep the study as it is now, whole when it can be read, and byte by byte when not."""
    path, place = folder / DATABASE, folder / FOLDER
    if not path.exists():
        return None
    place.mkdir(exist_ok=True)
    kind = Kind.BEFORE if present is not None and _settled(path, present) else Kind.DAMAGED
    kept = named(place, kind, list_backups(folder))
    if kind is Kind.BEFORE and present is not None and present.content:
        write_durably(kept.keys, present.content)
    elif (folder / KEYS).exists():
        write_durably(kept.keys, (folder / KEYS).read_bytes())
    log = folder / LOGS[0]
    if kind is Kind.DAMAGED and log.exists():
        copy_durably(log, kept.log)
    copy_durably(path, kept.path)
    return kept


def _settled(path: Path, keys: FileKeys) -> bool:
    """Move the log into the file; whether the file is whole then."""
    try:
        with closing(connected(path, keys.database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        verify(path, keys.database)
    except (sqlcipher.DatabaseError, UserError):
        return False
    return True


def _finish_interrupted(folder: Path) -> None:
    before = _keys_now(folder)
    finish_restore(folder)
    finish_rekey(folder)
    if _keys_now(folder) != before:
        # What was looked into belongs to the keys of before.
        raise UserError(
            "A change that had been interrupted was finished just now, so nothing was gone back to. Try to "
            "open the study; if that does not help, look into the backup again."
        )


def _keys_now(folder: Path) -> bytes | None:
    try:
        return (folder / KEYS).read_bytes()
    except FileNotFoundError:
        return None


def _what_stays(folder: Path, present: FileKeys | None) -> Stays:
    """What is so outside the study, and does not go back with it."""
    if present is None or not (folder / DATABASE).exists():
        return (), {}, HandedOut()
    study = folder / DATABASE, present.database
    return whereabouts(*study), withdrawn(*study), handed_out(*study)


def _stage(folder: Path, backup: Backup, keys: FileKeys, content: bytes, stays: Stays) -> None:
    """Make all that the study will be: up to date, with a line on where it comes from."""
    place, (lie, withdrew, out) = folder / MAKING, stays
    place.mkdir()
    path = place / DATABASE
    copy_durably(backup.path, path)
    write_durably(place / KEYS, content)
    engine = encrypted_engine(path, keys.database)
    try:
        if not schema.known(schema.version(engine)):
            raise schema.refuse_newer()
        schema.upgrade(engine)
        sessions = sessionmaker(engine)
        keep_history(sessions)
        with sessions(info={"person_id": keys.person_id, "verb": "restore", "touched": set()}) as db:
            _refuse_who_may_not(db, keys, names_in(content))
            _note(db, backup)
            carry_over(db, folder, lie)
            keep_withdrawn(db, withdrew)
            know_packages(db, out, keys.person_id)
            db.commit()
        raw = engine.raw_connection()
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        write_durably(place / HEAD, sealed(keys.head, head_of(raw.cursor())))
        raw.close()
    finally:
        engine.dispose()
    settle(place)


def _refuse_who_may_not(db: Session, keys: FileKeys, names: Collection[str]) -> None:
    """Let supervisors pass; who shares a pass phrase does where no supervisor has one of her own."""
    supervisors = select(Person.id).where(Person.role == Role.SUPERVISOR)
    refused = UserError("Only supervisors go back to a backup: ratings of others would be lost. Ask one.")
    if keys.person_id and keys.person_id not in db.scalars(supervisors).all():
        raise refused
    if keys.shared and set(names) & set(db.scalars(supervisors.where(Person.active)).all()):
        raise refused


def _note(db: Session, backup: Backup) -> None:
    time = {"at": now().isoformat(timespec="seconds"), "backup": backup.made_at.isoformat()}
    found = db.scalar(select(Setting).where(Setting.key == RESTORED))
    if found is None:
        db.add(Setting(key=RESTORED, value={"times": [time]}))
    else:
        found.value = {"times": [*found.value["times"], time]}
