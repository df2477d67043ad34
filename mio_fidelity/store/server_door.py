"""A study on a PostgreSQL server: the same door, with the server's own locks, rights and passwords.

Whoever may sign in to the database can reach all that is in it; what a role may do in the study is asked by
the verbs, as in a folder. A study can tie a person to a database role: then nobody else signs in as her.
"""

import base64
import hmac
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar, Concatenate, Self

from sqlalchemy import Connection, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.orm import sessionmaker

from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.store import attempts, schema
from mio_fidelity.store.chain import follows
from mio_fidelity.store.door import Db, P, T
from mio_fidelity.store.gate import Gate
from mio_fidelity.store.head import Head, keep_head, kept_head
from mio_fidelity.store.history import keep_history
from mio_fidelity.store.journal import waits
from mio_fidelity.store.keys import SHARED, Cost, Opened, Ring, subkey
from mio_fidelity.store.models import Audit, Setting, Study, new_id, now
from mio_fidelity.store.profile import Profile, read_profile
from mio_fidelity.store.project import Project
from mio_fidelity.store.sealed import SealedFolder
from mio_fidelity.store.server_engine import ASKING, is_away, server_engine, what_to_do_there
from mio_fidelity.store.study_folder import first_rows
from mio_fidelity.store.verify_rows import reaches

# The keys of settings that the program keeps for itself.
LOCAL_KEY, ROLES, MOVED = "local_key", "database_roles", "moved_away"
# What the key is for that seals how far the trail went.
HEAD = "head"
_LACKS_RIGHT = "42501"
# A connection that was left unused breaks at once; one that takes longer is another trouble.
AT_ONCE_S = 1.0


@dataclass(frozen=True, slots=True)
class ServerRing(Ring):
    """Who has a database role of her own; passwords are the server's business.

    Attributes:
        roles: The id of a person to her database role.
    """

    roles: Mapping[str, str]

    def names(self) -> tuple[str, ...]:
        """Everybody tied to a database role, and all others as one."""
        return (SHARED, *self.roles)

    def firsts(self) -> tuple[str, ...]:
        """The server does not tell who chose a password."""
        return ()

    def _refused(self, *_args: Any, **_kwargs: Any) -> Any:
        raise _not_here()

    check = replace_slot = remove_slot = new_recovery_key = _refused


