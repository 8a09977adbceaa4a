"""Word sprints: a room writes for some minutes together, and says afterwards how many words it was.

A sprint is called, runs, counts for a few minutes and is over. Every change by time follows from its row, so that a
house that was down does what is still of use, once: a start that nobody heard in time is called off, an end that was
missed still leaves time to say one's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.errors import NotAllowed, NotFound, UserError
from bot.story.clocks import room_time
from bot.story.guards import require_writer, runs_the_room
from bot.story.moments import Due, Mark, Moment, Outcome
from bot.story.snapshot import Snapshot

GRACE = timedelta(minutes=5)
"""So long after the end words are waited for before the table is posted."""
LAST_CALL = timedelta(minutes=1)
"""So long before the end the last call comes, in a sprint of three minutes or more; not when half of it has passed."""
SAID_LATE = timedelta(hours=24)
"""So long after the end words are still put into the table."""
FASTEST = 300
"""Words a minute; more is a slip of the finger (people dictate at about 150)."""

State = Literal["called", "running", "counting", "over", "off"]
Step = Literal["call", "go", "last", "over", "result"]
"""The messages of a sprint; each is a post of its own."""


@dataclass(frozen=True, slots=True)
class Sprint:
    """One sprint of a room."""

    id: str
    room_id: str
    number: int
    by: str
    """Person key of who called it."""
    story_id: str
    """The story whose goals its words count for; empty where there was none."""
    called_at: datetime
    starts_at: datetime
    ends_at: datetime
    state: State
    counts_until: datetime | None = None
    """Until when words are waited for, once it has ended."""
    last_called: bool = False
    missed: bool = False
    """The bot was down when it should have begun, or when it ended."""


@dataclass(frozen=True, slots=True)
class Runner:
    """One person in a sprint. `id` is sprint id + person key."""

    id: str
    room_id: str
    sprint_id: str
    person: str
    joined_at: datetime
    began_with: int | None = None
    """Words that their text had when they began, where they count by the whole."""
    words: int | None = None
    """Words that they wrote, as they said."""
    said_at: datetime | None = None
    left: bool = False


@dataclass(frozen=True, slots=True)
class SprintNews:
    """A sprint and who is in it, as a card says it; `mine` is who acted."""

    sprint: Sprint
    runners: tuple[Runner, ...]
    mine: Runner | None = None
    fresh: bool = True
    """False where nothing changed: they were in it already."""


@dataclass(frozen=True, slots=True)
class Best:
    """A person's best in the earlier sprints of a room."""

    words: int
    pace: float


def minutes(sprint: Sprint) -> int:
    """How long a sprint lasts, in whole minutes, at least one."""
    return max(1, round((sprint.ends_at - sprint.starts_at).total_seconds() / 60))


def pace(sprint: Sprint, runner: Runner) -> float:
    """Words a minute, from their beginning (who comes late has less time) to the end; at least over one minute."""
    began = min(max(sprint.starts_at, runner.joined_at), sprint.ends_at)
    return (runner.words or 0) / max(1.0, (sprint.ends_at - began).total_seconds() / 60)


def inside(runners: Iterable[Runner]) -> tuple[Runner, ...]:
    """Who is in it and has not left, in the order of their coming."""
    return tuple(sorted((r for r in runners if not r.left), key=lambda r: (r.joined_at, r.id)))


def table(sprint: Sprint, runners: Iterable[Runner]) -> tuple[Runner, ...]:
    """Those who said their words, most words first, then the faster, then who came first."""
    said = (r for r in inside(runners) if r.words is not None)
    return tuple(sorted(said, key=lambda r: (-(r.words or 0), -pace(sprint, r), r.joined_at, r.id)))


def bests(past: Iterable[tuple[Sprint, Runner]]) -> dict[str, Best]:
    """Each person's best over sprints that they said words for."""
    found: dict[str, Best] = {}
    for sprint, runner in past:
        if runner.words is None or runner.left:
            continue
        before = found.get(runner.person, Best(0, 0.0))
        found[runner.person] = Best(max(before.words, runner.words), max(before.pace, pace(sprint, runner)))
    return found


