"""The door to stored data: verbs and questions, each in its transaction, on this thread or another."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from mio_fidelity.errors import UserError
from mio_fidelity.store.check import intact
from mio_fidelity.store.cipher import encrypted_engine, what_to_do
from mio_fidelity.store.gate import Gate
from mio_fidelity.store.history import keep_history
from mio_fidelity.store.hold import Hold
from mio_fidelity.store.keys import SHARED, Opened, Ring, subkey
from mio_fidelity.store.sealed import SealedFolder
from mio_fidelity.store.study_file import StudyFile
from mio_fidelity.store.study_folder import DATABASE

Db = Session
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """What a verb returned, and the tables it changed."""

    value: T
    changed: frozenset[str]


class Door:
    """Runs verbs and questions on the file of a study that is held.

    Attributes:
        folder: The study folder.
        opened: Which pass phrase opened it: a person's own, the shared one, or the recovery key.
        ring: The pass phrases that open it.
        peaks: The sealed pictures of the recordings, usable on any thread.
        file: The database file, for backups, usable on any thread.
        on_server: Whether the study lies on a server; then there is no ``file``.
    """

    on_server = False
    # How a connection is told that nothing will be changed.
    _asking: ClassVar[Mapping[str, Any]] = {"asking": True}

    def __init__(self, folder: Path, hold: Hold, opened: Opened) -> None:
        self.folder = folder
        self._hold = hold
        self._gate = Gate()
        self._person_id: str | None = None
        self._take_key(opened)

    @property
    def place(self) -> Path:
        """The folder that is named to open the study; the recordings may lie in another."""
        return self.folder

    @property
    def away(self) -> bool:
        """Whether what is stored is kept on this computer until a server is back."""
        return False

    @property
    def person_id(self) -> str | None:
        """Who is working; None until somebody has signed in."""
        return self._person_id

    @property
    def nobody(self) -> bool:
        """Whether nobody has signed in, in a study that people open as themselves."""
        return self._person_id is None and self.opened.name == SHARED and self.ring.names() != (SHARED,)

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
        self._refuse_nobody()
        with self._at_work():
            return self._transact(sessions, verb, *args, **kwargs)

    def _refuse_nobody(self) -> None:
        if self.opened.first:
            raise UserError(
                "This pass phrase was given to you by somebody else. Open the study in its window and choose "
                "one of your own first."
            )
        if self.nobody:
            # Else who holds the shared pass phrase could do what needs a supervisor's own.
            raise UserError("Nobody has signed in. Choose who you are first.")

    def _transact(
        self,
        sessions: sessionmaker[Session],
        verb: Callable[Concatenate[Db, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Done[T]:
        touched: set[str] = set()
        who = {"person_id": self._person_id, "verb": verb.__name__, "touched": touched}
        with sessions(info=who) as db:
            self._refuse_if_replaced()
            value = verb(db, *args, **kwargs)
            db.commit()
            return Done(value, frozenset(touched))

    def ask(self, question: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Answer ``question``; a question that tries to change something is a bug."""
        with self._at_work(), self._reading(info=self._who_asks()) as db:
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
                    engine.execution_options(**self._asking),
                    autoflush=False,
                    info=self._who_asks(),
                ) as db:
                    return question(db, *args, **kwargs)
            finally:
                engine.dispose()

    def _who_asks(self) -> dict[str, Any]:
        return {"person_id": self._person_id, "nobody": self.nobody}

    def sound(self) -> bool:
        """Whether the whole file is intact: every page authentic, every index and reference right."""
        return self.ask(intact)

    def copy_into(self, connection: Any) -> None:
        """Copy what was stored into an empty database with the same key, over a bare connection to that."""
        with self._at_work():
            own = self._engine.raw_connection()
            try:
                own.driver_connection.backup(connection)  # type: ignore[union-attr]
            finally:
                own.close()

    def _take_key(self, opened: Opened) -> None:
        """Work with a data key from now on; nothing is connected before it is used."""
        key = opened.data_key
        self.opened = opened
        self.ring = Ring(self.folder, key)
        self.peaks = SealedFolder(self.folder / "peaks", subkey(key, "peaks"))
        self.file = StudyFile(self.folder / DATABASE, subkey(key, "database"), subkey(key, "head"))
        self._engine = encrypted_engine(self.file.path, self.file.key)
        # Always the same one: it knows the statements that it was given before.
        elsewhere = encrypted_engine(self.file.path, self.file.key, NullPool)
        self._engine_again: Callable[[], Engine] = lambda: elsewhere
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)
        self._reading = sessionmaker(self._engine.execution_options(**self._asking), autoflush=False)
        keep_history(self._sessions)

    def _refuse_if_replaced(self) -> None:
        if not self.file.in_place():
            raise UserError(
                "study.db was moved, deleted or replaced while it was open, so this was not stored. What was "
                "stored before is still in this window: save a copy of the study now, and open that."
            )

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Turn what a database driver says into what a person can do about it."""
        # A closed engine would connect again by itself, without the lock.
        if not self._hold.is_locked:
            raise RuntimeError("this study is closed")
        try:
            with self._gate.passed():
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
