"""Turns: who writes next, where a story is written in turns.

Round-robin goes through the order; the lottery leans to the quiet: a writer who has had n turns is drawn with
weight 1/(1+n); in the third way the showrunner calls. Who is away, reads only, or is a guest is skipped, and
nobody is drawn twice running while someone else is there. A turn may have a time: it gets one nudge, never at
night, then passes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import NotAllowed, UserError
from bot.story.guards import is_reader, require_runner, require_writer, runs_the_room
from bot.story.hours import after
from bot.story.house_rules import in_force
from bot.story.ledger import Act
from bot.story.moments import Due, Mark, Moment, Outcome
from bot.story.own_time import after_night, zone_of
from bot.story.people import Member, Role
from bot.story.pinging import Ping, ping, private
from bot.story.role_map import role_of
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.storytelling import running_story
from bot.story.turns import TurnState

_SCALE = 10**9
"""Weights are whole numbers of this size, so that a die can be thrown for them; 1/(1+n) is exact to nine
digits.
"""


@dataclass(frozen=True, slots=True)
class TurnNews:
    """Whose turn it is, for its card."""

    story: Story
    turn: TurnState
    current: str | None = None
    """Display name of whose turn it is; None where anyone may, or the showrunner is to call."""
    was: str | None = None
    """Display name of whose turn it was."""
    why: str = ""
    """What moved it: started, written, passed, timed out, away, called, claimed, ordered."""
    order: tuple[str, ...] = ()
    """Display names of those in the order who are not skipped."""
    away: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nudge:
    """One reminder to one person that it is their turn."""

    story: Story
    person: str
    name: str


@dataclass(frozen=True, slots=True)
class AwayNews:
    """A person went away, or came back."""

    name: str
    away: bool
    changed: bool
    turn: TurnNews | None = None
    """The turn that moved on because of it."""


def draw(candidates: Sequence[tuple[str, int]], number: Callable[[int], int]) -> str:
    """Draw one of (person key, turns taken), each with weight 1/(1+turns taken). `number(n)` throws 0 <= x <
    n.
    """
    weights = [_SCALE // (1 + taken) for _, taken in candidates]
    thrown = number(sum(weights))
    for (key, _), weight in zip(candidates, weights, strict=True):
        if thrown < weight:
            return key
        thrown -= weight
    raise LookupError("nobody to draw from")


def eligible(snapshot: Snapshot, turn: TurnState) -> tuple[str, ...]:
    """Who can be given a turn, in order: members who write here and are not away."""
    return tuple(key for key in turn.order if _takes_turns(snapshot, key))


def start(snapshot: Snapshot, moment: Moment, order: Sequence[str] = ()) -> Outcome[TurnNews]:
    """Begin to take turns, in this order of person keys, or as people came to the room."""
    require_writer(snapshot, moment)
    story = running_story(snapshot)
    if in_force(snapshot.room).extend != "turns":
        raise UserError("turns.not_in_turns")
    before = snapshot.turns.get(story.id)
    if before is not None and before.current is not None:
        raise UserError("turns.already", name=snapshot.name(before.current))
    keys = tuple(dict.fromkeys(order)) or (before.order if before else ()) or _by_arrival(snapshot)
    turn = (
        replace(before, order=keys)
        if before
        else TurnState(story.id, snapshot.room.id, keys, None, None, None)
    )
    if moment.actor not in turn.order:
        turn = replace(turn, order=(*turn.order, moment.actor))
    return _to(snapshot, story, turn, _next(snapshot, turn, moment), "started", moment)


def advance(snapshot: Snapshot, story: Story, moment: Moment) -> Outcome[TurnNews | None]:
    """The turn moves on after a passage of a story written in turns; one out of turn moves nothing."""
    turn = snapshot.turns.get(story.id)
    if in_force(snapshot.room).extend != "turns":
        return Outcome(None)
    if turn is None:
        turn = TurnState(story.id, snapshot.room.id, _by_arrival(snapshot), None, None, None)
    if moment.actor not in turn.order:
        turn = replace(turn, order=(*turn.order, moment.actor))
    turn = replace(turn, taken=_one_more(turn.taken, moment.actor))
    if turn.current not in (None, moment.actor):
        return Outcome(None, (turn,) if turn != snapshot.turns.get(story.id) else ())
    written = replace(turn, current=moment.actor)
    moved = _to(
        snapshot, story, written, _next(snapshot, written, moment), "written", moment, was=moment.actor
    )
    return moved.answering(moved.value)


def pass_turn(snapshot: Snapshot, moment: Moment) -> Outcome[TurnNews]:
    """Give the turn to the next: whose turn it is does, or the showrunner for them."""
    story, turn = _in_turns(snapshot)
    if turn.current is None:
        raise UserError("turns.nobodys")
    if turn.current != moment.key and not runs_the_room(snapshot, moment):
        raise NotAllowed("turns.not_yours_to_pass", name=snapshot.name(turn.current))
    was = turn.current
    passed = tuple(dict.fromkeys((*turn.passed, was)))
    passing = replace(turn, passed=passed)
    return _to(snapshot, story, passing, _next(snapshot, passing, moment), "passed", moment, was=was)


def claim(snapshot: Snapshot, moment: Moment) -> Outcome[TurnNews]:
    """Take a turn that is nobody's: no one was called, its time is over, or whose it was is away."""
    require_writer(snapshot, moment)
    story, turn = _in_turns(snapshot)
    if turn.current == moment.key:
        raise UserError("turns.yours_already")
    late = turn.until is not None and turn.until <= moment.now
    if turn.current is not None and not late and _takes_turns(snapshot, turn.current):
        raise NotAllowed("turns.taken", name=snapshot.name(turn.current))
    joined = turn if moment.actor in turn.order else replace(turn, order=(*turn.order, moment.actor))
    return _to(snapshot, story, joined, moment.actor, "claimed", moment, was=turn.current)


