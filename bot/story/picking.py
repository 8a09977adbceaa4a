"""The room's pick: secret ballots on a prompt's answers, counted at its close.

Answers that everybody sees are voted on while the prompt is open. Those of a blind prompt are shown at its close, and
voted on from then on, for as long as `VOTES` says. Every answer that a ballot names counts one; the most votes are the
pick, and answers that stand level are picked together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.errors import NotAllowed, NotFound, UserError
from bot.story import ledger
from bot.story.answering import readable
from bot.story.house_rules import in_force, is_showrunner, may_vote_since
from bot.story.ledger import Act
from bot.story.moments import Due, Mark, Moment, Outcome
from bot.story.opening import newcomers_wait
from bot.story.prompts import Answer, AnswerBallot, Prompt, answer_ballot_id
from bot.story.snapshot import Snapshot
from bot.story.tidings import tell

VOTES = timedelta(hours=24)
"""How long a blind prompt's answers are voted on after they were shown."""
QUORUM = 2
"""Ballots that a pick needs; one is enough while only one person has ever acted in the room."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A ballot as it stands now, for its owner's eyes only."""

    prompt: Prompt
    votable: tuple[Answer, ...]
    chosen: tuple[Answer, ...]
    """The answers it holds; none once it was taken back."""
    cast: bool = True
    """Something is on it, or was."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A prompt after its part was closed."""

    prompt: Prompt
    answers: int


