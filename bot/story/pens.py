"""The pen: who is writing right now. Long text waits for it; short text needs none.

It is held for some minutes, renewed by saving, handed on with a press, and free again when its time is over:
a pen whose time has passed counts as free at once, whether or not the clock has come round to saying so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import NotAllowed, UserError
from bot.sentences import Marked
from bot.story.clocks import room_time
from bot.story.guards import is_reader, require_writer, runs_the_room
from bot.story.hours import after
from bot.story.house_rules import in_force
from bot.story.ledger import Act
from bot.story.moments import Due, Mark, Moment, Outcome
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.storytelling import running_story
from bot.story.turns import Pen


@dataclass(frozen=True, slots=True)
class PenNews:
    """What became of the pen, for its card."""

    story: Story
    pen: Pen
    holder: str | None = None
    """Display name of who holds it now."""
    was: str | None = None
    """Display name of who held it before."""


def pen_of(snapshot: Snapshot, story: Story) -> Pen:
    """The pen of a story; a free one where nobody has taken it yet."""
    return snapshot.pens.get(story.id) or Pen(story.id, snapshot.room.id, None, None, None)


def holder(pen: Pen, now: datetime) -> str | None:
    """Who holds a pen at this instant."""
    return pen.holder if pen.holder is not None and (pen.until is None or pen.until > now) else None


def offered_to(pen: Pen, now: datetime) -> str | None:
    """To whom a chosen idea's pen is offered at this instant, before it is anyone's."""
    if pen.offered_to is None or (pen.offered_until is not None and pen.offered_until <= now):
        return None
    return pen.offered_to


def take(snapshot: Snapshot, moment: Moment) -> Outcome[PenNews]:
    """Take the pen. Refused while someone else holds it or a chosen idea is offered to its pitcher."""
    require_writer(snapshot, moment)
    story = running_story(snapshot)
    pen = pen_of(snapshot, story)
    held, offer = holder(pen, moment.now), offered_to(pen, moment.now)
    if held not in (None, moment.actor):
        raise NotAllowed(
            "turns.pen_held", holder=snapshot.name(held), until=_time(snapshot, pen.until),
            short=in_force(snapshot.room).short_words,
        )  # fmt: skip
    if offer not in (None, moment.actor):
        raise NotAllowed(
            "turns.pen_offered", holder=snapshot.name(offer), until=_time(snapshot, pen.offered_until)
        )
    refuse_out_of_turn(snapshot, story, pen, moment)
    if held == moment.actor:
        return renew(snapshot, moment)
    tail = snapshot.tail_of(story.id)
    taken = replace(
        _held(snapshot, pen, moment.actor, moment.now),
        base_passage_id=tail[-1].id if tail else "",
    )
    return _news(snapshot, story, taken, "pen.taken", moment, was=None)


def renew(snapshot: Snapshot, moment: Moment) -> Outcome[PenNews]:
    """Hold the pen for its whole time again: saving a draft does this. The ledger does not need to know."""
    story = running_story(snapshot)
    pen = pen_of(snapshot, story)
    if holder(pen, moment.now) != moment.actor:
        raise UserError("turns.pen_not_yours")
    kept = replace(pen, until=_until(snapshot, moment.now))
    return Outcome(PenNews(story, kept, snapshot.name(moment.key)), (kept,), (), _marks(story), _dues(kept))


def hand_on(snapshot: Snapshot, to: str, moment: Moment) -> Outcome[PenNews]:
    """Give the pen to another writer: its holder does, or the showrunner."""
    story = running_story(snapshot)
    pen = pen_of(snapshot, story)
    held = holder(pen, moment.now)
    if held != moment.key and not runs_the_room(snapshot, moment):
        raise NotAllowed("turns.pen_not_yours")
    if is_reader(snapshot, to):
        raise UserError("turns.not_a_writer", argument="to", name=snapshot.name(to))
    tail = snapshot.tail_of(story.id)
    given = replace(_held(snapshot, pen, to, moment.now), base_passage_id=tail[-1].id if tail else "")
    return _news(snapshot, story, given, "pen.handed", moment, was=held)


def release(snapshot: Snapshot, moment: Moment) -> Outcome[PenNews]:
    """Put the pen down: its holder does, or the showrunner."""
    story = running_story(snapshot)
    pen = pen_of(snapshot, story)
    held = holder(pen, moment.now)
    if held is None:
        raise UserError("turns.pen_free")
    if held != moment.key and not runs_the_room(snapshot, moment):
        raise NotAllowed("turns.pen_not_yours")
    return _news(snapshot, story, freed(pen), "pen.released", moment, was=held)


def expire(snapshot: Snapshot, story_id: str, moment: Moment) -> Outcome[PenNews | None]:
    """Time acts: free a pen whose time is over. A pen that was renewed since is left alone, and its due is
    set again.
    """
    pen = snapshot.pens.get(story_id)
    story = snapshot.stories.get(story_id)
    if pen is None or story is None or pen.holder is None or snapshot.room.stopped_at is not None:
        return Outcome(None)
    if pen.until is not None and pen.until > moment.now:
        return Outcome(None, dues=_dues(pen))
    over = _news(snapshot, story, freed(pen), "pen.expired", moment, was=pen.holder)
    return over.answering(over.value)


def freed(pen: Pen) -> Pen:
    """A free pen. The idea it was held for stays with it: it is chosen, and whoever writes next may write
    that.
    """
    return replace(pen, holder=None, since=None, until=None, base_passage_id=None)


def after_passage(
    snapshot: Snapshot, story: Story, moment: Moment, *, long: bool
) -> tuple[Pen | None, str | None, tuple[Due, ...]]:
    """What a passage does to the pen: (the pen if it changed, the chosen idea that it writes, dues).

    A chosen idea is written by who holds its pen or is offered it, and by anyone while it is nobody's. Its
    holder's long text puts the pen down; a short one holds it for its whole time again.
    """
    pen = snapshot.pens.get(story.id)
    if pen is None:
        return None, None, ()
    held, offer = holder(pen, moment.now), offered_to(pen, moment.now)
    mine = held == moment.key or (held is None and offer in (None, moment.key))
    idea = pen.pitch_id if mine else None
    left = pen
    dues: tuple[Due, ...] = ()
    if idea is not None:
        left = replace(left, pitch_id=None, offered_to=None, offered_until=None)
        dues = (Due("offer", story.id, None), Due("unwritten", story.id, None))
    if held is not None and held == moment.key:
        left = freed(left) if long else replace(left, until=_until(snapshot, moment.now))
        dues += _dues(left)
    return (left if left != pen else None), idea, dues


def refuse_if_held(snapshot: Snapshot, story: Story, moment: Moment) -> None:
    """Refuse long text while someone else is writing, naming who and until when."""
    pen = pen_of(snapshot, story)
    held = holder(pen, moment.now)
    if held not in (None, moment.key):
        raise NotAllowed(
            "passages.pen_held", argument="text", holder=snapshot.name(held),
            until=_time(snapshot, pen.until),
            short=in_force(snapshot.room).short_words,
        )  # fmt: skip


def refuse_out_of_turn(snapshot: Snapshot, story: Story, pen: Pen, moment: Moment) -> None:
    """In a story written in turns, refuse who is not called, naming who is. A chosen idea's pen outranks the
    turns.
    """
    turn = snapshot.turns.get(story.id)
    if in_force(snapshot.room).extend != "turns" or turn is None or turn.current in (None, moment.key):
        return
    if pen.pitch_id is not None and moment.key in (holder(pen, moment.now), offered_to(pen, moment.now)):
        return
    raise NotAllowed("turns.not_yours", argument="text", name=snapshot.name(turn.current))


def _held(snapshot: Snapshot, pen: Pen, who: str, now: datetime) -> Pen:
    return replace(
        pen, holder=who, since=now, until=_until(snapshot, now), offered_to=None, offered_until=None
    )


def _until(snapshot: Snapshot, now: datetime) -> datetime | None:
    rules = in_force(snapshot.room)
    return after(now, rules.pen, rules.zone, rules.hours)


def _time(snapshot: Snapshot, at: datetime | None) -> Marked:
    return room_time(snapshot.room, at) if at else Marked("")


def _dues(pen: Pen) -> tuple[Due, ...]:
    return (Due("pen", pen.id, pen.until if pen.holder else None),)


def _marks(story: Story) -> tuple[Mark, ...]:
    return (Mark("scene", story.scene_id),)


def _news(
    snapshot: Snapshot, story: Story, pen: Pen, kind: str, moment: Moment, *, was: str | None
) -> Outcome[PenNews]:
    news = PenNews(
        story, pen, snapshot.name(pen.holder) if pen.holder else None, snapshot.name(was) if was else None
    )  # fmt: skip
    act = Act(kind, (story.id,), moment.key, "", {})
    dues = _dues(pen) + ((Due("offer", story.id, None),) if pen.offered_to is None else ())
    return Outcome(news, (pen,), (act,), _marks(story), dues)
