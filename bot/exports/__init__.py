"""A story that leaves the room: what is written, its credits, and what it says of AI.

Each format is a module beside this one with `write(book, out)`; scenes are asked for one after another, so that a
story of any length passes through without being held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.sentences import Marked, say
from bot.story.provenance import Span, shares


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage as it stands: its current version's words, and who wrote which of them."""

    id: str
    number: int
    version: int
    text: str
    spans: tuple[Span, ...]
    author: str
    """Person key: who put it in (for machine text: who took it)."""
    at: datetime


@dataclass(frozen=True, slots=True)
class SceneText:
    """A scene and its passages in order; the title may be empty."""

    title: str
    passages: Iterable[PassageText]


@dataclass(frozen=True, slots=True)
class Credit:
    """What one person brought into a story, in words."""

    person: str
    """Person key."""
    name: str
    own: int = 0
    taken: int = 0
    """A machine's words that this person put into the story as they were."""
    edited: int = 0
    """This person's words in place of a machine's."""


@dataclass(frozen=True, slots=True)
class Credits:
    """Everybody's words, who brought most first."""

    people: tuple[Credit, ...] = ()

    @property
    def own(self) -> int:
        """Words that people wrote."""
        return sum(credit.own for credit in self.people)

    @property
    def taken(self) -> int:
        """Words of a machine."""
        return sum(credit.taken for credit in self.people)

    @property
    def edited(self) -> int:
        """Words that people put in place of a machine's."""
        return sum(credit.edited for credit in self.people)

    @property
    def total(self) -> int:
        """All words."""
        return self.own + self.taken + self.edited


@dataclass(frozen=True, slots=True)
class Book:
    """A story ready to be written to a file."""

    title: str
    logline: str
    scenes: Iterable[SceneText]
    credits: Credits
    machines: tuple[str, ...] = ()
    """Labels of the AI models that were asked while it was written, also when none of their words stayed."""

    @property
    def statement(self) -> Marked:
        """What has to be said of AI in every export, as markup; also when none was used."""
        return statement(self.credits, self.machines)


def credits_for(passages: Iterable[PassageText], names: Mapping[str, str]) -> Credits:
    """The credits of these passages; `names` gives the shown name of a person key.

    A machine's words are counted for who took them, which is the passage's author.
    """
    found: dict[str, Credit] = {}
    for passage in passages:
        for (kind, person, _), count in shares(passage.text, passage.spans).items():
            key = passage.author if kind == "ai" else person or passage.author
            credit = found.setdefault(key, Credit(key, names.get(key) or say("export.someone")))
            match kind:
                case "person":
                    found[key] = replace(credit, own=credit.own + count)
                case "ai":
                    found[key] = replace(credit, taken=credit.taken + count)
                case "ai_edited":
                    found[key] = replace(credit, edited=credit.edited + count)
    ranked = sorted(found.values(), key=lambda c: (-c.own - c.edited, -c.taken, c.name, c.person))
    return Credits(tuple(ranked))


def statement(credited: Credits, machines: Sequence[str] = ()) -> Marked:
    """What is said of AI, as markup."""
    named = ", ".join(machines)
    if not (credited.taken or credited.edited):
        key = "export.ai_asked" if machines else "export.ai_none"
        said = say(key, machines=named)
        rest = (
            say("export.ai_people", total=_words(credited.total)) if credited.total else say("export.nobody")
        )
        return Marked(f"{said} {rest}")
    sentences = [
        say(
            "export.ai_used",
            total=_words(credited.total),
            machine=_number(credited.taken),
            edited=_number(credited.edited),
            person=_number(credited.own),
        ),
        say("export.ai_taken"),
    ]
    if machines:
        sentences.append(say("export.ai_named", machines=named))
    return Marked(" ".join(sentences))


def byline(credited: Credits) -> Marked:
    """Who wrote it, as markup; empty while nobody did. A machine is no author."""
    names = [credit.name for credit in credited.people]
    if not names:
        return Marked("")
    *first, last = names
    return say("export.by", names=say("export.names", first=", ".join(first), last=last) if first else last)


def credit_lines(credited: Credits) -> tuple[Marked, ...]:
    """One line of markup for each person: their own words, a machine's that they took, words in place of a machine's."""
    return tuple(say("export.credit", name=credit.name, what=_brought(credit)) for credit in credited.people)


def _brought(credit: Credit) -> Marked:
    parts = [
        *([_words(credit.own)] if credit.own else []),
        *([say("export.edited", words=_words(credit.edited))] if credit.edited else []),
        *([say("export.taken", words=_words(credit.taken))] if credit.taken else []),
    ]
    return Marked("; ".join(parts))


def _words(count: int) -> Marked:
    return say("export.words", n=count, count=_number(count))


def _number(count: int) -> str:
    return f"{count:,}"


__all__ = [
    "Book", "Credit", "Credits", "PassageText", "SceneText", "byline", "credit_lines", "credits_for", "statement",
]  # fmt: skip
