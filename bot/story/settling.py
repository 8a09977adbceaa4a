"""How a round ends, or goes on: chosen, nothing chosen, once more, a run-off, the showrunner's word.

Every step is an outcome with an act of the ledger. Votes are no acts; the act that settles a round holds the
tally and one commitment to all its ballots.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.story import ledger
from bot.story.ballots import Count, count, drawn_by
from bot.story.deadlines import dues_changed, ends, run_off_length
from bot.story.house_rules import in_force
from bot.story.ledger import Act
from bot.story.moments import Due, Mark, Moment, Outcome
from bot.story.opening import shown_name
from bot.story.rounds import Pitch, Round
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.turns import Pen

Kind = Literal[
    "already", "voting_opened", "chosen", "nothing", "repeated", "asked", "waiting", "runoff", "showrunner"
]
"""What a close came to. `already`: it was closed before. `nothing`: closed without a choice (the round's
result says why). `asked`: nothing changed, the closer is asked whether to close below the quorum. `waiting`:
its time is over, and its closer will be asked. `showrunner`: it waits for the showrunner's word."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of a round, with everything its card says."""

    story: Story
    round: Round
    kind: Kind
    winner: Pitch | None = None
    """In a round of texts its draft_id holds the text that goes in."""
    winner_name: str = ""
    """Empty where the name may not be shown or a machine had the idea."""
    runner_up: Pitch | None = None
    ballots: int = 0
    shown: tuple[tuple[Pitch, int | None], ...] = ()
    """Ideas with votes, most first, with the counts that may be shown; nobody's zero."""
    tied: tuple[Pitch, ...] = ()
    """Ideas that stand level: in a run-off, before the showrunner, or that dice were thrown for."""
    carried: tuple[Pitch, ...] = ()
    """Ideas that move on to the next round."""
    drawer: tuple[Pitch, ...] = ()
    """Ideas that are safe in the drawer."""
    pen: Pen | None = None
    """The pen as the greenlight left it: to whom it is offered, and until when."""
    pen_name: str = ""
    """Display name of whom the pen is offered to (the winner, who is named)."""


def counted_now(snapshot: Snapshot, round_: Round) -> Count:
    """The count of a round as its ballots stand, in a run-off among the finalists."""
    among = round_.finalists if round_.part == "runoff" else ()
    return count(round_.terms.method, snapshot.ideas(round_.id), snapshot.ballots_of(round_.id), among)


def face(snapshot: Snapshot, round_: Round, kind: Kind, tally: Count | None = None) -> Closed:
    """A round as its card shows it, from the snapshot alone."""
    those = {p.id: p for p in snapshot.pitches_of(round_.id)}
    winner = those.get(round_.winner_id or "")
    pen = _offered(snapshot, round_, winner)
    if tally is not None:
        shown, ballots = tally.shown(round_.terms.counts_from), tally.ballots
    else:
        ballots = round_.ballots if round_.part == "closed" else counted_now(snapshot, round_).ballots
        some = [(i, n) for i, n in round_.tally if n]
        shown = tuple(some) if ballots >= round_.terms.counts_from else tuple((i, None) for i, _ in some[:2])
    return Closed(
        snapshot.stories[round_.story_id],
        round_,
        kind,
        winner,
        shown_name(round_, winner) if winner and winner.author else "",
        those.get(round_.runner_up_id or ""),
        ballots,
        tuple((those[i], n) for i, n in shown if i in those) if round_.part == "closed" else (),
        tuple(those[i] for i in round_.finalists if i in those),
        tuple(p for p in those.values() if p.status in ("carried", "waiting"))
        if round_.part == "closed"
        else (),
        tuple(p for p in those.values() if p.status == "drawer"),
        pen,
        winner.author_name if winner is not None and pen is not None else "",
    )


def _offered(snapshot: Snapshot, round_: Round, winner: Pitch | None) -> Pen | None:
    """The pen, while it is kept for whose idea won."""
    pen = snapshot.pens.get(round_.story_id)
    return pen if winner is not None and pen is not None and pen.pitch_id == winner.id and pen.offered_to else None


