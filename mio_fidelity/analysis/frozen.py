"""Findings kept in the study: shown again later to the digit, and compared with what the scores say now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from mio_fidelity.analysis.comparison import Comparison, compare
from mio_fidelity.analysis.plain import from_plain, table_from_plain, table_to_plain, to_plain
from mio_fidelity.analysis.results import Findings
from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.coding.editions import instrument_of
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, actor
from mio_fidelity.store.models import FrozenFindings, InstrumentEdition, Person

__all__ = ["Comparison", "FrozenLine", "compare", "freeze", "frozen", "frozen_list", "frozen_scores"]


@dataclass(frozen=True, slots=True)
class FrozenLine:
    """One line of the list of frozen findings.

    Attributes:
        id: Its id.
        label: What it is called.
        made_at: When it was frozen.
        person_code: Who froze it.
        data_sha256: Fingerprint of the scores.
        filter_words: What was selected.
        n_sessions: Sessions coded by two or more.
        form: The form of the headline ICC.
    """

    id: str
    label: str
    made_at: datetime
    person_code: str
    data_sha256: str
    filter_words: dict[str, str]
    n_sessions: int
    form: Literal["two_way", "one_way"]


def freeze(db: Db, findings: Findings, label: str, table: ScoreTable | None = None) -> str:
    """Keep ``findings`` in the study for good; the new id.

    Args:
        db: The study.
        findings: The findings.
        label: What they are called, such as "Paper 1, table 2".
        table: The scores they were computed from, so that these can be exported again too.

    Raises:
        UserError: the label is empty, nobody has signed in, or somebody who is no supervisor.
        ValueError: the findings are not those of ``table``.
    """
    only_supervisors(db)
    if not label.strip():
        raise UserError("Give the frozen figures a name first, such as the paper they are for.")
    if table is not None and table.sha256 != findings.data_sha256:
        raise ValueError("these are the findings of another table")
    row = FrozenFindings(
        label=label.strip(),
        person_id=actor(db),
        data_sha256=findings.data_sha256,
        filter=dict(findings.filter_words),
        options=to_plain(findings.options),
        versions=dict(findings.versions),
        results=to_plain(findings),
        scores=table_to_plain(table) if table is not None else {},
    )
    db.add(row)
    db.flush()
    return row.id


def frozen_list(db: Db) -> tuple[FrozenLine, ...]:
    """All frozen findings, the newest first.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    design = FrozenFindings.results["design"]
    n_sessions = design["counts"]["n_multiple"].as_integer()
    rows = db.execute(
        select(FrozenFindings, Person.code, n_sessions, design["form"].as_string())
        .join(Person, Person.id == FrozenFindings.person_id)
        .order_by(FrozenFindings.made_at.desc(), FrozenFindings.id)
    )
    return tuple(
        FrozenLine(row.id, row.label, row.made_at, code, row.data_sha256, row.filter, n, form)
        for row, code, n, form in rows
    )


def frozen(db: Db, frozen_id: str) -> Findings:
    """Frozen findings, to the digit as they were.

    Raises:
        UserError: there are none with this id, or the person signed in is no supervisor.
    """
    return from_plain(Findings, _row(db, frozen_id).results)


def frozen_scores(db: Db, frozen_id: str) -> ScoreTable | None:
    """The scores that frozen findings were computed from; None when they were not kept.

    Raises:
        UserError: as `frozen`.
    """
    plain: dict[str, Any] = _row(db, frozen_id).scores
    if not plain:
        return None
    edition = db.scalar(select(InstrumentEdition).where(InstrumentEdition.sha256 == plain["instrument"]))
    return table_from_plain(plain, instrument_of(edition) if edition else None)


def _row(db: Db, frozen_id: str) -> FrozenFindings:
    only_supervisors(db)
    row = db.get(FrozenFindings, frozen_id)
    if row is None:
        raise UserError("These frozen figures are not in the study. Choose others from the list.")
    return row
