"""A coder's training as tables: every scale against the master codes, every session."""

import math
from collections.abc import Mapping, Sequence

from mio_fidelity.analysis.judgement import JudgedSession, Judgement
from mio_fidelity.answer import Answer
from mio_fidelity.coding.desk import Progress
from mio_fidelity.coding.listing import Column, Kind, Listing, Value
from mio_fidelity.coding.study_state import day_of
from mio_fidelity.coding.training import TrainingRow
from mio_fidelity.errors import Sentence
from mio_fidelity.gui.training_plot import SessionGaps, counted

_STATES = {Progress.ASSIGNED: "not begun", Progress.BEGUN: "begun", Progress.SUBMITTED: "submitted"}
_SCALES = (
    Column("number", Sentence("No."), Kind.NUMBER),
    Column("scale", Sentence("Scale"), Kind.TEXT),
    Column("dimension", Sentence("Dimension")),
    Column("n", Sentence("Sessions"), Kind.NUMBER, Sentence("Sessions that both scored.")),
    Column("coder", Sentence("Coder"), Kind.NUMBER, Sentence("Mean of the coder's scores.")),
    Column("master", Sentence("Master"), Kind.NUMBER, Sentence("Mean of the master codes.")),
    Column("bias", Sentence("Difference"), Kind.NUMBER, Sentence("Mean of coder minus master, in points.")),
    Column("exact", Sentence("Equal"), Kind.SHARE),
    Column("within", Sentence("Within 1"), Kind.SHARE),
    Column(
        "icc",
        Sentence("ICC(A,1)"),
        Kind.NUMBER,
        Sentence("Of this scale alone: rough."),
    ),
)
_SESSIONS = (
    Column("session", Sentence("Session")),
    Column("code", Sentence("Blind code")),
    Column("purpose", Sentence("Purpose"), Kind.STATE),
    Column("state", Sentence("State"), Kind.STATE),
    Column("day", Sentence("Submitted"), Kind.DAY),
    Column("n", Sentence("Compared"), Kind.NUMBER, Sentence("Ratings that both gave a score.")),
    Column("within", Sentence("Within"), Kind.SHARE, Sentence("Share within the points the rule asks for.")),
    Column("bias", Sentence("Difference"), Kind.NUMBER, Sentence("Mean of coder minus master, in points.")),
    Column("note", Sentence("Not counted because"), Kind.TEXT),
)


def scales_listing(found: Judgement) -> Listing:
    """Every scale and dimension against the master codes."""
    rows: list[tuple[Value, ...]] = [
        (
            row.number,
            row.title,
            row.dimension_title,
            row.figures.n,
            _number(row.figures.coder_mean),
            _number(row.figures.master_mean),
            _number(row.figures.bias.value),
            _number(row.figures.exact, 4),
            _number(row.figures.within_1, 4),
            _number(row.figures.icc.value),
        )
        for row in found.scales
    ]
    ids = [f"{row.scale}/{row.dimension}" for row in found.scales]
    return Listing("against_master", Sentence("Scales against the master codes"), _SCALES, ids, rows)


def sessions_listing(found: Judgement, rows: Sequence[TrainingRow]) -> Listing:
    """Every session given for training, and how it went."""
    judged = {each.rating_id: each for each in found.sessions}
    why = {each.blind_code: each.why for each in found.not_counted}
    told: list[tuple[Value, ...]] = []
    for row in rows:
        gaps = _all_gaps(judged[row.rating_id]) if row.rating_id in judged else []
        told.append(
            (
                row.label,
                row.blind_code,
                str(row.purpose),
                _STATES[row.progress],
                day_of(row.submitted_at),
                len(gaps) or None,
                sum(abs(gap) <= found.rule.within for gap in gaps) / len(gaps) if gaps else None,
                round(sum(gaps) / len(gaps), 2) if gaps else None,
                why.get(row.blind_code),
            )
        )
    ids = [row.rating_id for row in rows]
    return Listing("training_sessions", Sentence("Training sessions"), _SESSIONS, ids, told)


def gaps_of(found: Judgement) -> list[SessionGaps]:
    """The judged sessions as a picture shows them."""
    drawn = []
    for each in found.sessions:
        gaps = _all_gaps(each)
        share = sum(abs(gap) <= found.rule.within for gap in gaps) / len(gaps) if gaps else math.nan
        drawn.append(SessionGaps(each.label, counted(gaps), share))
    return drawn


def _all_gaps(session: JudgedSession) -> list[int]:
    """Coder minus master, of all that both scored."""
    own, master = _points(session.own), _points(session.master)
    return [own[key] - master[key] for key in own if key in master]


def _points(answers: Mapping[str, str]) -> dict[str, int]:
    found = {key: Answer.decode(word).value for key, word in answers.items()}
    return {key: value for key, value in found.items() if value is not None}


def _number(value: float, digits: int = 2) -> float | None:
    return None if math.isnan(value) else round(value, digits)
