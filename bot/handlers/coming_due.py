"""What a schedule does at its hour: one write of its room in which it fires, asks, notes what it missed and comes next."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date
from typing import Any

from bot.errors import UserError
from bot.handlers.prompt_stock import stocked
from bot.story import daily, scheduling
from bot.story.books import Books, DueRow
from bot.story.house_rules import showrunners
from bot.story.moments import Due, Moment, Outcome
from bot.story.prompts import Prompt
from bot.story.schedules import Schedule
from bot.story.tidings import tell

log = logging.getLogger("room37.schedules")


def ask_when_due(books: Books, due: DueRow, moment: Moment) -> Outcome[Any]:
    """Ask the date that is due, or note that it was missed. While a scene is stopped nothing is asked, and no date is held
    against anybody."""
    room = books.snapshot()
    schedule = books.schedule(due.subject)
    if schedule is None or schedule.status != "on":
        return Outcome(None)
    firing = scheduling.come_due(schedule, moment.now)
    silent = _silent(books, schedule) if firing.ask is not None else Outcome(None)
    after, missed, ask = firing.schedule, firing.missed, firing.ask
    if silent.value is not None:
        after = scheduling.unheard(after)
    elif firing.ask is not None:
        after = replace(after, unheard=0)
    if ask is not None and (room.room.stopped_at is not None or after.status != "on"):
        missed, ask = (*missed, ask), None
    if room.room.stopped_at is None:
        after = scheduling.missed_too(after, firing.missed)
    made: Outcome[Any] = silent
    if ask is not None:
        made, after = _asked(books, made, after, ask, moment)
    rows = _noted(books, after, missed, moment)
    if after.why == "unreachable":
        people = (schedule.by, *showrunners(room))
        rows += tell(room, people, "tidings.schedule_unreachable", moment, number=schedule.number)
        log.warning("schedule %s pauses: nothing could be posted in its room", schedule.id)
    ordered = "co-writer" in (schedule.source, after.source)
    return made.also(rows=rows).then(scheduling.kept(room, after, moment, ordered=ordered))


def _asked(
    books: Books, before: Outcome[Any], schedule: Schedule, day: date, moment: Moment
) -> tuple[Outcome[Any], Schedule]:
    """The prompt of a date, unless it was asked already (the machine's clock went back)."""
    room = books.snapshot()
    standing = books.prompt_of(schedule.id, day.isoformat())
    if standing is not None and standing.status != "missed":
        return before, schedule
    try:
        stock = stocked(books, schedule.wish, moment, schedule_id=schedule.id)
        told = tuple(date.fromisoformat(one) for one in schedule.untold)
        made = daily.ask(
            room, schedule.wish, stock, moment, schedule_id=schedule.id, day=day, closes_at=schedule.next_at, missed=told
        )
    except UserError as refusal:
        log.info("schedule %s asked nothing: %s", schedule.id, refusal.key)
        return before, schedule
    if standing is not None:
        before = before.also(rows=(replace(standing, schedule_id=None),))
    return before.then(made), scheduling.asked(schedule, day)


def _noted(books: Books, schedule: Schedule, missed: tuple[date, ...], moment: Moment) -> tuple[object, ...]:
    """Rows of dates that were missed, so that nobody's streak ends by them."""
    room = books.snapshot()
    fresh = (day for day in missed if books.prompt_of(schedule.id, day.isoformat()) is None)
    return tuple(
        row for day in fresh for row in daily.missed(room, schedule.wish, schedule.id, day, moment).rows
    )


def _silent(books: Books, schedule: Schedule) -> Outcome[Prompt | None]:
    """The prompt before this one, if it could not be posted in all its time: it is withdrawn, so that prompts never pile up
    before a door that is closed."""
    before = books.prompt_of(schedule.id, schedule.last_day) if schedule.last_day else None
    if before is None or before.status == "missed":
        return Outcome(None)
    post = books.post_of("prompt", before.id)
    if post is None or post.shown_at is not None or post.state in ("doubtful", "gone") or books.answers(before.id, limit=1):
        return Outcome(None)
    withdrawn = replace(before, status="missed")
    return Outcome(withdrawn, (withdrawn,), dues=(Due("prompt_close", before.id, None),))