def start(
    snapshot: Snapshot, open_: Sprint | None, number: int, last: int, wait: int, moment: Moment
) -> Outcome[SprintNews]:
    """Call a sprint of `last` minutes that begins in `wait` minutes; who calls it is in it. One at a time in a room."""
    require_writer(snapshot, moment)
    if open_ is not None:
        running = open_.state == "running"
        at = room_time(snapshot.room, open_.ends_at if running else open_.starts_at)
        raise UserError("sprints.runs" if running else "sprints.called", when=at)
    begins = moment.now + timedelta(minutes=wait)
    sprint = Sprint(
        moment.new_id(), snapshot.room.id, number, moment.actor, snapshot.story.id if snapshot.story else "",
        moment.now, begins, begins + timedelta(minutes=last), "called" if wait else "running",
        last_called=timedelta(minutes=last) < 3 * LAST_CALL,
    )  # fmt: skip
    mine = _runner(sprint, moment)
    step: Step = "call" if wait else "go"
    return Outcome(SprintNews(sprint, (mine,), mine), (sprint, mine), (), (_post(sprint, step),), (_due(sprint),))


def join(
    snapshot: Snapshot, sprint: Sprint | None, runners: Sequence[Runner], began_with: int | None, moment: Moment
) -> Outcome[SprintNews]:
    """Join the sprint that is called or runs; who comes late is measured from then on. Again: another count to begin with."""
    if sprint is None or sprint.state not in ("called", "running"):
        raise NotFound("sprints.none_to_join")
    before = _of(runners, moment)
    mine = before or _runner(sprint, moment)
    if before is not None and before.left:
        mine = replace(before, left=False, joined_at=moment.now)
    mine = replace(mine, began_with=mine.began_with if began_with is None else began_with)
    news = SprintNews(sprint, _with(runners, mine), mine, fresh=before is None or before.left)
    if mine == before:
        return Outcome(news)
    marks = (_post(sprint, "call" if sprint.state == "called" else "go"),) if news.fresh else ()
    return Outcome(news, (mine,), (), marks)


def leave(snapshot: Snapshot, sprint: Sprint | None, runners: Sequence[Runner], moment: Moment) -> Outcome[SprintNews]:
    """Leave a sprint; nothing of it is counted or shown."""
    mine = _of(runners, moment)
    if sprint is None or mine is None or mine.left:
        raise NotFound("sprints.not_in_it")
    gone = replace(mine, left=True, words=None, said_at=None)
    news = SprintNews(sprint, _with(runners, gone), gone)
    steps: dict[State, Step] = {"called": "call", "running": "go", "over": "result"}
    marks = (_post(sprint, steps[sprint.state]),) if sprint.state in steps else ()
    return _counted(news, moment).also(rows=(gone,), marks=marks)


def words(
    snapshot: Snapshot, sprint: Sprint | None, runners: Sequence[Runner], given: int, moment: Moment
) -> Outcome[SprintNews]:
    """Say how many words it was, or, with a count to begin with, how many there are now. It may be said again.

    Who wrote along without having joined is in it by saying so.
    """
    if sprint is None or sprint.state == "off":
        raise NotFound("sprints.none_to_count")
    if sprint.state == "called":
        raise UserError("sprints.not_begun", when=room_time(snapshot.room, sprint.starts_at))
    if moment.now > sprint.ends_at + SAID_LATE:
        raise UserError("sprints.long_over")
    mine = _of(runners, moment) or replace(_runner(sprint, moment), joined_at=sprint.starts_at)
    written = given - (mine.began_with or 0)
    if written < 0:
        raise UserError("sprints.less_than_before", argument="words", given=f"{given:,}", before=f"{mine.began_with:,}")
    most = FASTEST * minutes(sprint)
    if written > most:
        raise UserError(
            "sprints.too_many", argument="words", given=f"{written:,}", n=minutes(sprint), most=f"{most:,}", pace=FASTEST
        )
    said = replace(mine, words=written, said_at=moment.now, left=False)
    news = SprintNews(sprint, _with(runners, said), said)
    marks = (_post(sprint, "result"),) if sprint.state == "over" else ()
    return _counted(news, moment).also(rows=(said,), marks=marks)


