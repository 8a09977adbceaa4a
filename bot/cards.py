"""Cards: what people see, as data. Adapters draw them; nothing here knows a platform.

All strings are markup (see bot.markup); people's text inside sentences has been made literal by the catalogue.
`Prose` alone holds people's text as they typed it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.calls import Call, from_token
from bot.sentences import Marked, literal

CARD_LIMIT = 3_800
"""Characters in all; Discord's Components V2 take 4,000."""
COMPONENT_LIMIT = 30
OPTION_LIMIT = 15
_SORTED = json.JSONEncoder(sort_keys=True)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph of ours."""

    markup: str


@dataclass(frozen=True, slots=True)
class Small:
    """Small print: terms, costs, counts."""

    markup: str


@dataclass(frozen=True, slots=True)
class Prose:
    """People's (or a co-writer's) text, with the markup its writer typed; `by` is said before it when not empty.

    Of a text too long for a card `text` is how it begins, `whole` all of it (for platforms that can show more or hand
    over a file), and `rest` the sentence that says where the rest is, for those that show the beginning alone.
    """

    text: str
    by: str = ""
    whole: str = ""
    rest: str = ""
    name: str = ""
    """What a file of the text is called, without an ending (`passage-12`)."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of ours: each a line of markup."""

    lines: tuple[str, ...]
    numbered: bool = False
    """The lines begin with numbers of their own, so no bullet stands before them."""


@dataclass(frozen=True, slots=True)
class Option:
    """One numbered choice of a ballot: number n IS idea n. `call` toggles it."""

    number: int
    markup: str
    call: Call
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of a ballot. Bare numbers mean these; the card's actions are letters then."""

    options: tuple[Option, ...]
    together: Call | None = None
    """Makes the whole choice at once: its argument `numbers` is the chosen numbers. A public card offers it as a
    button that opens one's own ballot."""
    most: int = 0
    """How many may be chosen together; 0 is any number."""


Part = Text | Small | Prose | Items | Options


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a verb and the call it makes. A label that opens a form ends in an ellipsis."""

    label: str
    call: Call
    style: Literal["plain", "main", "danger"] = "plain"


@dataclass(frozen=True, slots=True)
class Card:
    """One card. Too much of anything raises ValueError: what may be long is split by the face that makes it."""

    title: str = ""
    parts: tuple[Part, ...] = ()
    actions: tuple[Action, ...] = ()
    notify: bool = False
    """Public cards that should notify: drawn as a new message with plain content."""
    plain: bool = False
    """A message of its own kind, drawn as plain content with buttons even where it does not notify: a platform that has
    two kinds of messages cannot change one into the other."""
    ping: str = ""
    """Person key of the one person whom this new message may mention (whose turn it is)."""
    to: str = ""
    """Person key of the one person who gets this new message, as a direct message; the place's others do not see it."""
    opinion: tuple[Action, ...] = ()
    """To say with one press that it is good, or that it is not: two actions, where a platform has a place for them."""

    def __post_init__(self) -> None:
        tokens = [action.call.token for action in self.actions]
        options = [o for part in self.parts if isinstance(part, Options) for o in part.options]
        tokens += [option.call.token for option in options]
        if len(set(tokens)) != len(tokens):
            raise ValueError(f"two equal tokens on the card {self.title!r}")
        if len(options) > OPTION_LIMIT + 1:  # fifteen ideas and "None of these"
            raise ValueError("too many options on a card")
        if len(self.parts) + len(self.actions) + (1 if self.title else 0) > COMPONENT_LIMIT:
            raise ValueError("too many components on a card")
        if self.length > CARD_LIMIT:
            raise ValueError(f"a card of {self.length} characters")

    @property
    def length(self) -> int:
        """Characters of everything that is shown."""
        return len(self.title) + sum(len(a.label) for a in self.actions) + sum(_length(p) for p in self.parts)

    @property
    def options(self) -> tuple[Option, ...]:
        """All options of the card."""
        return tuple(o for part in self.parts if isinstance(part, Options) for o in part.options)

    def with_parts(self, *parts: Part) -> Card:
        """The same card with more parts at its end."""
        return replace(self, parts=self.parts + parts)

    def with_actions(self, *actions: Action) -> Card:
        """The same card with more actions at its end."""
        return replace(self, actions=self.actions + actions)

    @property
    def digest(self) -> str:
        """A short hash of what is shown: an edit that changes nothing is not sent."""
        return hashlib.sha256(_SORTED.encode(to_json(self)).encode()).hexdigest()[:16]


