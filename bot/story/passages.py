"""Passages: contributions that stand in the story; versioned, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.story.provenance import Span
from bot.story.veiling import Veil


@dataclass(frozen=True, slots=True)
class Passage:
    """The head of a passage: where it stands and which version is current. Its words are in PassageVersion."""

    id: str
    room_id: str
    story_id: str
    branch: str
    scene_id: str
    number: int
    order_key: str
    status: Literal["standing", "cut", "called_back", "removed"]
    """`removed` went out with its scene, and comes back with it."""
    author: str
    """Person key: who put it in (for machine text: who took it)."""
    version: int
    words: int
    opening: str
    """Its first words, at most 80 characters."""
    closing: str
    """Its last line, at most 200 characters (what a folded story shows)."""
    at: datetime
    machine: bool = False
    """Mostly the machine's words."""
    pitch_id: str | None = None
    content_note: str = ""
    veil: Veil = ""
    """Hidden or erased: its words stand in no field that anything shows or sends."""


@dataclass(frozen=True, slots=True)
class PassageVersion:
    """One version of a passage's words, with who wrote which of them."""

    id: str
    room_id: str
    passage_id: str
    version: int
    text: str
    spans: tuple[Span, ...]
    by: str
    at: datetime
    machine_text_id: str | None = None
    hidden_text: str = ""
    """The words while the passage is hidden; `text` is empty then."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Words of a person that are not in the story: kept after a refusal, a crash, or because they said so."""

    id: str
    room_id: str
    story_id: str | None
    person: str
    kind: Literal["passage", "pitch", "said", "request", "edit"]
    text: str
    reason: str
    """Catalogue key that says why it is a draft; empty when its author chose so."""
    state: Literal["kept", "used", "dropped"]
    at: datetime
    base_passage_id: str | None = None
    machine_text_id: str | None = None
    call: str = ""
    """The token of the call it was sent with, to try again."""


@dataclass(frozen=True, slots=True)
class MachineText:
    """Every text of a co-writer that anyone was shown, dropped and cut ones too, with what it was shown."""

    id: str
    room_id: str
    story_id: str
    asker: str
    mode: str
    provider: str
    model: str
    persona: str
    label: str
    request: str
    """What was asked for, in the asker's words."""
    text: str
    shown: tuple[tuple[str, str, int], ...]
    """(kind, id, revision) of everything it was shown."""
    state: Literal["writing", "interrupted", "ready", "failed", "dropped", "used"]
    stop: str
    at: datetime
    public: bool = False
    """Shown to the room by its asker."""
    base_passage_id: str | None = None
    pitch_id: str | None = None
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    lease_until: datetime | None = None
    reason: str = ""
    """What its asker said of it with a press: "good", "bad" or nothing."""
    veil: Veil = ""
    hidden_text: str = ""
    """The words while it is hidden; `text` is empty then."""