def call(snapshot: Snapshot, person: str, moment: Moment) -> Outcome[TurnNews]:
    """The showrunner calls who writes next."""
    require_runner(snapshot, moment)
    story, turn = _in_turns(snapshot)
    member = snapshot.member(person)
    if not _takes_turns(snapshot, person):
        key = "turns.is_away" if member is not None and member.away else "turns.not_a_writer"
        raise UserError(key, argument="person", name=snapshot.name(person))
    joined = turn if person in turn.order else replace(turn, order=(*turn.order, person))
    return _to(snapshot, story, joined, person, "called", moment, was=turn.current)


def set_order(snapshot: Snapshot, order: Sequence[str], moment: Moment) -> Outcome[TurnNews]:
    """The showrunner sets the order. Whose turn it is keeps it if they stand in the new order."""
    require_runner(snapshot, moment)
    story, turn = _in_turns(snapshot)
    keys = tuple(dict.fromkeys(order))
    if not keys:
        raise UserError("turns.empty_order", argument="order")
    for key in keys:
        if is_reader(snapshot, key):
            raise UserError("turns.not_a_writer", argument="order", name=snapshot.name(key))
    ordered = replace(turn, order=keys, passed=())
    current = turn.current if turn.current in keys else _next(snapshot, ordered, moment)
    return _to(snapshot, story, ordered, current, "ordered", moment, was=turn.current)


def away(snapshot: Snapshot, moment: Moment) -> Outcome[AwayNews]:
    """Go away until one's next act here: turns skip, nudges stop, quorum does not wait."""
    member = snapshot.member(moment.actor)
    if member is None or member.away:
        return Outcome(AwayNews(moment.name, True, False))
    gone = replace(member, away=True)
    act = Act("member.away", (snapshot.room.id, member.id), moment.actor, "", {})
    outcome = Outcome(AwayNews(member.name, True, True), (gone,), (act,))
    without = snapshot.with_rows((gone,))
    story = snapshot.story
    turn = snapshot.turns.get(story.id) if story else None
    if story is None or turn is None or turn.current != moment.actor:
        return outcome
    moved = _to(without, story, turn, _next(without, turn, moment), "away", moment, was=moment.actor)
    return outcome.then(moved).answering(AwayNews(member.name, True, True, moved.value))