def chosen(
    snapshot: Snapshot,
    round_: Round,
    winner: Pitch,
    how: str,
    tally: Count,
    moment: Moment,
    *,
    reason: str = "",
    tied: tuple[str, ...] = (),
) -> Outcome[Closed]:
    """Greenlight an idea: the others go to the drawer, its pen is offered as the room's rules say."""
    closed = replace(
        _ended(round_, "chosen", tally, moment),
        winner_id=winner.id,
        runner_up_id=tally.runner_up(winner.id),
        decided_how=f"rounds.how_{how}",
        decided_by=moment.key if how in ("showrunner", "overruled") else None,
        reason=reason,
        finalists=tied,
    )
    won = replace(winner, status="chosen", named=winner.author is not None)
    others = tuple(replace(p, status="drawer") for p in snapshot.ideas(round_.id) if p.id != winner.id)
    others += _left_over(snapshot, round_)
    story = snapshot.stories[round_.story_id]
    pen, dues = _pen(snapshot, story, won, moment) if round_.terms.kind == "ideas" else (None, ())
    more: dict[str, Any] = {"number": winner.number, "winner": winner.id, "how": how}
    if how == "dice":
        more |= {"seed": round_.seed, "tied": list(tied)}
    rows = (closed, won, *others, *((pen,) if pen else ()))
    act = Act(
        "round.decided",
        (story.id, round_.id, won.id),
        moment.key,
        reason,
        _record(snapshot, round_, tally, moment) | more,
    )
    marks = (Mark("decided", round_.id), Mark("ballot", round_.id), Mark("scene", story.scene_id))
    told = face(snapshot.with_rows(rows), closed, "chosen", tally)
    offered = pen.offered_to if pen else None
    return Outcome(
        replace(told, pen=pen, pen_name=won.author_name if offered else ""),
        rows,
        (act,),
        marks,
        (*dues_changed(round_, closed, moment.now), *dues),
    )


def nothing(
    snapshot: Snapshot, round_: Round, result: Literal["none", "below_quorum"], tally: Count, moment: Moment
) -> Outcome[Closed]:
    """Close without a choice: ideas (not ballots) carry over to the next round, as often as the rules say;
    then the drawer.

    A lettered round's ideas answer its own question, so they go to the drawer at once.
    """
    closed = _ended(round_, result, tally, moment)
    moved = tuple(
        replace(p, status="drawer" if round_.letter or p.carries >= round_.terms.carries else "carried")
        for p in snapshot.ideas(round_.id)
    )
    rows = (closed, *moved, *_left_over(snapshot, round_))
    act = Act(
        "round.undecided",
        (round_.story_id, round_.id),
        moment.key,
        "",
        _record(snapshot, round_, tally, moment) | {"result": result},
    )
    marks = (Mark("undecided", f"{round_.id}:nothing"), Mark("ballot", round_.id))
    told = face(snapshot.with_rows(rows), closed, "nothing", tally)
    return Outcome(told, rows, (act,), marks, dues_changed(round_, closed, moment.now))


def once_more(snapshot: Snapshot, round_: Round, moment: Moment) -> Outcome[Closed]:
    """Give a round the same length once more; its ballots stay."""
    after = replace(
        round_,
        repeats=round_.repeats + 1,
        early_close_at=None,
        closes_at=ends(snapshot.room, moment.now, round_.terms.length),
    )
    return _goes_on(snapshot, after, "repeated", "round.repeated", moment)


def run_off(snapshot: Snapshot, round_: Round, finalists: tuple[str, ...], moment: Moment) -> Outcome[Closed]:
    """A tie is voted on once more among the finalists; old ballots count until they are changed."""
    after = replace(
        round_,
        part="runoff",
        finalists=finalists,
        early_close_at=None,
        result="",
        closes_at=ends(snapshot.room, moment.now, run_off_length(round_.terms.length)),
    )
    return _goes_on(snapshot, after, "runoff", "round.run_off", moment)


def to_showrunner(
    snapshot: Snapshot, round_: Round, tied: tuple[str, ...], moment: Moment
) -> Outcome[Closed]:
    """Voting is over, and the showrunner has the word for a while (about these, where they are tied)."""
    after = replace(
        round_,
        part="showrunner",
        finalists=tied,
        early_close_at=None,
        result="",
        closes_at=ends(snapshot.room, moment.now, round_.terms.showrunner_time),
    )
    return _goes_on(snapshot, after, "showrunner", "round.to_showrunner", moment)


