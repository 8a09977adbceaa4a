"""Notes: receipts, the list of open ones, one note whole, the coverage of a story, and what a writer hears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards import Action, Card, Items, Part, Prose, Reply, Small, Text, button, note
from bot.faces.times import when
from bot.sentences import Marked, literal, say
from bot.story.notes import Note
from bot.story.noting import Covered, NoteNews
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.text import first_words, shorten

_PAGE = 3_000
_BUTTONS = 5
_PAGES = 8
"""Cards of a list; what is beyond them is found by its number."""


def receipt(news: NoteNews, room: Snapshot, now: datetime, *, on_message: bool = False) -> Reply:
    """The receipt of a note."""
    given, words = news.note, first_words(news.note.text, 100)
    if given.passage_id is None:
        text = say("notes.given_story", number=given.number, story=news.story.title, words=words)
    else:
        key = "notes.given_self" if given.writer == given.by else "notes.given"
        text = say(key, number=given.number, passage=given.passage_number, writer=news.writer, words=words)
    parts: list[Part] = [Text(text)]
    if given.due_at is not None:
        parts.append(Text(say("notes.due", due=when(given.due_at, room.room, now))))
    if on_message:
        parts.append(Small(say("notes.on_message")))
    return Reply.of(Card(parts=tuple(parts), actions=(button(say("passage.undo"), "undo"),)))


def resolved(news: NoteNews) -> Reply:
    """The receipt of a resolved note."""
    text = say("notes.resolved", number=news.note.number, words=first_words(news.note.text, 100))
    return Reply.of(note(text, button(say("passage.undo"), "undo")))


def listed(room: Snapshot, story: Story, notes: Sequence[Note], now: datetime, mine: Sequence[Note]) -> Reply:
    """The open notes, oldest first; `mine` are those that the reader may resolve."""
    if not notes:
        return Reply.of(note(say("notes.none", story=story.title)))
    pages: list[list[Marked]] = [[]]
    for one in notes:
        line = _line(room, one, now)
        if sum(map(len, pages[-1])) + len(line) > _PAGE:
            pages.append([])
        pages[-1].append(line)
    actions = tuple(
        button(say("notes.resolve_n", number=n.number), "notes resolve", number=n.number) for n in mine[:_BUTTONS]
    )
    last = len(pages[:_PAGES]) - 1
    cards = [
        Card(
            say("notes.title", story=story.title) if not number else "",
            (Items(tuple(page)), *((Small(say("notes.how")),) if number == last else ())),
            actions if number == last else (),
        )
        for number, page in enumerate(pages[:_PAGES])
    ]
    return Reply(tuple(cards))


def whole(room: Snapshot, story: Story, one: Note, now: datetime, *, mine: bool) -> Reply:
    """One note, whole."""
    parts: list[Part] = [Text(_where(room, story, one, now)), Prose(one.text)]
    if one.due_at is not None:
        parts.append(Small(say("notes.due", due=when(one.due_at, room.room, now))))
    if one.state != "open":
        parts.append(Small(say("notes.is_resolved")))
    actions = (_resolve(one),) if mine and one.state == "open" else ()
    return Reply.of(Card(say("notes.whole_title", number=one.number), tuple(parts), actions))


def told(room: Snapshot, one: Note, now: datetime, *, due: bool) -> Card | None:
    """What the passage's author hears at their next act; None once it is seen to."""
    if one.state != "open":
        return None
    by = room.name(one.by)
    if due and one.due_at is not None:
        text = say("notes.came_due", by=by, passage=one.passage_number, due=when(one.due_at, room.room, now))
        return Card(say("notes.came_due_title"), (Text(text), Prose(one.text)), (_resolve(one),))
    text = say("notes.came", by=by, passage=one.passage_number)
    return Card(say("notes.came_title"), (Text(text), Prose(one.text)), (_resolve(one),))


def coverage(room: Snapshot, story: Story, found: Sequence[Covered], now: datetime) -> Reply:
    """How many notes are open where, and since when."""
    lines = [_covered(room, one, now) for one in found]
    pages: list[list[Marked]] = [[]]
    for line in lines:
        if sum(map(len, pages[-1])) + len(line) > _PAGE:
            pages.append([])
        pages[-1].append(line)
    title = say("notes.coverage_title", story=story.title)
    cards = [Card(title if not n else "", (Items(tuple(page)),)) for n, page in enumerate(pages[:_PAGES])]
    return Reply(tuple(cards))


def _covered(room: Snapshot, one: Covered, now: datetime) -> Marked:
    scene = literal(shorten(f"{one.scene.number} {one.scene.title}".strip(), 100)) if one.scene is not None else ""
    if one.oldest is None:
        return say("notes.covered_none", scene=scene)
    oldest = when(one.oldest, room.room, now)
    if one.scene is None:
        return say("notes.covered_out" if one.out else "notes.covered_story", n=one.open, oldest=oldest)
    passages = [str(n) if k == 1 else say("notes.passage_n", number=n, n=k) for n, k in one.passages[:20]]
    more = ["…"] if len(one.passages) > 20 else []
    return say("notes.covered", scene=scene, n=one.open, oldest=oldest, passages="; ".join(passages + more))


def _line(room: Snapshot, one: Note, now: datetime) -> Marked:
    values = {
        "number": one.number, "passage": one.passage_number, "writer": room.name(one.writer) if one.writer else "",
        "by": room.name(one.by), "at": when(one.at, room.room, now), "words": shorten(one.text, 240),
    }  # fmt: skip
    line = say("notes.line" if one.passage_id is not None else "notes.line_story", **values)
    if one.due_at is None:
        return line
    key = "notes.line_overdue" if one.due_at <= now else "notes.line_due"
    return Marked(f"{line} {say(key, due=when(one.due_at, room.room, now))}")


def _where(room: Snapshot, story: Story, one: Note, now: datetime) -> Marked:
    by, at = room.name(one.by), when(one.at, room.room, now)
    if one.passage_id is None:
        return say("notes.whole_story", story=story.title, by=by, at=at)
    return say("notes.whole", passage=one.passage_number, writer=room.name(one.writer), by=by, at=at)


def _resolve(one: Note) -> Action:
    return button(say("notes.resolve"), "note-card resolve", note=one.id)