def _length(part: Part) -> int:
    match part:
        case Text(markup) | Small(markup):
            return len(markup)
        case Prose():
            return len(part.text) + len(part.by) + len(part.rest)
        case Items(lines):
            return sum(map(len, lines))
        case Options(options):
            return sum(len(o.markup) + 4 for o in options)


def note(sentence: str, *actions: Action) -> Card:
    """A card of one sentence."""
    return Card(parts=(Text(sentence),), actions=actions)


def button(
    label: str, command: str, style: Literal["plain", "main", "danger"] = "plain", /, **args: object
) -> Action:
    """A button that makes this call."""
    return Action(label, Call(command, {k: str(v) for k, v in args.items()}), style)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form: the argument it fills, what is asked, what stands there already."""

    argument: str
    label: str
    hint: str = ""
    long: bool = False
    most: int = 1000
    prefill: str = ""
    optional: bool = False
    options: tuple[str, ...] = ()
    """The only answers there are, where there are few."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a platform asks for what a call lacks. `call` is the call so far; it carries `desk=ID` when its text is kept."""

    title: str
    call: Call
    questions: tuple[Question, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers: always private to its caller. Either cards, or a form that asks for more."""

    cards: tuple[Card, ...] = ()
    form: Form | None = None
    refused: bool = False
    file: tuple[str, str] | None = None
    """(name, text) of a file to hand over, for what is too long for cards."""

    @classmethod
    def of(cls, *cards: Card, refused: bool = False) -> Reply:
        """A reply of these cards."""
        return cls(cards, refused=refused)


# ---- cards as JSON: kept with a call's outcome, so that a repeated delivery gets the same answer


def to_json(card: Card) -> dict[str, Any]:
    """A card as plain values."""
    return {
        "title": card.title,
        "parts": [_part_json(p) for p in card.parts],
        "actions": [[a.label, a.call.token, a.style] for a in card.actions],
        "notify": card.notify,
        "plain": card.plain,
        "ping": card.ping,
        "to": card.to,
        "opinion": [[a.label, a.call.token] for a in card.opinion],
    }


def _part_json(part: Part) -> list[Any]:
    match part:
        case Text(markup):
            return ["text", markup]
        case Small(markup):
            return ["small", markup]
        case Prose():
            more = [part.whole, part.rest, part.name]
            return ["prose", part.text, part.by, *(more if any(more) else [])]
        case Items(lines, numbered):
            return ["items", list(lines), *([True] if numbered else [])]
        case Options(options, together, most):
            rows = [[o.number, o.markup, o.call.token, o.chosen] for o in options]
            return ["options", rows, together.token if together else "", most]


def from_json(data: dict[str, Any]) -> Card:
    """The card of plain values."""
    return Card(
        data["title"],
        tuple(_part(p) for p in data["parts"]),
        tuple(Action(label, from_token(token), style) for label, token, style in data["actions"]),
        data["notify"],
        data.get("plain", False),
        data.get("ping", ""),
        data.get("to", ""),
        tuple(Action(label, from_token(token)) for label, token in data.get("opinion", ())),
    )


def _part(data: list[Any]) -> Part:
    match data:
        case ["text", markup]:
            return Text(markup)
        case ["small", markup]:
            return Small(markup)
        case ["prose", text, by, *more]:
            return Prose(text, by, *more)
        case ["items", lines, *numbered]:
            return Items(tuple(lines), bool(numbered))
        case ["options", options, *rest]:
            together, most = rest or ("", 0)
            rows = tuple(Option(n, m, from_token(t), c) for n, m, t, c in options)
            return Options(rows, from_token(together) if together else None, most)
        case _:
            raise ValueError("no part of a card")


__all__ = [
    "Action", "Call", "Card", "Form", "Items", "Marked", "Option", "Options", "Part", "Prose", "Question", "Reply",
    "Small", "Text", "button", "from_json", "literal", "note", "to_json",
]  # fmt: skip
