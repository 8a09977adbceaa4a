"""Ideas kept for later: for the round that opens next, or in the drawer, without a round of their own yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from bot.errors import NotAllowed, UserError
from bot.story import text
from bot.story.house_rules import in_force, may_pitch
from bot.story.moments import Moment, Outcome
from bot.story.pitching import Pitched, Withdrawn, has_enough, pitch, withdraw
from bot.story.rounds import NEXT, Pitch, PitchStatus
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.storytelling import the_story


@dataclass(frozen=True, slots=True)
class Later:
    """An idea that was put by."""

    story: Story
    pitch: Pitch

    @property
    def where(self) -> Literal["next", "drawer", "nowhere"]:
        """Whether it waits for the next round, lies in the drawer, or was taken back."""
        kept: dict[PitchStatus, Literal["next", "drawer"]] = {"waiting": "next", "drawer": "drawer"}
        return kept.get(self.pitch.status, "nowhere")


def pitch_next(snapshot: Snapshot, idea: str, moment: Moment) -> Outcome[Pitched | Later]:
    """Bring an idea into the round that takes ideas now, or opens with it; where that cannot be now, it waits for the
    round that opens next. Raises UserError when its writer has as many waiting as one ballot takes of them."""
    may_pitch(snapshot, moment)
    story = the_story(snapshot)
    words = text.fit(idea, "pitch", argument="idea")
    if _goes_in_now(snapshot, story, moment):
        entered = pitch(snapshot, words, moment)
        return entered.answering(entered.value)
    waiting = [p for p in snapshot.pitches_of(NEXT) if p.story_id == story.id]
    if len([p for p in waiting if p.author == moment.actor]) >= (most := in_force(snapshot.room).ideas_each):
        raise UserError("rounds.enough_for_next", argument="idea", n=most)
    kept = _new(snapshot, story, words, moment, "waiting", max((p.seq for p in waiting), default=0) + 1)
    return Outcome(Later(story, kept), (kept,))


def put_in_drawer(snapshot: Snapshot, idea: str, moment: Moment) -> Outcome[Later]:
    """Keep an idea with those that lost: anybody can find it there and pitch it again."""
    may_pitch(snapshot, moment)
    story = the_story(snapshot)
    kept = _new(snapshot, story, text.fit(idea, "pitch", argument="idea"), moment, "drawer", 0)
    return Outcome(Later(story, kept), (kept,))


def take_back(snapshot: Snapshot, idea: Pitch, moment: Moment) -> Outcome[Withdrawn | Later]:
    """Take one's own idea back: off the ballot, or off the line for the next round."""
    if idea.round_id != NEXT:
        left = withdraw(snapshot, idea, moment)
        return left.answering(left.value)
    if idea.author != moment.key:
        raise NotAllowed("rounds.not_yours")
    gone = replace(idea, status="withdrawn")
    return Outcome(Later(snapshot.stories[gone.story_id], gone), (gone,))


def waiting_of(snapshot: Snapshot, person: str | None) -> tuple[Pitch, ...]:
    """A person's ideas that wait for the next round, by arrival."""
    return tuple(p for p in snapshot.pitches_of(NEXT) if p.author == person)


def shown_name(snapshot: Snapshot, idea: Pitch) -> str:
    """The name beside an idea in the drawer that was in no round; empty where the room hides names."""
    return idea.author_name if idea.named or in_force(snapshot.room).names == "shown" else ""


def _goes_in_now(snapshot: Snapshot, story: Story, moment: Moment) -> bool:
    if snapshot.room.stopped_at is not None or story.status != "open":
        return False
    rounds = snapshot.open_rounds(story.id)
    if not rounds:
        return True
    if len(rounds) > 1 or rounds[0].terms.kind != "ideas":
        return False
    return not has_enough(rounds[0], snapshot.pitches_of(rounds[0].id), moment.key)


def _new(
    snapshot: Snapshot, story: Story, words: str, moment: Moment, status: Literal["waiting", "drawer"], seq: int
) -> Pitch:
    return Pitch(
        moment.new_id(), snapshot.room.id, story.id, NEXT, 0, words, moment.actor, moment.name, status, moment.now, seq
    )
