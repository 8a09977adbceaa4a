"""Server roles mapped to room roles; what is asked of people about their messages; notes; errands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Rooms, members, stories and facts of before get the empty values."""
    op.add_column("rooms", sa.Column("role_map", TEXT, nullable=False, server_default="[]"))
    op.add_column("members", sa.Column("groups", TEXT, nullable=False, server_default="[]"))
    op.add_column("stories", sa.Column("notes", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("facts", sa.Column("source_message", TEXT, nullable=False, server_default=""))
    op.add_column("facts", sa.Column("made_from", TEXT, nullable=False, server_default="[]"))
    op.create_index("ix_drafts_person_state", "drafts", ["person", "state"], unique=False)
    op.create_table(
        "asks",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("asker", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("author_name", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("fact_kind", TEXT, nullable=True),
        sa.Column("name", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asks")),
    )
    op.create_index("ix_asks_room_id_state", "asks", ["room_id", "state"], unique=False)
    op.create_index("ix_asks_room_id_message", "asks", ["room_id", "message"], unique=False)
    op.create_table(
        "held",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held")),
    )
    op.create_index("ix_held_room_id", "held", ["room_id"], unique=False)
    op.create_table(
        "notes",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("story_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("resolved_by", TEXT, nullable=True),
        sa.Column("passage_id", TEXT, nullable=True),
        sa.Column("passage_number", sa.BigInteger(), nullable=False),
        sa.Column("scene_id", TEXT, nullable=False),
        sa.Column("writer", TEXT, nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(
        "ix_notes_room_id_story_id_state_number", "notes", ["room_id", "story_id", "state", "number"], unique=False
    )
    op.create_index("ix_notes_room_id_passage_id", "notes", ["room_id", "passage_id"], unique=False)
    op.create_table(
        "errands",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errands")),
    )
    op.create_index("ix_errands_room_id_done", "errands", ["room_id", "done"], unique=False)


def downgrade() -> None:
    """Without them."""
    for table, indexes in (
        ("errands", ("ix_errands_room_id_done",)),
        ("notes", ("ix_notes_room_id_passage_id", "ix_notes_room_id_story_id_state_number")),
        ("held", ("ix_held_room_id",)),
        ("asks", ("ix_asks_room_id_message", "ix_asks_room_id_state")),
    ):
        for index in indexes:
            op.drop_index(index, table_name=table)
        op.drop_table(table)
    op.drop_index("ix_drafts_person_state", table_name="drafts")
    op.drop_column("facts", "made_from")
    op.drop_column("facts", "source_message")
    op.drop_column("stories", "notes")
    op.drop_column("members", "groups")
    op.drop_column("rooms", "role_map")
