"""The weekly card, and what the showrunner hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.cards import Card, Part, Reply, Small, Text, button, note
from bot.faces.streaks import streaks_of
from bot.faces.times import day_words, when
from bot.sentences import Marked, literal, say
from bot.story.books import Books
from bot.story.clocks import clock_on
from bot.story.digest import WEEK, DigestNews
from bot.story.opening import shown_name
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.text import shorten
from bot.story.wall_clock import instant_of

_PEOPLE = 8
_IDEAS = 5
_IDEA = 160
_NAME = 60
ROW = 2
"""A streak is told from so many days on."""


def draw(kind: str, subject: str, books: Books, now: datetime) -> Card | None:
    """The card of the week that ended at its hour on this local date; None when no such card is kept any more."""
    found, room = books.digest(), books.snapshot()
    if found is None:
        return None
    day = date.fromisoformat(subject)
    since, until = (instant_of(of, found.at, found.zone) for of in (day - WEEK, day))
    parts: list[Part] = [
        Text(line)
        for line in (
            _written(room, books, since, until),
            _won(books, since, until),
            _prompts(books, since, until),
            _sprints(books, since, until),
            *_open(room, now),
            _streaks(room, books, now),
        )
        if line
    ]
    title = say("digest.title", story=room.story.title) if room.story is not None else say("digest.title_plain")
    small = Small(say("digest.period", since=day_words(day - WEEK), until=day_words(day)))
    return Card(title, (*(parts or [Text(say("digest.quiet"))]), small), (button(say("story.read"), "read"),))


def _written(room: Snapshot, books: Books, since: datetime, until: datetime) -> Marked | None:
    rows = books.words_since(since, until)
    if not rows:
        return None
    total = sum(words for _, _, words in rows)
    by = [
        say("digest.written_by", name=shorten(room.name(person), _NAME), words=f"{words:,}") for person, _, words in rows
    ]
    return say("digest.written", n=sum(n for _, n, _ in rows), words=_words(total), by=_some(by, _PEOPLE))


def _won(books: Books, since: datetime, until: datetime) -> Marked | None:
    ideas: list[Marked] = []
    for round_id, winner in books.rounds_closed(since, until):
        round_, idea = books.round(round_id), books.pitch(winner)
        if round_ is None or idea is None or idea.veil:
            continue
        name = shown_name(round_, idea)
        key = "digest.idea" if name else "digest.idea_unnamed"
        ideas.append(say(key, idea=shorten(idea.text, _IDEA), name=name))
    return say("digest.won", ideas=_some(ideas, _IDEAS, "; "), n=len(ideas)) if ideas else None


def _prompts(books: Books, since: datetime, until: datetime) -> Marked | None:
    asked = [p for p in books.prompts(since=since, limit=200) if p.asked_at < until and p.status != "missed"]
    if not asked:
        return None
    answers = sum(len(books.answers(p.id)) for p in asked[:20])
    return say("digest.prompts", n=len(asked), answers=say("digest.answers", n=answers))


def _sprints(books: Books, since: datetime, until: datetime) -> Marked | None:
    n, words = books.sprints_since(since, until)
    return say("digest.sprints", n=n, words=_words(words)) if n else None


def _open(room: Snapshot, now: datetime) -> list[Marked]:
    lines: list[Marked] = []
    for story in sorted(room.stories.values(), key=lambda s: s.number):
        if story.status != "open":
            continue
        for round_ in room.open_rounds(story.id):
            key = "digest.open_round" if round_.closes_at else "digest.open_round_endless"
            closes = when(round_.closes_at, room.room, now) if round_.closes_at else ""
            lines.append(say(key, question=round_.question, when=closes))
        lines += _waiting(room, story)
    return lines[:8]


def _waiting(room: Snapshot, story: Story) -> list[Marked]:
    turn, pen = room.turns.get(story.id), room.pens.get(story.id)
    lines = []
    if turn is not None and turn.current is not None:
        lines.append(say("digest.turn", name=shorten(room.name(turn.current), _NAME)))
    idea = room.pitches.get(pen.pitch_id) if pen is not None and pen.pitch_id is not None else None
    if idea is not None and not idea.veil:
        lines.append(say("digest.unwritten", idea=shorten(idea.text, _IDEA)))
    return lines


def _streaks(room: Snapshot, books: Books, now: datetime) -> Marked | None:
    people = [m.person for m in room.members.values()]
    found = sorted(
        ((s.days, person) for person, s in streaks_of(books, people, now).items() if s.days >= ROW),
        key=lambda row: (-row[0], row[1]),
    )
    rows = [say("digest.streak", name=shorten(room.name(person), _NAME), n=days) for days, person in found]
    return say("digest.streaks", rows=_some(rows, _PEOPLE)) if rows else None


def _some(rows: Sequence[Marked], most: int, between: str = ", ") -> Marked:
    more = [say("digest.more", n=len(rows) - most)] if len(rows) > most else []
    return Marked(between.join([*rows[:most], *more]))


def _words(n: int) -> Marked:
    return say("sprint.words", n=n, words=f"{n:,}")


def state(room: Snapshot, news: DigestNews, now: datetime, *, off: bool = False) -> Reply:
    """When it comes, or that it does not."""
    if news.digest is None or news.comes_at is None:
        return Reply.of(note(say("digest.turned_off" if off else "digest.is_off")))
    clock = literal(clock_on(news.comes_at, news.digest.zone))
    text = say("digest.is_on", when=when(news.comes_at, room.room, now), clock=clock)
    return Reply.of(note(text, button(say("digest.turn_off"), "showrunner digest", when="off")))
