"""How far each coder is with training, in a sign and words; read off the window's thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from mio_fidelity.analysis.certification import judge_all
from mio_fidelity.analysis.judgement import Judgement
from mio_fidelity.coding import certification, training
from mio_fidelity.coding.certification import Certificate, Rule
from mio_fidelity.coding.training import TrainingRow
from mio_fidelity.store import Db

translate = QCoreApplication.translate


@dataclass(frozen=True)
class Trained:
    """All that the list of coders shows.

    Attributes:
        judgements: Everybody held to the rule, by code.
        latest: Person to the latest verdict.
        rows: All ratings that are compared with master codes.
        required: Whether only certified coders are given sessions of the study.
    """

    judgements: tuple[Judgement, ...]
    latest: Mapping[str, Certificate]
    rows: tuple[TrainingRow, ...]
    rule: Rule
    required: bool

    def of(self, person_id: str) -> list[TrainingRow]:
        """The ratings of one person."""
        return [row for row in self.rows if row.person_id == person_id]


def trained(db: Db) -> Trained:
    """How everybody stands.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    return Trained(
        judge_all(db),
        certification.certified(db),
        training.trainees(db),
        certification.rule(db),
        certification.required(db),
    )


def standing(found: Judgement, latest: Certificate | None, rows: Sequence[TrainingRow]) -> str:
    """How far a coder is, in a sign and words: "◐ in training: 4 of 10 sessions"."""
    n, asked = len(found.sessions), found.rule.sessions
    last = max((one.submitted_at for one in found.sessions), default=None)
    if latest is not None and (last is None or last <= latest.made_at or latest.passed):
        words = (
            translate("Training", "✓ certified {day}")
            if latest.passed
            else translate("Training", "▲ not certified, judged {day}")
        )
        return words.format(day=day_words(latest.made_at))
    if n >= asked:
        return (
            translate("Training", "◆ meets the rule, to be certified")
            if found.passed
            else translate("Training", "◆ ready to be judged")
        )
    if n:
        words = translate("Training", "◐ in training, sessions: {n} of {asked}")
        return words.format(n=n, asked=asked)
    if rows:
        return translate("Training", "○ has training sessions to rate")
    return translate("Training", "○ no training yet")


def day_words(moment: datetime) -> str:
    """A day as people write it: "3 Mar 2026"."""
    local = QDateTime.fromMSecsSinceEpoch(round(moment.timestamp() * 1000))
    return QLocale().toString(local, translate("Training", "d MMM yyyy"))
