"""Closing and deciding: who may, and what time does when nobody comes. What it comes to is in ending."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.errors import NotAllowed, NotFound, UserError
from bot.story import text
from bot.story.clocks import room_time
from bot.story.deadlines import dues_changed, dues_of, is_idle, is_over, stands_still
from bot.story.ending import end_part, still_standing
from bot.story.house_rules import in_force, is_showrunner, may_pitch, waited_for
from bot.story.ledger import Act
from bot.story.moments import Due, Mark, Moment, Outcome
from bot.story.opening import refuse_at_rest, the_idea, which_round
from bot.story.people import Member
from bot.story.pinging import ping, private
from bot.story.rounds import Pitch, Round
from bot.story.settling import Closed, chosen, counted_now, face
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.turns import Pen
from bot.story.voting import all_have_voted


@dataclass(frozen=True, slots=True)
class LastCall:
    """A round closes soon."""

    story: Story
    round: Round


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A chosen idea is anyone's now: its offer lapsed, or nobody wrote it for too long."""

    story: Story
    pitch: Pitch | None
    pen: Pen
    why: Literal["offer", "unwritten"]
    tell_showrunner: bool = False


def round_to_close(snapshot: Snapshot, story: Story, letter: str = "") -> Round:
    """The open round that is meant; with none open the latest closed one, whose result is shown."""
    if not snapshot.open_rounds(story.id) and (last := snapshot.last_round(story.id)) is not None:
        return last
    return which_round(snapshot, story, letter)


def result_of(snapshot: Snapshot, round_: Round) -> Closed:
    """The result of a closed round, as its card shows it."""
    return face(snapshot, round_, "already")


def close(snapshot: Snapshot, round_: Round, moment: Moment, *, forced: bool = False) -> Outcome[Closed]:
    """End the present part of a round. A closed round answers with its result: of two closers the second gets
    that.

    `forced` is the closer's answer to being asked about a round below its quorum: close it all the same.
    """
    round_ = snapshot.rounds.get(round_.id, round_)
    if round_.part == "closed":
        return Outcome(result_of(snapshot, round_))
    story = _story(snapshot, round_)
    refuse_at_rest(snapshot, story)
    _require_closer(snapshot, round_, moment)
    return end_part(snapshot, round_, moment, forced=forced)


def decide(snapshot: Snapshot, round_: Round, number: int, reason: str, moment: Moment) -> Outcome[Closed]:
    """The showrunner chooses: by the room's rules, or overruling the ballots with a reason, on the record."""
    if not is_showrunner(snapshot, moment):
        raise NotAllowed("rounds.decide_showrunner")
    round_ = _open(snapshot, round_)
    idea = the_idea(snapshot, round_, number)
    if round_.part == "showrunner" and any(
        p.author == moment.key for p in still_standing(snapshot, round_.finalists)
    ):
        raise NotAllowed("rounds.own_idea")
    theirs = round_.terms.decides == "showrunner" or (
        round_.part == "showrunner" and idea.id in round_.finalists
    )
    words = text.fit(reason, "reason", argument="reason") if reason.strip() else ""
    if not theirs and not words:
        raise UserError("rounds.say_why", argument="reason")
    tally = counted_now(snapshot, round_)
    return chosen(
        snapshot, round_, idea, "showrunner" if theirs else "overruled", tally, moment, reason=words
    )


def cancel(snapshot: Snapshot, round_: Round, moment: Moment) -> Outcome[Closed]:
    """Call a round off: nothing is chosen, and every idea is kept in the drawer."""
    round_ = _open(snapshot, round_)
    if round_.opened_by != moment.key and not is_showrunner(snapshot, moment):
        raise NotAllowed("rounds.not_yours_to_cancel")
    closed = replace(
        round_,
        part="closed",
        result="cancelled",
        closes_at=None,
        early_close_at=None,
        closed_at=moment.now,
        closed_by=moment.key,
    )
    kept = tuple(
        replace(p, status="drawer")
        for p in snapshot.pitches_of(round_.id)
        if p.status in ("standing", "waiting")
    )
    rows = (closed, *kept)
    act = Act("round.cancelled", (round_.story_id, round_.id), moment.actor, "", {"why": "cancel"})
    return Outcome(
        face(snapshot.with_rows(rows), closed, "nothing"),
        rows,
        (act,),
        (Mark("ballot", round_.id),),
        dues_changed(round_, closed, moment.now),
    )


