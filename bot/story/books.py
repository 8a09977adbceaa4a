"""A room's books: what one unit of work may read and write of ONE room. Memory implements it; every query names the room."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, TypeVar

from bot.story.asks import Ask, Held
from bot.story.canon import Fact
from bot.story.erasing import Swept
from bot.story.ledger import Entry
from bot.story.moments import Moment, Outcome, PostKind
from bot.story.notes import Note
from bot.story.passages import Draft, MachineText, Passage, PassageVersion
from bot.story.people import Place
from bot.story.prompts import Answer, AnswerBallot, AnswerVersion, Prompt, PromptIdea, PromptOrder
from bot.story.reports import Report
from bot.story.rounds import Pitch, Round
from bot.story.schedules import Schedule
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.taking_out import Own
from bot.story.time_books import TimeBooks
from bot.story.veiling import Veil

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """One call on the desk: stored before it is judged. `source_id` is the exactly-once key."""

    id: str
    source_id: str
    person: str | None
    command: str
    args: dict[str, str]
    at: datetime
    state: Literal["open", "parked", "done", "refused", "failed", "working"]
    outcome: dict[str, Any] | None = None
    """The reply as it was given (a card as JSON), so that a repeated delivery gets the same answer."""


SAID = "said"
"""Under this name the desk keeps a print of what was said, once the words have found their place."""


@dataclass(frozen=True, slots=True)
class LastCall:
    """A call that went through, as the house knows it: who and where, and a print of what was said (no words)."""

    place: Place
    person: str
    source_id: str
    said: str
    ago: timedelta
    """How long before the end of the time that was asked about."""


@dataclass(frozen=True, slots=True)
class Post:
    """A public card's row: what is wanted, what is shown, and where."""

    id: str
    kind: str
    subject: str
    wanted_rev: int
    shown_rev: int
    refs: tuple[str, ...]
    nonce: str
    state: Literal["wanted", "posting", "shown", "doubtful", "gone"]
    lease_until: datetime | None
    made_at: datetime
    shown_at: datetime | None = None
    content_hash: str = ""
    owner: str = ""
    """The process that holds it until `lease_until`; "" is nobody."""


@dataclass(frozen=True, slots=True)
class DueRow:
    """One thing that time will do in this room."""

    id: str
    kind: str
    subject: str
    at: datetime
    generation: int


@dataclass(frozen=True, slots=True)
class Deed:
    """An act of the ledger with its plain values beside it, as far as they still exist."""

    entry: Entry
    actor: str | None
    text: str | None
    detail: dict[str, Any]
    reversed_by: str | None


