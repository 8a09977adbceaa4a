"""What people do against the clock: sprints, goals, their own zone and notices; the weekly card; when the house was away."""

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


    op.create_table(
        "goals",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("story_id", TEXT, nullable=False),
        sa.Column("words", sa.BigInteger(), nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goals")),
    )
    op.create_index("ix_goals_room_id_person", "goals", ["room_id", "person"], unique=False)
    op.create_table(
        "digests",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("weekday", sa.BigInteger(), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("zone", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("next_day", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
    )
    op.create_index("ix_digests_room_id", "digests", ["room_id"], unique=False)
    op.create_table(
        "beats",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beats")),
    )
    op.create_table(
        "downtimes",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_downtimes")),
    )
    op.create_index("ix_downtimes_until", "downtimes", ["until"], unique=False)
    op.add_column("members", sa.Column("zone", TEXT, nullable=False, server_default=""))
    op.add_column("members", sa.Column("notify", TEXT, nullable=False, server_default="mention"))
    op.add_column("members", sa.Column("evening", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Without them."""
    for column in ("evening", "notify", "zone"):
        op.drop_column("members", column)
    for table in ("downtimes", "beats", "digests", "goals", "sprint_runners", "sprints"):
        op.drop_table(table)
