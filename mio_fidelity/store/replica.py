"""A coder's own work in memory, to go on with while the server is away; never written to a disk."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Concatenate

from sqlalchemy import Select, Table, create_engine, event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction, sessionmaker
from sqlalchemy.pool import StaticPool

from mio_fidelity.store.door import Db, P, T
from mio_fidelity.store.models import (
    Amendment,
    Base,
    Client,
    Decision,
    EvidenceMark,
    InstrumentEdition,
    Meeting,
    Person,
    Place,
    Rating,
    Recording,
    Score,
    Setting,
    Stretch,
    Study,
    TreatmentSession,
    VaultKey,
)

Rows = Mapping[str, list[dict[str, Any]]]
# A table, what happened to a row, and its values.
RowChange = tuple[Table, str, dict[str, Any]]


def own_rows(db: Db, person_id: str) -> Rows:
    """All rows that one coder's own work stands on; a question."""
    ratings = select(Rating.id).where(Rating.person_id == person_id, Rating.withdrawn_at.is_(None))
    sessions = select(Rating.session_id).where(Rating.id.in_(ratings))
    recordings = select(Recording.id).where(Recording.session_id.in_(sessions))
    wanted: list[tuple[type[Base], Any]] = [
        (kind, None) for kind in (Study, Person, InstrumentEdition, Decision, Meeting, Setting)
    ]
    clients = select(TreatmentSession.client_id).where(TreatmentSession.id.in_(sessions))
    wanted += [(Rating, Rating.id.in_(ratings)), (TreatmentSession, TreatmentSession.id.in_(sessions))]
    wanted += [(Client, Client.id.in_(clients))]
    wanted += [(Recording, Recording.id.in_(recordings)), (VaultKey, VaultKey.recording_id.in_(recordings))]
    wanted += [
        (kind, kind.rating_id.in_(ratings)) for kind in (Score, EvidenceMark, Stretch, Place, Amendment)
    ]
    return {kind.__tablename__: _rows(db, kind, condition) for kind, condition in wanted}


class Replica:
    """The same tables in memory, and the same verbs and questions on them.

    Args:
        rows: What `own_rows` found.
        person_id: Whose.
    """

    def __init__(self, rows: Rows, person_id: str) -> None:
        self._person_id = person_id
        self._engine = create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True
        )
        Base.metadata.create_all(self._engine)
        with self._engine.begin() as connection:
            for name, values in rows.items():
                if values:
                    connection.execute(Base.metadata.tables[name].insert(), values)
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)
        event.listen(self._sessions, "before_flush", give_ids)
        event.listen(self._sessions, "after_flush", note_rows)

    def do(
        self,
        made: str,
        before_commit: Callable[[Db, T], object],
        verb: Callable[Concatenate[Db, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> tuple[T, frozenset[str]]:
        """Run ``verb``, then ``before_commit``, and keep what they changed.

        Args:
            made: The id of what the verb makes, when it makes something.
            before_commit: Told the session and what the verb returned; when it raises, nothing is kept.
            verb: The verb.
            args: For the verb.
            kwargs: For the verb.

        Returns:
            What the verb returned, and the tables it changed.
        """
        with self._sessions(info={"person_id": self._person_id, "made": made}) as db:
            value = verb(db, *args, **kwargs)
            db.flush()
            before_commit(db, value)
            db.commit()
            return value, frozenset(table.name for table, _, _ in db.info.get("rows", ()))

    def ask(self, question: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Answer ``question``."""
        with self._sessions(info={"person_id": self._person_id}, autoflush=False) as db:
            return question(db, *args, **kwargs)

    def follow(self, changes: Iterable[RowChange]) -> None:
        """Take over what a verb changed on the server."""
        with self._engine.begin() as connection:
            for table, action, values in changes:
                own = [column == values[column.key] for column in table.primary_key]
                if action != "update":
                    connection.execute(table.delete().where(*own))
                if action == "insert":
                    connection.execute(table.insert(), values)
                elif action == "update":
                    connection.execute(table.update().where(*own), values)

    def close(self) -> None:
        """Forget everything."""
        self._engine.dispose()


def note_rows(db: Session, _context: UOWTransaction) -> None:
    """Note in ``db.info`` which rows a flush changes."""
    noted = db.info.setdefault("rows", [])
    for action, rows in (("insert", db.new), ("update", db.dirty), ("delete", db.deleted)):
        for row in rows:
            state = inspect(row)
            known = {
                each.key: state.dict[each.key] for each in state.mapper.column_attrs if each.key in state.dict
            }
            noted.append((row.__table__, action, known))


def give_ids(db: Session, _context: UOWTransaction, _rows: Any) -> None:
    """Give a mark the id it has in the journal, before it gets another."""
    if made := db.info.get("made"):
        for row in db.new:
            if isinstance(row, EvidenceMark) and row.id is None:
                row.id = made


def _rows(db: Db, kind: type[Base], condition: Any) -> list[dict[str, Any]]:
    query: Select[Any] = select(kind.__table__)
    if condition is not None:
        query = query.where(condition)
    return [dict(row) for row in db.execute(query).mappings()]
