"""Counting: what a person typed becomes choices, and ballots become a count. Pure, and the same every time.

Which ballots count: those with at least one choice that still stands. A ballot that was set aside, taken
back, or whose every idea was withdrawn says nothing any more; its owner is told and can choose again (and the
quorum waits for them). "None of these" stands on every ballot as number 0, so in any tie it stands first: an
idea wins only by more than None.

Ranked ballots are counted by instant run-off. Each ballot counts for its first choice that is still in; the
choice with the fewest goes out, until one has more than half of the ballots that still count for something,
or two are left. When several have the fewest, out goes the one that had fewer in the round of counting
before, and so on back to the first; among those that were always equal, the one with the higher number on the
ballot (the later one). Two that are left with the same number are a tie.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import UserError
from bot.sentences import Marked
from bot.story.rounds import NONE, Ballot, Method, Pitch

PICKS = 3
"""A ranked ballot holds so many picks."""
_WORDS_FOR_NONE = frozenset({"0", "none", "none of these", "no", "nothing"})
_SPLIT = re.compile(r"[\s,;.+&>]+")
_TOKEN = re.compile(r"([a-z]?)#?(\d{1,4}|none)")


@dataclass(frozen=True, slots=True)
class Elimination:
    """One round of counting in an instant run-off: what each had, and which went out (empty in the last)."""

    votes: tuple[tuple[str, int], ...]
    out: str


@dataclass(frozen=True, slots=True)
class Count:
    """A count of ballots. Ids are pitch ids, or "none"."""

    method: Method
    ballots: int
    """How many ballots counted."""
    votes: tuple[tuple[str, int], ...]
    """(id, votes), most first; for ranked ballots as they stood in the last round of counting that each was
    in."""
    leaders: tuple[str, ...]
    """Who leads: several are a tie between ideas, ("none",) is None of these, () is that nothing had a vote.
    """
    eliminations: tuple[Elimination, ...] = ()

    @property
    def none_leads(self) -> bool:
        """Nothing may be chosen: None of these leads, is level with an idea, or nothing had a vote."""
        return not self.leaders or NONE in self.leaders

    def runner_up(self, winner: str) -> str | None:
        """The idea that came after the winner, if anybody voted for one."""
        return next((i for i, n in self.votes if i not in (winner, NONE) and n), None)

    def shown(self, counts_from: int) -> tuple[tuple[str, int | None], ...]:
        """What the room may see: all counts above 0 from so many ballots up, else only the order of the first
        two."""
        with_votes = [(i, n) for i, n in self.votes if n]
        if self.ballots >= counts_from:
            return tuple(with_votes)
        return tuple((i, None) for i, _ in with_votes[:2])


def count(
    method: Method, ideas: Sequence[Pitch], ballots: Sequence[Ballot], among: Sequence[str] = ()
) -> Count:
    """Count ballots for the ideas that stand (in a run-off: among the finalists only)."""
    standing = [
        p.id for p in sorted(ideas, key=lambda p: (p.number, p.seq, p.id)) if not among or p.id in among
    ]
    order = (NONE, *standing)
    choices = [c for b in ballots if not b.set_aside and (c := tuple(i for i in b.choices if i in order))]
    if method == "ranked":
        return _instant_run_off(order, choices)
    votes = dict.fromkeys(order, 0)
    for chosen in choices:
        for i in dict.fromkeys(chosen):
            votes[i] += 1
    ranked = sorted(order, key=lambda i: (-votes[i], order.index(i)))
    best = votes[ranked[0]]
    leaders = tuple(i for i in ranked if votes[i] == best) if best else ()
    leaders = (NONE,) if NONE in leaders else leaders
    return Count(method, len(choices), tuple((i, votes[i]) for i in ranked), leaders)


def counted(ideas: Sequence[Pitch], ballots: Sequence[Ballot]) -> tuple[Ballot, ...]:
    """The ballots that count towards the quorum."""
    standing = {NONE, *(p.id for p in ideas)}
    return tuple(b for b in ballots if not b.set_aside and not standing.isdisjoint(b.choices))


def parse_choices(text: str, ideas: Sequence[Pitch], method: Method, letter: str = "") -> tuple[str, ...]:
    """The choices in `2 3`, `2,3`, `A2` or `none`, in the order they were typed; "none" for None of these.

    Raises UserError naming the numbers there are for one that is not on the ballot.
    """
    if text.strip().casefold().rstrip(".!") in _WORDS_FOR_NONE:
        return (NONE,)
    by_number = {p.number: p.id for p in ideas if p.number > 0}
    chosen: dict[str, None] = {}
    for token in _tokens(text):
        read = _TOKEN.fullmatch(token)
        if read is None:
            raise UserError(
                "rounds.not_a_choice", argument="choices", given=token[:40], numbers=_numbers(by_number)
            )
        if read[1] and read[1] != letter.casefold():
            raise UserError(
                "rounds.other_letter", argument="choices", given=token.upper(), letter=letter or "-"
            )
        if read[2] in _WORDS_FOR_NONE:
            chosen[NONE] = None
        elif (found := by_number.get(int(read[2]))) is not None:
            chosen[found] = None
        else:
            raise UserError(
                "rounds.no_such_number", argument="choices", given=read[2], numbers=_numbers(by_number)
            )
    return fitting(tuple(chosen), method)


def fitting(choices: tuple[str, ...], method: Method) -> tuple[str, ...]:
    """These choices, if a ballot of this method can hold them. Raises UserError otherwise."""
    if not choices:
        raise UserError("rounds.no_choice", argument="choices")
    if method == "single" and len(choices) > 1:
        raise UserError("rounds.one_choice", argument="choices")
    if method == "ranked" and len([c for c in choices if c != NONE]) > PICKS:
        raise UserError("rounds.three_picks", argument="choices", n=PICKS)
    if method == "approval" and NONE in choices and len(choices) > 1:
        raise UserError("rounds.none_alone", argument="choices")
    return choices


def letter_in(text: str) -> str:
    """The round's letter that choices name (`A` in `A2 A3`); empty when they name none."""
    for token in _tokens(text):
        read = _TOKEN.fullmatch(token)
        if read is not None and read[1]:
            return read[1].upper()
    return ""


