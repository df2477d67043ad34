"""What a study says of its coders and counselors beside the scores of one report."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from mio_fidelity.analysis.certification import judge_all, verdicts
from mio_fidelity.analysis.counselor_results import CounselorReport
from mio_fidelity.analysis.counselors import counselor_report
from mio_fidelity.analysis.drift import drift
from mio_fidelity.analysis.drift_results import DriftReport
from mio_fidelity.analysis.judgement import Judgement
from mio_fidelity.coding.certification import Certificate
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Beside:
    """Of the whole study, whatever the report's filter: drift, certification, counselors.

    Attributes:
        drift: Of all coders, or why there is none.
        standings: Everybody held to the rule of certification as it is now.
        verdicts: What was stored, with what each rests on.
        counselors: Their fidelity, or why it cannot be told.
    """

    drift: DriftReport | UserError
    standings: tuple[Judgement, ...] | UserError
    verdicts: tuple[tuple[Certificate, Judgement], ...]
    counselors: CounselorReport | UserError


def beside(db: Db) -> Beside:
    """All of it.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    filed = verdicts(db)
    return Beside(_or_why(drift, db), _or_why(judge_all, db), filed, _or_why(counselor_report, db))


def _or_why(question: Callable[[Db], T], db: Db) -> T | UserError:
    try:
        return question(db)
    except UserError as error:
        return error
