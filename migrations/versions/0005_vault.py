"""The vault: sealed values that are kept for platforms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Nothing is in it yet."""
    op.create_table(
        "vault",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("sealed", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_vault")),
    )


def downgrade() -> None:
    """Workspaces have to install the app again."""
    op.drop_table("vault")
