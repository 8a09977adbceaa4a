"""Moderation: reports, tidings, veils, blocks, votes set aside, and the list of what was erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)
NEW: dict[str, tuple[str, ...]] = {
    "passages": ("veil",),
    "passage_versions": ("hidden_text",),
    "pitches": ("veil", "hidden_text", "veiled_from"),
    "machine_texts": ("veil", "hidden_text"),
    "members": ("block_note", "reports_seen"),
}
"""Columns of text that begin empty."""


def upgrade() -> None:
    """Nothing that stands changes: every new column begins empty."""
    for table, columns in NEW.items():
        for column in columns:
            op.add_column(table, sa.Column(column, TEXT, nullable=False, server_default=""))
    op.add_column("rounds", sa.Column("aside_after", INSTANT, nullable=True))
    op.add_column("rooms", sa.Column("reports", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("members", sa.Column("keeper", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("members", sa.Column("blocked_at", INSTANT, nullable=True))
    op.add_column("members", sa.Column("blocked_by", TEXT, nullable=True))
    op.create_table(
        "reports",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("reporter", TEXT, nullable=False),
        sa.Column("about", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("subject_number", sa.BigInteger(), nullable=False),
        sa.Column("author", TEXT, nullable=True),
        sa.Column("author_name", TEXT, nullable=False),
        sa.Column("words", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("answer", TEXT, nullable=False),
        sa.Column("answered_by", TEXT, nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index("ix_reports_room_id_state", "reports", ["room_id", "state"], unique=False)
    op.create_index("ix_reports_room_id_reporter", "reports", ["room_id", "reporter"], unique=False)
    op.create_table(
        "tidings",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("fields", TEXT, nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tidings")),
    )
    op.create_index("ix_tidings_room_id_told", "tidings", ["room_id", "told"], unique=False)
    op.create_table(
        "erasures",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index("ix_erasures_room_id", "erasures", ["room_id"], unique=False)


def downgrade() -> None:
    """What is hidden is shown again before the place that held it goes: no word is lost."""
    for table in ("passage_versions", "pitches", "machine_texts"):
        op.execute(f"UPDATE {table} SET text = hidden_text WHERE hidden_text <> ''")  # noqa: S608  # three fixed names
    op.execute("UPDATE pitches SET status = veiled_from WHERE veil = 'hidden' AND veiled_from <> ''")
    words = "SELECT v.text FROM passage_versions v WHERE v.passage_id = passages.id AND v.version = passages.version"
    op.execute(
        f"UPDATE passages SET opening = substr(({words}), 1, 80), closing = substr(({words}), 1, 200) WHERE veil = 'hidden'"  # noqa: S608  # no values
    )
    for table in ("erasures", "tidings", "reports"):
        op.drop_table(table)
    for column in ("blocked_by", "blocked_at", "keeper"):
        op.drop_column("members", column)
    op.drop_column("rooms", "reports")
    op.drop_column("rounds", "aside_after")
    for table, columns in NEW.items():
        for column in columns:
            op.drop_column(table, column)
