"""Several processes on one database: who they are, who holds a public card that is being posted, who runs which shard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Nobody holds anything yet; a card that was being posted waits for the end of its lease as before."""
    op.add_column("posts", sa.Column("owner", TEXT, nullable=False, server_default=""))
    owed = sa.text("shown_rev < wanted_rev")
    op.create_index("ix_posts_owed", "posts", ["room_id"], sqlite_where=owed, postgresql_where=owed)
    op.create_table(
        "processes",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("platforms", TEXT, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
    )
    op.create_table(
        "shards",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("of", sa.BigInteger(), nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_shards")),
    )


def downgrade() -> None:
    """One process serves the house again."""
    op.drop_table("shards")
    op.drop_table("processes")
    op.drop_index("ix_posts_owed", table_name="posts")
    with op.batch_alter_table("posts") as posts:
        posts.drop_column("owner")
