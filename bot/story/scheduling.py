"""The rules of schedules: setting one up, changing, pausing, skipping; and what happens at its hour.

A schedule has one local date that is asked next. Whatever is changed about it, that date stays the next one, so none
is dropped and none is asked twice; only what falls out of its rule is passed over. What was due while nobody could ask
it is asked late when less than half of its period has gone by, the latest date alone; all others were missed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from bot.errors import NotAllowed, UserError
from bot.story import zones
from bot.story.guards import require_runner, require_writer
from bot.story.ledger import Act
from bot.story.moments import Due, Moment, Outcome
from bot.story.prompt_sources import plan
from bot.story.prompts import Wish
from bot.story.schedules import Schedule
from bot.story.snapshot import Snapshot
from bot.story.wall_clock import Days, coming, instant_of, next_day, passed

MOST = 20
"""Schedules of a room that are not removed."""
KEPT = 31
"""So many missed dates are kept and told, the latest; more are nobody's streak."""
UNHEARD_MOST = 3
"""A schedule pauses itself when so many prompts in a row could not be posted until the next was due."""


@dataclass(frozen=True, slots=True)
class Told:
    """A schedule after something was done about it, for its receipt."""

    schedule: Schedule
    today: bool = False
    """The date that was pending comes at once: its new time has passed today."""


@dataclass(frozen=True, slots=True)
class Firing:
    """What a schedule does at its hour."""

    schedule: Schedule
    """As it stands afterwards."""
    ask: date | None
    """The date to be asked now."""
    missed: tuple[date, ...] = ()
    """Dates that can be asked no more, the latest of them."""
    late: bool = False
    """It asks later than its hour, or missed something: nobody was there."""


def require_scheduler(snapshot: Snapshot, moment: Moment) -> None:
    """Refuse who may not say when prompts come: a showrunner or keeper; at a table anyone who may write."""
    if snapshot.room.preset == "table":
        require_writer(snapshot, moment)
    else:
        require_runner(snapshot, moment)


def may_schedule(snapshot: Snapshot, moment: Moment) -> bool:
    """Whether the person may say when prompts come."""
    try:
        require_scheduler(snapshot, moment)
    except NotAllowed:
        return False
    return True


def set_up(
    snapshot: Snapshot, standing: int, days: Days, at: time, zone: str, wish: Wish, moment: Moment
) -> Outcome[Told]:
    """A new schedule; `standing` is how many the room has. Raises UserError when that is all it can have."""
    require_scheduler(snapshot, moment)
    if standing >= MOST:
        raise UserError("schedule.full", most=MOST)
    room = replace(snapshot.room, schedules=snapshot.room.schedules + 1)
    day, instant = coming(days, at, zone, moment.now)
    made = Schedule(
        moment.new_id(), room.id, room.schedules, f"{at:%H:%M}", zone, moment.actor, moment.now, day.isoformat(), instant,
        moment.now, zones.version(), days.weekdays, days.every, days.anchor.isoformat(), wish.kind, wish.genre, wish.source,
        wish.blind,
    )  # fmt: skip
    act = _act("schedule.set", made, moment)
    return Outcome(None, (room,), (act,)).then(kept(snapshot, made, moment))


def change(
    snapshot: Snapshot, schedule: Schedule, moment: Moment, *, days: Days | None = None, at: time | None = None,
    zone: str | None = None, wish: Wish | None = None,
) -> Outcome[Told]:  # fmt: skip
    """Change a schedule. The date that is to come stays the next one; if its new time has passed, it comes at once."""
    require_scheduler(snapshot, moment)
    wish = wish or schedule.wish
    days = days or schedule.days
    if days.every and days.every == schedule.every:
        days = schedule.days
    changed = replace(
        schedule, weekdays=days.weekdays, every=days.every, anchor=days.anchor.isoformat(), at=f"{at or schedule.clock:%H:%M}",
        zone=zone or schedule.zone, kind=wish.kind, genre=wish.genre, source=wish.source, blind=wish.blind,
    )  # fmt: skip
    if changed == schedule:
        raise UserError("schedule.no_change", number=schedule.number)
    day = date.fromisoformat(schedule.next_day)
    instant = instant_of(day, changed.clock, changed.zone)
    if schedule.status != "on" or not days.holds(day):
        day, instant = _open(changed, moment.now)
    today = instant <= moment.now
    changed = _reckoned(changed, day, max(instant, moment.now), moment.now)
    act = _act("schedule.changed", changed, moment)
    return Outcome(None, (), (act,)).then(kept(snapshot, changed, moment)).answering(Told(changed, today))


