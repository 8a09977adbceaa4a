"""Pitching: an idea comes into a round, is changed, is taken back, or gets its writer's name.

A pitch can be changed until the first ballot that is cast after it appeared, whoever that ballot is for: so
its freezing tells nothing about the ballot. Taken back it can be at any time before the close; it leaves the
ballots that held it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from bot.errors import NotAllowed, NotFound, UserError
from bot.story import text
from bot.story.changes import Change, detail
from bot.story.deadlines import dues_changed
from bot.story.house_rules import in_force, is_showrunner, may_pitch
from bot.story.ledger import Act
from bot.story.likeness import alike
from bot.story.moments import Mark, Moment, Outcome
from bot.story.opening import open_round, refuse_at_rest, which_round
from bot.story.rounds import Pitch, Round
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.storytelling import the_story
from bot.story.tidings import tell

Wait = Literal["", "full", "each", "later"]
"""Why an idea waits for the next round: the ballot is full, its writer has enough on it, or ideas are over
here."""


@dataclass(frozen=True, slots=True)
class Pitched:
    """An idea that came in, was changed, or got its name, with what its receipt says."""

    story: Story
    round: Round
    pitch: Pitch
    opened: bool = False
    """It opened the round."""
    wait: Wait = ""
    alike: tuple[Pitch, ...] = ()
    """Ideas on the ballot that are much like it, by others and by its writer; never in a sealed round."""
    moved: Pitch | None = None
    """Somebody's further idea that gave way to a first one, and waits now."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An idea that was taken back."""

    story: Story
    round: Round
    pitch: Pitch
    told: tuple[str, ...] = ()
    """Person keys of those whose ballots held it, each to be told privately."""
    came_up: Pitch | None = None
    """An idea that waited and has the place now."""


def pitch(
    snapshot: Snapshot,
    idea: str,
    moment: Moment,
    *,
    in_round: Round | None = None,
    machine_text_id: str | None = None,
    machine: bool = False,
    machine_name: str = "",
    draft_id: str | None = None,
    content_note: str = "",
) -> Outcome[Pitched]:
    """Bring an idea into a round (the open one), or open a round with it when none is open.

    `machine` is for an idea that stands as a machine wrote it: it has no author. An idea that a person made
    of a machine's is theirs, with `machine_text_id`. In a round of texts `idea` is the opening of the text
    that `draft_id` holds.
    """
    may_pitch(snapshot, moment)
    story = the_story(snapshot)
    refuse_at_rest(snapshot, story)
    words = text.fit(idea, "pitch", argument="idea")
    began: Outcome[Round] | None = None
    if in_round is None and not snapshot.open_rounds(story.id):
        began = open_round(snapshot, story, "", moment, kind="texts" if draft_id else "ideas")
        snapshot = snapshot.with_rows(began.rows)
        story = snapshot.stories[story.id]
    round_ = began.value if began else in_round or which_round(snapshot, story)
    if round_.part == "closed":
        raise UserError("rounds.closed_for_ideas", argument="idea")
    if machine:
        _refuse_machine(snapshot, round_)
    those = snapshot.pitches_of(round_.id)
    author = None if machine else moment.actor
    wait, moved = _place(round_, those, author)
    stands = wait == ""
    new = Pitch(
        moment.new_id(),
        snapshot.room.id,
        story.id,
        round_.id,
        _next_number(round_, those) if stands else 0,
        words,
        author,
        machine_name if machine else moment.name,
        "standing" if stands else "waiting",
        moment.now,
        max((p.seq for p in those), default=0) + 1,
        machine_text_id=machine_text_id,
        draft_id=draft_id,
        content_note=content_note,
    )
    touched = replace(round_, last_idea_at=moment.now, early_close_at=None) if stands else round_
    pitched = Pitched(
        story,
        touched,
        new,
        began is not None,
        wait,
        () if round_.terms.sealed else alike(words, snapshot.ideas(round_.id)),
        moved,
    )
    act = Act(
        "pitch.added",
        (story.id, round_.id, new.id),
        moment.actor,
        words,
        detail(
            Change("pitch", new.id, "status", "withdrawn", new.status),
            number=new.number,
            hidden=_hidden(round_),
            machine=machine_text_id,
        ),
    )
    outcome = Outcome(
        pitched,
        (new, *((moved,) if moved else ()), *((touched,) if stands else ())),
        (act,),
        (Mark("ballot", round_.id),),
        dues_changed(round_, touched, moment.now),
    )
    return began.then(outcome) if began else outcome


