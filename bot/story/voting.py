"""Voting: one ballot a person, secret, and changeable until the close. A vote is no act of the ledger.

The first ballot that is cast after an idea appeared freezes that idea. When all who are not away have voted,
and none of their ballots is older than the last idea, a round may close early.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import NotFound, UserError
from bot.story.ballots import counted, fitting
from bot.story.deadlines import dues_changed
from bot.story.house_rules import in_force, may_vote, waited_for
from bot.story.moments import Mark, Moment, Outcome
from bot.story.opening import refuse_at_rest, the_idea
from bot.story.people import Member
from bot.story.rounds import NONE, Ballot, Pitch, Round, ballot_id
from bot.story.snapshot import Snapshot
from bot.story.stories import Story


@dataclass(frozen=True, slots=True)
class Voted:
    """A ballot as it stands now, for its owner's eyes only."""

    story: Story
    round: Round
    ballot: Ballot
    """Without choices it was taken back."""
    chosen: tuple[Pitch, ...]
    """The ideas it holds, in its order."""
    none: bool
    """It holds None of these."""
    changed: bool
    """There was a ballot before."""
    late: tuple[Pitch, ...]
    """Ideas that came in after this person voted last."""
    ballots: int
    """How many ballots count now; what the ballot's card may say beside the quorum."""


def vote(snapshot: Snapshot, round_: Round, choices: tuple[str, ...], moment: Moment) -> Outcome[Voted]:
    """Cast a ballot, or change the one there is. `choices` are pitch ids, or ("none",), as
    ballots.parse_choices gives them."""
    story = _open_for_votes(snapshot, round_)
    may_vote(snapshot, round_, moment)
    standing = {p.id for p in votable(snapshot, round_)}
    if not standing.union((NONE,)).issuperset(choices):
        raise NotFound("rounds.idea_gone", argument="choices")
    choices = fitting(tuple(dict.fromkeys(choices)), round_.terms.method)
    before = snapshot.ballots.get(ballot_id(round_.id, moment.actor))
    ballot = Ballot(
        ballot_id(round_.id, moment.actor),
        snapshot.room.id,
        round_.id,
        moment.actor,
        choices,
        moment.now,
        before.first_at if before else moment.now,
        "runoff" if round_.part == "runoff" else "votes",
        is_aside(round_, snapshot.member(moment.actor), moment.standing.joined_at),
    )
    frozen = tuple(replace(p, frozen=True) for p in snapshot.ideas(round_.id) if not p.frozen)
    return _cast(snapshot, story, replace(round_, last_ballot_at=moment.now), before, ballot, frozen, moment)


def toggle(snapshot: Snapshot, round_: Round, number: int, moment: Moment) -> Outcome[Voted]:
    """A bare number on a ballot: choose that idea, or no longer; 0 is None of these."""
    before = snapshot.ballots.get(ballot_id(round_.id, moment.actor))
    had = before.choices if before else ()
    method = round_.terms.method
    pressed = NONE if number == 0 else the_idea(snapshot, round_, number).id
    if pressed in had:
        now = tuple(c for c in had if c != pressed)
    elif method == "single" or (method == "approval" and NONE in (pressed, *had)):
        now = (pressed,)
    else:
        now = (*had, pressed)
    standing = {NONE, *(p.id for p in votable(snapshot, round_))}
    now = tuple(c for c in now if c in standing)
    return vote(snapshot, round_, now, moment) if now else take_back_vote(snapshot, round_, moment)


def take_back_vote(snapshot: Snapshot, round_: Round, moment: Moment) -> Outcome[Voted]:
    """Take one's ballot back: it holds nothing, and does not count, until its owner votes again."""
    if round_.part not in ("together", "votes", "runoff"):
        raise UserError(_why_no_votes(round_))
    story = snapshot.stories.get(round_.story_id)
    before = snapshot.ballots.get(ballot_id(round_.id, moment.actor))
    if before is None or not before.choices or story is None:
        raise NotFound("rounds.no_ballot")
    return _cast(snapshot, story, round_, before, replace(before, choices=(), cast_at=moment.now), (), moment)


