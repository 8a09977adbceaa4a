"""Every table of the house. Each row names its room; nouns of the story are shelves, the kernel's own are tables."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, Table, UniqueConstraint, literal_column, text

from bot.story.asks import Ask, Held
from bot.story.canon import Fact
from bot.story.digest import Digest
from bot.story.errands import Errand
from bot.story.goals import Goal
from bot.story.notes import Note
from bot.story.passages import Draft, MachineText, Passage, PassageVersion
from bot.story.people import Member
from bot.story.prompts import Answer, AnswerBallot, AnswerVersion, Prompt, PromptIdea, PromptOrder
from bot.story.reports import Report, Tiding
from bot.story.rooms import Room
from bot.story.rounds import Ballot, Pitch, Round
from bot.story.schedules import Schedule
from bot.story.sprints import Runner, Sprint
from bot.story.stories import Scene, Story
from bot.story.turns import Pen, TurnState
from memory.nouns import TEXT, Shelf, UTCDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

rooms = Shelf(metadata, "rooms", Room, unique=(("platform", "space", "channel", "thread"),))
members = Shelf(metadata, "members", Member, ("room_id",), ("person",))
stories = Shelf(metadata, "stories", Story, unique=(("room_id", "number"),))
scenes = Shelf(metadata, "scenes", Scene, ("room_id", "story_id"))
passages = Shelf(metadata, "passages", Passage, ("room_id", "story_id", "number"))
passage_versions = Shelf(metadata, "passage_versions", PassageVersion, unique=(("passage_id", "version"),))
drafts = Shelf(metadata, "drafts", Draft, ("room_id", "person", "state"), ("person", "state"))
machine_texts = Shelf(metadata, "machine_texts", MachineText, ("room_id", "story_id"))
rounds = Shelf(metadata, "rounds", Round, unique=(("story_id", "number"),))
pitches = Shelf(metadata, "pitches", Pitch, ("room_id", "round_id"), ("story_id", "status"))
ballots = Shelf(metadata, "ballots", Ballot, unique=(("round_id", "person"),))
turn_states = Shelf(metadata, "turn_states", TurnState, ("room_id",))
pens = Shelf(metadata, "pens", Pen, ("room_id",))
facts = Shelf(metadata, "facts", Fact, ("room_id", "story_id", "number"))
reports = Shelf(metadata, "reports", Report, ("room_id", "state"), ("room_id", "reporter"))
tidings = Shelf(metadata, "tidings", Tiding, ("room_id", "told"))
asks = Shelf(metadata, "asks", Ask, ("room_id", "state"), ("room_id", "message"))
held = Shelf(metadata, "held", Held, ("room_id",))
notes = Shelf(metadata, "notes", Note, ("room_id", "story_id", "state", "number"), ("room_id", "passage_id"))
errands = Shelf(metadata, "errands", Errand, ("room_id", "done"))
prompts = Shelf(
    metadata, "prompts", Prompt, ("room_id", "number"), ("room_id", "status"), unique=(("schedule_id", "day"),)
)
prompt_ideas = Shelf(metadata, "prompt_ideas", PromptIdea, ("room_id", "status", "number"))
prompt_orders = Shelf(metadata, "prompt_orders", PromptOrder, ("room_id",), ("state", "needed_at"))
answers = Shelf(metadata, "answers", Answer, ("room_id", "prompt_id", "number"), ("room_id", "person", "at"))
answer_versions = Shelf(metadata, "answer_versions", AnswerVersion, ("answer_id", "version"), ("room_id", "person"))
answer_ballots = Shelf(metadata, "answer_ballots", AnswerBallot, ("room_id", "prompt_id"))
schedules = Shelf(
    metadata, "schedules", Schedule, ("room_id", "number"), ("reckoned_with", "room_id"), ("reckoned_at", "room_id")
)
sprints = Shelf(metadata, "sprints", Sprint, unique=(("room_id", "number"),))
goals = Shelf(metadata, "goals", Goal, ("room_id", "person"))
digests = Shelf(metadata, "digests", Digest, ("room_id",))
runners = Shelf(metadata, "sprint_runners", Runner, ("sprint_id",), ("room_id", "person"))

SHELVES: dict[type, Shelf] = {  # type: ignore[type-arg]  # each holds its own noun
    shelf.noun: shelf
    for shelf in (
        rooms, members, stories, scenes, passages, passage_versions, drafts, machine_texts, rounds, pitches, ballots,
        turn_states, pens, facts, reports, tidings, asks, held, notes, errands,
        schedules,
        prompts, prompt_ideas, prompt_orders, answers, answer_versions, answer_ballots,
        sprints, runners, goals, digests,
    )
}  # fmt: skip

chains = Table(
    "chains", metadata,
    Column("chain", TEXT, primary_key=True), Column("room_id", TEXT, nullable=False),
    Column("seq", BigInteger, nullable=False), Column("hash", TEXT, nullable=False),
    Index("ix_chains_room_id", "room_id"),
)  # fmt: skip

ledger = Table(
    "ledger", metadata,
    Column("id", TEXT, primary_key=True), Column("room_id", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False), Column("subjects", TEXT, nullable=False),
    Column("at", UTCDateTime(), nullable=False), Column("chain", TEXT, nullable=False),
    Column("seq", BigInteger, nullable=False), Column("version", BigInteger, nullable=False),
    Column("actor_commitment", TEXT, nullable=False), Column("text_commitment", TEXT, nullable=False),
    Column("detail_commitment", TEXT, nullable=False), Column("previous", TEXT, nullable=False),
    Column("hash", TEXT, nullable=False),
    UniqueConstraint("chain", "seq"), Index("ix_ledger_room_id", "room_id"),
)  # fmt: skip

acts = Table(
    "acts", metadata,
    Column("id", TEXT, primary_key=True), Column("room_id", TEXT, nullable=False),
    Column("actor_salt", TEXT, nullable=False), Column("actor", TEXT),
    Column("text_salt", TEXT, nullable=False), Column("text", TEXT),
    Column("detail_salt", TEXT, nullable=False), Column("detail", TEXT, nullable=False),
    Column("reversed_by", TEXT),
    Index("ix_acts_room_id_actor", "room_id", "actor"),
)  # fmt: skip

desk = Table(
    "desk", metadata,
    Column("id", TEXT, primary_key=True), Column("room_id", TEXT, nullable=False),
    Column("source_id", TEXT, nullable=False, unique=True), Column("person", TEXT),
    Column("command", TEXT, nullable=False), Column("args", TEXT, nullable=False),
    Column("at", UTCDateTime(), nullable=False), Column("state", TEXT, nullable=False), Column("outcome", TEXT),
    Index("ix_desk_room_id_person", "room_id", "person"),
)  # fmt: skip

posts = Table(
    "posts", metadata,
    Column("id", TEXT, primary_key=True), Column("room_id", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False), Column("subject", TEXT, nullable=False),
    Column("wanted_rev", BigInteger, nullable=False), Column("shown_rev", BigInteger, nullable=False),
    Column("refs", TEXT, nullable=False), Column("nonce", TEXT, nullable=False), Column("state", TEXT, nullable=False),
    Column("lease_until", UTCDateTime()), Column("made_at", UTCDateTime(), nullable=False),
    Column("shown_at", UTCDateTime()), Column("content_hash", TEXT, nullable=False),
    Column("owner", TEXT, nullable=False, server_default=""),
    UniqueConstraint("room_id", "kind", "subject"), Index("ix_posts_state", "state"),
    Index(
        "ix_posts_owed", "room_id",
        sqlite_where=literal_column("shown_rev < wanted_rev"), postgresql_where=literal_column("shown_rev < wanted_rev"),
    ),
)  # fmt: skip
"""`owner` is the process that holds the lease; "" is nobody, or a house that only one process serves."""

dues = Table(
    "due", metadata,
    Column("id", TEXT, primary_key=True), Column("room_id", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False), Column("subject", TEXT, nullable=False),
    Column("rule", TEXT, nullable=False, server_default=""), Column("zone", TEXT, nullable=False, server_default=""),
    Column("at_utc", UTCDateTime(), nullable=False), Column("generation", BigInteger, nullable=False),
    Column("claimed_by", TEXT), Column("lease_until", UTCDateTime()), Column("done_at", UTCDateTime()),
    UniqueConstraint("room_id", "kind", "subject"),
    Index("ix_due_undone", "at_utc", sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL")),
)  # fmt: skip

erasures = Table(
    "erasures", metadata,
    Column("id", TEXT, primary_key=True), Column("room_id", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False), Column("at", UTCDateTime(), nullable=False),
    Index("ix_erasures_room_id", "room_id"),
)  # fmt: skip
"""What was erased: ids, no words. Copied to the file beside the database, which a restore replays."""

beats = Table(
    "beats", metadata,
    Column("id", TEXT, primary_key=True), Column("at", UTCDateTime(), nullable=False),
)  # fmt: skip
"""When the house was last seen alive, by any of its processes: one row."""

downtimes = Table(
    "downtimes", metadata,
    Column("id", TEXT, primary_key=True), Column("since", UTCDateTime(), nullable=False),
    Column("until", UTCDateTime(), nullable=False), Index("ix_downtimes_until", "until"),
)  # fmt: skip
"""When no process of the house was there: streaks have amnesty for it."""

vault = Table(
    "vault", metadata,
    Column("key", TEXT, primary_key=True), Column("sealed", TEXT, nullable=False),
    Column("at", UTCDateTime(), nullable=False),
)  # fmt: skip

processes = Table(
    "processes", metadata,
    Column("id", TEXT, primary_key=True), Column("platforms", TEXT, nullable=False),
    Column("started_at", UTCDateTime(), nullable=False),
)  # fmt: skip
"""Who serves this house. A row says that a process came; whether it is still there, only its lock tells."""

shards = Table(
    "shards", metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False), Column("of", BigInteger, nullable=False),
    Column("owner", TEXT, nullable=False), Column("lease_until", UTCDateTime()),
)  # fmt: skip
"""Discord's shards: which process runs each."""
