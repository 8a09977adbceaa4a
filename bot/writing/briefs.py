"""What the co-writer is asked and what it answers, as values: the only shapes that cross the Writer port."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Mode(StrEnum):
    """What `/assist` can do, `PITCHES` for ideas asked for by a round, and `PROMPT` for the prompt of the day."""

    OPTIONS = "options"
    CONTINUE = "continue"
    EXPAND = "expand"
    DESCRIBE = "describe"
    DIALOGUE = "dialogue"
    REWRITE = "rewrite"
    PUNCH_UP = "punch-up"
    TWIST = "twist"
    NAMES = "names"
    PITCHES = "pitches"
    PROMPT = "prompt"
    """A prompt for the room, asked for by `/prompt` or by a schedule ahead of its hour."""

    @property
    def deals_ideas(self) -> bool:
        """Ideas can be pitched; prose can be put into the story."""
        return self in (Mode.OPTIONS, Mode.TWIST, Mode.NAMES, Mode.PITCHES)


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing the co-writer was shown: its kind, id and revision (never its text)."""

    kind: Literal["passage", "fact", "rule", "idea", "note", "draft"]
    id: str
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of prompt. `keep` marks a cache breakpoint after it: an hour (stable prefix), five minutes, or none."""

    text: str
    keep: Literal["1h", "5m"] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation that the provider sees."""

    role: Literal["user", "assistant"]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Materials:
    """What this story offers a deck to fill its cards with: names and phrases of canon, as written."""

    cast: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    dealt: frozenset[str] = frozenset()
    """Card ids this story has seen; they are not dealt again."""
    deals: int = 0
    """How many deals this story has had (part of the seed, so that `Deal again` deals others)."""


@dataclass(frozen=True, slots=True)
class Brief:
    """One request to a co-writer: stable prefix first (`system`), append-only history (`turns`), volatile tail (last turn)."""

    mode: Mode
    system: tuple[Block, ...]
    turns: tuple[Turn, ...]
    shown: tuple[Shown, ...] = ()
    max_tokens: int = 1500
    """Output limit in tokens, thinking included."""
    materials: Materials = field(default_factory=Materials)
    seed: str = ""
    """For writers that draw (the deck): the story's seed."""
    ask: str = ""
    """The request in the person's own words (also the end of the last turn)."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request, as the provider counted them. Input in all = the first three added."""

    input_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cache_read_tokens: int = 0
    output_tokens: int = 0
    thinking_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """The end of a request: the whole text and how it ended. Only `stop == "end"` is a complete text."""

    text: str
    stop: Literal["end", "length", "refusal", "broken"]
    model: str
    usage: Usage = field(default_factory=Usage)
    cost_micros: int = 0
    """Cost in millionths of a US dollar, by the configured price table; 0 for free writers."""
    request_id: str = ""
    dealt: tuple[str, ...] = ()
    """Card ids, when a deck wrote it."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a co-writer can do and how to name it honestly on a card."""

    provider: Literal["none", "deck", "recording", "claude"]
    label: str
    """What cards call it: "the deck (no AI)", "claude-sonnet-5-5", "a recording"."""
    prose: bool = False
    ideas: bool = False
    schema: bool = False
    remote: bool = False
    """Text leaves this machine: consent and budget apply."""
    host: str = ""
    """To whom the text goes, for the card that turns it on."""