def votable(prompt: Prompt, answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers that may be voted for now: all that everybody may read."""
    return tuple(a for a in answers if readable(prompt, a, None))


def my_ballot(
    prompt: Prompt, answers: Sequence[Answer], ballots: Sequence[AnswerBallot], person: str | None
) -> Picked:
    """A person's ballot as it stands."""
    refuse_no_votes(prompt)
    mine = next((b for b in ballots if b.person == person), None)
    those = votable(prompt, answers)
    held = mine.choices if mine is not None else ()
    return Picked(prompt, those, tuple(a for a in those if a.id in held), mine is not None and bool(held))


def vote(
    snapshot: Snapshot, prompt: Prompt, answers: Sequence[Answer], numbers: Sequence[int], moment: Moment
) -> Outcome[Picked]:
    """Put these answers on one's ballot, in the place of what it held; without numbers it is taken back."""
    refuse_no_votes(prompt)
    wait = newcomers_wait(snapshot, in_force(snapshot.room), moment)
    may_vote_since(snapshot, prompt.asked_at, wait, moment)
    those = votable(prompt, answers)
    by_number = {a.number: a for a in those}
    for number in numbers:
        if number not in by_number:
            known = ", ".join(str(n) for n in sorted(by_number)) or "-"
            raise UserError("prompt.no_such_answer", argument="numbers", given=number, numbers=known)
    chosen = tuple(by_number[n] for n in sorted(set(numbers)))
    ballot = AnswerBallot(
        answer_ballot_id(prompt.id, moment.actor), snapshot.room.id, prompt.id, moment.actor,
        tuple(a.id for a in chosen), moment.now,
    )  # fmt: skip
    return Outcome(Picked(prompt, those, chosen), (ballot,))


def toggle(
    snapshot: Snapshot, prompt: Prompt, answers: Sequence[Answer], ballots: Sequence[AnswerBallot], number: int, moment: Moment
) -> Outcome[Picked]:
    """Put one answer on one's ballot, or take it off."""
    held = {a.number for a in my_ballot(prompt, answers, ballots, moment.key).chosen}
    return vote(snapshot, prompt, answers, sorted(held ^ {number}), moment)


def counted(answers: Sequence[Answer], ballots: Sequence[AnswerBallot]) -> tuple[tuple[str, ...], int]:
    """(ids of the answers with the most votes, how many ballots count): of answers and ballots as they stand."""
    standing = {a.id: a.number for a in answers if a.status == "standing" and not a.veil}
    live = [kept for b in ballots if (kept := [c for c in b.choices if c in standing])]
    votes = Counter(c for kept in live for c in dict.fromkeys(kept))
    most = max(votes.values(), default=0)
    picks = sorted((id_ for id_, n in votes.items() if n == most), key=lambda id_: standing[id_])
    return tuple(picks), len(live)


def close(
    snapshot: Snapshot, prompt: Prompt, answers: Sequence[Answer], ballots: Sequence[AnswerBallot], moment: Moment
) -> Outcome[Closed]:
    """End a prompt's part, by hand or by time: a blind one shows its answers and is voted on, any other has its pick."""
    if prompt.status not in ("open", "voting"):
        raise UserError("prompt.is_closed", number=prompt.number)
    if moment.person is not None:
        _refuse_closer(snapshot, prompt, moment)
    shown = votable(replace(prompt, status="closed"), answers)
    if prompt.status == "open" and prompt.blind and len(shown) > 1:
        return _to_the_votes(snapshot, prompt, shown, moment)
    picks, n = counted(shown, ballots)
    enough = n >= (1 if snapshot.room.acted <= 1 else QUORUM) and len(shown) > 1
    after = replace(
        prompt, status="closed", closes_at=None, closed_at=moment.now, picks=picks if enough else (), ballots=n
    )
    cast = [(b.person, b.choices) for b in ballots if b.choices]
    act = Act(
        "prompt.closed", (snapshot.room.id, prompt.id), moment.key, "",
        {"number": prompt.number, "answers": len(shown), "ballots": n, "picks": list(after.picks),
         "commitment": ledger.ballots_commitment(cast, moment.ids.salt)},
    )  # fmt: skip
    told = bool(after.picks) or prompt.status == "voting"
    marks = (Mark("prompt", prompt.id), *((Mark("picked", prompt.id),) if told else ()))
    theirs = [a.person for a in shown if a.id in after.picks]
    rows = (after, *tell(snapshot, theirs, "tidings.your_pick", moment, number=prompt.number))
    return Outcome(Closed(after, len(shown)), rows, (act,), marks, (Due("prompt_close", prompt.id, None),))


def _to_the_votes(
    snapshot: Snapshot, prompt: Prompt, shown: Sequence[Answer], moment: Moment
) -> Outcome[Closed]:
    until = moment.now + VOTES if prompt.closes_at is not None else None
    after = replace(prompt, status="voting", closes_at=until)
    act = Act(
        "prompt.revealed", (snapshot.room.id, prompt.id), moment.key, "", {"number": prompt.number, "answers": len(shown)}
    )
    marks = (Mark("prompt", prompt.id), Mark("picked", prompt.id))
    return Outcome(Closed(after, len(shown)), (after,), (act,), marks, (Due("prompt_close", prompt.id, until),))


def due_close(
    snapshot: Snapshot, prompt: Prompt, answers: Sequence[Answer], ballots: Sequence[AnswerBallot], moment: Moment
) -> Outcome[Closed | None]:
    """Time closes: nothing for what is closed already or ends later by now."""
    if prompt.status not in ("open", "voting") or prompt.closes_at is None:
        return Outcome(None)
    if prompt.closes_at > moment.now:
        return Outcome(None, dues=(Due("prompt_close", prompt.id, prompt.closes_at),))
    done = close(snapshot, prompt, answers, ballots, moment)
    return done.answering(done.value)


def refuse_no_votes(prompt: Prompt) -> None:
    """Refuse votes on what is closed, and on answers that nobody can read yet."""
    if prompt.status not in ("open", "voting"):
        raise UserError("prompt.votes_closed", number=prompt.number)
    if prompt.status == "open" and prompt.blind:
        raise UserError("prompt.votes_later", number=prompt.number)


def _refuse_closer(snapshot: Snapshot, prompt: Prompt, moment: Moment) -> None:
    over = prompt.closes_at is not None and prompt.closes_at <= moment.now
    if not (over or prompt.by == moment.key or is_showrunner(snapshot, moment)):
        raise NotAllowed("prompt.not_yours_to_close", number=prompt.number)


def numbers_in(given: str) -> list[int]:
    """The numbers in `2 3` or `2,3`; none in `0` or `none`. Raises UserError for anything else."""
    words = given.replace(",", " ").casefold().split()
    if words in (["0"], ["none"], ["nothing"]):
        return []
    if not words or any(not w.isdecimal() or len(w) > 6 for w in words):
        raise UserError("prompt.not_numbers", argument="numbers", given=given[:40])
    return [int(w) for w in words]


def the_prompt(found: Prompt | None) -> Prompt:
    """A prompt that was looked up. Raises NotFound for none, and for a missed day."""
    if found is None or found.status == "missed":
        raise NotFound("prompt.no_such", argument="number")
    return found
