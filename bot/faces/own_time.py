"""One's own zone, notices, goals and streak, as private cards. None of them ever blames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.cards import Action, Card, Items, Part, Reply, Small, Text, button, note
from bot.faces.my import MyRoom
from bot.faces.my import rooms as listed
from bot.faces.times import day_words, in_zone
from bot.sentences import Marked, say
from bot.story import zones
from bot.story.goals import Progress
from bot.story.own_time import OwnTime
from bot.story.streaks import EARNED_BY, HELD_MOST, Streak

_BUTTONS = 6
_NAMED = 3


def rooms(title: str, command: str, found: Sequence[tuple[MyRoom, tuple[Marked, ...]]]) -> Reply:
    """The same thing in all of one's rooms; each button opens one."""
    return listed(say(title), command, found)


# ---- the zone and notices


def zone_line(mine: OwnTime) -> tuple[Marked, ...]:
    """One room's line."""
    return (say("own.zone_own" if mine.own else "own.zone_room", zone=mine.zone),)


def zone(mine: OwnTime, now: datetime) -> Reply:
    """The zone as it stands, with the clock as it shows there."""
    clock = f"{now.astimezone(zones.zone(mine.zone)):%H:%M}"
    parts = (Text(*zone_line(mine)), Small(say("own.zone_clock", clock=clock)))
    return Reply.of(Card(say("own.zone_title"), parts, (button(say("own.zone_change"), "my-card timezone"),)))


def zone_set(mine: OwnTime, now: datetime) -> Reply:
    """The receipt."""
    clock = f"{now.astimezone(zones.zone(mine.zone)):%H:%M}"
    return Reply.of(note(say("own.zone_set", zone=mine.zone, clock=clock)))


def notify_lines(mine: OwnTime) -> tuple[Marked, ...]:
    """What holds, in sentences."""
    return (say(f"own.notify_{mine.notify}"), say("own.evening_on" if mine.evening else "own.evening_off", zone=mine.zone))


def notify(mine: OwnTime) -> Reply:
    """What holds, and what can be chosen instead."""
    actions = [
        button(say(f"own.choose_{way}"), "my notify", by=way) for way in ("mention", "dm", "off") if way != mine.notify
    ]
    other = "no" if mine.evening else "yes"
    actions.append(button(say(f"own.evening_choose_{other}"), "my notify", evening=other))
    parts = (Items(notify_lines(mine)), Small(say("own.notify_how")))
    return Reply.of(Card(say("own.notify_title"), parts, tuple(actions)))


# ---- goals


def goal_lines(found: Sequence[Progress], now: datetime) -> tuple[Marked, ...]:
    """Each goal in a sentence."""
    return tuple(_goal(p, now) for p in found)


def _goal(found: Progress, now: datetime) -> Marked:
    goal, left = found.goal, max(0, found.goal.words - found.done)
    said = {"done": f"{found.done:,}", "words": f"{goal.words:,}", "left": f"{left:,}", "n": left}
    if found.story is not None:
        return say("own.goal_story" if left else "own.goal_story_done", story=found.story.title, **said)
    until = in_zone(found.until, found.zone, now) if found.until is not None else Marked("")
    return say("own.goal_day" if left else "own.goal_day_done", until=until, zone=found.zone, **said)


def goals(found: Sequence[Progress], now: datetime) -> Reply:
    """How far one's goals are."""
    if not found:
        return Reply.of(note(say("own.no_goals")))
    actions = tuple(_drop(p) for p in found[:_BUTTONS] if _droppable(p))
    lines = goal_lines(found[:20], now)
    return Reply.of(Card(say("own.goals_title"), (Items(lines), Small(say("own.goals_how"))), actions))


def _droppable(found: Progress) -> bool:
    return found.story is None or found.story.status in ("open", "paused")


def _drop(found: Progress) -> Action:
    if found.story is None:
        return button(say("own.drop_day"), "my goal", words=0)
    return button(say("own.drop_story", story=found.story.title[:30]), "my goal", words=0, what="story")


def goal_set(found: Sequence[Progress], now: datetime) -> Reply:
    """The receipt, with what counts already."""
    return Reply.of(Card(parts=(Text(say("own.goal_set")), Items(goal_lines(found, now)), Small(say("own.goals_how")))))


def goal_dropped() -> Reply:
    """The receipt."""
    return Reply.of(note(say("own.goal_dropped")))


# ---- streaks


def streak_line(found: Streak) -> Marked:
    """How many days, or that the next one begins it."""
    if found.days:
        return say("own.streak_days", n=found.days)
    return say("own.streak_anew" if found.longest else "own.streak_none", n=found.longest)


def streak(found: Streak, mine: OwnTime) -> Reply:
    """One's streak, its freezes, and what was excused."""
    parts: list[Part] = [Text(streak_line(found))]
    if found.waiting is not None:
        parts.append(Text(say("own.streak_waiting", day=day_words(found.waiting))))
    if found.days and found.longest > found.days:
        parts.append(Text(say("own.streak_longest", n=found.longest)))
    parts.append(Small(say("own.freezes" if found.freezes else "own.freezes_none", n=found.freezes, every=EARNED_BY, most=HELD_MOST)))
    if found.spent:
        parts.append(Small(say("own.spent", n=len(found.spent), days=_days(found.spent))))
    if found.excused:
        parts.append(Small(say("own.excused", n=len(found.excused), days=_days(found.excused))))
    actions = () if mine.evening else (button(say("own.evening_choose_yes"), "my notify", evening="yes"),)
    return Reply.of(Card(say("own.streak_title"), tuple(parts), actions))


def _days(days: Sequence[date]) -> Marked:
    """The latest few, in words."""
    named = Marked(", ".join(day_words(d) for d in days[-_NAMED:]))
    return say("own.days_more", days=named, n=len(days) - _NAMED) if len(days) > _NAMED else named

