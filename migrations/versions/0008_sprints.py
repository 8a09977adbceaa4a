"""What people do against the clock: sprints and who is in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody ran against the clock before."""
    op.create_table(
        "sprints",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("story_id", TEXT, nullable=False),
        sa.Column("called_at", INSTANT, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("counts_until", INSTANT, nullable=True),
        sa.Column("last_called", sa.Boolean(), nullable=False),
        sa.Column("missed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sprints")),
    )
    op.create_index("uq_sprints_room_id_number", "sprints", ["room_id", "number"], unique=True)
    op.create_table(
        "sprint_runners",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("sprint_id", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("joined_at", INSTANT, nullable=False),
        sa.Column("began_with", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.BigInteger(), nullable=True),
        sa.Column("said_at", INSTANT, nullable=True),
        sa.Column("left", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sprint_runners")),
    )
    op.create_index("ix_sprint_runners_sprint_id", "sprint_runners", ["sprint_id"], unique=False)
    op.create_index("ix_sprint_runners_room_id_person", "sprint_runners", ["room_id", "person"], unique=False)


def downgrade() -> None:
    """Without them."""
    op.drop_table("sprint_runners")
    op.drop_table("sprints")