def _tokens(text: str) -> list[str]:
    return [t for t in _SPLIT.split(text.strip().casefold()) if t and t != "and"]


def _numbers(by_number: dict[int, str]) -> Marked:
    return Marked(", ".join(str(n) for n in sorted(by_number)) or "-")


def _instant_run_off(order: tuple[str, ...], choices: Sequence[tuple[str, ...]]) -> Count:
    left = list(order)
    rounds: list[Elimination] = []
    settled: dict[str, int] = {}
    while True:
        votes = dict.fromkeys(left, 0)
        for ranked in choices:
            first = next((i for i in ranked if i in votes), None)
            if first is not None:
                votes[first] += 1
        top = sorted(left, key=lambda i: (-votes[i], order.index(i)))
        continuing = sum(votes.values())
        if len(left) <= 2 or 2 * votes[top[0]] > continuing:
            rounds.append(Elimination(tuple((i, votes[i]) for i in top), ""))
            break
        out = _weakest(left, votes, rounds, order)
        rounds.append(Elimination(tuple((i, votes[i]) for i in top), out))
        settled[out] = votes[out]
        left.remove(out)
    leaders = tuple(i for i in top if votes[i] == votes[top[0]]) if votes[top[0]] else ()
    leaders = (NONE,) if NONE in leaders else leaders
    result = [(i, votes[i]) for i in top] + [(r.out, settled[r.out]) for r in reversed(rounds) if r.out]
    return Count("ranked", len(choices), tuple(result), leaders, tuple(rounds))


def _weakest(
    left: Sequence[str], votes: dict[str, int], rounds: Sequence[Elimination], order: Sequence[str]
) -> str:
    """Who goes out: the fewest now, then the fewest in the rounds of counting before, then the later on the
    ballot."""
    fewest = min(votes.values())
    candidates = [i for i in left if votes[i] == fewest]
    for earlier in reversed(rounds):
        then = dict(earlier.votes)
        fewest = min(then[i] for i in candidates)
        candidates = [i for i in candidates if then[i] == fewest]
    return max(candidates, key=order.index)


def dice(seed: str, tied: Sequence[str]) -> str:
    """The winner among tied ideas: the one whose SHA-256 of the round's seed, a space and the idea's id is
    the smallest.

    The seed was drawn, and its own hash recorded, when the round opened; anyone can recompute the throw
    afterwards (`printf 'SEED ID' | sha256sum` for each tied id). No id or order of arrival has an advantage.
    """
    return min(tied, key=lambda i: drawn_by(seed, i))


def drawn_by(seed: str, idea: str) -> str:
    """An idea's lot: what dice and the numbers of sealed rounds are drawn by."""
    return hashlib.sha256(f"{seed} {idea}".encode()).hexdigest()
