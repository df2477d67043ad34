"""Settings, master codes' rationales, certification, exemplars, meetings and decisions, recalibration.

Revision ID: 0004
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from mio_fidelity.store.rules import append_only, refuse

revision = "0004"
down_revision = "0003"

TEXT, ID = sa.Text(), sa.String(length=32)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "treatment_session",
        sa.Column("for_training", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _table(
        "setting",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.UniqueConstraint("key", name=op.f("uq_setting_key")),
        to={},
    )
    _table(
        "rationale",
        sa.Column("rating_id", ID, nullable=False),
        sa.Column("scale", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.UniqueConstraint("rating_id", "scale", name=op.f("uq_rationale_rating_id")),
        to={"rating_id": "rating"},
    )
    _table(
        "certification",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        to={"person_id": "person", "by_id": "person"},
        index="person_id",
    )
    _table(
        "exemplar",
        sa.Column("mark_id", ID, nullable=False),
        sa.Column("dimension", TEXT, nullable=False),
        sa.Column("point", sa.Integer(), nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        to={"mark_id": "evidence_mark", "person_id": "person"},
    )
    _meetings()
    _table(
        "recalibration",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("drawn_at", MOMENT, nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=True),
        to={"person_id": "person", "by_id": "person"},
        index="person_id",
    )
    _reference("rating", "recalibration_id", "recalibration")
    _rules()


def _meetings() -> None:
    _table(
        "meeting",
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("notes", TEXT, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        to={"person_id": "person"},
    )
    _table(
        "attendance",
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.UniqueConstraint("meeting_id", "person_id", name=op.f("uq_attendance_meeting_id")),
        to={"meeting_id": "meeting", "person_id": "person"},
    )
    _table(
        "meeting_session",
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.UniqueConstraint("meeting_id", "session_id", name=op.f("uq_meeting_session_meeting_id")),
        to={"meeting_id": "meeting", "session_id": "treatment_session"},
    )
    _table(
        "decision",
        sa.Column("meeting_id", ID, nullable=True),
        sa.Column("scale", TEXT, nullable=True),
        sa.Column("dimension", TEXT, nullable=True),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        to={"meeting_id": "meeting", "person_id": "person"},
    )
    _reference("discussion", "meeting_id", "meeting")


def _reference(table: str, column: str, target: str) -> None:
    # Written out: SQLite takes a reference only together with its column.
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(32) CONSTRAINT fk_{table}_{column}"
        f" REFERENCES {target} (id)"
    )


def _table(name: str, *columns: sa.Column[Any] | sa.Constraint, to: dict[str, str], index: str = "") -> None:
    keys = (
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{name}_{column}"))
        for column, target in to.items()
    )
    primary = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}"))
    op.create_table(name, sa.Column("id", ID, nullable=False), *columns, *keys, primary)
    if index:
        op.create_index(op.f(f"ix_{name}_{index}"), name, [index], unique=False)


def _rules() -> None:
    append_only("certification", "a certification is append-only")
    locked = "a submitted rating does not change"
    submitted = "(SELECT submitted_at FROM rating WHERE id = {row}.rating_id) IS NOT NULL"
    old, new = submitted.format(row="OLD"), submitted.format(row="NEW")
    for table in ("rationale",):
        for event, when in (("INSERT", new), ("UPDATE", f"{old} OR {new}"), ("DELETE", old)):
            refuse(f"{table}_locked_{event.lower()}", event, table, when, locked)
