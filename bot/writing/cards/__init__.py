"""The deck's cards: hand-written, one TOML file per kind, read when the first card is dealt."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

HOLE = re.compile(r"\{(\w+)\}")
HOLES = frozenset({"cast", "other", "place", "thing", "thread"})
"""What a card may ask of a story: two of its people, a place, a thing, an open thread."""


@dataclass(frozen=True, slots=True)
class Card:
    """One idea of the deck: its wording with holes, and one for a story that has nothing to fill them."""

    id: str
    kind: str
    serves: frozenset[str]
    """The modes of the co-writer that this card is dealt for, and "prompt" for the prompt of the day."""
    text: str
    plain: str
    measure: str = ""
    """What the receipt of an answer counts (see bot.story.constraints)."""

    @property
    def holes(self) -> frozenset[str]:
        """The names of what this card would borrow from a story."""
        return frozenset(HOLE.findall(self.text))


@cache
def all_cards() -> tuple[Card, ...]:
    """Every card, by kind and then in the order of its file, which is the same on every machine."""
    found: list[Card] = []
    files = (file for file in resources.files(__package__).iterdir() if file.name.endswith(".toml"))
    for file in sorted(files, key=lambda file: file.name):
        content = tomllib.loads(file.read_text("utf-8"))
        kind, serves = file.name.removesuffix(".toml"), frozenset(content["serves"])
        found += (
            Card(card["id"], kind, serves, card["text"], card.get("plain", card["text"]), card.get("measure", ""))
            for card in content["card"]
        )
    return tuple(found)
