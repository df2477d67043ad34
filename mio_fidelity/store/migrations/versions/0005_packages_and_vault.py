"""Packages and what came of them, keys of the vault, removal of recordings, the chain of the audit trail.

Revision ID: 0005
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from mio_fidelity.store.chain import chained
from mio_fidelity.store.rules import append_only, stood_aside

revision = "0005"
down_revision = "0004"

TEXT, ID = sa.Text(), sa.String(length=32)
MOMENT = sa.DateTime(timezone=True)
AUDIT = sa.table(
    "audit",
    sa.column("id", sa.Integer()),
    sa.column("at", MOMENT),
    *(sa.column(name, TEXT) for name in ("person_id", "verb", "table_name", "row_id", "action")),
    sa.column("changes", sa.JSON()),
    sa.column("package_id", TEXT),
    sa.column("chain", TEXT),
)


def upgrade() -> None:
    op.add_column("client", sa.Column("withdrew_on", sa.Date(), nullable=True))
    op.add_column("recording", sa.Column("keep_until", sa.Date(), nullable=True))
    op.add_column("recording", sa.Column("removed_at", MOMENT, nullable=True))
    op.create_table(
        "vault_key",
        sa.Column("recording_id", ID, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_vault_key_recording_id")),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_vault_key")),
    )
    op.create_table(
        "arrival",
        sa.Column("id", ID, nullable=False),
        sa.Column("arrived_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
    )
    _packages()
    append_only("package_return", "the return of a package is append-only")
    _chain_the_audit_trail()


def _packages() -> None:
    _table(
        "package",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        to={"person_id": "person", "by_id": "person"},
        index="person_id",
    )
    _table(
        "package_return",
        sa.Column("package_id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("merged_at", MOMENT, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        to={"package_id": "package", "by_id": "person"},
        index="package_id",
    )
    _table(
        "conflict",
        sa.Column("return_id", ID, nullable=False),
        sa.Column("rating_id", ID, nullable=False),
        sa.Column("ours", sa.JSON(), nullable=False),
        sa.Column("theirs", sa.JSON(), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("choice", TEXT, nullable=True),
        to={"return_id": "package_return", "by_id": "person"},
        index="rating_id",
    )


def _table(name: str, *columns: sa.Column[Any], to: dict[str, str], index: str) -> None:
    keys = (
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{name}_{column}"))
        for column, target in to.items()
    )
    primary = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}"))
    op.create_table(name, sa.Column("id", ID, nullable=False), *columns, *keys, primary)
    op.create_index(op.f(f"ix_{name}_{index}"), name, [index], unique=False)


def _chain_the_audit_trail() -> None:
    """Give the lines that are there their chain; the trigger that keeps them stands aside meanwhile."""
    op.add_column("audit", sa.Column("package_id", ID, nullable=True))
    op.add_column("audit", sa.Column("chain", sa.String(length=64), nullable=True))
    db = op.get_bind()
    with stood_aside("audit_update", "audit"):
        chain = ""
        for line in db.execute(sa.select(AUDIT).order_by(AUDIT.c.id)).mappings().all():
            chain = chained(chain, dict(line))
            db.execute(sa.update(AUDIT).where(AUDIT.c.id == line["id"]).values(chain=chain))
