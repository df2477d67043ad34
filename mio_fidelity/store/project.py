"""An open study: the only door to stored data."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Concatenate, Generic, ParamSpec, Self, TypeVar

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.store import schema
from mio_fidelity.store.cipher import damaged, encrypted_engine, what_to_do
from mio_fidelity.store.durable import copy_durably, settle, write_durably
from mio_fidelity.store.first_look import first_look
from mio_fidelity.store.head import head_of, keep_head
from mio_fidelity.store.history import keep_history
from mio_fidelity.store.hold import Hold
from mio_fidelity.store.keys import FILE as KEYS
from mio_fidelity.store.keys import Cost, create_keys, subkey, unlock
from mio_fidelity.store.models import Person, Study
from mio_fidelity.store.restore import finish_restore, is_restoring
from mio_fidelity.store.sealed import SealedFolder
from mio_fidelity.store.study_file import StudyFile

Db = Session
P = ParamSpec("P")
T = TypeVar("T")

DATABASE = "study.db"
FOLDERS = ("peaks", "recordings", "backups")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """What a verb returned, and the tables it changed."""

    value: T
    changed: frozenset[str]


class Project:
    """An open study and the person working in it.

    Belongs to the thread that opened it, but for `do_elsewhere`, `ask_elsewhere` and ``peaks``. `create`
    and `open` make one; `close` it, or use it in a ``with``.

    Attributes:
        folder: The study folder.
        peaks: The sealed pictures of the recordings, usable on any thread.
        file: The database file, for backups, usable on any thread.
        remarks: What somebody should know about the study's file; mostly nothing.
    """

    def __init__(self, folder: Path, engine: Engine, file: StudyFile, hold: Hold, data_key: bytes) -> None:
        self.folder = folder
        self.file = file
        self.remarks: tuple[Sentence, ...] = ()
        self.peaks = SealedFolder(folder / "peaks", subkey(data_key, "peaks"))
        self._engine = engine
        self._engine_again = partial(encrypted_engine, folder / DATABASE, subkey(data_key, "database"))
        self._hold = hold
        self._person_id: str | None = None
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        self._reading = sessionmaker(engine.execution_options(asking=True), autoflush=False)
        keep_history(self._sessions)

    @classmethod
    def create(cls, folder: Path, passphrase: str, title: str, cost: Cost | None = None) -> Self:
        """Make a new, empty study in ``folder`` and open it.

        Args:
            folder: A folder that does not exist yet, or is empty.
            passphrase: Opens the study from now on; there is no way in without it.
            title: What the study is called in the window.
            cost: Work per guess at the pass phrase; None for the usual.

        Raises:
            UserError: the folder is not empty or cannot be written, or the pass phrase is too short.
        """
        folder = folder.resolve()
        # Made beside its place and moved there whole: a power cut leaves no half study.
        scratch = folder.parent / f"new-study-{secrets.token_hex(4)}.tmp"
        try:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise UserError(
                    "There is something in this place already. Choose a new folder for the study."
                )
            for name in FOLDERS:
                (scratch / name).mkdir(parents=True)
            _fill(scratch, passphrase, title, cost)
            if folder.exists():
                folder.rmdir()
            scratch.rename(folder)
            settle(folder.parent)
        except OSError as error:
            raise UserError(
                "The study could not be made here: {reason}. Choose a folder on a disk that you may write "
                "and that has room.",
                reason=error.strerror or "the disk refused",
            ) from error
        except DBAPIError as error:
            raise what_to_do(error) from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return cls.open(folder, passphrase)

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> Self:
        """Open the study in ``folder``; an older one is copied to ``backups/`` and brought up to date.

        Raises:
            UserError: there is no study, the pass phrase is wrong, somebody has it open, or it is newer than
                this program, damaged, or cannot be written. Nothing was changed.
        """
        # Unlike Path.is_file, a name no system allows counts as absent.
        if not os.path.isfile(folder / DATABASE) and not is_restoring(folder):
            raise UserError("There is no study in this folder. Choose the folder that holds study.db.")
        hold = Hold(folder)
        try:
            finish_restore(folder)
            # The driver would fill an empty file with an empty study.
            if os.path.getsize(folder / DATABASE) == 0:
                raise damaged()
            data_key = unlock(folder, passphrase).data_key
            file = StudyFile(folder / DATABASE, subkey(data_key, "database"), subkey(data_key, "head"))
            engine = encrypted_engine(file.path, file.key)
            try:
                _bring_up_to_date(folder, engine)
                project = cls(folder, engine, file, hold, data_key)
                project.remarks = project._look()
            except BaseException:
                engine.dispose()
                file.close()
                raise
        except BaseException as error:
            hold.release()
            if isinstance(error, DBAPIError):
                raise what_to_do(error) from error
            if isinstance(error, OSError):
                raise _cannot_copy(error) from error
            raise
        return project

    @staticmethod
    def refuse_if_open(folder: Path) -> None:
        """Make sure that nobody works on the study in ``folder``.

        Raises:
            UserError: somebody does, or the folder cannot be written.
        """
        Hold(folder).release()

    def close(self) -> None:
        """Let go of the study; calling it twice does no harm."""
        if self._hold.is_locked:
            self._keep_head()
        self._engine.dispose()
        self.file.close()
        self._hold.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def person_id(self) -> str | None:
        """Who is working; None until somebody has signed in."""
        return self._person_id

    def sign_in(self, person_id: str) -> None:
        """Say who is working from now on: what is changed is changed by this person.

        Raises:
            UserError: nobody with this id works in the study.
        """
        with self._at_work(), self._reading() as db:
            person = db.get(Person, person_id)
            if person is None or not person.active:
                raise UserError("This person does not work in the study. Choose somebody from the list.")
        self._person_id = person_id

    def do(self, verb: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs) -> Done[T]:
        """Run ``verb`` in one transaction, with its history written beside it; durable when this returns.

        Raises:
            UserError: the verb refused, or the study could not be written. Nothing was changed.
        """
        return self._do(self._sessions, verb, *args, **kwargs)

    def do_elsewhere(
        self, verb: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Done[T]:
        """As `do`, on whatever thread calls, over a connection of its own: for changes that take seconds.

        Until it is done nothing else can be written, so no page may take scores meanwhile.
        """
        with self._at_work():
            engine = self._engine_again()
            sessions = sessionmaker(engine, expire_on_commit=False)
            keep_history(sessions)
            try:
                return self._do(sessions, verb, *args, **kwargs)
            finally:
                engine.dispose()

    def _do(
        self,
        sessions: sessionmaker[Session],
        verb: Callable[Concatenate[Db, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Done[T]:
        touched: set[str] = set()
        who = {"person_id": self._person_id, "verb": verb.__name__, "touched": touched}
        with self._at_work(), sessions(info=who) as db:
            self._refuse_if_replaced()
            value = verb(db, *args, **kwargs)
            db.commit()
            return Done(value, frozenset(touched))

    def ask(self, question: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Answer ``question``; a question that tries to change something is a bug."""
        with self._at_work(), self._reading(info={"person_id": self._person_id}) as db:
            answer = question(db, *args, **kwargs)
            if db.new or db.dirty or db.deleted:
                raise RuntimeError(f"the question {question.__name__} changed something")
            return answer

    def ask_elsewhere(
        self, question: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As `ask`, on whatever thread calls, over a connection of its own: for answers that take seconds."""
        with self._at_work():
            engine = self._engine_again()
            try:
                with Session(
                    engine.execution_options(asking=True),
                    autoflush=False,
                    info={"person_id": self._person_id},
                ) as db:
                    return question(db, *args, **kwargs)
            finally:
                engine.dispose()

    def sound(self) -> bool:
        """Whether the whole file is intact: every page authentic, every index and reference right."""
        with self._at_work(), self._engine.execution_options(asking=True).connect() as connection:
            try:
                pages = connection.execute(text("PRAGMA cipher_integrity_check")).all()
                rows = connection.execute(text("PRAGMA integrity_check")).scalars().all()
                keys = connection.execute(text("PRAGMA foreign_key_check")).all()
            except DatabaseError as error:
                # Of this very class is what a damaged file raises; a disk that fails raises one of its heirs.
                if type(error) is DatabaseError:
                    return False
                raise
        return not pages and rows == ["ok"] and not keys

    def still_here(self) -> None:
        """Tell other computers that somebody works on the study; call it every minute."""
        self._hold.beat()

    def _refuse_if_replaced(self) -> None:
        if not self.file.in_place():
            raise UserError(
                "study.db was moved, deleted or replaced while it was open, so this was not stored. What was "
                "stored before is still in this window: save a copy of the study now, and open that."
            )

    def _look(self) -> tuple[Sentence, ...]:
        connection = self._engine.raw_connection()
        try:
            return first_look(connection.cursor(), self.folder, self.file.head_key)
        except sqlcipher.DatabaseError as error:
            raise what_to_do(error) from error
        finally:
            connection.close()

    def _keep_head(self) -> None:
        """Seal how far the audit trail goes; a disk that is full or gone must not be in the way."""
        if self.file.in_place():
            connection = self._engine.raw_connection()
            with suppress(OSError, sqlcipher.DatabaseError):
                keep_head(self.folder, self.file.head_key, head_of(connection.cursor()))
            connection.close()

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Turn what a database driver says into what a person can do about it."""
        # A closed engine would connect again by itself, without the lock.
        if not self._hold.is_locked:
            raise RuntimeError("this study is closed")
        try:
            yield
        except DBAPIError as error:
            if "constraint" in str(error.orig).lower() or "IntegrityError" in type(error.orig).__name__:
                raise
            raise what_to_do(error) from error


def actor(db: Db) -> str:
    """The id of the person working.

    Raises:
        UserError: nobody has signed in.
    """
    person_id: str | None = db.info["person_id"]
    if person_id is None:
        raise UserError("Nobody has signed in. Choose who you are first.")
    return person_id


def _fill(folder: Path, passphrase: str, title: str, cost: Cost | None) -> None:
    data_key = create_keys(folder, passphrase, cost)
    copy_durably(folder / KEYS, folder / "backups" / KEYS)
    engine = encrypted_engine(folder / DATABASE, subkey(data_key, "database"))
    try:
        schema.upgrade(engine)
        with Session(engine) as db:
            db.add(Study(title=title))
            db.commit()
        _settle_log(engine)
    finally:
        engine.dispose()


def _bring_up_to_date(folder: Path, engine: Engine) -> None:
    found = schema.version(engine)
    if found == schema.NEWEST:
        return
    if found is None:
        raise damaged()
    if not schema.known(found):
        raise schema.refuse_newer()
    _settle_log(engine)
    (folder / "backups").mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    copy = folder / "backups" / f"study-{found}-{stamp}.db"
    write_durably(copy.with_suffix(f".{KEYS}"), (folder / KEYS).read_bytes())
    copy_durably(folder / DATABASE, copy)
    schema.upgrade(engine)


def _cannot_copy(error: OSError) -> UserError:
    return UserError(
        "The study is older than this program and is copied to its backups folder first, but that failed: "
        "{reason}. Free some space, check that you may write in the folder, and open it again.",
        reason=error.strerror or "the disk refused",
    )


def _settle_log(engine: Engine) -> None:
    """Move everything from the write-ahead log into the file itself."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