def change_pitch(snapshot: Snapshot, pitch_: Pitch, idea: str, moment: Moment) -> Outcome[Pitched]:
    """Put other words in the place of one's own idea, until someone votes after it appeared."""
    round_ = _mine(snapshot, pitch_, moment)
    if pitch_.frozen:
        raise UserError("rounds.frozen", argument="idea")
    words = text.fit(idea, "pitch", argument="idea")
    after = replace(pitch_, text=words, version=pitch_.version + 1)
    act = Act(
        "pitch.changed",
        (pitch_.story_id, round_.id, pitch_.id),
        moment.actor,
        words,
        {"number": pitch_.number, "version": after.version, "hidden": _hidden(round_)},
    )
    return _answer(snapshot, round_, after, act)


def name_pitch(snapshot: Snapshot, pitch_: Pitch, moment: Moment) -> Outcome[Pitched]:
    """ "That was mine": one's name beside one's idea, before or after the result (in a sealed round only
    after)."""
    round_ = _round_of(snapshot, pitch_)
    if pitch_.author != moment.key:
        raise NotAllowed("rounds.not_yours")
    if round_.terms.sealed and round_.part != "closed":
        raise UserError("rounds.sealed_names")
    after = replace(pitch_, named=True, author_name=moment.name or pitch_.author_name)
    act = Act(
        "pitch.named", (pitch_.story_id, round_.id, pitch_.id), moment.actor, "", {"number": pitch_.number}
    )
    outcome = _answer(snapshot, round_, after, act)
    return outcome.also(marks=(Mark("decided", round_.id),)) if round_.result == "chosen" else outcome


def withdraw(snapshot: Snapshot, pitch_: Pitch, moment: Moment) -> Outcome[Withdrawn]:
    """Take one's own idea back (a machine's: the showrunner does). Ballots that held it hold the rest of
    their choices."""
    round_ = _mine(snapshot, pitch_, moment)
    left = off_the_ballot(snapshot, replace(pitch_, status="withdrawn"), moment)
    act = Act(
        "pitch.withdrawn",
        (pitch_.story_id, round_.id, pitch_.id),
        moment.actor,
        "",
        {"number": pitch_.number, "hidden": _hidden(round_)},
    )
    told = tell(snapshot, left.value.told, "tidings.ballot_withdrawn", moment, number=pitch_.number)
    return left.also(rows=told, acts=(act,))


def off_the_ballot(snapshot: Snapshot, gone: Pitch, moment: Moment) -> Outcome[Withdrawn]:
    """An idea that no longer stands leaves the ballots that held it; one that waited comes up. The caller adds the
    act."""
    round_ = _round_of(snapshot, gone)
    before = snapshot.pitches.get(gone.id, gone)
    shrunk = tuple(
        replace(b, choices=tuple(c for c in b.choices if c != gone.id))
        for b in snapshot.ballots_of(round_.id)
        if gone.id in b.choices
    )
    after = replace(round_, finalists=tuple(i for i in round_.finalists if i != gone.id))
    if any(not b.choices for b in shrunk):
        after = replace(after, early_close_at=None)
    those = tuple(gone if p.id == gone.id else p for p in snapshot.pitches_of(round_.id))
    up = _comes_up(after, those, moment) if before.status == "standing" else None
    if up is not None:
        after = replace(after, last_idea_at=moment.now, early_close_at=None)
    rows = (gone, *shrunk, *((up,) if up else ()), *((after,) if after != round_ else ()))
    withdrawn = Withdrawn(snapshot.stories[gone.story_id], after, gone, tuple(b.person for b in shrunk), up)
    return Outcome(withdrawn, rows, (), (Mark("ballot", round_.id),), dues_changed(round_, after, moment.now))


def back_on_the_ballot(snapshot: Snapshot, pitch_: Pitch, moment: Moment) -> Outcome[None]:
    """An idea that had left comes back with the status it had: onto its ballot where there is room, else into line;
    into the drawer when its round was closed meanwhile."""
    round_ = snapshot.rounds.get(pitch_.round_id)
    if pitch_.status not in ("standing", "waiting"):
        return Outcome(None, (pitch_,))
    if round_ is None or round_.part == "closed":
        return Outcome(None, (replace(pitch_, status="drawer"),))
    room_left = len(snapshot.ideas(round_.id)) < round_.terms.ideas_most
    if pitch_.status == "waiting" or not room_left or round_.part not in ("together", "ideas", "votes"):
        return Outcome(None, (replace(pitch_, status="waiting"),))
    after = replace(round_, last_idea_at=moment.now, early_close_at=None)
    back = replace(pitch_, at=moment.now)
    marks = (Mark("ballot", round_.id),)
    return Outcome(None, (back, after), (), marks, dues_changed(round_, after, moment.now))