def back(snapshot: Snapshot, moment: Moment) -> Outcome[AwayNews]:
    """Come back. Any other act does the same."""
    member = snapshot.member(moment.actor)
    if member is None or not member.away:
        return Outcome(AwayNews(moment.name, False, False))
    here = replace(member, away=False, last_at=moment.now)
    return Outcome(
        AwayNews(member.name, False, True),
        (here,),
        (Act("member.back", (snapshot.room.id, member.id), moment.actor, "", {}),),
    )


def status(snapshot: Snapshot) -> TurnNews:
    """Whose turn it is, as it stands. Raises where the story is not written in turns."""
    story, turn = _in_turns(snapshot)
    return _face(snapshot, story, turn, "", None)


def time_out(snapshot: Snapshot, story_id: str, moment: Moment) -> Outcome[TurnNews | None]:
    """Time acts: a turn whose time is over passes on. One that was prolonged since is left alone."""
    turn, story = snapshot.turns.get(story_id), snapshot.stories.get(story_id)
    if not _runs(snapshot, story, turn) or story is None or turn is None:
        return Outcome(None)
    if turn.until is None or turn.until > moment.now:
        return Outcome(None, dues=(Due("turn", story_id, turn.until),))
    was = turn.current
    late = replace(turn, passed=tuple(dict.fromkeys((*turn.passed, was)))) if was else turn
    moved = _to(snapshot, story, late, _next(snapshot, late, moment), "timed out", moment, was=was)
    return moved.answering(moved.value)


def skip(snapshot: Snapshot, story: Story, person: str, moment: Moment) -> Outcome[TurnNews | None]:
    """Pass on the turn of someone who does not take part any more; nothing when it is not theirs."""
    turn = snapshot.turns.get(story.id)
    if turn is None or turn.current != person or not _runs(snapshot, story, turn):
        return Outcome(None)
    moved = _to(snapshot, story, turn, _next(snapshot, turn, moment), "passed", moment, was=person)
    return moved.answering(moved.value)


def nudge(snapshot: Snapshot, story_id: str, moment: Moment) -> Outcome[Nudge | None]:
    """Time acts: remind whose turn it is, once. Someone who went away is left in peace; at night it waits for
    morning.
    """
    turn, story = snapshot.turns.get(story_id), snapshot.stories.get(story_id)
    if (
        not _runs(snapshot, story, turn)
        or story is None
        or turn is None
        or turn.current is None
        or turn.nudged
    ):
        return Outcome(None)
    if not _takes_turns(snapshot, turn.current):
        return Outcome(None)
    morning = after_night(_zone(snapshot, turn.current), moment.now)
    if morning > moment.now:
        keep = turn.until is None or morning < turn.until
        return Outcome(None, dues=(Due("nudge", story_id, morning if keep else None),))
    called = Ping() if turn.ping else ping(snapshot, turn.current, moment.now)
    mentions = called.way == "mention"
    nudged = replace(turn, nudged=True, ping=turn.ping or mentions)
    news = Nudge(story, turn.current, snapshot.name(turn.current))
    mark = (
        private("reminder", turn.current, notice(turn)) if called.way == "dm"
        else Mark("turn", notice(turn, again=mentions))
    )  # fmt: skip
    return Outcome(news, (nudged, *called.rows), (), (mark,))


def notice(turn: TurnState, *, again: bool = False) -> str:
    """What the post of one turn is about: the story and the number of the turn; `again` is its one reminder."""
    return f"{turn.id}:{turn.number}" + (":again" if again else "")


def _runs(snapshot: Snapshot, story: Story | None, turn: TurnState | None) -> bool:
    return (
        story is not None
        and turn is not None
        and turn.current is not None
        and story.status == "open"
        and snapshot.room.stopped_at is None
        and in_force(snapshot.room).extend == "turns"
    )


def _takes_turns(snapshot: Snapshot, person: str) -> bool:
    member = snapshot.member(person)
    return member is not None and not member.away and _writes(snapshot, member)


def _writes(snapshot: Snapshot, member: Member) -> bool:
    return not member.guest and member.blocked_at is None and role_of(snapshot.room, member) is not Role.READER


