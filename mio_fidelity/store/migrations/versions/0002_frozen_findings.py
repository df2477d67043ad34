"""Frozen reliability findings, never rewritten.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

from mio_fidelity.store.rules import append_only

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "frozen_findings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("data_sha256", sa.String(length=64), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_frozen_findings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_findings")),
    )
    append_only("frozen_findings")
