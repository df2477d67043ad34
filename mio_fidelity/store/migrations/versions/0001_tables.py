"""All tables, and the triggers that keep what is final.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

from mio_fidelity.store.rules import append_only, on_postgres, refuse

revision = "0001"
down_revision = None


# PostgreSQL's integers end at 2 GB.
WIDE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
APPEND_ONLY = ("audit", "amendment", "instrument_edition")

_LOCKED = "(SELECT submitted_at FROM rating WHERE id = {row}.rating_id) IS NOT NULL"
_MOVED = (
    "(NEW.id, NEW.rating_id, NEW.scale, NEW.dimension)"
    " IS NOT (OLD.id, OLD.rating_id, OLD.scale, OLD.dimension)"
)
_NOT_AMENDED = (
    "(SELECT new FROM amendment WHERE rating_id = OLD.rating_id AND scale = OLD.scale"
    " AND dimension = OLD.dimension ORDER BY rowid DESC LIMIT 1) IS NOT"
    " CASE WHEN NEW.value IS NOT NULL THEN NEW.state || ':' || NEW.value"
    " WHEN NEW.reason IS NOT NULL THEN NEW.state || ':' || NEW.reason ELSE NEW.state END"
)


# PostgreSQL has no rowid; there the amendments are numbered.
_MOVED_ON_SERVER, _NOT_AMENDED_ON_SERVER = (
    condition.replace("SELECT new", "SELECT amendment.new")
    .replace("rowid", "line")
    .replace("IS NOT (OLD", "IS DISTINCT FROM (OLD")
    .replace("LIMIT 1) IS NOT", "LIMIT 1) IS DISTINCT FROM")
    for condition in (_MOVED, _NOT_AMENDED)
)


def _rules() -> None:
    """Make the database itself refuse to rewrite what is final."""
    for table in APPEND_ONLY:
        append_only(table)
    locked = "a submitted rating does not change"
    new, old = _LOCKED.format(row="NEW"), _LOCKED.format(row="OLD")
    for table in ("score", "evidence_mark", "coverage"):
        changed = on_server = f"({old} OR {new})"
        if table == "score":
            on_server += f" AND ({_MOVED_ON_SERVER} OR {_NOT_AMENDED_ON_SERVER})"
            changed += f" AND ({_MOVED} OR {_NOT_AMENDED})"
        refuse(f"{table}_locked_insert", "INSERT", table, new, locked)
        refuse(f"{table}_locked_update", "UPDATE", table, changed, locked, on_server)
        refuse(f"{table}_locked_delete", "DELETE", table, old, locked)
    refuse("rating_locked_update", "UPDATE", "rating", "OLD.submitted_at IS NOT NULL", locked)
    begun = "OLD.begun_at IS NOT NULL OR OLD.submitted_at IS NOT NULL"
    refuse("rating_kept", "DELETE", "rating", begun, "a rating is kept")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.String(length=32), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "instrument_edition",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_edition")),
        sa.UniqueConstraint("sha256", name=op.f("uq_instrument_edition_sha256")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("role IN ('coder', 'supervisor', 'clinician')", name=op.f("ck_person_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("code", name=op.f("uq_person_code")),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("code", name=op.f("uq_site_code")),
    )
    op.create_table(
        "study",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("coverage_share", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study")),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_client_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("code", name=op.f("uq_client_code")),
    )
    op.create_table(
        "counselor",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_counselor_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_counselor_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counselor")),
        sa.UniqueConstraint("code", name=op.f("uq_counselor_code")),
    )
    op.create_table(
        "treatment_session",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("counselor_id", sa.String(length=32), nullable=True),
        sa.Column("arm", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_treatment_session_number")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_treatment_session_client_id")),
        sa.ForeignKeyConstraint(
            ["counselor_id"], ["counselor.id"], name=op.f("fk_treatment_session_counselor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatment_session")),
        sa.UniqueConstraint("client_id", "number", name=op.f("uq_treatment_session_client_id")),
    )
    op.create_index(
        op.f("ix_treatment_session_counselor_id"), "treatment_session", ["counselor_id"], unique=False
    )
    op.create_table(
        "rating",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("blind_code", sa.String(length=12), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("instrument_id", sa.String(length=32), nullable=False),
        sa.Column("instrument_sha256", sa.String(length=64), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('training', 'certification', 'production', 'reliability', 'drift', 'consensus',"
            " 'master', 'self')",
            name=op.f("ck_rating_purpose"),
        ),
        sa.CheckConstraint("role IN ('coder', 'supervisor', 'clinician')", name=op.f("ck_rating_role")),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument_edition.id"], name=op.f("fk_rating_instrument_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rating_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["treatment_session.id"], name=op.f("fk_rating_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("blind_code", name=op.f("uq_rating_blind_code")),
        sa.UniqueConstraint(
            "session_id", "person_id", "purpose", "occasion", name=op.f("uq_rating_session_id")
        ),
    )
    op.create_index("ix_rating_desk", "rating", ["person_id", "submitted_at"], unique=False)
    op.create_index(op.f("ix_rating_session_id"), "rating", ["session_id"], unique=False)
    op.create_table(
        "recording",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("byte_size", WIDE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("container", sa.Text(), nullable=False),
        sa.Column("codec", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("claimed_ms", sa.Integer(), nullable=True),
        sa.Column("packet_errors", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('audio', 'video')", name=op.f("ck_recording_kind")),
        sa.CheckConstraint("duration_ms > 0", name=op.f("ck_recording_duration")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["treatment_session.id"], name=op.f("fk_recording_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("session_id", "part", name=op.f("uq_recording_session_id")),
    )
    op.create_index(op.f("ix_recording_sha256"), "recording", ["sha256"], unique=False)
    op.create_table(
        "amendment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rating_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("amended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_amendment_person_id")),
        sa.ForeignKeyConstraint(["rating_id"], ["rating.id"], name=op.f("fk_amendment_rating_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
    )
    op.create_index(op.f("ix_amendment_rating_id"), "amendment", ["rating_id"], unique=False)
    op.create_table(
        "coverage",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rating_id", sa.String(length=32), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("speed", sa.Double(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("end_ms > start_ms", name=op.f("ck_coverage_order")),
        sa.ForeignKeyConstraint(["rating_id"], ["rating.id"], name=op.f("fk_coverage_rating_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
    )
    op.create_index(op.f("ix_coverage_rating_id"), "coverage", ["rating_id"], unique=False)
    op.create_table(
        "evidence_mark",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rating_id", sa.String(length=32), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("at_ms >= 0", name=op.f("ck_evidence_mark_at")),
        sa.ForeignKeyConstraint(["rating_id"], ["rating.id"], name=op.f("fk_evidence_mark_rating_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_mark")),
    )
    op.create_index(op.f("ix_evidence_mark_rating_id"), "evidence_mark", ["rating_id"], unique=False)
    op.create_table(
        "place",
        sa.Column("rating_id", sa.String(length=32), nullable=False),
        sa.Column("position_ms", sa.Integer(), nullable=False),
        sa.Column("speed", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["rating_id"], ["rating.id"], name=op.f("fk_place_rating_id")),
        sa.PrimaryKeyConstraint("rating_id", name=op.f("pk_place")),
    )
    op.create_table(
        "score",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rating_id", sa.String(length=32), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("shelved", sa.Text(), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(reason IS NOT NULL) = (state = 'cannot_rate')", name=op.f("ck_score_reason")),
        sa.CheckConstraint("(value IS NOT NULL) = (state = 'rated')", name=op.f("ck_score_value")),
        sa.CheckConstraint(
            "state IN ('open', 'rated', 'not_applicable', 'cannot_rate')", name=op.f("ck_score_state")
        ),
        sa.ForeignKeyConstraint(["rating_id"], ["rating.id"], name=op.f("fk_score_rating_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint("rating_id", "scale", "dimension", name=op.f("uq_score_rating_id")),
    )
    if on_postgres():
        op.execute("ALTER TABLE amendment ADD COLUMN line BIGSERIAL")
    _rules()
