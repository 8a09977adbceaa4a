"""The house's first schema: rooms, stories, rounds, the ledger, the desk, posts and dues."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """From an empty database."""
    op.create_table(
        "acts",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("actor_salt", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=True),
        sa.Column("text_salt", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=True),
        sa.Column("detail_salt", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("reversed_by", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
    )
    op.create_index("ix_acts_room_id_actor", "acts", ["room_id", "actor"], unique=False)
    op.create_table(
        "ballots",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("round_id", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("choices", TEXT, nullable=False),
        sa.Column("cast_at", INSTANT, nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("part", TEXT, nullable=False),
        sa.Column("set_aside", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballots")),
    )
    op.create_index("uq_ballots_round_id_person", "ballots", ["round_id", "person"], unique=True)
    op.create_table(
        "chains",
        sa.Column("chain", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_chains")),
    )
    op.create_index("ix_chains_room_id", "chains", ["room_id"], unique=False)
    op.create_table(
        "desk",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=True),
        sa.Column("command", TEXT, nullable=False),
        sa.Column("args", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk")),
        sa.UniqueConstraint("source_id", name=op.f("uq_desk_source_id")),
    )
    op.create_index("ix_desk_room_id_person", "desk", ["room_id", "person"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("story_id", TEXT, nullable=True),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("base_passage_id", TEXT, nullable=True),
        sa.Column("machine_text_id", TEXT, nullable=True),
        sa.Column("call", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_room_id_person_state", "drafts", ["room_id", "person", "state"], unique=False)
    op.create_table(
        "due",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("rule", TEXT, server_default="", nullable=False),
        sa.Column("zone", TEXT, server_default="", nullable=False),
        sa.Column("at_utc", INSTANT, nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("claimed_by", TEXT, nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due")),
        sa.UniqueConstraint("room_id", "kind", "subject", name=op.f("uq_due_room_id_kind_subject")),
    )
    op.create_index("ix_due_at_utc", "due", ["at_utc"], unique=False)
    op.create_table(
        "facts",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("story_id", TEXT, nullable=False),
        sa.Column("branch", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("source_passage_id", TEXT, nullable=True),
        sa.Column("replaces", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
    )
    op.create_index(
        "ix_facts_room_id_story_id_number", "facts", ["room_id", "story_id", "number"], unique=False
    )
    op.create_table(
        "ledger",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subjects", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("chain", TEXT, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("actor_commitment", TEXT, nullable=False),
        sa.Column("text_commitment", TEXT, nullable=False),
        sa.Column("detail_commitment", TEXT, nullable=False),
        sa.Column("previous", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("chain", "seq", name=op.f("uq_ledger_chain_seq")),
    )
    op.create_index("ix_ledger_room_id", "ledger", ["room_id"], unique=False)
    op.create_table(
        "machine_texts",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("story_id", TEXT, nullable=False),
        sa.Column("asker", TEXT, nullable=False),
        sa.Column("mode", TEXT, nullable=False),
        sa.Column("provider", TEXT, nullable=False),
        sa.Column("model", TEXT, nullable=False),
        sa.Column("persona", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("request", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("shown", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("stop", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("base_passage_id", TEXT, nullable=True),
        sa.Column("pitch_id", TEXT, nullable=True),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cache_read_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cache_write_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("reason", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_texts")),
    )
    op.create_index(
        "ix_machine_texts_room_id_story_id", "machine_texts", ["room_id", "story_id"], unique=False
    )
    op.create_table(
        "members",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("person", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("away", sa.Boolean(), nullable=False),
        sa.Column("first_at", INSTANT, nullable=True),
        sa.Column("last_at", INSTANT, nullable=True),
        sa.Column("active_days", TEXT, nullable=False),
        sa.Column("consent", TEXT, nullable=True),
        sa.Column("consent_asked", sa.Boolean(), nullable=False),
        sa.Column("joined_at", INSTANT, nullable=True),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
    )
    op.create_index("ix_members_person", "members", ["person"], unique=False)
    op.create_index("ix_members_room_id", "members", ["room_id"], unique=False)
    op.create_table(
        "passage_versions",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("passage_id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("spans", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("machine_text_id", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage_versions")),
    )
    op.create_index(
        "uq_passage_versions_passage_id_version", "passage_versions", ["passage_id", "version"], unique=True
    )
    op.create_table(
        "passages",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("story_id", TEXT, nullable=False),
        sa.Column("branch", TEXT, nullable=False),
        sa.Column("scene_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("order_key", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.BigInteger(), nullable=False),
        sa.Column("opening", TEXT, nullable=False),
        sa.Column("closing", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("machine", sa.Boolean(), nullable=False),
        sa.Column("pitch_id", TEXT, nullable=True),
        sa.Column("content_note", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
    )
    op.create_index(
        "ix_passages_room_id_story_id_number", "passages", ["room_id", "story_id", "number"], unique=False
    )
    op.create_table(
        "pens",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=True),
        sa.Column("since", INSTANT, nullable=True),
        sa.Column("until", INSTANT, nullable=True),
        sa.Column("pitch_id", TEXT, nullable=True),
        sa.Column("offered_to", TEXT, nullable=True),
        sa.Column("offered_until", INSTANT, nullable=True),
        sa.Column("base_passage_id", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pens")),
    )
    op.create_index("ix_pens_room_id", "pens", ["room_id"], unique=False)
    op.create_table(
        "pitches",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("story_id", TEXT, nullable=False),
        sa.Column("round_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=True),
        sa.Column("author_name", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("carries", sa.BigInteger(), nullable=False),
        sa.Column("carried_from", TEXT, nullable=True),
        sa.Column("machine_text_id", TEXT, nullable=True),
        sa.Column("draft_id", TEXT, nullable=True),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("content_note", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pitches")),
    )
    op.create_index("ix_pitches_room_id_round_id", "pitches", ["room_id", "round_id"], unique=False)
    op.create_index("ix_pitches_story_id_status", "pitches", ["story_id", "status"], unique=False)
    op.create_table(
        "posts",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("wanted_rev", sa.BigInteger(), nullable=False),
        sa.Column("shown_rev", sa.BigInteger(), nullable=False),
        sa.Column("refs", TEXT, nullable=False),
        sa.Column("nonce", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("shown_at", INSTANT, nullable=True),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("room_id", "kind", "subject", name=op.f("uq_posts_room_id_kind_subject")),
    )
    op.create_index("ix_posts_state", "posts", ["state"], unique=False)
    op.create_table(
        "rooms",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("platform", TEXT, nullable=False),
        sa.Column("space", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("thread", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", TEXT, nullable=True),
        sa.Column("preset", TEXT, nullable=False),
        sa.Column("preset_chosen", sa.Boolean(), nullable=False),
        sa.Column("rules", TEXT, nullable=False),
        sa.Column("zone", TEXT, nullable=False),
        sa.Column("hours", TEXT, nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("machine_on_at", INSTANT, nullable=True),
        sa.Column("machine_on_by", TEXT, nullable=True),
        sa.Column("budget_cents", sa.BigInteger(), nullable=False),
        sa.Column("spent_micros", sa.BigInteger(), nullable=False),
        sa.Column("spent_month", TEXT, nullable=False),
        sa.Column("stopped_at", INSTANT, nullable=True),
        sa.Column("stopped_scene", TEXT, nullable=False),
        sa.Column("resume_by", TEXT, nullable=False),
        sa.Column("acted", sa.BigInteger(), nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("stories", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
    )
    op.create_index(
        "uq_rooms_platform_space_channel_thread",
        "rooms",
        ["platform", "space", "channel", "thread"],
        unique=True,
    )
    op.create_table(
        "rounds",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("story_id", TEXT, nullable=False),
        sa.Column("branch", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("letter", TEXT, nullable=False),
        sa.Column("question", TEXT, nullable=False),
        sa.Column("part", TEXT, nullable=False),
        sa.Column("terms", TEXT, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("opened_by", TEXT, nullable=False),
        sa.Column("seed", TEXT, nullable=False),
        sa.Column("closes_at", INSTANT, nullable=True),
        sa.Column("early_close_at", INSTANT, nullable=True),
        sa.Column("repeats", sa.BigInteger(), nullable=False),
        sa.Column("last_idea_at", INSTANT, nullable=True),
        sa.Column("last_ballot_at", INSTANT, nullable=True),
        sa.Column("finalists", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("winner_id", TEXT, nullable=True),
        sa.Column("runner_up_id", TEXT, nullable=True),
        sa.Column("tally", TEXT, nullable=False),
        sa.Column("ballots", sa.BigInteger(), nullable=False),
        sa.Column("decided_how", TEXT, nullable=False),
        sa.Column("decided_by", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_by", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
    )
    op.create_index("uq_rounds_story_id_number", "rounds", ["story_id", "number"], unique=True)
    op.create_table(
        "scenes",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("story_id", TEXT, nullable=False),
        sa.Column("branch", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("order_key", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenes")),
    )
    op.create_index("ix_scenes_room_id_story_id", "scenes", ["room_id", "story_id"], unique=False)
    op.create_table(
        "stories",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("branch", TEXT, nullable=False),
        sa.Column("logline", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("tense", TEXT, nullable=False),
        sa.Column("voice", TEXT, nullable=False),
        sa.Column("scene_id", TEXT, nullable=False),
        sa.Column("passages", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.BigInteger(), nullable=False),
        sa.Column("rounds", sa.BigInteger(), nullable=False),
        sa.Column("dealt", TEXT, nullable=False),
        sa.Column("deals", sa.BigInteger(), nullable=False),
        sa.Column("goal_words", sa.BigInteger(), nullable=False),
        sa.Column("wrapped_at", INSTANT, nullable=True),
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.Column("facts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
    )
    op.create_index("uq_stories_room_id_number", "stories", ["room_id", "number"], unique=True)
    op.create_table(
        "turn_states",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("room_id", TEXT, nullable=False),
        sa.Column("order", TEXT, nullable=False),
        sa.Column("current", TEXT, nullable=True),
        sa.Column("since", INSTANT, nullable=True),
        sa.Column("until", INSTANT, nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("passed", TEXT, nullable=False),
        sa.Column("taken", TEXT, nullable=False),
        sa.Column("nudged", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn_states")),
    )
    op.create_index("ix_turn_states_room_id", "turn_states", ["room_id"], unique=False)


def downgrade() -> None:
    """To an empty database."""
    op.drop_index("ix_turn_states_room_id", table_name="turn_states")
    op.drop_table("turn_states")
    op.drop_index("uq_stories_room_id_number", table_name="stories")
    op.drop_table("stories")
    op.drop_index("ix_scenes_room_id_story_id", table_name="scenes")
    op.drop_table("scenes")
    op.drop_index("uq_rounds_story_id_number", table_name="rounds")
    op.drop_table("rounds")
    op.drop_index("uq_rooms_platform_space_channel_thread", table_name="rooms")
    op.drop_table("rooms")
    op.drop_index("ix_posts_state", table_name="posts")
    op.drop_table("posts")
    op.drop_index("ix_pitches_story_id_status", table_name="pitches")
    op.drop_index("ix_pitches_room_id_round_id", table_name="pitches")
    op.drop_table("pitches")
    op.drop_index("ix_pens_room_id", table_name="pens")
    op.drop_table("pens")
    op.drop_index("ix_passages_room_id_story_id_number", table_name="passages")
    op.drop_table("passages")
    op.drop_index("uq_passage_versions_passage_id_version", table_name="passage_versions")
    op.drop_table("passage_versions")
    op.drop_index("ix_members_room_id", table_name="members")
    op.drop_index("ix_members_person", table_name="members")
    op.drop_table("members")
    op.drop_index("ix_machine_texts_room_id_story_id", table_name="machine_texts")
    op.drop_table("machine_texts")
    op.drop_index("ix_ledger_room_id", table_name="ledger")
    op.drop_table("ledger")
    op.drop_index("ix_facts_room_id_story_id_number", table_name="facts")
    op.drop_table("facts")
    op.drop_index("ix_due_at_utc", table_name="due")
    op.drop_table("due")
    op.drop_index("ix_drafts_room_id_person_state", table_name="drafts")
    op.drop_table("drafts")
    op.drop_index("ix_desk_room_id_person", table_name="desk")
    op.drop_table("desk")
    op.drop_index("ix_chains_room_id", table_name="chains")
    op.drop_table("chains")
    op.drop_index("uq_ballots_round_id_person", table_name="ballots")
    op.drop_table("ballots")
    op.drop_index("ix_acts_room_id_actor", table_name="acts")
    op.drop_table("acts")