class ServerDoor(Project):
    """Runs verbs and questions on a database that programs share.

    Attributes:
        place: The folder of the profile; what this computer keeps of the study lies there, sealed.
        profile: How the server is reached.
    """

    on_server = True
    _asking: ClassVar[Mapping[str, Any]] = ASKING

    def __init__(self, place: Path, profile: Profile, password: str) -> None:
        self._place, self.profile, self._password = place, profile, password
        self.folder = Path(profile.files) if profile.files else place
        self._gate = Gate()
        self._person_id: str | None = None
        self._is_open = True
        self._engine_again = partial(server_engine, profile, password)
        self._engine = self._engine_again()
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)
        self._reading = sessionmaker(self._engine.execution_options(**self._asking), autoflush=False)
        keep_history(self._sessions)

    @property
    def place(self) -> Path:
        """The folder of the profile."""
        return self._place

    @classmethod
    def create(
        cls,
        folder: Path,
        passphrase: str,
        title: str,
        cost: Cost | None = None,  # noqa: ARG003
        supervisor: str | None = None,
    ) -> Self:
        """Make a new, empty study in the empty database that the profile in ``folder`` names, and open it.

        Raises:
            UserError: there is a study already, or the server refuses.
        """
        project = cls(folder, read_profile(folder), passphrase)
        try:
            with project._at_work():
                project._make_tables()
                first_rows(project._engine, title, new_id(), supervisor)
        finally:
            project._engine.dispose()
        return cls.open(folder, passphrase)

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> Self:
        """Connect to the study that the profile in ``folder`` leads to.

        Raises:
            UserError: the server cannot be reached or refuses, or there is no study of this version.
        """
        project = cls(folder, read_profile(folder), passphrase)
        try:
            attempts.refuse_early(folder)
            with project._at_work():
                _check_version(schema.version(project._engine))
                project._enter()
        except UserError as error:
            if "password authentication failed" in str(error.__cause__):
                attempts.note_wrong(folder)
            project._engine.dispose()
            if is_away(error.__cause__) and waits(folder):
                raise UserError(
                    "The server cannot be reached. What was rated without it is kept on this computer, "
                    "encrypted, and arrives when whoever rated it has opened the study here again."
                ) from error.__cause__
            raise
        attempts.forget(folder)
        return project

    def _make_tables(self) -> None:
        """Tables that an attempt before left empty will do."""
        if schema.version(self._engine) is None:
            schema.upgrade(self._engine)
            return
        with self._engine.connect() as connection:
            if connection.scalar(select(func.count()).select_from(Study)):
                raise UserError("There is a study in this database already. Choose an empty database.")

    def _enter(self) -> None:
        """Read what this computer needs to know, and go on as the person the database role is tied to."""
        with self._engine.begin() as connection:
            if not connection.scalar(select(func.count()).select_from(Study)):
                raise _no_study()
            kept = connection.scalar(select(Setting.value).where(Setting.key == LOCAL_KEY))
            if kept is None:
                kept = {"key": base64.b64encode(os.urandom(32)).decode()}
                # Past the audit trail, which is no place for a key.
                connection.execute(insert(Setting), {"id": new_id(), "key": LOCAL_KEY, "value": kept})
            self._look_at_trail(connection, subkey(base64.b64decode(kept["key"]), HEAD))
            self._look_whether_moved(connection)
            roles = connection.scalar(select(Setting.value).where(Setting.key == ROLES)) or {}
            user = connection.scalar(text("SELECT session_user"))
        key = base64.b64decode(kept["key"])
        mine = next((person for person, role in roles.items() if role == user), SHARED)
        self.peaks = SealedFolder(self._place / "peaks", subkey(key, "peaks"))
        self.ring = ServerRing(self._place, key, roles)
        self.opened = Opened(key, SHARED, False)
        self.take_over(Opened(key, mine, False))

    def _look_at_trail(self, connection: Connection, key: bytes) -> None:
        """Say so when the trail ends before what this computer saw of it; else note how far it goes."""

        def chain_of(line: int) -> str | None:
            return connection.scalar(select(Audit.chain).where(Audit.id == line))

        last = connection.execute(select(Audit.id, Audit.chain).order_by(Audit.id.desc()).limit(1)).first()
        self._head = Head(last.id, last.chain or "") if last else Head()
        try:
            head = kept_head(self._place, key)
            whole = head is None or reaches(head, chain_of)
        except ValueError:
            whole = False
        if whole:
            self._note_head(key)
            return
        self.remarks = (
            Sentence(
                "The record of this study ends earlier than when it was last opened on this computer: an "
                "older copy was put in its place on the server, or lines were removed. Ask whoever looks "
                "after the server."
            ),
        )

    def _look_whether_moved(self, connection: Connection) -> None:
        moved = connection.scalar(select(Setting.value).where(Setting.key == MOVED))
        if moved is not None:
            self.remarks += (
                Sentence(
                    "This study was moved from this server into a folder on {day}. What is done here now "
                    "does not get there: ask the supervisor where to work.",
                    day=moved["day"],
                ),
            )

    def say_moved(self) -> None:
        """Let whoever opens the study here from now on know that it was moved into a folder.

        Raises:
            UserError: the server cannot be reached, or refuses.
        """
        with self._at_work(), self._engine.begin() as connection:
            # Past the audit trail, as it is about this place; that the study moves is on record already.
            values = {"id": new_id(), "key": MOVED, "value": {"day": f"{now():%Y-%m-%d}"}}
            connection.execute(delete(Setting).where(Setting.key == MOVED))
            connection.execute(insert(Setting), values)

    def _note_head(self, key: bytes) -> None:
        # Wanted, not needed: the folder may be read only.
        with suppress(OSError):
            keep_head(self._place, key, self._head)

    def ask(self, question: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As in a folder; once more when the connection turns out to be a dead one."""
        began = monotonic()
        try:
            return super().ask(question, *args, **kwargs)
        except UserError as error:
            dead = getattr(error.__cause__, "connection_invalidated", False)
            if not dead or monotonic() - began > AT_ONCE_S:
                raise
        return super().ask(question, *args, **kwargs)

    def close(self) -> None:
        """Let go of the study; calling it twice does no harm."""
        if self._is_open and self.remarks:
            # They were shown.
            self._note_head(subkey(self.opened.data_key, HEAD))
        self._is_open = False
        self._engine.dispose()

    def has_own_phrase(self, person_id: str) -> bool:  # noqa: ARG002
        """Nobody has: passwords are the server's, and open nothing else."""
        return False

    def unlock(self, passphrase: str) -> Opened:
        """Ask for the password again, as when the window was locked; on any thread.

        Raises:
            UserError: it is another one, or it is too early after wrong ones.
        """
        attempts.refuse_early(self._place)
        if not hmac.compare_digest(passphrase.encode(errors="replace"), self._password.encode()):
            attempts.note_wrong(self._place)
            raise UserError(
                "This is not the password with which the study was opened. Look at Caps Lock and the "
                "keyboard layout, and try again."
            )
        attempts.forget(self._place)
        return self.opened

    def still_here(self) -> None:
        """Nobody needs to know: the server keeps programs apart."""

    def sound(self) -> bool:
        """Whether the audit trail is whole; the file itself is the server's business."""
        return self.ask_elsewhere(trail_is_whole)

    def put_away(self) -> None:
        """Refuse: there is no file that could get another key."""
        raise _not_here()

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Turn what the server says into what a person can do about it."""
        if not self._is_open:
            raise RuntimeError("this study is closed")
        try:
            with self._gate.passed():
                yield
        except DBAPIError as error:
            broken = isinstance(error, IntegrityError | ProgrammingError)
            if broken and getattr(error.orig, "sqlstate", None) != _LACKS_RIGHT:
                raise
            raise what_to_do_there(error) from error


def trail_is_whole(db: Db) -> bool:
    """Whether each line of the audit trail fits the one before it."""
    return follows(db.execute(select(Audit.__table__).order_by(Audit.id)).mappings())


def _check_version(found: str | None) -> None:
    if found == schema.NEWEST:
        return
    if found is None:
        raise _no_study()
    if not schema.known(found):
        raise schema.refuse_newer()
    raise UserError(
        "This study was made by an older version of the program. A supervisor brings it up to date with: "
        "mio-fidelity connect --upgrade"
    )


class NoStudyThereError(UserError):
    """The server answers, and the database is one without a study."""


def _no_study() -> UserError:
    return NoStudyThereError(
        "There is no study in this database. Check its name, or let a supervisor make or move one there."
    )


def _not_here() -> UserError:
    return UserError(
        "This study lies on a server, where passwords and copies are the business of whoever looks after it."
    )
