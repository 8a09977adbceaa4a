"""Prompts: what was asked, the room's own list, what a co-writer prepares, answers with their versions and ballots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Rooms of before have asked nothing yet."""
    op.add_column("rooms", sa.Column("prompts", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "prompts",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("genre", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("closes_at", INSTANT, nullable=True),
        sa.Column("by", TEXT, nullable=True),
        sa.Column("schedule_id", TEXT, nullable=True),
        sa.Column("day", TEXT, nullable=True),
        sa.Column("missed", TEXT, nullable=False),
        sa.Column("measure", TEXT, nullable=False),
        sa.Column("card_id", TEXT, nullable=False),
        sa.Column("idea_id", TEXT, nullable=True),
        sa.Column("machine_text_id", TEXT, nullable=True),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("wished", TEXT, nullable=False),
        sa.Column("instead", TEXT, nullable=False),
        sa.Column("answers", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("picks", TEXT, nullable=False),
        sa.Column("ballots", sa.BigInteger(), nullable=False),
        sa.Column("veil", TEXT, nullable=False),
        sa.Column("hidden_text", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompts")),
    )
    op.create_index("ix_prompts_room_id_number", "prompts", ["room_id", "number"], unique=False)
    op.create_index("ix_prompts_room_id_status", "prompts", ["room_id", "status"], unique=False)
    op.create_index("uq_prompts_schedule_id_day", "prompts", ["schedule_id", "day"], unique=True)
    op.create_table(
        "prompt_ideas",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("status", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_ideas")),
    )
    op.create_index("ix_prompt_ideas_room_id_status_number", "prompt_ideas", ["room_id", "status", "number"], unique=False)
    op.create_table(
        "prompt_orders",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("schedule_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("genre", TEXT, nullable=False),
        sa.Column("needed_at", INSTANT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("machine_text_id", TEXT, nullable=True),
        sa.Column("why", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_orders")),
    )
    op.create_index("ix_prompt_orders_room_id", "prompt_orders", ["room_id"], unique=False)
    op.create_index("ix_prompt_orders_state_needed_at", "prompt_orders", ["state", "needed_at"], unique=False)
    op.create_table(
        "answers",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("prompt_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.BigInteger(), nullable=False),
        sa.Column("opening", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("veil", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index("ix_answers_room_id_person_at", "answers", ["room_id", "person", "at"], unique=False)
    op.create_index("ix_answers_room_id_prompt_id_number", "answers", ["room_id", "prompt_id", "number"], unique=False)
    op.create_table(
        "answer_versions",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("answer_id", TEXT, nullable=False),
        sa.Column("prompt_id", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("hidden_text", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_versions")),
    )
    op.create_index("ix_answer_versions_answer_id_version", "answer_versions", ["answer_id", "version"], unique=False)
    op.create_index("ix_answer_versions_room_id_person", "answer_versions", ["room_id", "person"], unique=False)
    op.create_table(
        "answer_ballots",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("prompt_id", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("choices", TEXT, nullable=False),
        sa.Column("cast_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_ballots")),
    )
    op.create_index("ix_answer_ballots_room_id_prompt_id", "answer_ballots", ["room_id", "prompt_id"], unique=False)


def downgrade() -> None:
    """Prompts and answers go."""
    for table in ("answer_ballots", "answer_versions", "answers", "prompt_orders", "prompt_ideas", "prompts"):
        op.drop_table(table)
    op.drop_column("rooms", "prompts")
