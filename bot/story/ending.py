"""What the end of a round's part comes to: the tree of decisions, by the terms that were fixed when it
opened.

The order of a tie is printed on the ballot: a run-off where there are ballots enough, people before machine,
the showrunner (unless it is about their own idea), and recorded dice. Below the quorum silence chooses
nothing.
"""

from __future__ import annotations

from bot.story.ballots import Count, dice
from bot.story.deadlines import is_idle, is_over
from bot.story.house_rules import is_showrunner, showrunners
from bot.story.moments import Moment, Outcome
from bot.story.rounds import Pitch, Round
from bot.story.settling import (
    Closed,
    chosen,
    counted_now,
    face,
    nothing,
    once_more,
    open_voting,
    run_off,
    to_showrunner,
    wait_for_closer,
)
from bot.story.snapshot import Snapshot


def end_part(snapshot: Snapshot, round_: Round, moment: Moment, *, forced: bool) -> Outcome[Closed]:
    """End the present part of an open round; a moment without a person is time acting. `forced` answers
    "asked"."""
    ideas = snapshot.ideas(round_.id)
    tally = counted_now(snapshot, round_)
    if not ideas:
        again = moment.person is None and round_.terms.below_quorum == "repeat" and not round_.repeats
        return (
            once_more(snapshot, round_, moment)
            if again
            else nothing(snapshot, round_, "below_quorum", tally, moment)
        )
    if round_.part == "ideas":
        return open_voting(snapshot, round_, moment)
    if round_.part == "showrunner":
        return _without_word(snapshot, round_, tally, moment, forced=forced)
    by_word = forced and is_showrunner(snapshot, moment)
    if round_.terms.decides == "showrunner" and _may_judge(snapshot, ()) and not by_word:
        return to_showrunner(snapshot, round_, (), moment)
    if tally.ballots < round_.terms.quorum and round_.part != "runoff":
        return _below(snapshot, round_, tally, moment, forced=forced)
    return _settle(snapshot, round_, tally, moment)


def _below(
    snapshot: Snapshot, round_: Round, tally: Count, moment: Moment, *, forced: bool
) -> Outcome[Closed]:
    """Too few ballots: what the room's rules say then."""
    way = round_.terms.below_quorum
    by_time = moment.person is None or (is_over(round_, moment.now) and way != "ask")
    if way == "showrunner" and _may_judge(snapshot, ()):
        return to_showrunner(snapshot, round_, (), moment)
    if by_time:
        if way == "ask":
            return wait_for_closer(snapshot, round_, moment)
        if way == "repeat" and not round_.repeats:
            return once_more(snapshot, round_, moment)
    elif not forced:
        return Outcome(face(snapshot, round_, "asked", tally))
    elif way == "ask" and tally.ballots:
        return _settle(snapshot, round_, tally, moment)
    return nothing(snapshot, round_, "below_quorum", tally, moment)


def _settle(snapshot: Snapshot, round_: Round, tally: Count, moment: Moment) -> Outcome[Closed]:
    """The ballots decide; a tie falls by its printed order."""
    if tally.none_leads:
        return nothing(snapshot, round_, "none", tally, moment)
    tied = tally.leaders
    terms = round_.terms
    if len(tied) == 1:
        how = "runoff" if round_.part == "runoff" else "votes"
        return _choose(snapshot, round_, tied, how, tally, moment)
    if terms.runoff_from and tally.ballots >= terms.runoff_from and round_.part in ("together", "votes"):
        return run_off(snapshot, round_, tied, moment)
    if terms.tie_people_first:
        people = tuple(p.id for p in still_standing(snapshot, tied) if p.author is not None)
        if len(people) == 1:
            return _choose(snapshot, round_, people, "people", tally, moment)
        tied = people or tied
    if terms.tie_showrunner and round_.part != "showrunner" and _may_judge(snapshot, tied):
        return to_showrunner(snapshot, round_, tied, moment)
    return _choose(snapshot, round_, tied, "dice", tally, moment)


def _without_word(
    snapshot: Snapshot, round_: Round, tally: Count, moment: Moment, *, forced: bool
) -> Outcome[Closed]:
    """The showrunner's time: before it is over they are asked for their word; after it ballots decide, and
    dice a tie."""
    if moment.person is not None and not (
        forced or is_over(round_, moment.now) or is_idle(round_, moment.now)
    ):
        return Outcome(face(snapshot, round_, "asked", tally))
    tied = tuple(p.id for p in still_standing(snapshot, round_.finalists))
    if tied:
        return _choose(snapshot, round_, tied, "dice" if len(tied) > 1 else "votes", tally, moment)
    if tally.ballots < round_.terms.quorum:
        return nothing(snapshot, round_, "below_quorum", tally, moment)
    return _settle(snapshot, round_, tally, moment)


def _choose(
    snapshot: Snapshot, round_: Round, among: tuple[str, ...], how: str, tally: Count, moment: Moment
) -> Outcome[Closed]:
    winner = snapshot.pitches[dice(round_.seed, among)]
    return chosen(snapshot, round_, winner, how, tally, moment, tied=among if how == "dice" else ())


def _may_judge(snapshot: Snapshot, tied: tuple[str, ...]) -> bool:
    """Whether a showrunner is there for a tie: not away, and not the author of one of the tied ideas."""
    authors = {p.author for p in still_standing(snapshot, tied)}
    here = (k for k in showrunners(snapshot) if not ((m := snapshot.member(k)) is not None and m.away))
    return any(k not in authors for k in here)


def still_standing(snapshot: Snapshot, ids: tuple[str, ...]) -> tuple[Pitch, ...]:
    """Those of these ideas that still stand."""
    return tuple(p for i in ids if (p := snapshot.pitches.get(i)) is not None and p.status == "standing")