class Books(TimeBooks, Protocol):
    """One room's books inside one transaction. Everything here is synchronous and knows only this room."""

    @property
    def soonest(self) -> datetime | None:
        """The earliest instant that what was kept asks to be woken at."""

    @property
    def marked(self) -> frozenset[PostKind]:
        """The kinds of public cards that were asked for, or that what was erased stood on."""

    def snapshot(self) -> Snapshot:
        """The room as it stands (with what this unit of work has kept so far)."""

    def keep(self, outcome: Outcome[T], moment: Moment) -> T:
        """Write everything an outcome holds (rows, ledger, posts, dues, the room's revision) and give back its value.

        Raises Stale when the room's revision is not the snapshot's.
        """

    def savepoint(self) -> AbstractContextManager[None]:
        """What is written inside is undone when an exception leaves it."""

    # ---- passages and drafts
    def passages(
        self,
        story_id: str,
        *,
        scene_id: str | None = None,
        after: int = 0,
        since: datetime | None = None,
        limit: int = 200,
        standing: bool = True,
        last: bool = False,
    ) -> Sequence[tuple[Passage, PassageVersion]]:
        """Passages of a story in reading order with their current version; `last` gives the last `limit` of them."""

    def words(self, story_id: str) -> Sequence[tuple[str, Veil, str]]:
        """(scene id, veil, words) of all passages that stand in a story, in reading order."""

    def passage(self, passage_id: str) -> tuple[Passage, PassageVersion] | None:
        """One passage with its current version, standing or not."""

    def passage_numbered(self, story_id: str, number: int) -> tuple[Passage, PassageVersion] | None:
        """The passage that people call by this number."""

    def versions(self, passage_id: str) -> Sequence[PassageVersion]:
        """All versions of a passage, oldest first."""

    def draft(self, draft_id: str) -> Draft | None:
        """One draft."""

    def drafts(self, person: str, *, limit: int = 20) -> Sequence[Draft]:
        """A person's kept drafts in this room, newest first."""

    def machine_text(self, machine_text_id: str) -> MachineText | None:
        """One text of a co-writer."""

    def machine_texts(
        self, story_id: str, *, limit: int = 30, states: tuple[str, ...] = ()
    ) -> Sequence[MachineText]:
        """The latest texts of co-writers in a story, newest first."""

    # ---- rounds of the past
    def round_numbered(self, story_id: str, number: int) -> Round | None:
        """A round by its number."""

    def round(self, round_id: str) -> Round | None:
        """A round by its id."""

    def rounds(self, story_id: str, *, limit: int = 20) -> Sequence[Round]:
        """Rounds of a story, newest first."""

    def pitches(self, round_id: str) -> Sequence[Pitch]:
        """All pitches of a round, by arrival."""

    def pitch(self, pitch_id: str) -> Pitch | None:
        """One pitch."""

    def drawer(self, story_id: str, *, limit: int = 30) -> Sequence[Pitch]:
        """Pitches that lost, newest first."""

    # ---- canon
    def facts(self, story_id: str, *, kind: str | None = None, limit: int = 200) -> Sequence[Fact]:
        """Standing facts of a story, by number."""

    def fact_numbered(self, story_id: str, number: int) -> Fact | None:
        """The fact that people call by this number."""

    def fact(self, fact_id: str) -> Fact | None:
        """A fact by its id."""

    # ---- moderation
    def reports(self, *, reporter: str | None = None, limit: int = 20) -> Sequence[Report]:
        """Reports of this room, newest first: all, or one person's."""

    def erase(
        self, ids: Sequence[str], at: datetime, *, person: str | None = None, since: datetime | None = None
    ) -> Swept:
        """Take the words of these rows out of every place of this room, for good (and, with `person`, whatever they
        typed since then). The room is read anew afterwards."""

    def own(self, person: str) -> Own:
        """Everything of one person that stands in this room."""
    # ---- notes, and what is asked of people
    def note(self, note_id: str) -> Note | None:
        """A note by its id."""

    def note_numbered(self, story_id: str, number: int) -> Note | None:
        """The note that people call by this number."""

    def notes(self, story_id: str, *, limit: int = 500) -> Sequence[Note]:
        """Open notes of a story, oldest first."""

    def ask(self, ask_id: str) -> Ask | None:
        """A question about a message."""

    def asks(self, message: str, *, limit: int = 500) -> Sequence[Ask]:
        """All questions about this message, and the room's open ones, newest first."""

    def held(self, held_id: str) -> Held | None:
        """A message that waits for its form."""

    # ---- prompts
    def prompt(self, prompt_id: str) -> Prompt | None:
        """A prompt by its id."""

    def prompt_numbered(self, number: int) -> Prompt | None:
        """The prompt that people call by this number."""

    def prompt_of(self, schedule_id: str, day: str) -> Prompt | None:
        """What a schedule asked (or missed) on this local date (`2026-11-25`)."""

    def prompts(
        self, *, statuses: Sequence[str] = (), since: datetime | None = None, limit: int = 50
    ) -> Sequence[Prompt]:
        """Prompts of this room, newest first; missed days are among them."""

    def dealt_cards(self, *, limit: int = 5_000) -> Sequence[str]:
        """Ids of the deck's cards that were asked here, oldest first."""

    def prompt_ideas(self, *, limit: int = 2_000) -> Sequence[PromptIdea]:
        """The room's own list: what was never asked first, by number; then what was asked longest ago."""

    def prompt_idea(self, idea_id: str) -> PromptIdea | None:
        """One prompt of the room's list, asked or removed ones too."""

    def prompt_order(self, order_id: str) -> PromptOrder | None:
        """What a co-writer is to prepare."""

    def answer(self, answer_id: str) -> Answer | None:
        """The head of an answer."""

    def answers(self, prompt_id: str, *, limit: int = 1_000) -> Sequence[Answer]:
        """Answers to a prompt that were neither taken back nor erased, by number."""

    def answers_of(self, person: str, *, since: datetime | None = None, limit: int = 1_000) -> Sequence[Answer]:
        """One person's answers in this room that were not taken back, newest first."""

    def answer_texts(self, answers: Sequence[Answer]) -> Mapping[str, str]:
        """The current words of these answers, by the answer's id; nothing for those that are hidden."""

    def answer_versions(self, answer_id: str) -> Sequence[AnswerVersion]:
        """All versions of an answer, oldest first."""

    def answer_ballots(self, prompt_id: str) -> Sequence[AnswerBallot]:
        """The ballots on a prompt's answers."""

    # ---- schedules
    def schedule(self, schedule_id: str) -> Schedule | None:
        """A schedule by its id."""

    def schedules(self, *, limit: int = 100) -> Sequence[Schedule]:
        """The schedules of this room that are not removed, by number."""

    def unreckoned(self, version: str, now: datetime, *, limit: int = 100) -> Sequence[Schedule]:
        """Schedules whose next instant was reckoned by other rules of the zones, or after now (the clock went back)."""

    def reckoned(self, schedules: Sequence[Schedule], moved: Collection[str]) -> None:
        """Keep schedules as they are reckoned anew, and the dues of those (by id) whose instant moved; nothing that anybody
        is shown changes by it."""

    # ---- stories of the past
    def story_numbered(self, number: int) -> Story | None:
        """A story of this room by its number, archived ones too."""

    def archived(self, *, limit: int = 50) -> Sequence[Story]:
        """Archived stories, newest first."""

    # ---- the ledger
    def deeds(
        self, *, chain: str | None = None, person: str | None = None, limit: int = 30
    ) -> Sequence[Deed]:
        """Acts with their plain values, newest first: of one chain or of the whole room, of one person or of all."""

    def chain(self, chain: str) -> Sequence[Entry]:
        """A whole chain, oldest first, for verification."""

    # ---- the desk, posts and dues (used by the kernel only)
    def desk_add(self, entry: DeskEntry) -> DeskEntry | None:
        """Put a call on the desk. Answers the entry that already holds this source id, or None when it is new."""

    def desk_settle(
        self, entry_id: str, state: str, outcome: dict[str, Any] | None, *, left: Mapping[str, str] | None = None
    ) -> None:
        """Say how a call ended; `left` takes the place of its arguments when its text has found its own."""

    def desk(self, entry_id: str) -> DeskEntry | None:
        """One entry of this room's desk."""

    def desk_by_source(self, source_id: str) -> DeskEntry | None:
        """The entry of a source id, if it was this room's."""

    def desk_last(self, person: str | None, *, limit: int = 1) -> Sequence[DeskEntry]:
        """The latest settled entries with a reply, newest first."""

    def posts_wanted(self, *, limit: int = 50) -> Sequence[Post]:
        """Public cards that show less than is wanted, in the order they were first wanted."""

    def post_of(self, kind: str, subject: str) -> Post | None:
        """The row of a public card."""

    def post_with_ref(self, ref: str) -> Post | None:
        """The public card that this message of the platform belongs to; looked for in this room only."""

    def posts_last(self, *, limit: int = 5) -> Sequence[Post]:
        """The public cards shown last, newest first."""

    def posts_save(self, posts: Sequence[Post], *, holder: str | None = None) -> None:
        """Store what became of posts; given a `holder`, only of those that it still holds."""

    def posts_renew(self, ids: Sequence[str], holder: str, until: datetime) -> Sequence[str]:
        """Hold these posts until then; gives those that `holder` still holds."""

    def dues(self, *, until: datetime | None = None, limit: int = 100) -> Sequence[DueRow]:
        """Things of this room that time will do, earliest first; `until` gives only those due by then."""

    def due_done(self, due: DueRow, at: datetime) -> None:
        """Note that it was done; a later wish of the same kind and subject is a new generation."""

    def due_again(self, due: DueRow, at: datetime) -> None:
        """Let it be due once more at this instant, unless it was wished for anew."""
