"""What came back in a return file, every value of it looked at before anything is done with it."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mio_fidelity.answer import Answer, Reason, State
from mio_fidelity.coding import return_file
from mio_fidelity.coding.package_content import OWN, PARTS, Content, as_submitted, digest, digest_in
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.return_file import spoilt
from mio_fidelity.coding.returning import LINE, TRAILED
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import Instrument
from mio_fidelity.store import Db, Project
from mio_fidelity.store.models import Package, Study

# Nobody rates, types or listens that much.
MOST_RATINGS, MOST_ROWS, MOST_LINES, MOST_TEXT = 20_000, 50_000, 2_000_000, 200_000
MOST_MS = 1_000_000_000
_ID = re.compile(r"[0-9a-f]{32}")
_STATE = re.compile(r"[0-9a-f]{32}-[0-9]{1,6}")
_KEY = re.compile(r"[^\0\n]{1,100}")
_AS_WE_WRITE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?!24)[0-9]{2}:[0-9]{2}:[0-9]{2}(\.(?!000000)[0-9]{6})?\+00:00"
)
_said_in = itemgetter(*LINE)
# What the columns of ratings and of what belongs to them hold, as JSON has it.
_SAID = {str, int, type(None)}


@dataclass(frozen=True, slots=True)
class Back:
    """One rating that came back.

    Attributes:
        states: What it was when it was handed out and each time it was returned; the last is what it is.
    """

    rating_id: str
    states: tuple[str, ...]
    content: Content


@dataclass(frozen=True, slots=True)
class Returned:
    """A return file that was made with a package of this study.

    Attributes:
        sha256: Of the file.
        lines: What the audit trail of the other computer says of these ratings.
        salvaged: Whether the work was saved from a damaged study, and may lack some of both.
    """

    package_id: str
    person_id: str
    made_at: datetime
    sha256: str
    ratings: tuple[Back, ...]
    lines: tuple[dict[str, Any], ...]
    salvaged: bool = False


def read_returned(project: Project, file: Path) -> Returned:
    """Read a return file; on any thread, nothing is changed.

    Raises:
        UserError: it is no return file, damaged, of another study or of a newer program, or the person
            signed in is no supervisor.
    """
    content, package_id, key, study_id, person_id = project.ask_elsewhere(_opened, file)
    told = return_file.unsealed(content, key)
    try:
        if (told["package"], told["study"], told["person"]) != (package_id, study_id, person_id):
            raise spoilt()
        return Returned(
            package_id,
            person_id,
            _moment(told["made_at"]),
            hashlib.sha256(content).hexdigest(),
            tuple(_back(key, value) for key, value in _some(told["ratings"], dict, MOST_RATINGS).items()),
            tuple(_line(line, told) for line in _some(told["lines"], list, MOST_LINES)),
            told.get("salvaged") is True,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise spoilt() from error


def fits(content: Content, instrument: Instrument) -> bool:
    """Whether a rating says what can be said with this instrument, and all of it if it is submitted."""
    slots = set(instrument.slots())
    try:
        answers = {(row["scale"], row["dimension"]): _answer(row) for row in content["scores"]}
        amended = [
            (row["scale"], row["dimension"], Answer.decode(row["old"]), Answer.decode(row["new"]))
            for row in content["amendments"]
        ]
    except ValueError:
        return False
    if len(answers) != len(content["scores"]) or not set(answers) <= slots:
        return False
    if not {row["scale"] for row in content["marks"]} <= {scale.key for scale in instrument.scales}:
        return False
    said = [*((*slot, answer) for slot, answer in answers.items())]
    said += [(scale, dimension, each) for scale, dimension, *both in amended for each in both]
    if not all(
        (scale, dimension) in slots
        and (answer.value is None or answer.value in instrument.dimensions[dimension].points)
        for scale, dimension, answer in said
    ):
        return False
    if content["submitted_at"] is None:
        return not amended
    if amended and as_submitted(content) is None:
        return False
    return all(slot in answers and answers[slot].state is not State.OPEN for slot in slots)


def _opened(db: Db, file: Path) -> tuple[bytes, str, bytes, str, str]:
    """The file and its package's id, its key, the study's id, and whose it is."""
    only_supervisors(db)
    content = return_file.read_file(file)
    package_id = return_file.package_of_file(content)
    package = db.get(Package, package_id)
    if package is None:
        raise UserError(
            "This work belongs to another study, or to a package that this study does not know: perhaps it "
            "went back to a backup from before the package was made. Open the study that the package was "
            "made in, or go back to a backup that is newer than the package."
        )
    key, study_id = bytes.fromhex(package.contents["key"]), db.scalars(select(Study.id)).one()
    return content, package_id, key, study_id, package.person_id


def _back(rating_id: str, told: Mapping[str, Any]) -> Back:
    states = _some(told["states"], list, MOST_ROWS)
    if not states or not all(_STATE.fullmatch(state) for state in states):
        raise ValueError("no states")
    content: Content = {column: _COLUMNS[column](told[column]) for column in OWN}
    for part, (_, columns) in PARTS.items():
        rows, checks = _some(told[part], list, MOST_ROWS), [(each, _COLUMNS[each]) for each in columns]
        content[part] = [{column: check(row[column]) for column, check in checks} for row in rows]
        if len({row["id"] for row in content[part]}) != len(rows):
            raise ValueError("an id twice")
    for row in content["stretches"]:
        if row["end_ms"] <= row["start_ms"]:
            raise ValueError("a stretch that goes back")
    if digest(content) != digest_in(states[-1]):
        raise ValueError("not the state it says it is")
    return Back(_id(rating_id), tuple(states), content)


def _line(told: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    line = dict(zip(LINE, _said_in(told), strict=True))
    if line["person_id"] != about["person"] or line["table_name"] not in TRAILED:
        raise ValueError("a line of somebody else, or of something else")
    changes = _some(line["changes"], dict, 100).values()
    if not (set(map(type, changes)) <= {list} and set(map(len, changes)) <= {2}):
        raise ValueError("no change")
    # Sets of what there is are made without a look at each value by itself.
    if not set(map(type, chain.from_iterable(changes))) <= _SAID:
        raise ValueError("no value of a column")
    if line["action"] not in ("insert", "update", "delete"):
        raise ValueError("no action")
    line["at"], line["row_id"], line["verb"] = _moment(line["at"]), _id(line["row_id"]), _key(line["verb"])
    return line


def _answer(row: Mapping[str, Any]) -> Answer:
    if row["shelved"] is not None:
        Answer.decode(row["shelved"])
    return _answered(row["state"], row["value"], row["reason"])


@lru_cache(1000)
def _answered(state: str, value: int | None, reason: str | None) -> Answer:
    return Answer(State(state), value, Reason(reason) if reason else None)


def _some(value: Any, kind: type, most: int) -> Any:
    if not isinstance(value, kind) or len(value) > most:  # type: ignore[arg-type]
        raise ValueError("too much, or something else")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT or "\0" in value:
        raise ValueError("no text")
    # Half a surrogate pair cannot be stored.
    value.encode()
    return value


def _id(value: Any) -> str:
    if not _ID.fullmatch(value):
        raise ValueError("no id")
    return str(value)


@lru_cache(1000)
def _key(value: Any) -> str:
    if not _KEY.fullmatch(value):
        raise ValueError("no key")
    return _text(value)


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a time without a zone")
    # At the ends of the calendar no time can be brought into another zone.
    if not 1900 < found.year < 9000:
        raise ValueError("no time of anybody's work")
    return found


def _time(value: Any) -> str:
    found = _moment(value)
    return value if _AS_WE_WRITE.fullmatch(value) else found.astimezone(UTC).isoformat()


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MOST_MS:
        raise ValueError("no number")
    return value


def _speed(value: Any) -> float:
    if type(value) not in (int, float) or not 0 < value < 100:
        raise ValueError("no speed")
    return float(value)


def _or_none(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else check(value)


_COLUMNS: Mapping[str, Callable[[Any], Any]] = {
    "id": _id,
    "begun_at": _or_none(_time),
    "submitted_at": _or_none(_time),
    "notes": _text,
    "scale": _key,
    "dimension": _key,
    "state": _key,
    "value": _or_none(_number),
    "reason": _or_none(_key),
    "shelved": _or_none(_text),
    "scored_at": _time,
    "at_ms": _number,
    "note": _text,
    "marked_at": _time,
    "start_ms": _number,
    "end_ms": _number,
    "speed": _speed,
    "heard_at": _time,
    "old": _text,
    "new": _text,
    "why": _text,
    "amended_at": _time,
}
