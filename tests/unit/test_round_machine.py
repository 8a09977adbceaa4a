"""Whatever people and time do to rounds, in any order: what must never happen does not happen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.errors import UserError
from bot.story import ballots, deciding, opening, pitching, voting
from bot.story.clocks import run_again, stand_still
from bot.story.deadlines import dues_of
from bot.story.moments import Outcome
from bot.story.rooms import Preset
from bot.story.rounds import NONE, Method, Pitch, Round
from tests.unit.voting_room import VotingRoom

T = TypeVar("T")
PEOPLE = ("w1", "w2", "w3", "w4")
WHO = st.sampled_from(PEOPLE)


class Rounds(RuleBasedStateMachine):
    """Four people, one story, and time; a model of the ballots beside the room."""

    @initialize(
        kind=st.sampled_from(
            [("table", "terminal"), ("table", "discord"), ("community", "discord"), ("studio", "slack")]
        ),
        method=st.sampled_from(["approval", "ranked", "single"]),
        small=st.booleans(),
        seed=st.integers(0, 50),
    )
    def begin(self, kind: tuple[Preset, str], method: Method, small: bool, seed: int) -> None:
        rules = {"method": method, "machine-pitches": "request", "run-off": "3"}
        if small:
            rules |= {"ideas-most": "3", "ideas-each": "2"}
        self.room = VotingRoom(kind[0], kind[1], seed=str(seed), hours="Mon-Fri 09:00-18:00", rules=rules)
        self.cast: dict[tuple[str, str], tuple[str, ...]] = {}
        self.quorums: dict[str, int] = {}
        self.numbers: dict[tuple[str, int], str] = {}
        self.winners: dict[str, str | None] = {}
        self.texts = 0
        self.withdrawn: set[str] = set()

    def _try(self, act: Callable[[], Outcome[T]]) -> T | None:
        """Do it, or be refused with a sentence; a refusal changes nothing."""
        before = self.room.snapshot
        try:
            return self.room.keep(act())
        except UserError as refused:
            said = refused.sentence
        assert said
        assert self.room.snapshot is before
        return None

    def _round(self, which: int) -> Round | None:
        rounds = self.room.snapshot.open_rounds("story")
        return rounds[which % len(rounds)] if rounds else self.room.snapshot.last_round("story")

    def _idea(self, which: int) -> Pitch | None:
        those = sorted(self.room.snapshot.pitches.values(), key=lambda p: p.id)
        return those[which % len(those)] if those else None

    @rule(who=WHO, which=st.integers(0, 3), machine=st.booleans(), text=st.booleans())
    def pitch(self, who: str, which: int, machine: bool, text: bool) -> None:
        self.texts += 1
        named = self._round(which) if which and self.room.snapshot.open_rounds("story") else None
        self.room.seen(who)
        idea = f"{self.texts} {'abcdefghij'[self.texts % 10] * 9}"
        draft = "d" if text and which == 0 else None
        self._try(
            lambda: pitching.pitch(
                self.room.snapshot, idea, self.room.by(who), in_round=named, machine=machine, draft_id=draft
            )
        )

    @rule(who=WHO, sealed=st.booleans())
    def open(self, who: str, sealed: bool) -> None:
        self.room.seen(who)
        snapshot, story = self.room.snapshot, self.room.story
        self._try(lambda: opening.open_round(snapshot, story, "And then?", self.room.by(who), sealed=sealed))

    @rule(which=st.integers(0, 30), rename=st.booleans())
    def change(self, which: int, rename: bool) -> None:
        idea = self._idea(which)
        if idea is None or idea.author is None:
            return
        who = idea.author.rsplit("/", 1)[-1]
        snapshot, moment = self.room.snapshot, self.room.by(who)
        if rename:
            self._try(lambda: pitching.name_pitch(snapshot, idea, moment))
        elif self._try(lambda: pitching.change_pitch(snapshot, idea, "Other words", moment)):
            assert not idea.frozen

    @rule(which=st.integers(0, 30))
    def withdraw(self, which: int) -> None:
        idea = self._idea(which)
        if idea is None:
            return
        who = idea.author.rsplit("/", 1)[-1] if idea.author else "w1"
        held = {p for (r, p), c in self.cast.items() if r == idea.round_id and idea.id in c}
        gone = self._try(lambda: pitching.withdraw(self.room.snapshot, idea, self.room.by(who)))
        if gone is not None:
            self.withdrawn.add(idea.id)
            assert set(gone.told) == held
            for person in held:
                key = (idea.round_id, person)
                self.cast[key] = tuple(c for c in self.cast[key] if c != idea.id)

    @rule(
        who=WHO,
        which=st.integers(0, 2),
        picks=st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True),
    )
    def vote(self, who: str, which: int, picks: list[int]) -> None:
        if (r := self._round(which)) is not None:
            self._vote(r, who, picks)

    @rule(picks=st.lists(st.integers(0, 2), min_size=2, max_size=4), then_close=st.booleans())
    def all_vote(self, picks: list[int], then_close: bool) -> None:
        """Several people vote for an idea each, and perhaps the round is closed."""
        if (r := self._round(0)) is None:
            return
        ideas = voting.votable(self.room.snapshot, r)
        for who, pick in zip(PEOPLE, picks, strict=False):
            self._vote(r, who, [ideas[pick % len(ideas)].number] if ideas else [0])
        if then_close:
            self.close("w1", 0, forced=False)

    def _vote(self, r: Round, who: str, picks: list[int]) -> None:
        self.room.seen(who)
        r = self.room.snapshot.rounds.get(r.id, r)

        def act() -> Outcome[tuple[str, ...]]:
            standing = voting.votable(self.room.snapshot, r)
            typed = " ".join(map(str, picks))
            choices = ballots.parse_choices(typed, standing, r.terms.method, r.letter)
            return voting.vote(self.room.snapshot, r, choices, self.room.by(who)).answering(choices)

        chosen = self._try(act)
        if chosen is not None:
            self.cast[r.id, self.room.person(who).key] = chosen

    @rule(who=WHO, which=st.integers(0, 2), number=st.integers(0, 4))
    def toggle(self, who: str, which: int, number: int) -> None:
        r = self._round(which)
        if r is None:
            return
        voted = self._try(lambda: voting.toggle(self.room.snapshot, r, number, self.room.by(who)))
        if voted is not None:
            self.cast[r.id, self.room.person(who).key] = voted.ballot.choices

    @rule(who=WHO, which=st.integers(0, 2))
    def take_back(self, who: str, which: int) -> None:
        r = self._round(which)
        if r is None:
            return
        gone = self._try(lambda: voting.take_back_vote(self.room.snapshot, r, self.room.by(who)))
        if gone is not None:
            self.cast[r.id, self.room.person(who).key] = ()

    @rule(who=WHO, which=st.integers(0, 2), forced=st.booleans())
    def close(self, who: str, which: int, forced: bool) -> None:
        r = self._round(which)
        if r is not None:
            self._try(lambda: deciding.close(self.room.snapshot, r, self.room.by(who), forced=forced))

    @rule(which=st.integers(0, 2), number=st.integers(0, 5), reason=st.sampled_from(["", "It is better"]))
    def decide(self, which: int, number: int, reason: str) -> None:
        r = self._round(which)
        if r is not None:
            self._try(lambda: deciding.decide(self.room.snapshot, r, number, reason, self.room.by("w1")))

    @rule(who=WHO, which=st.integers(0, 2))
    def cancel(self, who: str, which: int) -> None:
        r = self._round(which)
        if r is not None:
            self._try(lambda: deciding.cancel(self.room.snapshot, r, self.room.by(who)))

    @rule(minutes=st.sampled_from([1, 11, 59, 24 * 60, 3 * 24 * 60]))
    def wait(self, minutes: int) -> None:
        self.room.until(self.room.now + timedelta(minutes=minutes))

    @rule(who=WHO, away=st.booleans())
    def go_away(self, who: str, away: bool) -> None:
        member = self.room.snapshot.member(self.room.person(who))
        if member is not None:
            self.room.snapshot = self.room.snapshot.with_rows((replace(member, away=away),))

    @rule(minutes=st.sampled_from([5, 24 * 60]))
    def stop_and_go_on(self, minutes: int) -> None:
        room = self.room
        since = room.now
        stopped = replace(room.snapshot.room, stopped_at=since)
        room.keep(Outcome(None, (stopped,), dues=stand_still(room.snapshot, room.story)))
        assert not [k for k in room.dues if k[1] in room.snapshot.rounds]
        room.until(since + timedelta(minutes=minutes))
        room.keep(Outcome(None, (replace(room.snapshot.room, stopped_at=None),)))
        rows, dues = run_again(room.snapshot, room.story, since, room.now)
        room.keep(Outcome(None, rows, dues=dues))

    # ---- what must never happen

    @invariant()
    def a_person_has_one_ballot_and_it_is_the_last_they_cast(self) -> None:
        if not hasattr(self, "room"):
            return
        seen = Counter((b.round_id, b.person) for b in self.room.snapshot.ballots.values())
        assert all(n == 1 for n in seen.values())
        for b in self.room.snapshot.ballots.values():
            assert b.choices == self.cast[b.round_id, b.person]
        here = self.room.snapshot.rounds
        assert {k for k in self.cast if k[0] in here} == set(seen)

    @invariant()
    def a_quorum_never_changes_after_its_round_opened(self) -> None:
        for r in self.room.snapshot.rounds.values() if hasattr(self, "room") else ():
            assert self.quorums.setdefault(r.id, r.terms.quorum) == r.terms.quorum

    @invariant()
    def a_round_has_one_winner_or_none_for_ever_and_it_stood_on_the_ballot(self) -> None:
        if not hasattr(self, "room"):
            return
        for r in self.room.snapshot.rounds.values():
            chosen = [p.id for p in self.room.snapshot.pitches_of(r.id) if p.status == "chosen"]
            assert chosen == ([r.winner_id] if r.winner_id else [])
            assert (r.winner_id is not None) == (r.result == "chosen")
            if r.part == "closed":
                assert self.winners.setdefault(r.id, r.winner_id) == r.winner_id
            else:
                assert r.id not in self.winners
                assert r.winner_id is None
            assert r.winner_id != NONE
            assert r.winner_id not in self.withdrawn
            assert r.runner_up_id is None or r.runner_up_id != r.winner_id

    @invariant()
    def ballots_alone_choose_only_what_leads_and_only_with_a_ballot(self) -> None:
        if not hasattr(self, "room"):
            return
        for r in self.room.snapshot.rounds.values():
            if r.result != "chosen" or r.decided_how in ("rounds.how_showrunner", "rounds.how_overruled"):
                continue
            assert r.ballots > 0
            tally = dict(r.tally)
            assert r.winner_id is not None
            if r.terms.method != "ranked":
                assert tally[r.winner_id] > tally[NONE]
                cast = self.room.snapshot.ballots_of(r.id)
                for idea, votes in r.tally:
                    assert votes == len([b for b in cast if idea in b.choices])

    @invariant()
    def a_number_on_a_ballot_means_one_idea_and_ballots_are_not_overfull(self) -> None:
        if not hasattr(self, "room"):
            return
        for r in self.room.snapshot.rounds.values():
            ideas = self.room.snapshot.ideas(r.id)
            assert len(ideas) <= r.terms.ideas_most
            sealed = r.terms.sealed and r.part == "ideas"
            assert all((p.number == 0) == sealed for p in ideas)
            for p in ideas:
                if p.number:
                    assert self.numbers.setdefault((r.id, p.number), p.id) == p.id

    @invariant()
    def no_idea_is_lost(self) -> None:
        """Every idea stands, waits, won, was taken back, lies in the drawer, or went on into a later
        round."""
        if not hasattr(self, "room"):
            return
        followed = {p.carried_from for p in self.room.all_pitches.values()}
        last = self.room.snapshot.last_round("story")
        open_ids = {r.id for r in self.room.snapshot.open_rounds("story")}
        for p in self.room.all_pitches.values():
            if p.status == "carried":
                assert p.id in followed or (last is not None and p.round_id == last.id)
            if p.status in ("standing", "waiting"):
                waits = p.status == "waiting" and last is not None and p.round_id == last.id
                assert p.round_id in open_ids or waits
        twice = Counter(p.carried_from for p in self.room.all_pitches.values() if p.carried_from)
        assert all(n == 1 for n in twice.values())

    @invariant()
    def every_clock_that_runs_has_its_due_and_no_other(self) -> None:
        if not hasattr(self, "room"):
            return
        for r in self.room.snapshot.rounds.values():
            has = {k[0]: at for k, at in self.room.dues.items() if k[1] == r.id}
            if r.part == "closed":
                assert not has
                continue
            wanted = {d.kind: d.at for d in dues_of(r, self.room.now) if d.at is not None}
            assert has == wanted
            assert all(at > self.room.now for at in has.values())


Rounds.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None, derandomize=True)
TestRounds = Rounds.TestCase
