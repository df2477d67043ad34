"""The tables of the study page about consensus, and about what the next meeting is to discuss."""

from datetime import date

from mio_fidelity.coding import discuss, ready
from mio_fidelity.coding.listing import Column, Kind, Listing
from mio_fidelity.coding.study_state import day_of
from mio_fidelity.errors import Sentence
from mio_fidelity.store import Db


def consensus(db: Db, today: date) -> Listing:  # noqa: ARG001 - every listing is asked for alike
    """Every session coded by several coders: how far apart they are, and how far its consensus is."""
    found = ready.ready(db)
    rows = [
        (
            row.label,
            str(row.stage),
            ", ".join(row.coders),
            row.differing,
            row.largest,
            day_of(row.submitted_at),
            row.to_discuss or None,
        )
        for row in found
    ]
    return Listing("consensus", Sentence("Consensus"), _CONSENSUS, [row.session_id for row in found], rows)


def to_discuss(db: Db, today: date) -> Listing:
    """What is on the list for the next meeting; without the notes, which may name people."""
    found = discuss.listing(db)
    rows = [
        (
            topic.label,
            topic.title or None,
            topic.by,
            day_of(topic.added_at),
            (today - topic.added_at.date()).days,
        )
        for topic in found
    ]
    return Listing("discuss", Sentence("To discuss"), _DISCUSS, [topic.id for topic in found], rows)


_CONSENSUS = (
    Column("session", Sentence("Session"), Kind.TEXT, Sentence("Client and number.")),
    Column("state", Sentence("State"), Kind.STATE),
    Column("coders", Sentence("Coders")),
    Column("differing", Sentence("Differing"), Kind.NUMBER, Sentence("Answers that are not all equal.")),
    Column("largest", Sentence("Largest"), Kind.NUMBER, Sentence("The largest difference, in points.")),
    Column("submitted", Sentence("Submitted"), Kind.DAY, Sentence("When the last rating came in.")),
    Column("discuss", Sentence("To discuss"), Kind.NUMBER, Sentence("Lines on the list for the meeting.")),
)
_DISCUSS = (
    Column("session", Sentence("Session"), Kind.TEXT, Sentence("Client and number.")),
    Column("scale", Sentence("Scale"), Kind.WORD, Sentence("Empty for the session as a whole.")),
    Column("by", Sentence("Put there by")),
    Column("since", Sentence("Since"), Kind.DAY),
    Column("days", Sentence("Days"), Kind.NUMBER),
)