def wait_for_closer(snapshot: Snapshot, round_: Round, moment: Moment) -> Outcome[Closed]:
    """Its time is over below the quorum: it stays open, and whoever closes it is asked."""
    after = replace(round_, result="undecided", early_close_at=None)
    return _goes_on(snapshot, after, "waiting", "round.waiting", moment)


def open_voting(snapshot: Snapshot, round_: Round, moment: Moment) -> Outcome[Closed]:
    """The second part: ideas are over, voting begins. In a sealed round numbers are drawn now, from the
    recorded seed."""
    after = replace(
        round_,
        part="votes",
        closes_at=ends(snapshot.room, moment.now, round_.terms.length),
        repeats=0,
        last_idea_at=moment.now,
    )
    numbered: tuple[Pitch, ...] = ()
    if round_.terms.sealed:
        drawn = sorted(snapshot.ideas(round_.id), key=lambda p: drawn_by(round_.seed, p.id))
        numbered = tuple(replace(p, number=n) for n, p in enumerate(drawn, start=1))
    return _goes_on(snapshot, after, "voting_opened", "round.voting_opened", moment, numbered, mark="opened")


def _goes_on(
    snapshot: Snapshot,
    after: Round,
    kind: Kind,
    act: str,
    moment: Moment,
    more: tuple[Pitch, ...] = (),
    *,
    mark: Literal["opened", "undecided"] = "undecided",
) -> Outcome[Closed]:
    rows = (after, *more)
    tally = counted_now(snapshot.with_rows(rows), after)
    told = face(snapshot.with_rows(rows), after, kind, tally)
    acts = (Act(act, (after.story_id, after.id), moment.key, "", {"ballots": tally.ballots}),)
    before = snapshot.rounds.get(after.id)
    marks = (Mark(mark, f"{after.id}:{kind}"), Mark("ballot", after.id))
    return Outcome(told, rows, acts, marks, dues_changed(before, after, moment.now))


def _ended(
    round_: Round, result: Literal["chosen", "none", "below_quorum"], tally: Count, moment: Moment
) -> Round:
    return replace(
        round_,
        part="closed",
        result=result,
        closes_at=None,
        early_close_at=None,
        tally=tally.votes,
        ballots=tally.ballots,
        closed_at=moment.now,
        closed_by=moment.key,
    )


def _left_over(snapshot: Snapshot, round_: Round) -> tuple[Pitch, ...]:
    """Ideas that waited wait on for the next round; those of a lettered round go to the drawer."""
    waiting = (p for p in snapshot.pitches_of(round_.id) if p.status == "waiting")
    return tuple(replace(p, status="drawer") for p in waiting) if round_.letter else ()


def _pen(snapshot: Snapshot, story: Story, won: Pitch, moment: Moment) -> tuple[Pen, tuple[Due, ...]]:
    """The pen after a greenlight: offered to the pitcher (unless they are away), or to nobody and so to
    anyone."""
    rules, room = in_force(snapshot.room), snapshot.room
    pen = snapshot.pens.get(story.id) or Pen(story.id, room.id, None, None, None)
    member = snapshot.member(won.author)
    offered = (
        won.author if rules.after_greenlight == "pitcher" and member is not None and not member.away else None
    )
    until = ends(room, moment.now, rules.offer) if offered else None
    after = replace(pen, pitch_id=won.id, offered_to=offered, offered_until=until)
    unwritten = ends(room, moment.now, rules.unwritten)
    offers = (Due("offer", story.id, until),) if until or pen.offered_until else ()
    return after, (*offers, Due("unwritten", story.id, unwritten))


def _record(snapshot: Snapshot, round_: Round, tally: Count, moment: Moment) -> dict[str, Any]:
    """What a settling act records: the tally, how many ballots, and the commitment to them."""
    ballots = [b for b in snapshot.ballots_of(round_.id) if b.choices]
    return {
        "tally": [list(pair) for pair in tally.votes],
        "ballots": tally.ballots,
        "quorum": round_.terms.quorum,
        "set_aside": len([b for b in ballots if b.set_aside]),
        "commitment": ledger.ballots_commitment([(b.person, b.choices) for b in ballots], moment.ids.salt),
    }