def end(snapshot: Snapshot, sprint: Sprint | None, runners: Sequence[Runner], moment: Moment) -> Outcome[SprintNews]:
    """End the sprint now, or call it off before it begins: for who called it, and for the showrunner."""
    if sprint is None or sprint.state not in ("called", "running"):
        raise NotFound("sprints.none_to_end")
    if sprint.by != moment.key and not runs_the_room(snapshot, moment):
        raise NotAllowed("sprints.not_yours", name=snapshot.name(sprint.by))
    if sprint.state == "called":
        off = replace(sprint, state="off")
        return Outcome(SprintNews(off, tuple(runners)), (off,), (), (_post(off, "call"),), (_due(off),))
    return _ended(replace(sprint, ends_at=moment.now), runners, moment)


def tick(sprint: Sprint, runners: Sequence[Runner], moment: Moment) -> Outcome[SprintNews | None]:
    """Time acts: one step at most, and the instant of the next. What is not due yet is left alone."""
    now = moment.now
    at = due_at(sprint)
    if at is None:
        return Outcome(None)
    if at > now:
        return Outcome(None, dues=(_due(sprint),))
    match sprint.state:
        case "called":
            return _begun(sprint, runners, now)
        case "running" if now < sprint.ends_at:
            called = replace(sprint, last_called=True)
            late = sprint.ends_at - now < LAST_CALL / 2
            return Outcome(None, (called,), dues=(_due(called),)) if late else _moved(called, runners, "last")
        case "running":
            ended = _ended(sprint, runners, moment, missed=now - sprint.ends_at > GRACE)
            return ended.answering(ended.value)
        case _:
            return _moved(replace(sprint, state="over"), runners, "result")


def due_at(sprint: Sprint) -> datetime | None:
    """When time does something to a sprint next."""
    match sprint.state:
        case "called":
            return sprint.starts_at
        case "running":
            return sprint.ends_at if sprint.last_called else sprint.ends_at - LAST_CALL
        case "counting":
            return sprint.counts_until
        case _:
            return None


def _begun(sprint: Sprint, runners: Sequence[Runner], now: datetime) -> Outcome[SprintNews | None]:
    if not inside(runners):
        return _moved(replace(sprint, state="off"), runners, "call")
    if now >= sprint.ends_at - LAST_CALL and now > sprint.starts_at + LAST_CALL:
        return _moved(replace(sprint, state="off", missed=True), runners, "call")
    begun = replace(sprint, state="running", last_called=sprint.last_called or now >= sprint.ends_at - 2 * LAST_CALL)
    return _moved(begun, runners, "go")


def _ended(
    sprint: Sprint, runners: Sequence[Runner], moment: Moment, *, missed: bool = False
) -> Outcome[SprintNews]:
    ended = replace(sprint, state="counting", counts_until=moment.now + GRACE, missed=missed)
    news = SprintNews(ended, tuple(runners))
    return Outcome(news, (ended,), (), (_post(ended, "over"),), (_due(ended),))


def _counted(news: SprintNews, moment: Moment) -> Outcome[SprintNews]:
    """The table is posted as soon as everybody who is in it has said their words since the end."""
    if news.sprint.state != "counting" or not _all_said(news.sprint, news.runners):
        return Outcome(news)
    over = replace(news.sprint, state="over")
    return Outcome(replace(news, sprint=over), (over,), (), (_post(over, "result"),), (_due(over),))


def _all_said(sprint: Sprint, runners: Iterable[Runner]) -> bool:
    there = inside(runners)
    return bool(there) and all(r.said_at is not None and r.said_at >= sprint.ends_at for r in there)


def _moved(sprint: Sprint, runners: Sequence[Runner], step: Step) -> Outcome[SprintNews | None]:
    return Outcome(SprintNews(sprint, tuple(runners)), (sprint,), (), (_post(sprint, step),), (_due(sprint),))


def _post(sprint: Sprint, step: Step) -> Mark:
    return Mark("sprint", f"{sprint.id}:{step}")


def _due(sprint: Sprint) -> Due:
    return Due("sprint", sprint.id, due_at(sprint))


def _runner(sprint: Sprint, moment: Moment) -> Runner:
    return Runner(f"{sprint.id}/{moment.actor}", sprint.room_id, sprint.id, moment.actor, moment.now)


def _of(runners: Iterable[Runner], moment: Moment) -> Runner | None:
    return next((r for r in runners if r.person == moment.key), None)


def _with(runners: Sequence[Runner], mine: Runner) -> tuple[Runner, ...]:
    return (*(r for r in runners if r.id != mine.id), mine)
