"""Schedules of prompts; what is due is found among what is not done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """No room has a schedule yet. Dues that are done leave the index that every sweep reads."""
    op.add_column("rooms", sa.Column("schedules", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "schedules",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("zone", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("next_day", TEXT, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("reckoned_at", INSTANT, nullable=False),
        sa.Column("reckoned_with", TEXT, nullable=False),
        sa.Column("weekdays", TEXT, nullable=False),
        sa.Column("every", sa.BigInteger(), nullable=False),
        sa.Column("anchor", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("genre", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("last_day", TEXT, nullable=False),
        sa.Column("skipped", TEXT, nullable=False),
        sa.Column("untold", TEXT, nullable=False),
        sa.Column("unheard", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
    )
    op.create_index("ix_schedules_room_id_number", "schedules", ["room_id", "number"], unique=False)
    op.create_index("ix_schedules_reckoned_with_room_id", "schedules", ["reckoned_with", "room_id"], unique=False)
    op.create_index("ix_schedules_reckoned_at_room_id", "schedules", ["reckoned_at", "room_id"], unique=False)
    undone = sa.text("done_at IS NULL")
    op.create_index("ix_due_undone", "due", ["at_utc"], unique=False, sqlite_where=undone, postgresql_where=undone)
    op.drop_index("ix_due_at_utc", table_name="due")


def downgrade() -> None:
    """Schedules go."""
    op.create_index("ix_due_at_utc", "due", ["at_utc"], unique=False)
    op.drop_index("ix_due_undone", table_name="due")
    op.drop_table("schedules")
    op.drop_column("rooms", "schedules")