def pause(snapshot: Snapshot, schedule: Schedule, moment: Moment) -> Outcome[Told]:
    """No prompts until it goes on."""
    require_scheduler(snapshot, moment)
    if schedule.status == "paused":
        raise UserError("schedule.is_paused", number=schedule.number)
    paused = replace(schedule, status="paused", why="asked", skipped="")
    return Outcome(None, (), (_act("schedule.paused", paused, moment),)).then(kept(snapshot, paused, moment))


def resume(snapshot: Snapshot, schedule: Schedule, moment: Moment) -> Outcome[Told]:
    """Prompts come again, from the next date on; what passed meanwhile was not missed."""
    require_scheduler(snapshot, moment)
    if schedule.status == "on":
        raise UserError("schedule.is_on", number=schedule.number)
    went_on = replace(schedule, status="on", why="", untold=(), unheard=0)
    went_on = _reckoned(went_on, *_open(went_on, moment.now), moment.now)
    return Outcome(None, (), (_act("schedule.resumed", went_on, moment),)).then(kept(snapshot, went_on, moment))


def skip(snapshot: Snapshot, schedule: Schedule, moment: Moment) -> Outcome[Told]:
    """Leave out the date that is to come; said again, the one after it as well."""
    require_scheduler(snapshot, moment)
    if schedule.status != "on":
        raise UserError("schedule.is_paused", number=schedule.number)
    out = schedule.next_day
    day = next_day(schedule.days, date.fromisoformat(out))
    left = _reckoned(replace(schedule, skipped=out), day, instant_of(day, schedule.clock, schedule.zone), moment.now)
    act = _act("schedule.skipped", left, moment, day=out)
    return Outcome(None, (), (act,)).then(kept(snapshot, left, moment))


def put_back(snapshot: Snapshot, schedule: Schedule, moment: Moment) -> Outcome[Told]:
    """The date that was left out comes after all, if it is still to come."""
    require_scheduler(snapshot, moment)
    if not schedule.skipped or schedule.status != "on":
        raise UserError("schedule.none_skipped", number=schedule.number)
    day = date.fromisoformat(schedule.skipped)
    instant = instant_of(day, schedule.clock, schedule.zone)
    if instant <= moment.now:
        raise UserError("schedule.skipped_over", number=schedule.number)
    back = _reckoned(replace(schedule, skipped=""), day, instant, moment.now)
    act = _act("schedule.put_back", back, moment, day=schedule.skipped)
    return Outcome(None, (), (act,)).then(kept(snapshot, back, moment))


def remove(snapshot: Snapshot, schedule: Schedule, moment: Moment) -> Outcome[Told]:
    """The schedule goes; what it asked stays."""
    require_scheduler(snapshot, moment)
    gone = replace(schedule, status="gone", skipped="", untold=())
    return Outcome(None, (), (_act("schedule.removed", gone, moment),)).then(kept(snapshot, gone, moment))


# ---- at its hour


