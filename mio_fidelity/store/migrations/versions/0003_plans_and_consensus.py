"""Assignment plans, awaited files, consensus, and what to discuss.

Revision ID: 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from mio_fidelity.store.rules import append_only, refuse

revision = "0003"
down_revision = "0002"

TEXT, ID = sa.Text(), sa.String(length=32)
MOMENT = sa.DateTime(timezone=True)
PROGRESS = ["session_id", "purpose", "occasion", "withdrawn_at", "begun_at", "submitted_at", "due_on"]
# A consensus is final, once submitted, in all its parts.
PARTS = ("consensus_source", "participant", "consensus_reason")


def upgrade() -> None:
    # Written out: SQLite takes a reference only together with its column.
    op.execute(
        "ALTER TABLE person ADD COLUMN site_id VARCHAR(32) CONSTRAINT fk_person_site_id REFERENCES site (id)"
    )
    _table(
        "assignment_plan",
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("seed", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        to={"person_id": "person"},
    )
    op.add_column("rating", sa.Column("withdrawn_at", MOMENT, nullable=True))
    op.execute(
        "ALTER TABLE rating ADD COLUMN plan_id VARCHAR(32) CONSTRAINT fk_rating_plan_id"
        " REFERENCES assignment_plan (id)"
    )
    # How far each session is, told from the index alone.
    op.drop_index("ix_rating_session_id", "rating")
    op.create_index("ix_rating_progress", "rating", PROGRESS)
    one = " + ".join(
        f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in ("client_id", "counselor_id", "site_id")
    )
    _table(
        "barred",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=True),
        sa.Column("counselor_id", ID, nullable=True),
        sa.Column("site_id", ID, nullable=True),
        sa.CheckConstraint(f"{one} = 1", name=op.f("ck_barred_one")),
        to={"person_id": "person", "client_id": "client", "counselor_id": "counselor", "site_id": "site"},
        index="person_id",
    )
    _table(
        "awaited_file",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("location", TEXT, nullable=False),
        sa.Column("problem", TEXT, nullable=False),
        sa.UniqueConstraint("session_id", "part", name=op.f("uq_awaited_file_session_id")),
        to={"session_id": "treatment_session"},
    )
    _table(
        "consensus_source",
        sa.Column("rating_id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.UniqueConstraint("rating_id", "source_id", name=op.f("uq_consensus_source_rating_id")),
        to={"rating_id": "rating", "source_id": "rating"},
        index="source_id",
    )
    _table(
        "participant",
        sa.Column("rating_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.UniqueConstraint("rating_id", "person_id", name=op.f("uq_participant_rating_id")),
        to={"rating_id": "rating", "person_id": "person"},
    )
    _table(
        "consensus_reason",
        sa.Column("rating_id", ID, nullable=False),
        sa.Column("scale", TEXT, nullable=False),
        sa.Column("dimension", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.UniqueConstraint("rating_id", "scale", "dimension", name=op.f("uq_consensus_reason_rating_id")),
        to={"rating_id": "rating"},
    )
    _table(
        "discussion",
        sa.Column("session_id", ID, nullable=False),
        sa.Column("scale", TEXT, nullable=True),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        to={"session_id": "treatment_session", "person_id": "person"},
    )
    _rules()


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
    append_only("assignment_plan")
    locked = "a submitted rating does not change"
    submitted = "(SELECT submitted_at FROM rating WHERE id = {row}.rating_id) IS NOT NULL"
    old, new = submitted.format(row="OLD"), submitted.format(row="NEW")
    for table in PARTS:
        for event, when in (("INSERT", new), ("UPDATE", f"{old} OR {new}"), ("DELETE", old)):
            refuse(f"{table}_locked_{event.lower()}", event, table, when, locked)
