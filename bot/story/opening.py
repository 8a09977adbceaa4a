"""Opening a round: one question for a story, with the house rules that hold until it is closed.

Quorum and terms are fixed now; nothing that happens later changes them. Ideas that waited or were carried
over from the round before come in first.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from bot.errors import NotAllowed, NotFound, UserError
from bot.sentences import say
from bot.story import text
from bot.story.changes import Change, detail
from bot.story.deadlines import dues_changed, ends
from bot.story.house_rules import in_force, is_showrunner, may_pitch, quorum, regulars
from bot.story.ledger import Act
from bot.story.moments import Mark, Moment, Outcome
from bot.story.reports import Tiding
from bot.story.rounds import NEXT, Method, Pitch, PitchStatus, Round, Terms
from bot.story.rule_lines import SETTLED_HOURS, SETTLED_REGULARS, Rules
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.tidings import tell

LETTERS = ("A", "B", "C")
"""A showrunner may have so many rounds of one story open at once."""


def open_round(
    snapshot: Snapshot,
    story: Story,
    question: str,
    moment: Moment,
    *,
    method: Method | None = None,
    sealed: bool = False,
    kind: Literal["ideas", "texts"] = "ideas",
) -> Outcome[Round]:
    """Ask a story's next question; an empty one is that of the last round, if nobody fed it, else "What happens
    next?". A second and third at once are a showrunner's."""
    may_pitch(snapshot, moment)
    refuse_at_rest(snapshot, story)
    others = snapshot.open_rounds(story.id)
    letter, relettered = _letter(snapshot, others, moment)
    asked = (
        text.fit(question, "question", argument="question")
        if question.strip()
        else _carried_question(snapshot, story, kind) or str(say(f"rounds.ask_{kind}"))
    )
    terms = _terms(snapshot, in_force(snapshot.room), moment, method, sealed, kind)
    round_id, seed = moment.new_id(), moment.ids.salt().hex()
    opened = Round(
        round_id,
        snapshot.room.id,
        story.id,
        story.branch,
        story.rounds + 1,
        letter,
        asked,
        "ideas" if terms.two_parts else "together",
        terms,
        moment.now,
        moment.actor,
        seed,
        closes_at=ends(snapshot.room, moment.now, terms.length),
    )
    came, left = ((), ()) if others else _from_last(snapshot, opened, moment)
    put_by = () if others or kind != "ideas" else _put_by(snapshot, opened, moment, len(came))
    if came or put_by:
        opened = replace(opened, last_idea_at=moment.now)
    act = Act(
        "round.opened",
        (story.id, round_id),
        moment.actor,
        asked,
        {
            "number": opened.number,
            "quorum": terms.quorum,
            "seed_sha256": hashlib.sha256(seed.encode()).hexdigest(),
        },
    )
    return Outcome(
        opened,
        (replace(story, rounds=opened.number), opened, *relettered, *came, *left, *put_by, *_told(snapshot, opened, put_by, moment)),
        (act, *(_added(opened, p) for p in put_by)),
        (Mark("opened", round_id), Mark("ballot", round_id), *(Mark("ballot", r.id) for r in relettered)),
        dues_changed(None, opened, moment.now),
    )


def unfed(snapshot: Snapshot, round_: Round) -> bool:
    """Whether no idea ever came into a round, waiting and withdrawn ones too."""
    return not snapshot.pitches_of(round_.id)


def _carried_question(snapshot: Snapshot, story: Story, kind: str) -> str:
    """The question of the last round where it closed without an idea: it is carried over."""
    last = snapshot.last_round(story.id)
    carried = last is not None and last.result == "below_quorum" and last.terms.kind == kind and unfed(snapshot, last)
    return last.question if last is not None and carried and not snapshot.open_rounds(story.id) else ""


def refuse_at_rest(snapshot: Snapshot, story: Story) -> None:
    """Refuse what moves a round while its story rests or a scene is stopped: the clocks stand still then."""
    if snapshot.room.stopped_at is not None:
        raise UserError("rounds.stopped")
    if story.status != "open":
        raise UserError("rounds.at_rest", title=story.title)


def which_round(snapshot: Snapshot, story: Story, letter: str = "") -> Round:
    """The open round that is meant: the one with this letter, or the only one."""
    rounds = snapshot.open_rounds(story.id)
    if not rounds:
        raise NotFound("rounds.none_open")
    letters = ", ".join(r.letter for r in rounds if r.letter)
    if letter:
        found = next((r for r in rounds if r.letter == letter.upper()), None)
        if found is None:
            raise NotFound("rounds.no_such_letter", given=letter.upper(), letters=letters or "-")
        return found
    if len(rounds) > 1:
        raise UserError("rounds.which_letter", letters=letters)
    return rounds[0]


def the_idea(snapshot: Snapshot, round_: Round, number: int) -> Pitch:
    """The idea with this number on a round's ballot."""
    ideas = snapshot.ideas(round_.id)
    found = next((p for p in ideas if p.number == number and number > 0), None)
    if found is None:
        numbers = ", ".join(str(p.number) for p in ideas if p.number) or "-"
        raise NotFound("rounds.no_such_number", argument="number", given=number, numbers=numbers)
    return found


def shown_name(round_: Round, pitch: Pitch) -> str:
    """The name that the room may see beside an idea; empty while, or because, it is hidden."""
    if round_.terms.sealed and round_.part != "closed":
        return ""
    by_rule = round_.terms.names == "shown" or (round_.terms.names == "result" and round_.part == "closed")
    return pitch.author_name if by_rule or pitch.named else ""