def _by_arrival(snapshot: Snapshot) -> tuple[str, ...]:
    came = sorted(snapshot.members.values(), key=lambda m: (m.first_at is None, m.first_at, m.id))
    return tuple(m.person for m in came if _writes(snapshot, m))


def _one_more(taken: tuple[tuple[str, int], ...], person: str) -> tuple[tuple[str, int], ...]:
    counts = dict(taken)
    counts[person] = counts.get(person, 0) + 1
    return tuple(counts.items())


def _in_turns(snapshot: Snapshot) -> tuple[Story, TurnState]:
    story = running_story(snapshot)
    if in_force(snapshot.room).extend != "turns":
        raise UserError("turns.not_in_turns")
    turn = snapshot.turns.get(story.id)
    if turn is None:
        turn = TurnState(story.id, snapshot.room.id, _by_arrival(snapshot), None, None, None)
    return story, turn


def _next(snapshot: Snapshot, turn: TurnState, moment: Moment) -> str | None:
    """Whose turn is next; None where the showrunner calls, nobody is there, or everyone let it pass: then
    anyone may.
    """
    way = in_force(snapshot.room).turn_order
    there = eligible(snapshot, turn)
    if way == "showrunner" or not there:
        return None
    others = [key for key in there if key != turn.current] or list(there)
    fresh = [key for key in others if key not in turn.passed]
    if not fresh:
        return None
    if way == "lottery":
        taken = dict(turn.taken)
        return draw([(key, taken.get(key, 0)) for key in fresh], moment.ids.number)
    if turn.current not in turn.order:
        return fresh[0]
    at = turn.order.index(turn.current)
    around = turn.order[at + 1 :] + turn.order[:at]
    return next((key for key in around if key in fresh), fresh[0])


def _to(
    snapshot: Snapshot, story: Story, turn: TurnState, current: str | None, why: str, moment: Moment, *,
    was: str | None = None,
) -> Outcome[TurnNews]:  # fmt: skip
    rules = in_force(snapshot.room)
    until = after(moment.now, rules.timed or rules.turn_length, rules.zone, rules.hours) if current else None
    passed = turn.passed if current is not None and why in ("passed", "timed out") else ()
    called = ping(snapshot, current, moment.now) if current != moment.key else Ping()
    moved = replace(
        turn, current=current, since=moment.now if current else None, until=until, number=turn.number + 1,
        passed=passed, nudged=False, ping=called.way == "mention",
    )  # fmt: skip
    act = Act(f"turn.{why.replace(' ', '_')}", (story.id,), moment.key, "", {"current": current, "was": was})
    dues = (Due("turn", story.id, until), Due("nudge", story.id, _nudge_at(snapshot, current, moment.now, until)))
    marks: tuple[Mark, ...] = (Mark("turn", notice(moved)),) if current else ()
    if current is not None and called.way == "dm":
        marks += (private("turn", current, notice(moved)),)
    return Outcome(_face(snapshot, story, moved, why, was), (moved, *called.rows), (act,), marks, dues)


def _nudge_at(snapshot: Snapshot, person: str | None, now: datetime, until: datetime | None) -> datetime | None:
    """Half-way through a turn, or the morning after; never where nobody wants pings, or too late to help."""
    member = snapshot.member(person)
    if until is None or member is None:
        return None
    if member.notify == "off" or (member.notify == "mention" and in_force(snapshot.room).pings == "none"):
        return None
    at = after_night(_zone(snapshot, person), now + (until - now) / 2)
    return at if at < until else None


def _zone(snapshot: Snapshot, person: str | None) -> str:
    return zone_of(snapshot.room, snapshot.member(person))


def _face(snapshot: Snapshot, story: Story, turn: TurnState, why: str, was: str | None) -> TurnNews:
    return TurnNews(
        story, turn,
        current=snapshot.name(turn.current) if turn.current else None,
        was=snapshot.name(was) if was else None,
        why=why,
        order=tuple(snapshot.name(key) for key in eligible(snapshot, turn)),
        away=tuple(m.name for key in turn.order if (m := snapshot.member(key)) is not None and m.away),
    )  # fmt: skip
