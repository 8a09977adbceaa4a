"""Schedules of prompts in words: receipts, and the list of when they come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from bot.cards import Action, Card, Items, Reply, Small, Text, button, note
from bot.faces.times import day_words, in_zone
from bot.sentences import Marked, say
from bot.story.recurring import days_words
from bot.story.schedules import Schedule
from bot.story.scheduling import Told
from bot.story.snapshot import Snapshot
from bot.story.wall_clock import leaps
from bot.story.zones import zone

_BUTTONS = 3
"""Schedules with buttons of their own on the list."""


def set_up(told: Told, now: datetime) -> Reply:
    """The receipt of a new schedule: it says what time it is there, so that a wrong zone is seen at once."""
    made = told.schedule
    there = f"{now.astimezone(zone(made.zone)):%H:%M}"
    first = say("schedule.first", at=_next(made, now), zone=made.zone, now=there)
    leap = (Small(say("schedule.dst")),) if leaps(made.clock, made.zone, now.date()) else ()
    parts = (Text(say("schedule.set_up", **_values(made))), Text(_asks(made)), Text(first), *leap)
    return Reply.of(Card(parts=parts, actions=(_do("skip", made), _do("remove", made))))


def changed(told: Told, now: datetime) -> Reply:
    """The receipt of a change."""
    made = told.schedule
    parts = [Text(say("schedule.changed", **_values(made))), Text(_asks(made))]
    if made.status == "on":
        parts.append(Text(say("schedule.at_once") if told.today else say("schedule.next", at=_next(made, now))))
    else:
        parts.append(Text(say("schedule.is_paused", number=made.number)))
    return Reply.of(Card(parts=tuple(parts)))


def listed(room: Snapshot, schedules: Sequence[Schedule], now: datetime, *, may: bool) -> Reply:
    """When prompts come; `may`: the reader may change it."""
    if not schedules:
        return Reply.of(note(say("schedule.none_yet")))
    lines = tuple(_line(one, now) for one in schedules)
    actions: list[Action] = []
    if may:
        for one in schedules[:_BUTTONS]:
            on = one.status == "on"
            actions += [_do("pause" if on else "resume", one), *([_do("skip", one)] if on else [])]
    pages = [lines[n : n + 10] for n in range(0, len(lines), 10)]
    cards = [Card(say("schedule.title") if not n else "", (Items(page, numbered=True),)) for n, page in enumerate(pages)]
    cards[-1] = cards[-1].with_parts(Small(say("schedule.how"))).with_actions(*actions)
    return Reply(tuple(cards))


def really_remove(one: Schedule) -> Reply:
    """The first of two presses."""
    press = button(say("schedule.do_remove"), "schedule-card do", "danger", what="remove", schedule=one.id)
    return Reply.of(Card(parts=(Text(say("schedule.really", **_values(one))),), actions=(press,)))


def _paused(told: Told, now: datetime) -> Reply:
    one = told.schedule
    return Reply.of(note(say("schedule.paused", number=one.number), _do("resume", one)))


def _resumed(told: Told, now: datetime) -> Reply:
    one = told.schedule
    text = Text(say("schedule.resumed", number=one.number))
    return Reply.of(Card(parts=(text, Text(say("schedule.next", at=_next(one, now)))), actions=(_do("pause", one),)))


def _skipped(told: Told, now: datetime) -> Reply:
    one = told.schedule
    day = day_words(date.fromisoformat(one.skipped))
    return Reply.of(note(say("schedule.skipped", day=day, at=_next(one, now)), _do("back", one)))


def _put_back(told: Told, now: datetime) -> Reply:
    one = told.schedule
    day = day_words(date.fromisoformat(one.next_day))
    return Reply.of(note(say("schedule.put_back", day=day), _do("skip", one)))


def _removed(told: Told, now: datetime) -> Reply:
    return Reply.of(note(say("schedule.removed", number=told.schedule.number)))


RECEIPTS: Mapping[str, Callable[[Told, datetime], Reply]] = {
    "pause": _paused, "resume": _resumed, "skip": _skipped, "back": _put_back, "remove": _removed,
}  # fmt: skip
"""The receipt of each thing that is done about a schedule."""


def _line(one: Schedule, now: datetime) -> Marked:
    key = "line" if one.status == "on" else "line_unreachable" if one.why == "unreachable" else "line_paused"
    line = say(f"schedule.{key}", **_values(one), what=_what(one), at=_next(one, now))
    if one.status == "on" and one.skipped:
        return Marked(f"{line} {say('schedule.line_skipped', day=day_words(date.fromisoformat(one.skipped)))}")
    return line


def _values(one: Schedule) -> dict[str, object]:
    return {"number": one.number, "days": days_words(one.days), "clock": one.at, "zone": one.zone}


def _asks(one: Schedule) -> Marked:
    return say("schedule.what", what=_what(one))


def _what(one: Schedule) -> Marked:
    kind = say("schedule.any_kind") if one.kind == "any" else say("schedule.of_kind", kind=one.kind)
    genre = () if one.genre == "any" else (say("schedule.of_genre", genre=one.genre),)
    blind = (say("schedule.is_blind"),) if one.blind else ()
    return Marked(", ".join((kind, *genre, say(f"schedule.from_{one.source}"), *blind)))


def _next(one: Schedule, now: datetime) -> Marked:
    return in_zone(one.next_at, one.zone, now)


def _do(what: str, one: Schedule) -> Action:
    label = say(f"schedule.do_{what}", number=one.number)
    if what == "remove":
        return button(label, "prompt unschedule", number=one.number)
    return button(label, "schedule-card do", what=what, schedule=one.id)