def my_ballot(snapshot: Snapshot, round_: Round, moment: Moment) -> Voted | None:
    """A person's ballot as it stands, with the ideas that came in since; None when they have none.

    Of a round that is closed there is none to fill in: the old card's button says so.
    """
    if round_.part == "closed":
        raise UserError("rounds.is_closed")
    ballot = snapshot.ballots.get(ballot_id(round_.id, moment.actor))
    if ballot is None:
        return None
    return _face(
        snapshot, snapshot.stories[round_.story_id], round_, ballot, changed=False, last=ballot.cast_at
    )


def votable(snapshot: Snapshot, round_: Round) -> tuple[Pitch, ...]:
    """The ideas that can be voted for now: all that stand, or in a run-off its finalists."""
    ideas = snapshot.ideas(round_.id)
    return tuple(p for p in ideas if p.id in round_.finalists) if round_.part == "runoff" else ideas


def all_have_voted(snapshot: Snapshot, round_: Round, now: datetime) -> bool:
    """Whether all who are not away have voted, enough for the quorum, none of them before the last idea
    came."""
    cast = {b.person: b for b in counted(votable(snapshot, round_), snapshot.ballots_of(round_.id))}
    those = waited_for(snapshot, in_force(snapshot.room), now)
    awaited = tuple(m for m in those if not is_aside(round_, m, None))
    since = round_.last_idea_at
    return (
        len(cast) >= round_.terms.quorum
        and bool(awaited)
        and all(
            m.person in cast and (round_.part != "runoff" or cast[m.person].part == "runoff") for m in awaited
        )
        and all(since is None or b.cast_at >= since for b in cast.values())
    )


def is_aside(round_: Round, member: Member | None, joined_at: datetime | None) -> bool:
    """Whether a round's rule sets a person's ballot aside: they joined the server after its instant."""
    joined = joined_at or (member.joined_at if member is not None else None)
    return round_.aside_after is not None and joined is not None and joined > round_.aside_after


def _cast(
    snapshot: Snapshot,
    story: Story,
    round_: Round,
    before: Ballot | None,
    ballot: Ballot,
    frozen: tuple[Pitch, ...],
    moment: Moment,
) -> Outcome[Voted]:
    after = snapshot.with_rows((round_, ballot, *frozen))
    touched = replace(round_, early_close_at=early_close(after, round_, moment.now))
    face = _face(
        after,
        story,
        touched,
        ballot,
        changed=bool(before and before.choices),
        last=before.cast_at if before else moment.now,
    )
    rows = (ballot, *frozen, *((touched,) if touched != snapshot.rounds.get(round_.id) else ()))
    return Outcome(face, rows, (), (Mark("ballot", round_.id),), dues_changed(round_, touched, moment.now))


def early_close(snapshot: Snapshot, round_: Round, now: datetime) -> datetime | None:
    """When the round may close early: fixed by the ballot that completed them, given up when one is missing
    again."""
    minutes = round_.terms.early_close_minutes
    if minutes is None or not all_have_voted(snapshot, round_, now):
        return None
    return round_.early_close_at or now + timedelta(minutes=minutes)


def _face(
    snapshot: Snapshot, story: Story, round_: Round, ballot: Ballot, *, changed: bool, last: datetime
) -> Voted:
    ideas = {p.id: p for p in votable(snapshot, round_)}
    chosen = tuple(ideas[c] for c in ballot.choices if c in ideas)
    late = tuple(p for p in ideas.values() if p.at > last and p.id not in ballot.choices)
    votes = len(counted(tuple(ideas.values()), snapshot.ballots_of(round_.id)))
    return Voted(story, round_, ballot, chosen, NONE in ballot.choices, changed, late, votes)


def _open_for_votes(snapshot: Snapshot, round_: Round) -> Story:
    story = snapshot.stories.get(round_.story_id)
    if story is None:
        raise NotFound("rounds.long_closed")
    if round_.part not in ("together", "votes", "runoff"):
        raise UserError(_why_no_votes(round_), argument="choices")
    refuse_at_rest(snapshot, story)
    return story


def _why_no_votes(round_: Round) -> str:
    if round_.part == "ideas":
        return "rounds.votes_later"
    return "rounds.showrunner_has_it" if round_.part == "showrunner" else "rounds.closed_for_votes"