def has_enough(round_: Round, those: tuple[Pitch, ...], author: str | None) -> bool:
    """Whether a writer's share of a ballot is full, and as many more of theirs wait in line."""
    return len(_fresh(those, author)) >= 2 * round_.terms.ideas_each


def _fresh(those: tuple[Pitch, ...], author: str | None) -> list[Pitch]:
    """A writer's ideas of a round that stand or wait, without those of an earlier one."""
    return [p for p in those if p.author == author and p.carried_from is None and p.status in ("standing", "waiting")]


def _place(round_: Round, those: tuple[Pitch, ...], author: str | None) -> tuple[Wait, Pitch | None]:
    """Where a new idea goes: onto the ballot, or to the line for the next round; and whose idea gives way to
    it."""
    terms = round_.terms
    fresh = _fresh(those, author)
    if has_enough(round_, those, author):
        raise UserError("rounds.enough_ideas", argument="idea", n=terms.ideas_each)
    if round_.part not in ("together", "ideas"):
        return "later", None
    if len([p for p in fresh if p.status == "standing"]) >= terms.ideas_each:
        return "each", None
    standing = [p for p in those if p.status == "standing"]
    if len(standing) < terms.ideas_most:
        return "", None
    if any(p.author == author for p in standing):
        return "full", None
    further = [
        p for p in standing if not p.frozen and any(q.author == p.author and q.seq < p.seq for q in standing)
    ]
    if not further:
        return "full", None
    return "", replace(max(further, key=lambda p: p.seq), status="waiting")


def _comes_up(round_: Round, those: tuple[Pitch, ...], moment: Moment) -> Pitch | None:
    """The idea that takes a free place: first ones of each person, then by arrival; nobody above their
    share."""
    if round_.part not in ("together", "ideas"):
        return None
    standing = [p for p in those if p.status == "standing"]
    if len(standing) >= round_.terms.ideas_most:
        return None

    def on_it(person: str | None, *, fresh: bool) -> int:
        return len([p for p in standing if p.author == person and not (fresh and p.carried_from)])

    line = [
        p
        for p in those
        if p.status == "waiting" and (p.carried_from or on_it(p.author, fresh=True) < round_.terms.ideas_each)
    ]
    if not line:
        return None
    first = min(line, key=lambda p: (on_it(p.author, fresh=False) > 0, p.seq, p.id))
    number = first.number or _next_number(round_, those)
    return replace(first, status="standing", number=number, at=moment.now)


def _next_number(round_: Round, those: tuple[Pitch, ...]) -> int:
    """The next number of a ballot, never one that was given before; none while ideas are sealed."""
    if round_.terms.sealed and round_.part == "ideas":
        return 0
    return max((p.number for p in those), default=0) + 1


def _refuse_machine(snapshot: Snapshot, round_: Round) -> None:
    line = in_force(snapshot.room).machine_pitches
    if line == "off":
        raise NotAllowed("rounds.machine_off", argument="idea")
    if line == "sealed" and not round_.terms.sealed:
        raise NotAllowed("rounds.machine_sealed_only", argument="idea")


def _mine(snapshot: Snapshot, pitch_: Pitch, moment: Moment) -> Round:
    """The open round of an idea that this person may change."""
    round_ = _round_of(snapshot, pitch_)
    if pitch_.author != moment.key and not (pitch_.author is None and is_showrunner(snapshot, moment)):
        raise NotAllowed("rounds.not_yours")
    if round_.part == "closed" or pitch_.status not in ("standing", "waiting"):
        raise UserError("rounds.idea_is_settled")
    return round_


def _round_of(snapshot: Snapshot, pitch_: Pitch) -> Round:
    round_ = snapshot.rounds.get(pitch_.round_id)
    if round_ is None:
        raise NotFound("rounds.long_closed")
    return round_


def _hidden(round_: Round) -> bool:
    return round_.terms.sealed or round_.terms.names != "shown"


def _answer(snapshot: Snapshot, round_: Round, after: Pitch, act: Act) -> Outcome[Pitched]:
    pitched = Pitched(snapshot.stories[after.story_id], round_, after)
    return Outcome(pitched, (after,), (act,), (Mark("ballot", round_.id),))
