"""Answering a prompt: one answer a person, changed as often as they like until the close; old versions are kept.

Of a blind prompt nobody but its writer sees an answer before the close: `readable` is the one place that says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.errors import NotAllowed, NotFound, Stale, UserError
from bot.story import text as texts
from bot.story.constraints import Tally, measured
from bot.story.guards import require_writer
from bot.story.ledger import Act
from bot.story.moments import Mark, Moment, Outcome
from bot.story.prompts import Answer, AnswerVersion, Prompt
from bot.story.snapshot import Snapshot
from bot.story.text import count_words, first_words


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that came in, was changed or taken back, for its receipt."""

    prompt: Prompt
    answer: Answer
    changed: bool = False
    """It had words before, which are kept."""
    tallies: tuple[Tally, ...] = ()
    replaced: int = 0
    """Characters that could not be kept as they were."""


def readable(prompt: Prompt, answer: Answer, reader: str | None) -> bool:
    """Whether this person (None: the whole room) may read an answer now."""
    if answer.status != "standing" or answer.veil:
        return False
    return answer.person == reader or not (prompt.blind and prompt.status == "open")


def own(answers: Sequence[Answer], person: str | None) -> Answer | None:
    """A person's answer among these; an erased one is theirs no more."""
    return next((a for a in answers if a.person == person and a.status == "standing" and a.veil != "erased"), None)


def answer(
    snapshot: Snapshot, prompt: Prompt, answers: Sequence[Answer], text: str, moment: Moment, *, seen_version: int = 0
) -> Outcome[Answered]:
    """Answer a prompt, or put other words in the place of one's answer. `answers` are all that stand.

    `seen_version` is the version that a form was filled with; Stale is raised when there is a later one.
    """
    refuse_unless_open(prompt, moment)
    require_writer(snapshot, moment)
    cleaned = texts.clean(text)
    words = texts.fit(text, "answer", argument="text")
    before = own(answers, moment.actor)
    if before is not None:
        _refuse_veiled(before)
        if seen_version and seen_version != before.version:
            raise Stale("prompt.stale", argument="text", number=prompt.number)
    number = before.number if before is not None else prompt.answers + 1
    told = prompt if before is not None else replace(prompt, answers=number)
    head = Answer(
        before.id if before is not None else moment.new_id(), snapshot.room.id, prompt.id, number, moment.actor, moment.name,
        before.version + 1 if before is not None else 1, count_words(words), first_words(words, 80),
        before.at if before is not None else moment.now, moment.now,
    )  # fmt: skip
    version = AnswerVersion(
        moment.new_id(), head.room_id, head.id, prompt.id, moment.actor, head.version, words, moment.now
    )
    act = Act(
        "prompt.answered", (snapshot.room.id, prompt.id, head.id), moment.actor, words,
        {"number": prompt.number, "version": head.version},
    )  # fmt: skip
    done = Answered(told, head, before is not None, measured(prompt.measure, words), cleaned.replaced)
    rows = (head, version) if told is prompt else (told, head, version)
    return Outcome(done, rows, (act,), (Mark("prompt", prompt.id),))


def take_back(snapshot: Snapshot, prompt: Prompt, mine: Answer, moment: Moment) -> Outcome[Answered]:
    """Take one's answer back before the close. Ballots that held it hold the rest of their choices."""
    if mine.person != moment.key:
        raise NotAllowed("prompt.not_your_answer", name=mine.name)
    if mine.status != "standing":
        raise NotFound("prompt.answer_gone")
    _refuse_veiled(mine)
    refuse_unless_open(prompt, moment)
    gone = replace(mine, status="taken_back")
    act = Act(
        "prompt.answer_taken_back", (snapshot.room.id, prompt.id, mine.id), moment.actor, "", {"number": prompt.number}
    )
    return Outcome(Answered(prompt, gone), (gone,), (act,), (Mark("prompt", prompt.id),))


def refuse_unless_open(prompt: Prompt, moment: Moment) -> None:
    """Refuse answers to what is closed (or should be by now), or was taken out of sight."""
    if prompt.veil:
        raise UserError("prompt.is_veiled", argument="text", number=prompt.number)
    over = prompt.closes_at is not None and prompt.closes_at <= moment.now
    if prompt.status != "open" or over:
        raise UserError("prompt.is_closed", argument="text", number=prompt.number)


def _refuse_veiled(mine: Answer) -> None:
    if mine.veil:
        raise UserError("prompt.answer_veiled", argument="text", number=mine.number)
