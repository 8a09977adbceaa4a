"""Canon as plain facts: written down, listed, withdrawn. Facts are never overwritten, and a number is never
given twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import get_args

from bot.errors import NotAllowed, UserError
from bot.story import text as texts
from bot.story.canon import Fact, FactKind
from bot.story.changes import Change, detail
from bot.story.guards import require_writer, runs_the_room
from bot.story.ledger import Act
from bot.story.moments import Moment, Outcome
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.storytelling import the_story

FACTS_MOST = 200
"""Standing facts a story holds; a longer bible is for a later step, with recall."""
NAME_MOST = 80
_NAME_WORDS = 4

_ALSO: dict[str, FactKind] = {
    "person": "character", "cast": "character", "who": "character", "location": "place", "where": "place",
    "object": "thing", "law": "rule", "question": "thread", "open thread": "thread",
}  # fmt: skip
"""Other words that people use before the colon."""
_NAMED = re.compile(
    r"^(.{1,80}?)(?:\s*[:,;(—–]|\s+-\s+|\s+(?:is|are|was|were|has|have|had|can|never|always)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FactNews:
    """A fact after it was written down or withdrawn."""

    story: Story
    fact: Fact
    by: str
    guessed: bool = False
    """Its kind was not said, but guessed by how it begins: the receipt says so."""


def kinds() -> tuple[FactKind, ...]:
    """The kinds of facts, in the order lists show them."""
    return get_args(FactKind)


def parse(text: str) -> tuple[FactKind | None, str, str]:
    """(kind if one is said before a colon, whom or what it is about, the fact itself)."""
    kind: FactKind | None = None
    head, colon, rest = text.partition(":")
    word = head.strip().casefold()
    if colon and rest.strip():
        said = next((k for k in kinds() if k == word), _ALSO.get(word))
        if said is not None:
            kind, text = said, rest.strip()
    return kind, _name(text, kind), text


def _name(text: str, kind: FactKind | None) -> str:
    """Whom or what a fact is about. A rule, an event and an open thread are about themselves."""
    if kind in (None, "character", "place", "thing"):
        if named := _NAMED.match(text):
            return named[1].strip()
        leading = list(takewhile(lambda word: word[0].isupper() and word[-1].isalnum(), text.split()))
        if leading and leading != ["The"] and leading != ["A"]:
            return texts.first_words(" ".join(leading), NAME_MOST)
    return texts.first_words(text, NAME_MOST)


def add(
    snapshot: Snapshot, text: str, moment: Moment, *, standing: Sequence[Fact], kind: FactKind | None = None,
    name: str = "", source_passage_id: str | None = None, source_message: str = "", made_from: Sequence[str] = (),
) -> Outcome[FactNews]:  # fmt: skip
    """Write a fact down. `standing` are the story's facts as they stand; `name` is whom or what it is about, where
    that was said apart; what it was made from are a passage, a message, and people's words.
    """
    require_writer(snapshot, moment)
    story = the_story(snapshot)
    if story.status == "wrapped":
        raise UserError("stories.is_wrapped", title=story.title)
    if name.strip():
        text, name = named(text, name)
    text = texts.fit(text, "fact", argument="fact")
    said, about, fact_text = parse(text)
    name = name.strip() or about
    for other in standing:
        if other.text.casefold() == fact_text.casefold():
            raise UserError("canon.known", argument="fact", number=other.number, by=snapshot.name(other.by))
    if len(standing) >= FACTS_MOST:
        raise UserError("canon.full", argument="fact", most=FACTS_MOST)
    number = max((story.facts, *(f.number for f in standing))) + 1
    settled = kind or said
    guess = settled or _guess(fact_text, about, standing)
    fact = Fact(
        moment.new_id(), snapshot.room.id, story.id, story.branch, guess,
        name if name != about else _name(fact_text, guess), fact_text,
        moment.actor, moment.now, number, source_passage_id=source_passage_id, source_message=source_message,
        made_from=tuple(sorted(set(made_from) - {moment.actor})),
    )  # fmt: skip
    act = Act(
        "canon.added", (story.id, fact.id), moment.actor, fact_text,
        detail(Change("fact", fact.id, "status", "withdrawn", "standing"), number=number, **_sources(fact)),
    )  # fmt: skip
    told = replace(story, facts=number)
    return Outcome(FactNews(told, fact, snapshot.name(moment.key), settled is None), (fact, told), (act,))


def named(text: str, name: str) -> tuple[str, str]:
    """A fact that begins with whom or what it is about, and that name, both as they fit."""
    name = texts.fit(name, "name", argument="name")
    text = texts.clean(text).text
    return texts.fit(text if name.casefold() in text.casefold() else f"{name}: {text}", "fact", argument="fact"), name


def _sources(fact: Fact) -> dict[str, str]:
    found = {"passage": fact.source_passage_id or "", "message": fact.source_message}
    return {kind: id_ for kind, id_ in found.items() if id_}


def withdraw(snapshot: Snapshot, fact: Fact, moment: Moment) -> Outcome[FactNews]:
    """Take a fact out of canon: who wrote it down does, or the showrunner."""
    story = the_story(snapshot, snapshot.stories.get(fact.story_id))
    if fact.status != "standing":
        raise UserError("canon.withdrawn_already", argument="fact", number=fact.number)
    if fact.by != moment.key and not runs_the_room(snapshot, moment):
        raise NotAllowed("canon.not_yours", argument="fact", number=fact.number, by=snapshot.name(fact.by))
    after = replace(fact, status="withdrawn")
    act = Act(
        "canon.withdrawn", (story.id, fact.id), moment.key, "",
        detail(Change("fact", fact.id, "status", "standing", "withdrawn"), number=fact.number),
    )  # fmt: skip
    return Outcome(FactNews(story, after, snapshot.name(fact.by)), (after,), (act,))


def by_kind(
    facts: Sequence[Fact], kind: FactKind | None = None
) -> tuple[tuple[FactKind, tuple[Fact, ...]], ...]:
    """Standing facts in groups, by kind and then number; only one kind where one is asked for."""
    groups = (
        (
            k,
            tuple(
                sorted(
                    (f for f in facts if f.kind == k and f.status == "standing"),
                    key=lambda f: (f.number, f.id),
                )
            ),
        )
        for k in kinds()
        if kind in (None, k)
    )
    return tuple((k, group) for k, group in groups if group)


def cast(facts: Sequence[Fact]) -> tuple[tuple[str, tuple[Fact, ...]], ...]:
    """The characters by name, in the order they came, each with what is known of them."""
    people: dict[str, list[Fact]] = {}
    names: dict[str, str] = {}
    for _, group in by_kind(facts, "character"):
        for fact in group:
            people.setdefault(fact.name.casefold(), []).append(fact)
            names.setdefault(fact.name.casefold(), fact.name)
    return tuple((names[key], tuple(group)) for key, group in people.items())


def _guess(text: str, name: str, standing: Sequence[Fact]) -> FactKind:
    """The kind of what is known under this name; `Name: ...` is a character, a question an open thread, all
    else an event.
    """
    known = next((f.kind for f in standing if f.name.casefold() == name.casefold()), None)
    if known is not None:
        return known
    if name[0].isupper() and len(name.split()) <= _NAME_WORDS and text[len(name) :].lstrip().startswith(":"):
        return "character"
    return "thread" if text.rstrip().endswith("?") else "event"
