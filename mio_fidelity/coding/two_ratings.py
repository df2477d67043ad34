"""Two submitted ratings of one session beside each other, for supervisors."""

from pathlib import Path

from mio_fidelity.answer import OPEN
from mio_fidelity.coding.decisions import in_force_for
from mio_fidelity.coding.desk import amendments_of, answers_of, marks_of
from mio_fidelity.coding.editions import instrument_of
from mio_fidelity.coding.gold import rationales_of
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.coding.recordings import Medium, parts_of
from mio_fidelity.coding.training import Cell, Comparison, ScaleCompared
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db
from mio_fidelity.store.models import Rating


def two_ratings(db: Db, rating_id: str, other_id: str) -> Comparison:
    """A rating beside another one of the same session, in the place of the master codes; as both stand now.

    Args:
        db: The study.
        rating_id: A coder's rating.
        other_id: Master codes, or the rating of a partner.

    Raises:
        UserError: one of them was taken back, they do not belong together, or the person signed in is no
            supervisor.
    """
    only_supervisors(db)
    own, other = db.get(Rating, rating_id), db.get(Rating, other_id)
    if own is None or other is None or own.withdrawn_at or other.withdrawn_at or own.submitted_at is None:
        raise UserError("One of the two ratings was taken back. Go back, and the charts are computed anew.")
    if own.session_id != other.session_id or own.instrument_sha256 != other.instrument_sha256:
        raise UserError("These two ratings are not of the same session and edition. Choose two that are.")
    instrument = instrument_of(own.instrument)
    first, second = answers_of(db, own.id), answers_of(db, other.id)
    marks, other_marks, why = marks_of(db, own.id), marks_of(db, other.id), rationales_of(db, other.id)
    scales = tuple(
        ScaleCompared(
            scale.key,
            scale.number,
            scale.title,
            tuple(
                Cell(key, first.get((scale.key, key), OPEN), second.get((scale.key, key), OPEN))
                for key in scale.dimensions
            ),
            why.get(scale.key, ""),
            tuple(mark for mark in marks if mark.scale == scale.key),
            tuple(mark for mark in other_marks if mark.scale == scale.key),
        )
        for scale in instrument.scales
    )
    return Comparison(
        own.id,
        own.blind_code,
        own.person.code,
        instrument,
        own.submitted_at,
        bool(amendments_of(db, own.id) or amendments_of(db, other.id)),
        scales,
        tuple(part.duration_ms for part in own.session.recordings),
        in_force_for(db, own),
    )


def their_media(db: Db, rating_id: str, study_folder: Path) -> tuple[Medium, ...]:
    """The files of a rating's session, in order. For the player alone.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    return parts_of(db.get_one(Rating, rating_id).session, study_folder)
