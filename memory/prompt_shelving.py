"""Queries of prompts and their answers: each names its room, has an order that ends in the id, and a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from bot.story.prompts import Answer, AnswerBallot, AnswerVersion, Prompt, PromptIdea, PromptOrder
from memory import tables as t
from memory.shelving import Shelving

_CHUNK = 400


class PromptShelving(Shelving):
    """The reading half of a room's books, as far as prompts go."""

    def prompt(self, prompt_id: str) -> Prompt | None:
        """A prompt by its id."""
        return self._the(t.prompts, id=prompt_id)

    def prompt_numbered(self, number: int) -> Prompt | None:
        """The prompt that people call by this number."""
        c = t.prompts.table.c
        return self._one(t.prompts, select(t.prompts.table).where(c.number == number, c.status != "missed"))

    def prompt_of(self, schedule_id: str, day: str) -> Prompt | None:
        """What a schedule asked (or missed) on this local date."""
        return self._the(t.prompts, schedule_id=schedule_id, day=day)

    def prompts(
        self, *, statuses: Sequence[str] = (), since: datetime | None = None, limit: int = 50
    ) -> Sequence[Prompt]:
        """Prompts of this room, newest first; missed days are among them."""
        c = t.prompts.table.c
        query = select(t.prompts.table)
        if statuses:
            query = query.where(c.status.in_(statuses))
        if since is not None:
            query = query.where(c.asked_at >= since)
        return self._all(t.prompts, query.order_by(c.asked_at.desc(), c.number.desc(), c.id.desc()).limit(limit))

    def dealt_cards(self, *, limit: int = 5_000) -> Sequence[str]:
        """Ids of the deck's cards that were asked here, oldest first."""
        c = t.prompts.table.c
        query = (
            select(c.card_id)
            .where(c.room_id == self._room_id, c.card_id != "")
            .order_by(c.asked_at.desc(), c.number.desc(), c.id.desc())
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())[::-1]

    def prompt_ideas(self, *, limit: int = 2_000) -> Sequence[PromptIdea]:
        """The room's own list: what was never asked first, by number; then what was asked longest ago."""
        c = t.prompt_ideas.table.c
        query = select(t.prompt_ideas.table).where(c.status == "standing")
        order = (c.used_at.is_not(None), c.used_at, c.number, c.id)
        return self._all(t.prompt_ideas, query.order_by(*order).limit(limit))

    def prompt_idea(self, idea_id: str) -> PromptIdea | None:
        """One prompt of the room's list, asked or removed ones too."""
        return self._the(t.prompt_ideas, id=idea_id)

    def prompt_order(self, order_id: str) -> PromptOrder | None:
        """What a co-writer is to prepare."""
        return self._the(t.prompt_orders, id=order_id)

    def answer(self, answer_id: str) -> Answer | None:
        """The head of an answer."""
        return self._the(t.answers, id=answer_id)

    def answers(self, prompt_id: str, *, limit: int = 1_000) -> Sequence[Answer]:
        """Answers to a prompt that were neither taken back nor erased, by number."""
        c = t.answers.table.c
        standing = (c.prompt_id == prompt_id, c.status == "standing", c.veil != "erased")
        query = select(t.answers.table).where(*standing)
        return self._all(t.answers, query.order_by(c.number, c.id).limit(limit))

    def answers_of(self, person: str, *, since: datetime | None = None, limit: int = 1_000) -> Sequence[Answer]:
        """One person's answers in this room that were not taken back, newest first."""
        c = t.answers.table.c
        query = select(t.answers.table).where(c.person == person, c.status == "standing")
        if since is not None:
            query = query.where(c.at >= since)
        return self._all(t.answers, query.order_by(c.at.desc(), c.id.desc()).limit(limit))

    def answer_texts(self, answers: Sequence[Answer]) -> Mapping[str, str]:
        """The current words of these answers, by the answer's id; nothing for those that are hidden."""
        a, v = t.answers.table.c, t.answer_versions.table.c
        ids = [answer.id for answer in answers]
        found: dict[str, str] = {}
        for n in range(0, len(ids), _CHUNK):
            query = (
                select(a.id, v.text)
                .join(t.answer_versions.table, (v.answer_id == a.id) & (v.version == a.version))
                .where(a.room_id == self._room_id, a.id.in_(ids[n : n + _CHUNK]), a.veil == "")
                .order_by(a.number, a.id)
                .limit(_CHUNK)
            )
            found |= {row.id: row.text for row in self._connection.execute(query)}
        return found

    def answer_versions(self, answer_id: str) -> Sequence[AnswerVersion]:
        """All versions of an answer, oldest first."""
        return self._by(t.answer_versions, "version", "id", answer_id=answer_id)

    def answer_ballots(self, prompt_id: str) -> Sequence[AnswerBallot]:
        """The ballots on a prompt's answers."""
        return self._by(t.answer_ballots, "cast_at", "id", most=10_000, prompt_id=prompt_id)