def come_due(schedule: Schedule, now: datetime) -> Firing:
    """What a schedule that is woken does: ask, ask late, or only note what was missed, and when it comes next.

    Zones' rules that changed since its instant was reckoned are followed: it may be too early then, and waits.
    """
    first = date.fromisoformat(schedule.next_day)
    here = instant_of(first, schedule.clock, schedule.zone)
    forced = schedule.next_at if schedule.reckoned_at <= now and schedule.next_at >= here else here
    if forced > now:
        return Firing(_reckoned(schedule, first, forced, now), None)
    gone = deque(passed(schedule.days, schedule.clock, schedule.zone, first, now), maxlen=KEPT + 1)
    last = gone[-1] if gone else first
    following = next_day(schedule.days, last)
    next_at = instant_of(following, schedule.clock, schedule.zone)
    planned = forced if last == first else instant_of(last, schedule.clock, schedule.zone)
    in_time = (now - planned) * 2 < next_at - instant_of(last, schedule.clock, schedule.zone)
    missed = tuple(gone)[:-1] if in_time else tuple(gone)
    after = _reckoned(replace(schedule, skipped=""), following, next_at, now)
    return Firing(after, last if in_time else None, missed[-KEPT:], bool(missed))


def asked(schedule: Schedule, day: date) -> Schedule:
    """The schedule after it asked: what it had missed was told on the card."""
    return replace(schedule, last_day=day.isoformat(), untold=())


def missed_too(schedule: Schedule, missed: tuple[date, ...]) -> Schedule:
    """The schedule after it missed dates, which its next card tells."""
    return replace(schedule, untold=(*schedule.untold, *(day.isoformat() for day in missed))[-KEPT:])


def unheard(schedule: Schedule) -> Schedule:
    """The schedule after one more prompt could not be posted in its time; the last time it pauses itself."""
    count = schedule.unheard + 1
    if count < UNHEARD_MOST:
        return replace(schedule, unheard=count)
    return replace(schedule, unheard=count, status="paused", why="unreachable", untold=(), skipped="")


def kept(snapshot: Snapshot, schedule: Schedule, moment: Moment, *, ordered: bool = True) -> Outcome[Told]:
    """The schedule's row, its due, and what is ordered ahead for it (`ordered`: something may be)."""
    on = schedule.status == "on"
    due = Due("prompt", schedule.id, schedule.next_at if on else None)
    whole = Outcome(Told(schedule), (schedule,), dues=(due,))
    if not ordered:
        return whole
    wish = schedule.wish if on else Wish()
    return plan(snapshot, schedule.id, wish, schedule.next_at, moment).then(whole)


def reckon(schedule: Schedule, now: datetime) -> Schedule:
    """The schedule by the zones' rules and the clock of now: the date that is next stays, at its instant by these rules.

    When the machine's clock went back, the next date is the first one that is to come after what was asked last; a date
    that was asked already is passed over at its hour.
    """
    day = date.fromisoformat(schedule.next_day)
    if schedule.reckoned_at > now and schedule.skipped == "":
        day = min(day, _open(schedule, now)[0])
    return _reckoned(schedule, day, instant_of(day, schedule.clock, schedule.zone), now)


# ---- inside


def _open(schedule: Schedule, now: datetime) -> tuple[date, datetime]:
    """The first date of the rule whose instant is to come, not the one that was asked last."""
    day, instant = coming(schedule.days, schedule.clock, schedule.zone, now)
    if day.isoformat() == schedule.last_day:
        day = next_day(schedule.days, day)
        instant = instant_of(day, schedule.clock, schedule.zone)
    return day, instant


def _reckoned(schedule: Schedule, day: date, at: datetime, now: datetime) -> Schedule:
    return replace(
        schedule, next_day=day.isoformat(), next_at=at.astimezone(UTC), reckoned_at=now, reckoned_with=zones.version()
    )


def _act(kind: str, schedule: Schedule, moment: Moment, **more: str) -> Act:
    detail = {"number": schedule.number, "at": schedule.at, "zone": schedule.zone, "status": schedule.status, **more}
    return Act(kind, (schedule.room_id, schedule.id), moment.key, "", detail)
