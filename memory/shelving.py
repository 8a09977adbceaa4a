"""Queries of story nouns: each names its room, has an order that ends in the id, and a limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from bot.story.asks import Ask, Held
from bot.story.canon import Fact
from bot.story.notes import Note
from bot.story.passages import Draft, MachineText, Passage, PassageVersion
from bot.story.prompts import Answer, AnswerVersion
from bot.story.reports import Report
from bot.story.rounds import Pitch, Round
from bot.story.stories import Story
from bot.story.taking_out import Own
from bot.story.veiling import Veil, mark
from memory import statements
from memory import tables as t
from memory.nouns import Shelf

N = TypeVar("N")


class Shelving:
    """The reading half of a room's books."""

    def __init__(self, connection: Connection, room_id: str) -> None:
        self._connection = connection
        self._room_id = room_id

    def _one(self, shelf: Shelf[N], query: Select[Any]) -> N | None:
        row = self._connection.execute(query.where(shelf.table.c.room_id == self._room_id).limit(1)).first()
        return None if row is None else shelf.value(row)

    def _by(self, shelf: Shelf[N], *order: str, most: int = 1000, **values: Any) -> list[N]:
        """The first `most` rows that have these values, in this order (a column after `-` downwards)."""
        asked = {"of_room": self._room_id, "most": most, **{f"of_{name}": value for name, value in values.items()}}
        found = statements.rows_by(shelf, tuple(values), order).rows(self._connection, asked)
        return [shelf.value(row) for row in found]

    def _the(self, shelf: Shelf[N], **values: Any) -> N | None:
        """The row that has these values."""
        return next(iter(self._by(shelf, most=1, **values)), None)

    def _all(self, shelf: Shelf[N], query: Select[Any]) -> list[N]:
        return [
            shelf.value(row)
            for row in self._connection.execute(query.where(shelf.table.c.room_id == self._room_id))
        ]

    # ---- passages and drafts

    def passages(
        self, story_id: str, *, scene_id: str | None = None, after: int = 0, since: datetime | None = None,
        limit: int = 200, standing: bool = True, last: bool = False,
    ) -> Sequence[tuple[Passage, PassageVersion]]:  # fmt: skip
        """Passages of a story in reading order (by scene, then within it) with their current version."""
        query = statements.passages(
            scene=scene_id is not None, since=since is not None, standing=standing, last=last
        )
        asked = {"of_room": self._room_id, "of_story": story_id, "after": after, "most": limit}
        asked |= {} if scene_id is None else {"of_scene": scene_id}
        asked |= {} if since is None else {"since": since}
        width = len(t.passages.table.c)
        found = [
            (t.passages.value(row[:width]), t.passage_versions.value(row[width:]))
            for row in query.rows(self._connection, asked)
        ]
        return found[::-1] if last else found

    def words(self, story_id: str) -> Sequence[tuple[str, Veil, str]]:
        """(scene id, veil, words) of all passages that stand in a story, in reading order."""
        found = statements.words().rows(self._connection, {"of_room": self._room_id, "of_story": story_id})
        return [(scene, veil, text) for scene, veil, text in found]

    def passage(self, passage_id: str) -> tuple[Passage, PassageVersion] | None:
        """One passage with its current version, standing or not."""
        named = {"of_id": passage_id, "of_room": self._room_id}
        width = len(t.passages.table.c)
        found = statements.passage().rows(self._connection, named)
        return next(((t.passages.value(row[:width]), t.passage_versions.value(row[width:])) for row in found), None)

    def passage_numbered(self, story_id: str, number: int) -> tuple[Passage, PassageVersion] | None:
        """The passage that people call by this number."""
        head = self._the(t.passages, story_id=story_id, number=number)
        return None if head is None else self._with_version(head)

    def _with_version(self, head: Passage) -> tuple[Passage, PassageVersion] | None:
        version = self._the(t.passage_versions, passage_id=head.id, version=head.version)
        return None if version is None else (head, version)

    def versions(self, passage_id: str) -> Sequence[PassageVersion]:
        """All versions of a passage, oldest first."""
        return self._by(t.passage_versions, "version", "id", most=100_000, passage_id=passage_id)

    def draft(self, draft_id: str) -> Draft | None:
        """One draft."""
        return self._the(t.drafts, id=draft_id)

    def drafts(self, person: str, *, limit: int = 20) -> Sequence[Draft]:
        """A person's kept drafts in this room, newest first."""
        return self._by(t.drafts, "-at", "-id", most=limit, person=person, state="kept")

    def machine_text(self, machine_text_id: str) -> MachineText | None:
        """One text of a co-writer."""
        return self._the(t.machine_texts, id=machine_text_id)

    def machine_texts(
        self, story_id: str, *, limit: int = 30, states: tuple[str, ...] = ()
    ) -> Sequence[MachineText]:
        """The latest texts of co-writers in a story, newest first."""
        c = t.machine_texts.table.c
        query = select(t.machine_texts.table).where(c.story_id == story_id)
        if states:
            query = query.where(c.state.in_(states))
        return self._all(t.machine_texts, query.order_by(c.at.desc(), c.id.desc()).limit(limit))

    # ---- rounds

    def round_numbered(self, story_id: str, number: int) -> Round | None:
        """A round by its number."""
        return self._the(t.rounds, story_id=story_id, number=number)

    def round(self, round_id: str) -> Round | None:
        """A round by its id."""
        return self._the(t.rounds, id=round_id)

    def rounds(self, story_id: str, *, limit: int = 20) -> Sequence[Round]:
        """Rounds of a story, newest first."""
        return self._by(t.rounds, "-number", "-id", most=limit, story_id=story_id)

    def pitches(self, round_id: str) -> Sequence[Pitch]:
        """All pitches of a round, by arrival."""
        return self._by(t.pitches, "seq", "id", round_id=round_id)

    def pitch(self, pitch_id: str) -> Pitch | None:
        """One pitch."""
        return self._the(t.pitches, id=pitch_id)

    def drawer(self, story_id: str, *, limit: int = 30) -> Sequence[Pitch]:
        """Pitches that lost, newest first."""
        return self._by(t.pitches, "-at", "-id", most=limit, story_id=story_id, status="drawer")

    # ---- moderation

    def reports(self, *, reporter: str | None = None, limit: int = 20) -> Sequence[Report]:
        """Reports of this room, newest first."""
        c = t.reports.table.c
        query = select(t.reports.table)
        if reporter is not None:
            query = query.where(c.reporter == reporter)
        return self._all(t.reports, query.order_by(c.number.desc(), c.id.desc()).limit(limit))

    def own(self, person: str) -> Own:
        """Everything of one person that stands in this room, oldest first, with who wrote after them."""
        p, v = t.passages.table.c, t.passage_versions.table.c

        def theirs(shelf: Shelf[N], column: str, *which: ColumnElement[bool]) -> tuple[N, ...]:
            c = shelf.table.c
            query = select(shelf.table).where(c[column] == person, *which)
            return tuple(self._all(shelf, query.order_by(c.at, c.id)))

        heads = theirs(t.passages, "author", p.veil != "erased")
        of = {head.id for head in heads}
        versions: dict[str, list[PassageVersion]] = {id_: [] for id_ in of}
        every = select(t.passage_versions.table).join(t.passages.table, p.id == v.passage_id)
        found = self._all(t.passage_versions, every.where(p.author == person).order_by(v.version, v.id))
        for version in found:
            if version.passage_id in of:
                versions[version.passage_id].append(version)
        others = select(p.story_id, func.max(p.number)).where(
            p.room_id == self._room_id, p.author != person, p.status == "standing"
        )
        after = {row[0]: row[1] for row in self._connection.execute(others.group_by(p.story_id))}
        return Own(
            tuple((head, tuple(versions[head.id])) for head in heads),
            theirs(t.pitches, "author", t.pitches.table.c.veil != "erased"),
            theirs(t.drafts, "person", t.drafts.table.c.text != ""),
            theirs(t.machine_texts, "asker", t.machine_texts.table.c.veil != "erased"),
            theirs(t.facts, "by", t.facts.table.c.status == "standing"),
            theirs(t.reports, "reporter", t.reports.table.c.reason != ""),
            theirs(t.notes, "by", t.notes.table.c.text != str(mark("erased"))),
            (
                *(ask.id for ask in theirs(t.asks, "author", t.asks.table.c.text != "")),
                *(held.id for held in theirs(t.held, "author", t.held.table.c.text != "")),
                *(held.id for held in theirs(t.held, "person", t.held.table.c.text != "")),
            ),
            self._answers_with_versions(person),
            theirs(t.prompt_ideas, "by", t.prompt_ideas.table.c.text != str(mark("erased"))),
            tuple(head.id for head in heads if head.number > after.get(head.story_id, 0)),
        )

    def _answers_with_versions(self, person: str) -> tuple[tuple[Answer, tuple[AnswerVersion, ...]], ...]:
        a, v = t.answers.table.c, t.answer_versions.table.c
        mine = select(t.answers.table).where(a.person == person, a.veil != "erased").order_by(a.at, a.id)
        every = select(t.answer_versions.table).where(v.person == person).order_by(v.version, v.id)
        versions: dict[str, list[AnswerVersion]] = {}
        for version in self._all(t.answer_versions, every):
            versions.setdefault(version.answer_id, []).append(version)
        return tuple((head, tuple(versions.get(head.id, ()))) for head in self._all(t.answers, mine))

    # ---- notes, and what is asked of people

    def note(self, note_id: str) -> Note | None:
        """A note by its id."""
        return self._the(t.notes, id=note_id)

    def note_numbered(self, story_id: str, number: int) -> Note | None:
        """The note that people call by this number."""
        return self._the(t.notes, story_id=story_id, number=number)

    def notes(self, story_id: str, *, limit: int = 500) -> Sequence[Note]:
        """Open notes of a story, oldest first."""
        return self._by(t.notes, "number", "id", most=limit, story_id=story_id, state="open")

    def ask(self, ask_id: str) -> Ask | None:
        """A question about a message."""
        return self._the(t.asks, id=ask_id)

    def asks(self, message: str, *, limit: int = 500) -> Sequence[Ask]:
        """All questions about this message, and the room's open ones, newest first."""
        c = t.asks.table.c
        query = select(t.asks.table).where(or_(c.state == "open", c.message == message))
        return self._all(t.asks, query.order_by(c.at.desc(), c.id.desc()).limit(limit))

    def held(self, held_id: str) -> Held | None:
        """A message that waits for its form."""
        return self._the(t.held, id=held_id)

    # ---- canon and stories

    def facts(self, story_id: str, *, kind: str | None = None, limit: int = 200) -> Sequence[Fact]:
        """Standing facts of a story, by number."""
        c = t.facts.table.c
        query = select(t.facts.table).where(c.story_id == story_id, c.status == "standing")
        if kind is not None:
            query = query.where(c.kind == kind)
        return self._all(t.facts, query.order_by(c.number, c.id).limit(limit))

    def fact_numbered(self, story_id: str, number: int) -> Fact | None:
        """The fact that people call by this number."""
        return self._the(t.facts, story_id=story_id, number=number)

    def fact(self, fact_id: str) -> Fact | None:
        """A fact by its id."""
        return self._the(t.facts, id=fact_id)

    def story_numbered(self, number: int) -> Story | None:
        """A story of this room by its number, archived ones too."""
        return self._the(t.stories, number=number)

    def archived(self, *, limit: int = 50) -> Sequence[Story]:
        """Archived stories, newest first."""
        return self._by(t.stories, "-number", "-id", most=limit, status="archived")
