"""Mentions: whether a turn's notice mentions its writer, and when somebody was mentioned last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody was mentioned before."""
    op.add_column("turn_states", sa.Column("ping", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("members", sa.Column("pinged_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("members", "pinged_at")
    op.drop_column("turn_states", "ping")
