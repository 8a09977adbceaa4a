"""Server roles mapped to room roles; what is asked of people about their messages; notes; errands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Rooms and members of before get the empty map and no server roles."""
    op.add_column("rooms", sa.Column("role_map", TEXT, nullable=False, server_default="[]"))
    op.add_column("members", sa.Column("groups", TEXT, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Without them."""
    op.drop_column("members", "groups")
    op.drop_column("rooms", "role_map")
