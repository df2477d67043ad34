"""A study on a server, with a bridge for the time that the server is away."""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Concatenate

from filelock import FileLock
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from mio_fidelity.errors import UserError
from mio_fidelity.store import schema
from mio_fidelity.store.bridge import Bridge, Bridged, Call, Handed, away
from mio_fidelity.store.door import Db, Done, P, T
from mio_fidelity.store.history import keep_history
from mio_fidelity.store.journal import FOLDER, SUFFIX, Journal
from mio_fidelity.store.keys import subkey
from mio_fidelity.store.models import Arrival, Audit
from mio_fidelity.store.profile import Profile, read_profile
from mio_fidelity.store.replica import Replica, give_ids, note_rows, own_rows
from mio_fidelity.store.server_door import ServerDoor
from mio_fidelity.store.server_engine import RATING, Patience, is_away, is_busy

# How long somebody who rates waits for a server that does not answer, before she goes on without it.
PATIENCE_S = 8.0
AT_ONCE_S = 1.0


@dataclass(frozen=True, slots=True)
class News:
    """How far the audit trail goes by now, and whether somebody else wrote some of what is new."""

    newest: int
    by_others: bool


class ServerProject(ServerDoor):
    """An open study on a server, and the person working in it.

    Attributes:
        bridge: Where a coder's own work goes on while the server is away; None until it is asked for.
    """

    def __init__(self, place: Path, profile: Profile, password: str) -> None:
        super().__init__(place, profile, password)
        self.bridge: Bridge | None = None
        self._journal_lock: FileLock | None = None
        self._call: Call | None = None
        self._patience = Patience(self._engine)
        self._calls = sessionmaker(self._engine.execution_options(**RATING), expire_on_commit=False)
        keep_history(self._calls)
        for sessions in (self._sessions, self._calls):
            event.listen(sessions, "before_flush", give_ids)
            event.listen(sessions, "after_flush", note_rows)

    def close(self) -> None:
        """Let go of the study; what waits in a journal stays there."""
        self.end_bridge()
        super().close()

    @property
    def away(self) -> bool:
        """Whether the server cannot be reached, as far as is known."""
        return self.bridge is not None and self.bridge.away

    def begin_bridge(self, allowed: Bridged) -> Bridge:
        """Let the work of the person signed in go on while the server is away; fetch her rows soon after.

        Args:
            allowed: What can go on.

        Raises:
            UserError: another window has this person's journal, which two writers would spoil, or it cannot
                be read or written; then there is no bridge, and all else goes on.
        """
        self.end_bridge()
        name = hmac.new(self.opened.data_key, (self._person_id or "").encode(), "sha256").hexdigest()[:32]
        key = subkey(self.opened.data_key, f"journal {self._person_id}")
        folder = self._place / FOLDER
        lock = FileLock(folder / f"{name}.lock", timeout=0, thread_local=False)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except OSError as error:
            raise UserError(
                "You have this study open in another window on this computer, or its folder cannot be "
                "written: without the server, nothing can be rated in this window."
            ) from error
        self._journal_lock = lock
        journal, refused = (Journal(folder / f"{name}{ending}", key) for ending in (SUFFIX, ".refused"))
        try:
            self.bridge = Bridge(allowed, journal, refused)
        except UserError:
            self.end_bridge()
            raise
        return self.bridge

    def end_bridge(self) -> None:
        """Go on with the server alone; what waits in the journal stays there."""
        if self.bridge is not None:
            self.bridge.take_rows(None)
        self.bridge = None
        if self._journal_lock is not None:
            self._journal_lock.release()
        self._journal_lock = None

    def fetch_rows(self) -> Replica:
        """What the person signed in needs to go on without the server; on any thread."""
        person_id = self._person_id or ""
        return Replica(self.ask_elsewhere(own_rows, person_id), person_id)

    def news(self, known: int) -> News:
        """How far the audit trail goes, and whether others wrote what is new; on any thread.

        Args:
            known: The last line that was seen before.

        Raises:
            UserError: the server cannot be reached.
        """
        return self.ask_elsewhere(_news, known)

    def hand_in(self) -> Handed:
        """Tell the server, which is back, what was done without it.

        Raises:
            UserError: it is away again, or the journal cannot be read.
        """
        bridge = self.bridge
        if bridge is None:
            return Handed(0, ())
        bridge.away = True
        handed = bridge.hand_in(self._do_as)
        # Others went on too.
        bridge.take_rows(self.fetch_rows())
        bridge.away = False
        return handed

    def do(self, verb: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs) -> Done[T]:
        """As in a folder; a coder's own work goes on in the journal while the server is away.

        Raises:
            UserError: the verb refused, or the server is away and this has to wait.
        """
        bridge = self.bridge
        if bridge is None:
            return super().do(verb, *args, **kwargs)
        if not bridge.takes(verb):
            if bridge.away:
                raise away()
            return super().do(verb, *args, **kwargs)
        call = bridge.new_call()
        if not bridge.away:
            try:
                with self._patience.for_s(PATIENCE_S):
                    return self._do_as(call, verb, *args, **kwargs)
            except UserError as error:
                if not (is_away(error.__cause__) or is_busy(error.__cause__)):
                    raise
                bridge.away = True
        return bridge.do(call, verb, *args, **kwargs)

    def ask(self, question: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As in a folder; a coder's own work is answered from this computer while the server is away.

        Raises:
            UserError: the server is away and this has to wait.
        """
        bridge = self.bridge
        if bridge is None:
            return super().ask(question, *args, **kwargs)
        if not bridge.away:
            try:
                if not bridge.answers(question):
                    return super().ask(question, *args, **kwargs)
                with self._patience.for_s(PATIENCE_S):
                    return super().ask(question, *args, **kwargs)
            except UserError as error:
                if not is_away(error.__cause__) or bridge.replica is None:
                    raise
                bridge.away = True
        if not bridge.answers(question):
            raise away()
        return bridge.ask(question, *args, **kwargs)

    def _do_as(
        self, call: Call, verb: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Done[T]:
        self._call = call
        try:
            return self._do(self._calls, verb, *args, **kwargs)
        finally:
            self._call = None

    def _transact(
        self,
        sessions: sessionmaker[Session],
        verb: Callable[Concatenate[Db, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Done[T]:
        """Run ``verb``, once more when the connection turns out to be a dead one."""
        call = self._call if sessions is self._calls else None
        began = monotonic()
        for last in (False, True):
            touched: set[str] = set()
            who = {"person_id": self._person_id, "verb": verb.__name__, "touched": touched}
            committing = False
            try:
                with sessions(info={**who, "made": call.made if call else ""}) as db:
                    value = verb(db, *args, **kwargs)
                    if call and db.get(Arrival, call.id) is None:
                        db.add(Arrival(id=call.id))
                    db.flush()
                    committing = True
                    db.commit()
                if self.bridge and not self.bridge.away:
                    own = sessions in (self._sessions, self._calls)
                    self.bridge.follow(db.info.get("rows", ()), beside=not own)
                return Done(value, frozenset(touched - {"arrival"}))
            except DBAPIError as error:
                if committing and call is None and is_away(error):
                    raise UserError(
                        "The connection broke while this was being stored, so it may or may not be. Look "
                        "before you do it again."
                    ) from error
                # One that took long to break is no connection that was left unused.
                slow = call is not None and monotonic() - began > AT_ONCE_S
                if last or committing or slow or not error.connection_invalidated:
                    raise
        raise RuntimeError("unreachable")


def upgrade_study(folder: Path, password: str) -> None:
    """Bring the tables on a server to the version this program knows; older programs are then shut out.

    Raises:
        UserError: it is newer than this program, or the server refuses. Nothing was changed.
    """
    project = ServerProject(folder, read_profile(folder), password)
    try:
        with project._at_work():
            found = schema.version(project._engine)
            if found is not None and schema.known(found):
                schema.upgrade(project._engine)
    finally:
        project._engine.dispose()


@contextmanager
def empty_database(folder: Path, password: str) -> Iterator[Engine]:
    """The empty tables of a study in the empty database that a profile leads to, to be filled from elsewhere.

    Raises:
        UserError: there is a study already, or the server refuses.
    """
    project = ServerProject(folder, read_profile(folder), password)
    try:
        with project._at_work():
            project._make_tables()
            yield project._engine
    finally:
        project._engine.dispose()


def _news(db: Db, known: int) -> News:
    others = select(Audit.id).where(Audit.id > known, Audit.person_id.is_distinct_from(db.info["person_id"]))
    newest = db.scalar(select(func.max(Audit.id))) or 0
    return News(newest, db.scalar(others.limit(1)) is not None)