def _letter(snapshot: Snapshot, others: tuple[Round, ...], moment: Moment) -> tuple[str, tuple[Round, ...]]:
    """The new round's letter, and the round that was alone until now with the letter that it gets."""
    if not others:
        return "", ()
    if not is_showrunner(snapshot, moment):
        raise NotAllowed("rounds.one_open", question=others[0].question)
    if len(others) >= len(LETTERS):
        raise UserError("rounds.three_open", n=len(LETTERS))
    taken = {r.letter for r in others if r.letter}
    free = [letter for letter in LETTERS if letter not in taken]
    relettered = tuple(replace(r, letter=free.pop(0)) for r in others if not r.letter)
    return free[0], relettered


def _terms(
    snapshot: Snapshot,
    rules: Rules,
    moment: Moment,
    method: Method | None,
    sealed: bool,
    kind: Literal["ideas", "texts"],
) -> Terms:
    return Terms(
        method=method or rules.method,
        two_parts=sealed or rules.parts == "two",
        sealed=sealed,
        names=rules.names,
        decides=rules.decides,
        quorum=quorum(snapshot, rules, moment.now, moment.key),
        minutes=rules.length.minutes,
        last_call_minutes=rules.last_call.minutes,
        early_close_minutes=rules.early_close.minutes or None,
        ideas_each=rules.ideas_each,
        ideas_most=rules.ideas_most,
        counts_from=rules.counts_from,
        below_quorum=rules.below_quorum,
        runoff_from=rules.run_off_from,
        tie_people_first="people" in rules.tie,
        tie_showrunner="showrunner" in rules.tie,
        vote_hours=newcomers_wait(snapshot, rules, moment),
        kind=kind,
        room_days=rules.length.room_days,
        carries=rules.carries,
        showrunner_minutes=rules.showrunner_time.minutes,
        showrunner_room_days=rules.showrunner_time.room_days,
        machine=rules.machine_pitches == "request" or (rules.machine_pitches == "sealed" and sealed),
    )


def newcomers_wait(snapshot: Snapshot, rules: Rules, moment: Moment) -> int:
    """Hours that voters must have been here before; none while the room or its server is too young to ask
    it."""
    since = moment.standing.space_since
    young = since is not None and moment.now - since < timedelta(hours=SETTLED_HOURS)
    few = len(regulars(snapshot, moment.now)) < SETTLED_REGULARS
    return 0 if young or few else rules.newcomers_hours


def _from_last(
    snapshot: Snapshot, opened: Round, moment: Moment
) -> tuple[tuple[Pitch, ...], tuple[Pitch, ...]]:
    """The ideas of the round before that come in (as new rows), and their old rows.

    First those that waited, then those carried over. A round of whole texts takes no ideas and a round of
    ideas no texts: what does not fit goes to the drawer.
    """
    last = snapshot.last_round(opened.story_id)
    if last is None:
        return (), ()
    old = sorted(
        (p for p in snapshot.pitches_of(last.id) if p.status in ("waiting", "carried")),
        key=lambda p: (p.status != "waiting", p.seq, p.id),
    )
    if last.terms.kind != opened.terms.kind:
        return (), tuple(replace(p, status="drawer") for p in old)
    came = []
    for seq, p in enumerate(old, start=1):
        stands = seq <= opened.terms.ideas_most
        came.append(
            replace(
                p,
                id=moment.new_id(),
                round_id=opened.id,
                seq=seq,
                status="standing" if stands else "waiting",
                number=seq if stands and not _sealed(opened) else 0,
                at=moment.now,
                frozen=False,
                carried_from=p.id,
                carries=p.carries + (p.status == "carried"),
            )
        )
    return tuple(came), tuple(replace(p, status="carried") for p in old if p.status != "carried")


def _put_by(snapshot: Snapshot, opened: Round, moment: Moment, before: int) -> tuple[Pitch, ...]:
    """The ideas that waited for this round to open, behind `before` ones of the round before."""
    waiting = [p for p in snapshot.pitches_of(NEXT) if p.story_id == opened.story_id]
    came = []
    for seq, p in enumerate(waiting, start=before + 1):
        stands = seq <= opened.terms.ideas_most
        number = seq if stands and not _sealed(opened) else 0
        status: PitchStatus = "standing" if stands else "waiting"
        came.append(replace(p, round_id=opened.id, seq=seq, status=status, number=number, at=moment.now))
    return tuple(came)


def _added(opened: Round, pitch: Pitch) -> Act:
    """An idea that waited comes in: the act of who had put it by."""
    changed = detail(
        Change("pitch", pitch.id, "status", "withdrawn", pitch.status), number=pitch.number,
        hidden=opened.terms.sealed or opened.terms.names != "shown", machine=None,
    )  # fmt: skip
    return Act("pitch.added", (opened.story_id, opened.id, pitch.id), pitch.author, pitch.text, changed)


def _told(snapshot: Snapshot, opened: Round, put_by: tuple[Pitch, ...], moment: Moment) -> tuple[Tiding, ...]:
    """Their writers hear that the round is open."""
    told: tuple[Tiding, ...] = ()
    for p in put_by:
        key = "tidings.idea_came_in" if p.status == "standing" else "tidings.idea_in_line"
        told += tell(snapshot, (p.author,), key, moment)
    return told


def _sealed(round_: Round) -> bool:
    return round_.terms.sealed and round_.part == "ideas"
