"""Giving a rating what a person chose for it, each change in the study's own history."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from mio_fidelity.answer import Answer
from mio_fidelity.coding.package_content import PARTS, Content, encoded, moment, row_values
from mio_fidelity.coding.rate import after_all
from mio_fidelity.coding.return_file import spoilt
from mio_fidelity.store import Db, actor
from mio_fidelity.store.models import Amendment, Rating, Score, new_id

# In the order in which rows may be written: a submitted rating takes no more scores, and only such a one
# is amended.
_OPEN_PARTS = ("scores", "marks", "stretches")
_AT_A_TIME = 500


def put(db: Db, works: Mapping[str, Content]) -> None:
    """Make ratings say what came back: rating id to what it is to hold.

    Their rows keep the ids they were given on the other computer. A rating that is submitted here takes only
    what was amended there.

    Raises:
        UserError: a row has an id that is another rating's, so the file was made up.
    """
    ratings = _by_id(db, Rating, works)
    closed = {key for key, rating in ratings.items() if rating.submitted_at is not None}
    for part in _OPEN_PARTS:
        _put_rows(db, part, {key: works[key][part] for key in ratings if key not in closed})
    db.flush()
    for key, rating in ratings.items():
        if key not in closed:
            rating.notes = works[key]["notes"]
            rating.begun_at = moment(works[key]["begun_at"])
            rating.submitted_at = moment(works[key]["submitted_at"])
    db.flush()
    _put_rows(db, "amendments", {key: works[key]["amendments"] for key in ratings}, actor_of=ratings)
    db.flush()
    _put_rows(db, "scores", {key: works[key]["scores"] for key in closed})
    db.flush()


def amend_to(db: Db, rating_id: str, content: Content, why: str) -> None:
    """Give a submitted rating the answers of ``content``, each an amendment of the person at work.

    Notes and evidence of a submitted rating stay as they are.
    """
    wanted = {(row["scale"], row["dimension"]): row for row in content["scores"]}
    at = after_all(db, rating_id)
    for score in db.scalars(select(Score).where(Score.rating_id == rating_id)).all():
        row = wanted[score.scale, score.dimension]
        answer = answer_of(row)
        if answer == score.answer:
            continue
        record = Amendment(rating_id=rating_id, person_id=actor(db), scale=score.scale)
        record.dimension, record.why, record.amended_at = score.dimension, why, at
        record.old, record.new = score.answer.encode(), answer.encode()
        db.add(record)
        # The amendment goes first: the database lets a locked score change only to what an amendment says.
        db.flush()
        score.answer, score.shelved = answer, row["shelved"]
        db.flush()


def with_new_ids(content: Content) -> Content:
    """The same, to stand beside the rating it came for."""
    return content | {part: [row | {"id": new_id()} for row in content[part]] for part in PARTS}


def _put_rows(
    db: Db,
    part: str,
    wanted: Mapping[str, Sequence[Mapping[str, Any]]],
    actor_of: Mapping[str, Rating] | None = None,
) -> None:
    """Make the rows of one part what came back; amendments are only added."""
    table, columns = PARTS[part]
    there: dict[str, dict[str, Any]] = {key: {} for key in wanted}
    ids = sorted(wanted)
    for start in range(0, len(ids), _AT_A_TIME):
        for row in db.scalars(select(table).where(table.rating_id.in_(ids[start : start + _AT_A_TIME]))):
            there[row.rating_id][row.id] = row
    fresh = [row["id"] for key, rows in wanted.items() for row in rows if row["id"] not in there[key]]
    if _by_id(db, table, fresh):
        raise spoilt()
    for key, rows in wanted.items():
        _drop(db, part, there[key], {row["id"] for row in rows})
        more = {"person_id": actor_of[key].person_id} if actor_of else {}
        for row in rows:
            values = row_values(part, row)
            found = there[key].get(row["id"])
            if found is None:
                db.add(table(rating_id=key, **values, **more))
            elif part != "amendments":
                for column in columns:
                    setattr(found, column, values[column])


def _drop(db: Db, part: str, there: Mapping[str, Any], kept: set[str]) -> None:
    """Rows that did not come back: taken away there, or replaced by others."""
    gone = [row for key, row in there.items() if key not in kept]
    if part == "amendments" or not gone:
        return
    for row in gone:
        db.delete(row)
    # A score that replaces another one stands in its place.
    db.flush()


def _by_id(db: Db, table: Any, ids: Any) -> dict[str, Any]:
    ids, found = sorted(ids), {}
    for start in range(0, len(ids), _AT_A_TIME):
        some = table.id.in_(ids[start : start + _AT_A_TIME])
        found.update({row.id: row for row in db.scalars(select(table).where(some))})
    return found


def answer_of(row: Mapping[str, Any]) -> Answer:
    """The answer in a row of scores."""
    return Answer.decode(encoded(row))
