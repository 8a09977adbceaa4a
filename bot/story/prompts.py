"""Prompts: what the room is asked to write about, where it came from, and what people answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from bot.story.veiling import Veil

Kind = Literal["spark", "first-line", "dialogue", "constraint", "voice", "image", "break", "villain"]
"""`spark` is any beginning; `voice` rewrites in another voice; `break` breaks a rule of the craft; `villain` tells our
story from the other side."""
WishKind = Literal[
    "any", "spark", "first-line", "dialogue", "constraint", "voice", "image", "break", "villain"
]  # fmt: skip
Genre = Literal["any", "adventure", "comedy", "crime", "fantasy", "ghost", "historical", "romance", "science-fiction"]
Source = Literal["deck", "story", "list", "co-writer"]
"""`story` is the deck, filled from this room's own story; `list` is what the room wrote itself."""
Instead = Literal["", "empty_list", "no_story", "no_machine", "off", "never", "budget", "failed", "late", "lines"]
"""Why the deck's card was asked where another source was wished for."""

KINDS: tuple[Kind, ...] = get_args(Kind)
GENRES: tuple[Genre, ...] = get_args(Genre)
SOURCES: tuple[Source, ...] = get_args(Source)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody (or a schedule) wants to be asked."""

    kind: WishKind = "any"
    genre: Genre = "any"
    source: Source = "deck"
    blind: bool = False
    """Answers are shown to nobody but their writers until the close."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt that was asked, or a day on which it was missed."""

    id: str
    room_id: str
    number: int
    """For display; 0 for a missed day."""
    kind: Kind
    genre: Genre
    source: Source
    """Where its words came from in the end."""
    text: str
    asked_at: datetime
    status: Literal["open", "voting", "closed", "missed"] = "open"
    """`voting` is a blind prompt after its answers were shown."""
    blind: bool = False
    closes_at: datetime | None = None
    """When the present part ends; None is when somebody closes it."""
    by: str | None = None
    """Person key of who asked it; None for a schedule's."""
    schedule_id: str | None = None
    day: str | None = None
    """The schedule's local date, as `2026-11-25`: a schedule asks at most once a day."""
    missed: tuple[str, ...] = ()
    """Local dates that were missed before it, told on its card."""
    measure: str = ""
    """What a receipt counts: `words=100`, `most=50`, `without=e`, `sentences=8`; see bot.story.constraints."""
    card_id: str = ""
    """The deck's card."""
    idea_id: str | None = None
    """The idea of the room's list."""
    machine_text_id: str | None = None
    label: str = ""
    """The co-writer's name, where its words are the co-writer's."""
    wished: Source = "deck"
    instead: Instead = ""
    answers: int = 0
    """Highest number given to an answer."""
    closed_at: datetime | None = None
    picks: tuple[str, ...] = ()
    """Ids of the answers that are the room's pick; several when they tied."""
    ballots: int = 0
    """How many ballots were counted."""
    veil: Veil = ""
    hidden_text: str = ""
    """The words while it is hidden; `text` is empty then."""


@dataclass(frozen=True, slots=True)
class PromptIdea:
    """One prompt of the room's own list."""

    id: str
    room_id: str
    number: int
    text: str
    by: str
    """Person key."""
    at: datetime
    used_at: datetime | None = None
    """When it was asked last."""
    status: Literal["standing", "removed"] = "standing"


@dataclass(frozen=True, slots=True)
class PromptOrder:
    """A prompt that a co-writer is to prepare before its hour, so that a slow or dead model makes no prompt late."""

    id: str
    room_id: str
    schedule_id: str
    kind: WishKind
    genre: Genre
    needed_at: datetime
    """The hour it is for."""
    state: Literal["planned", "wanted", "writing", "ready", "failed", "used", "gone"] = "planned"
    lease_until: datetime | None = None
    machine_text_id: str | None = None
    why: Instead = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of one person's answer to a prompt; its words are in AnswerVersion, and old ones are kept."""

    id: str
    room_id: str
    prompt_id: str
    number: int
    """By arrival, for display and for ballots."""
    person: str
    name: str
    """Display name of its writer when they wrote it."""
    version: int
    words: int
    opening: str
    """Its first words, at most 80 characters."""
    at: datetime
    changed_at: datetime
    status: Literal["standing", "taken_back"] = "standing"
    veil: Veil = ""


@dataclass(frozen=True, slots=True)
class AnswerVersion:
    """One version of an answer's words."""

    id: str
    room_id: str
    answer_id: str
    prompt_id: str
    person: str
    version: int
    text: str
    at: datetime
    hidden_text: str = ""
    """The words while the answer is hidden; `text` is empty then."""


@dataclass(frozen=True, slots=True)
class AnswerBallot:
    """One person's ballot for the answers they liked; secret, and changeable until the close."""

    id: str
    room_id: str
    prompt_id: str
    person: str
    choices: tuple[str, ...]
    """Ids of answers."""
    cast_at: datetime


def answer_ballot_id(prompt_id: str, person: str) -> str:
    """The id of a person's ballot on a prompt's answers: there is one."""
    return f"{prompt_id}/{person}"