def due(
    snapshot: Snapshot, kind: str, subject: str, moment: Moment
) -> Outcome[Closed | LastCall | Unwritten | None]:
    """Time acts. What has moved on since is left alone; a clock that stands still sets its dues anew when it
    runs again."""
    if kind in ("offer", "unwritten"):
        return _pen_due(snapshot, kind, subject, moment)
    round_ = snapshot.rounds.get(subject)
    if round_ is None or round_.part == "closed" or stands_still(snapshot, round_):
        return Outcome(None)
    due_now: dict[str, datetime | None] = {
        d.kind: d.at for d in dues_of(round_, min(moment.now, round_.opened_at))
    }
    at = due_now["decide"] or due_now["deadline"] if kind in ("deadline", "decide") else due_now.get(kind)
    if at is None:
        return Outcome(None)
    if at > moment.now:
        return Outcome(None, dues=dues_changed(None, round_, moment.now))
    if kind == "last_call":
        if is_over(round_, moment.now):
            return Outcome(None)
        called = [(m.person, ping(snapshot, m.person, moment.now, asked=True)) for m in _to_be_told(snapshot, round_, moment)]
        told = [(person, how) for person, how in called if how.way]
        called_for = f"{subject}:{round_.closes_at:%Y%m%d%H%M}"  # a round that goes on has a last call again
        marks = (Mark("last_call", called_for), *(private("vote", person, subject) for person, _ in told))
        return Outcome(
            LastCall(_story(snapshot, round_), round_), tuple(row for _, how in told for row in how.rows), (), marks
        )
    if kind == "early_close" and not all_have_voted(snapshot, round_, moment.now):
        later = replace(round_, early_close_at=None)
        return Outcome(None, (later,), (), (), dues_changed(round_, later, moment.now))
    ended = end_part(snapshot, round_, moment, forced=False)
    return ended.answering(ended.value)


def _to_be_told(snapshot: Snapshot, round_: Round, moment: Moment) -> tuple[Member, ...]:
    """Who asked for direct messages and is waited for in a round that closes soon."""
    voted = {b.person for b in snapshot.ballots_of(round_.id) if b.choices}
    those = waited_for(snapshot, in_force(snapshot.room), moment.now)
    return tuple(m for m in those if m.notify == "dm" and m.person not in voted)


def _require_closer(snapshot: Snapshot, round_: Round, moment: Moment) -> None:
    if round_.opened_by == moment.key and round_.part != "showrunner":
        return
    if is_showrunner(snapshot, moment):
        return
    if is_over(round_, moment.now) or is_idle(round_, moment.now):
        may_pitch(snapshot, moment)
        return
    if round_.part == "showrunner":
        raise NotAllowed("rounds.showrunner_has_it")
    if round_.closes_at is None:
        raise NotAllowed("rounds.close_idle")
    raise NotAllowed("rounds.close_wait", when=room_time(snapshot.room, round_.closes_at))


def _open(snapshot: Snapshot, round_: Round) -> Round:
    round_ = snapshot.rounds.get(round_.id, round_)
    if round_.part == "closed":
        raise UserError("rounds.is_closed")
    refuse_at_rest(snapshot, _story(snapshot, round_))
    return round_


def _story(snapshot: Snapshot, round_: Round) -> Story:
    story = snapshot.stories.get(round_.story_id)
    if story is None:
        raise NotFound("rounds.long_closed")
    return story


def _pen_due(
    snapshot: Snapshot, kind: str, story_id: str, moment: Moment
) -> Outcome[Closed | LastCall | Unwritten | None]:
    """The offer of a chosen idea's pen lapses; or the idea is still unwritten, and the room is told."""
    pen, story = snapshot.pens.get(story_id), snapshot.stories.get(story_id)
    if pen is None or story is None or pen.pitch_id is None:
        return Outcome(None)
    if snapshot.room.stopped_at is not None or story.status != "open":
        return Outcome(None)
    rules = in_force(snapshot.room)
    lapses = pen.offered_until if pen.offered_to is not None else None
    if kind == "offer" and (lapses is None or lapses > moment.now):
        return Outcome(None)
    if kind == "unwritten" and pen.holder is not None and pen.until is not None and pen.until > moment.now:
        return Outcome(None, dues=(Due("unwritten", story_id, pen.until),))
    free = replace(pen, offered_to=None, offered_until=None)
    tells = kind == "unwritten" and rules.unwritten_then == "showrunner"
    value = Unwritten(
        story, snapshot.pitches.get(pen.pitch_id), free, "offer" if kind == "offer" else "unwritten", tells
    )
    return Outcome(value, (free,) if free != pen else (), (), (Mark("scene", story.scene_id),))
