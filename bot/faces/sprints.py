"""Sprints: the messages that call, start, remind and end, the table of words, and private receipts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.cards import Action, Card, Items, Part, Reply, Small, Text, button, note
from bot.faces.times import span, when
from bot.sentences import Marked, literal, say
from bot.story import sprints
from bot.story.books import Books
from bot.story.snapshot import Snapshot
from bot.story.sprints import Best, Runner, Sprint, SprintNews
from bot.story.text import shorten

_ROWS = 25
_NAME = 60


def draw(kind: str, subject: str, books: Books, now: datetime) -> Card | None:
    """The card of one message of a sprint as it shall show now; None when there is no such sprint in this room."""
    sprint_id, _, step = subject.partition(":")
    sprint = books.sprint(sprint_id)
    if sprint is None:
        return None
    room, runners = books.snapshot(), books.runners(sprint.id)
    match step:
        case "call":
            return _call(room, sprint, runners, now)
        case "go":
            return _go(room, sprint, runners, now)
        case "last":
            return _last(sprint)
        case "over":
            return _over(room, sprint, runners, now)
        case _:
            people = [r.person for r in runners]
            return _result(room, sprint, runners, sprints.bests(books.runs_before(sprint.number, people)))


def _call(room: Snapshot, sprint: Sprint, runners: Iterable[Runner], now: datetime) -> Card:
    if sprint.state == "off":
        key = "sprint.off_missed" if sprint.missed else "sprint.off"
        return _message(say(key, number=sprint.number, when=when(sprint.starts_at, room.room, now)))
    if sprint.state != "called":
        return _message(say("sprint.began", number=sprint.number), _in_it(room, runners))
    text = say(
        "sprint.call", name=room.name(sprint.by), length=span(sprints.minutes(sprint)),
        when=when(sprint.starts_at, room.room, now, relative=True),
    )  # fmt: skip
    return _message(text, _in_it(room, runners), actions=(_join(),))


def _go(room: Snapshot, sprint: Sprint, runners: Iterable[Runner], now: datetime) -> Card:
    if sprint.state != "running":
        return _message(say("sprint.ran", number=sprint.number), _in_it(room, runners))
    until = when(sprint.ends_at, room.room, now)
    text = say("sprint.go", length=span(sprints.minutes(sprint)), until=until)
    return _message(text, _in_it(room, runners), actions=(_join(), _words(sprint)))


def _last(sprint: Sprint) -> Card:
    return _message(say("sprint.last" if sprint.state == "running" else "sprint.ran", number=sprint.number))


def _over(room: Snapshot, sprint: Sprint, runners: Iterable[Runner], now: datetime) -> Card:
    if sprint.state != "counting" or sprint.counts_until is None:
        return _message(say("sprint.counted", number=sprint.number), actions=(_words(sprint),))
    key = "sprint.over_missed" if sprint.missed else "sprint.over"
    text = say(key, until=when(sprint.counts_until, room.room, now), ended=when(sprint.ends_at, room.room, now))
    return _message(text, _in_it(room, runners), actions=(_words(sprint),))


def _result(room: Snapshot, sprint: Sprint, runners: Iterable[Runner], past: dict[str, Best]) -> Card:
    rows = sprints.table(sprint, runners)
    title = say("sprint.result_title", number=sprint.number, length=span(sprints.minutes(sprint)))
    if not rows:
        return Card(title, (Text(say("sprint.nobody")),), (_words(sprint),), notify=True)
    lines = [_row(room, sprint, n, runner, past.get(runner.person)) for n, runner in enumerate(rows[:_ROWS], 1)]
    if len(rows) > _ROWS:
        lines.append(say("sprint.more", n=len(rows) - _ROWS))
    together = sum(r.words or 0 for r in rows)
    parts: list[Part] = [Items(tuple(lines), numbered=True)]
    if len(rows) > 1:
        parts.append(Text(say("sprint.together", words=f"{together:,}", n=len(rows))))
    wrote_too = [r for r in sprints.inside(runners) if r.words is None]
    if wrote_too:
        parts.append(Small(say("sprint.too", names=_names(room, wrote_too))))
    return Card(title, tuple(parts), (_words(sprint),), notify=True)


def _row(room: Snapshot, sprint: Sprint, place: int, runner: Runner, before: Best | None) -> Marked:
    words, pace = runner.words or 0, sprints.pace(sprint, runner)
    line = say(
        "sprint.row", place=place, name=shorten(room.name(runner.person), _NAME), words=_counted(words), pace=_pace(pace)
    )
    marks = []
    if before is not None and words > before.words:
        marks.append(say("sprint.most"))
    if before is not None and pace > before.pace:
        marks.append(say("sprint.fastest"))
    if runner.joined_at > sprint.starts_at and sprint.ends_at > sprint.starts_at:
        late = round((runner.joined_at - sprint.starts_at).total_seconds() / 60)
        marks += [say("sprint.came_late", n=late)] if late else []
    return Marked(" ".join((line, *(say("sprint.mark", mark=mark) for mark in marks))))


def _counted(words: int) -> Marked:
    return say("sprint.words", n=words, words=f"{words:,}")


def _pace(pace: float) -> str:
    return f"{pace:.0f}" if pace >= 10 or pace == int(pace) else f"{pace:.1f}"


def _in_it(room: Snapshot, runners: Iterable[Runner]) -> Marked | None:
    there = sprints.inside(runners)
    return say("sprint.in_it", names=_names(room, there)) if there else None


def _names(room: Snapshot, runners: Iterable[Runner]) -> Marked:
    """Some names, and how many more."""
    all_ = [shorten(room.name(r.person), _NAME) for r in runners]
    names = Marked(", ".join(literal(name) for name in all_[:_ROWS]))
    return say("sprint.names_more", names=names, n=len(all_) - _ROWS) if len(all_) > _ROWS else names


def _message(text: Marked, small: Marked | None = None, *, actions: tuple[Action, ...] = ()) -> Card:
    parts: tuple[Part, ...] = (Text(text), *((Small(small),) if small else ()))
    return Card(parts=parts, actions=actions, notify=True)


def _join() -> Action:
    return button(say("sprint.join"), "sprint join", "main")


def _words(sprint: Sprint) -> Action:
    return button(say("sprint.say_words"), "sprint words", sprint=sprint.id)


def _leave(sprint: Sprint) -> Action:
    return button(say("sprint.leave"), "sprint-card leave", sprint=sprint.id)


# ---- receipts


def called(room: Snapshot, news: SprintNews, now: datetime) -> Reply:
    """The receipt of who called a sprint: they are in it."""
    sprint = news.sprint
    key = "sprint.you_called" if sprint.state == "called" else "sprint.you_started"
    text = say(
        key, starts=when(sprint.starts_at, room.room, now, relative=True), ends=when(sprint.ends_at, room.room, now),
        length=span(sprints.minutes(sprint)),
    )  # fmt: skip
    actions = (button(say("sprint.end"), "sprint end"), _leave(sprint))
    return Reply.of(Card(parts=(Text(text), Small(say("sprint.whole_count"))), actions=actions))


def joined(room: Snapshot, news: SprintNews, now: datetime) -> Reply:
    """The receipt of who joined."""
    sprint = news.sprint
    late = sprint.state == "running"
    key = ("sprint.you_join_late" if late else "sprint.you_join") if news.fresh else "sprint.you_are_in"
    text = say(key, starts=when(sprint.starts_at, room.room, now), ends=when(sprint.ends_at, room.room, now))
    began = news.mine.began_with if news.mine is not None else None
    small = say("sprint.whole_count") if began is None else say("sprint.began_with", words=f"{began:,}")
    return Reply.of(Card(parts=(Text(text), Small(small)), actions=(_leave(sprint),)))


def said(news: SprintNews) -> Reply:
    """The receipt of words."""
    sprint, mine = news.sprint, news.mine
    written = (mine.words or 0) if mine is not None else 0
    key = {"over": "sprint.in_table", "running": "sprint.noted_running"}.get(sprint.state, "sprint.noted")
    return Reply.of(note(say(key, words=_counted(written)), _words(sprint)))


def ended(news: SprintNews) -> Reply:
    """The receipt of who ended it."""
    return Reply.of(note(say("sprint.you_called_off" if news.sprint.state == "off" else "sprint.you_ended")))


def left(news: SprintNews) -> Reply:
    """The receipt of who left."""
    again = (_join(),) if news.sprint.state in ("called", "running") else ()
    return Reply.of(note(say("sprint.you_left"), *again))
