"""The room's own list of prompts: added one by one or from a file, one a line; asked in order, the longest unused first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.errors import NotAllowed, NotFound, UserError
from bot.story import text as texts
from bot.story.guards import require_writer, runs_the_room
from bot.story.ledger import Act
from bot.story.moments import Moment, Outcome
from bot.story.prompts import PromptIdea
from bot.story.snapshot import Snapshot

LIST_MOST = 2_000
"""Prompts that a room's list holds."""
_BULLET = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,4}[.)]\s+)")
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Listed:
    """What an import came to, counted back."""

    added: tuple[PromptIdea, ...]
    there: tuple[tuple[int, int], ...] = ()
    """(line of the file, number of the prompt that it repeats); the first few."""
    doubles: int = 0
    """Lines that repeat the list or one another."""
    too_long: tuple[int, ...] = ()
    """Lines over the limit."""
    left: int = 0
    """Lines that the list had no room for."""
    standing: int = 0
    """How many are on the list now."""


def add(snapshot: Snapshot, standing: Sequence[PromptIdea], text: str, moment: Moment) -> Outcome[PromptIdea]:
    """Put one prompt on the list."""
    require_writer(snapshot, moment)
    words = texts.fit(text, "prompt", argument="text")
    same = _known(standing).get(_key(words))
    if same is not None:
        raise UserError("prompt.listed_already", argument="text", number=same)
    if len(standing) >= LIST_MOST:
        raise UserError("prompt.list_full", argument="text", most=LIST_MOST)
    made = _idea(snapshot, _next(standing), words, moment)
    act = Act("prompt.listed", (snapshot.room.id, made.id), moment.actor, words, {"number": made.number})
    return Outcome(made, (made,), (act,))


def bring(snapshot: Snapshot, standing: Sequence[PromptIdea], text: str, moment: Moment) -> Outcome[Listed]:
    """Put every line of a text on the list: bullets and numbers before a line are left out, repetitions pointed out."""
    require_writer(snapshot, moment)
    known, number = _known(standing), _next(standing)
    added: list[PromptIdea] = []
    there: list[tuple[int, int]] = []
    too_long: list[int] = []
    left = 0
    for at, line in enumerate(texts.clean(text).text.split("\n"), 1):
        words = _BULLET.sub("", line, count=1).strip()
        if not words or not _key(words):
            continue
        if len(words) > texts.LIMITS["prompt"]:
            too_long.append(at)
        elif (same := known.get(_key(words))) is not None:
            there.append((at, same))
        elif len(standing) + len(added) >= LIST_MOST:
            left += 1
        else:
            added.append(_idea(snapshot, number, words, moment))
            known[_key(words)] = number
            number += 1
    if not (added or there or too_long or left):
        raise UserError("text.empty", argument="text", what="prompt")
    done = Listed(tuple(added), tuple(there[:_TOLD]), len(there), tuple(too_long), left, len(standing) + len(added))
    act = Act("prompt.listed", (snapshot.room.id,), moment.actor, "", {"prompts": len(added)})
    return Outcome(done, tuple(added), (act,) if added else ())


def remove(snapshot: Snapshot, standing: Sequence[PromptIdea], number: int, moment: Moment) -> Outcome[PromptIdea]:
    """Take a prompt off the list: who wrote it may, and a showrunner."""
    found = next((i for i in standing if i.number == number), None)
    if found is None:
        raise NotFound("prompt.not_listed", argument="number", number=number)
    if found.by != moment.key and not runs_the_room(snapshot, moment):
        raise NotAllowed("prompt.not_your_idea", argument="number", number=number, name=snapshot.name(found.by))
    gone = replace(found, status="removed")
    act = Act("prompt.unlisted", (snapshot.room.id, found.id), moment.actor, "", {"number": number})
    return Outcome(gone, (gone,), (act,))


def _idea(snapshot: Snapshot, number: int, words: str, moment: Moment) -> PromptIdea:
    return PromptIdea(moment.new_id(), snapshot.room.id, number, words, moment.actor, moment.now)


def _next(standing: Sequence[PromptIdea]) -> int:
    return max((i.number for i in standing), default=0) + 1


def _known(standing: Sequence[PromptIdea]) -> dict[str, int]:
    return {_key(i.text): i.number for i in standing}


def _key(words: str) -> str:
    """Two prompts are the same when their letters and figures are."""
    return " ".join("".join(c if c.isalnum() else " " for c in words.casefold()).split())
