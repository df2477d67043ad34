"""Goes on with a coder's own work while the server is away, and hands it in when the server is back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Concatenate

from sqlalchemy.exc import DataError, IntegrityError

from mio_fidelity.errors import UserError
from mio_fidelity.store.door import Db, Done, P, T
from mio_fidelity.store.journal import Entry, Journal
from mio_fidelity.store.models import Arrival, as_of, new_id, now
from mio_fidelity.store.replica import Replica, RowChange
from mio_fidelity.store.server_engine import what_to_do_there


@dataclass(frozen=True, slots=True)
class Bridged:
    """What may go on while the server is away.

    Attributes:
        verbs: Those that a journal keeps, by name.
        questions: Those that a coder's own rows can answer.
        last: Verbs that close what their first argument names; not done when something before was not taken.
        plain: A value that a verb is called with, as one that JSON can hold.
        alive: The way back.
        stood: What stood there before a verb, called with these arguments, changed it; as a plain value.
    """

    verbs: Mapping[str, Callable[..., Any]]
    questions: frozenset[Callable[..., Any]]
    last: frozenset[str]
    plain: Callable[[Any], Any]
    alive: Callable[[Any], Any]
    stood: Callable[[Db, str, tuple[Any, ...]], Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a verb: by what it is known to have arrived, and the id of what it makes."""

    id: str
    made: str


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of the journal: how much arrived, and what the server did not take, with the reason."""

    arrived: int
    refused: tuple[Entry, ...]


class Bridge:
    """One person's journal, and her own rows in memory.

    Raises:
        UserError: the journal is out of reach.

    Attributes:
        away: Whether the server is away, as far as is known.
        replica: The rows; None until they have been fetched.
        turn: Counts what was stored on the server meanwhile: rows fetched before may lack it.
        behind: Whether the rows lack something, and have to be fetched again.
        damaged: Whether a file of the journal was damaged, and set aside.
    """

    def __init__(self, allowed: Bridged, journal: Journal, refused: Journal) -> None:
        self._allowed, self._journal, self._refused = allowed, journal, refused
        self.away = False
        self.replica: Replica | None = None
        self.turn, self.behind = 0, True
        self.damaged = journal.set_aside_damage() | refused.set_aside_damage()

    @property
    def waiting(self) -> int:
        """How many entries wait for the server."""
        return len(self._journal.entries())

    def refused(self) -> tuple[Entry, ...]:
        """What the server has not taken, until somebody has seen it."""
        return self._refused.entries()

    def forget_refused(self) -> None:
        """It was seen."""
        self._refused.clear()

    def take_rows(self, replica: Replica | None) -> None:
        """Go on with these rows when the server goes away."""
        if self.replica is not None:
            self.replica.close()
        self.replica, self.behind = replica, replica is None

    def take_fetched(self, replica: Replica, turn: int) -> None:
        """Go on with rows that were fetched beside the work, unless something was stored meanwhile.

        Args:
            replica: The rows.
            turn: The turn before they were fetched.
        """
        if self.away or turn != self.turn:
            replica.close()
            self.behind = True
        else:
            self.take_rows(replica)

    def follow(self, changes: Iterable[RowChange], beside: bool = False) -> None:
        """Something was stored on the server.

        Args:
            changes: The rows.
            beside: Whether that was on another thread, where the rows here must not be touched.
        """
        self.turn += 1
        if beside or self.replica is None:
            self.behind = True
        else:
            self.replica.follow(changes)

    def takes(self, verb: Callable[..., Any]) -> bool:
        """Whether ``verb`` can wait for the server."""
        return self.replica is not None and self._allowed.verbs.get(verb.__name__) is verb

    def answers(self, question: Callable[..., Any]) -> bool:
        """Whether ``question`` can be answered without the server."""
        return self.replica is not None and question in self._allowed.questions

    def new_call(self) -> Call:
        """A call that is about to be made."""
        return Call(new_id(), new_id())

    def do(
        self, call: Call, verb: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Done[T]:
        """Do here what the server could not be told; it is in the journal when this returns.

        Raises:
            UserError: the verb refused, or this computer's disk did.
        """
        if self.replica is None:
            raise away()
        stood = self.replica.ask(lambda db: self._allowed.stood(db, verb.__name__, args))
        plain = self._allowed.plain
        entry = Entry(
            call.id,
            verb.__name__,
            tuple(plain(value) for value in args),
            {name: plain(value) for name, value in kwargs.items()},
            call.made,
            stood,
            at=now().isoformat(),
        )
        # On the disk before it is shown; not there when the verb refuses.
        value, changed = self.replica.do(
            call.made, lambda _db, _value: self._journal.append(entry), verb, *args, **kwargs
        )
        return Done(value, changed)

    def ask(self, question: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Answer without the server.

        Raises:
            UserError: the coder's own rows cannot tell.
        """
        if self.replica is None:
            raise away()
        return self.replica.ask(question, *args, **kwargs)

    def hand_in(self, do: Callable[[Call, Callable[[Db], bool]], Done[bool]]) -> Handed:
        """Replay the journal, in order and each entry once; then it is empty.

        What the server does not take is kept, with the reason, until somebody has seen it.

        Args:
            do: Runs a verb on the server, and notes there that the call has arrived.

        Raises:
            UserError: the server is away again; what arrived does not arrive twice.
        """
        arrived, refused = 0, list[Entry]()
        kept = {entry.id for entry in self._refused.entries()}
        for entry in self._journal.entries():
            whole = all(entry.args[:1] != other.args[:1] for other in refused)
            try:
                arrived += do(Call(entry.id, entry.made), self._replay(entry, whole)).value
            except NotTakenError as error:
                refused.append(replace(entry, why=str(error.__cause__)))
                if entry.id not in kept:
                    self._refused.append(refused[-1])
        self._journal.clear()
        return Handed(arrived, tuple(refused))

    def _replay(self, entry: Entry, whole: bool) -> Callable[[Db], bool]:
        """The verb that does what ``entry`` says, unless that was done already; by its name in the trail."""

        def replay(db: Db) -> bool:
            if db.get(Arrival, entry.id) is not None:
                return False
            alive = self._allowed.alive
            args = tuple(alive(value) for value in entry.args)
            kwargs = {name: alive(value) for name, value in entry.kwargs.items()}
            try:
                if entry.verb in self._allowed.last and not whole:
                    raise UserError("Something before it was not taken. Look at it, and do this again.")
                if self._allowed.stood(db, entry.verb, args) != entry.before:
                    raise UserError("It was changed elsewhere meanwhile, and that was left as it is.")
                with as_of(entry.at):
                    self._allowed.verbs[entry.verb](db, *args, **kwargs)
                    db.flush()
            except (UserError, ValueError) as error:
                raise NotTakenError from error
            except (DataError, IntegrityError) as error:
                # Never to be taken as it is, and what comes after it must not wait for that.
                raise NotTakenError from what_to_do_there(error)
            return True

        replay.__name__ = entry.verb
        return replay


class NotTakenError(Exception):
    """A verb did not take an entry of the journal."""


def away() -> UserError:
    """The sentence for what cannot be done while the server is away."""
    return UserError("The server cannot be reached now. Ratings go on; this has to wait until it is back.")
