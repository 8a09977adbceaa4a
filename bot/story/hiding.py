"""Hiding and showing again: any keeper, at once, and nothing is lost by it.

A hidden passage stays in its place under its number; a hidden idea leaves the ballots as one that was taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from bot.errors import UserError
from bot.story import pitching
from bot.story.extending import closing_of, opening_of
from bot.story.ledger import Act
from bot.story.moderating import require_keeper, settle_all
from bot.story.moments import Mark, Moment, Outcome, PostKind
from bot.story.passages import MachineText, Passage, PassageVersion
from bot.story.reports import Subject
from bot.story.rounds import Pitch, PitchStatus, Round
from bot.story.snapshot import Snapshot
from bot.story.tidings import tell
from bot.story.veiling import mark


@dataclass(frozen=True, slots=True)
class Veiled:
    """What was hidden or shown again, for its receipt."""

    kind: Subject
    id: str
    number: int
    name: str
    """Of who wrote it; empty for an idea, whose writer may be hidden from the room."""
    hidden: bool
    answered: int = 0
    """Reports about it that are answered by this."""


def hide_passage(
    snapshot: Snapshot, passage: Passage, versions: Sequence[PassageVersion], moment: Moment
) -> Outcome[Veiled]:
    """Hide a passage with all its versions."""
    require_keeper(snapshot, moment)
    refuse_unless_open(passage.veil)
    rows: tuple[object, ...] = (
        replace(passage, veil="hidden", opening="", closing=""),
        *(replace(v, text="", hidden_text=v.text) for v in versions),
        *tell(snapshot, (passage.author,), "tidings.passage_hidden", moment, number=passage.number),
    )
    news = Veiled("passage", passage.id, passage.number, snapshot.name(passage.author), True)
    return settled(snapshot, _done(rows, "passage.hidden", passage, moment), news, moment)


def show_passage(
    snapshot: Snapshot, passage: Passage, versions: Sequence[PassageVersion], moment: Moment
) -> Outcome[Veiled]:
    """Show a hidden passage again, exactly as it was."""
    require_keeper(snapshot, moment)
    refuse_unless_hidden(passage.veil)
    back = tuple(replace(v, text=v.hidden_text, hidden_text="") for v in versions)
    current = next(v for v in back if v.version == passage.version)
    rows: tuple[object, ...] = (
        replace(passage, veil="", opening=opening_of(current.text), closing=closing_of(current.text)),
        *back,
        *tell(snapshot, (passage.author,), "tidings.passage_shown", moment, number=passage.number),
    )
    news = Veiled("passage", passage.id, passage.number, snapshot.name(passage.author), False)
    return _done(rows, "passage.shown", passage, moment).answering(news)


def hide_pitch(
    snapshot: Snapshot, pitch: Pitch, moment: Moment, *, in_round: Round | None = None
) -> Outcome[Veiled]:
    """Hide an idea. From an open ballot it goes, and the owners of ballots that held it are told.

    `in_round` is its round, for one of a while ago that the snapshot does not hold.
    """
    require_keeper(snapshot, moment)
    refuse_unless_open(pitch.veil)
    if pitch.status == "withdrawn":
        raise UserError("moderation.not_shown_anyway")
    veiled = replace(
        pitch, veil="hidden", text=str(mark("hidden")), hidden_text=pitch.text, veiled_from=pitch.status
    )
    outcome = off_show(snapshot, veiled, moment, in_round=in_round)
    told = tell(snapshot, (pitch.author,), "tidings.idea_hidden", moment, number=pitch.number)
    act = Act(
        "pitch.hidden", (pitch.story_id, pitch.round_id, pitch.id), moment.key, "", {"number": pitch.number}
    )
    news = Veiled("pitch", pitch.id, pitch.number, "", True)
    return settled(snapshot, outcome.also(rows=told, acts=(act,)), news, moment)


def show_pitch(
    snapshot: Snapshot, pitch: Pitch, moment: Moment, *, in_round: Round | None = None
) -> Outcome[Veiled]:
    """Show a hidden idea again: onto the ballot if it is open and has room, else into line, else the drawer."""
    require_keeper(snapshot, moment)
    refuse_unless_hidden(pitch.veil)
    open_ = replace(pitch, veil="", text=pitch.hidden_text, hidden_text="", veiled_from="")
    before = cast(PitchStatus, pitch.veiled_from or "drawer")
    outcome = pitching.back_on_the_ballot(snapshot, replace(open_, status=before), moment)
    told = tell(snapshot, (pitch.author,), "tidings.idea_shown", moment, number=pitch.number)
    act = Act(
        "pitch.shown", (pitch.story_id, pitch.round_id, pitch.id), moment.key, "", {"number": pitch.number}
    )
    news = Veiled("pitch", pitch.id, pitch.number, "", False)
    return outcome.also(rows=told, acts=(act,), marks=_where_seen(snapshot, open_, in_round)).answering(news)


def hide_machine(snapshot: Snapshot, text: MachineText, moment: Moment) -> Outcome[Veiled]:
    """Hide a co-writer's draft that was shown to the room."""
    require_keeper(snapshot, moment)
    refuse_unless_open(text.veil)
    rows = (replace(text, veil="hidden", text="", hidden_text=text.text),)
    news = Veiled("machine", text.id, 0, snapshot.name(text.asker), True)
    return settled(snapshot, _machine(rows, "machine.hidden", text, moment), news, moment)


def show_machine(snapshot: Snapshot, text: MachineText, moment: Moment) -> Outcome[Veiled]:
    """Show a co-writer's draft again."""
    require_keeper(snapshot, moment)
    refuse_unless_hidden(text.veil)
    rows = (replace(text, veil="", text=text.hidden_text, hidden_text=""),)
    news = Veiled("machine", text.id, 0, snapshot.name(text.asker), False)
    return _machine(rows, "machine.shown", text, moment).answering(news)


def off_show(
    snapshot: Snapshot, veiled: Pitch, moment: Moment, *, in_round: Round | None = None
) -> Outcome[None]:
    """A veiled idea leaves the ballot that holds it; cards that show it are drawn anew."""
    round_ = snapshot.rounds.get(veiled.round_id)
    marks = _where_seen(snapshot, veiled, in_round)
    if round_ is None or round_.part == "closed" or veiled.status not in ("standing", "waiting"):
        return Outcome(None, (veiled,), marks=marks)
    left = pitching.off_the_ballot(snapshot, replace(veiled, status="withdrawn"), moment)
    told = tell(snapshot, left.value.told, "tidings.ballot_hidden", moment, number=veiled.number)
    return left.also(rows=told, marks=marks).answering(None)


def _where_seen(snapshot: Snapshot, pitch: Pitch, in_round: Round | None) -> tuple[Mark, ...]:
    """The public cards that show an idea: its ballot, its result, the scene that waits for it to be written."""
    marks: list[Mark] = []
    round_ = snapshot.rounds.get(pitch.round_id, in_round)
    if round_ is not None:
        kind: PostKind = "decided" if round_.result == "chosen" else "ballot"
        marks.append(Mark(kind, round_.id))
    story, pen = snapshot.stories.get(pitch.story_id), snapshot.pens.get(pitch.story_id)
    if story is not None and pen is not None and pen.pitch_id == pitch.id:
        marks.append(Mark("scene", story.scene_id))
    return tuple(marks)


def settled(
    snapshot: Snapshot, outcome: Outcome[None], news: Veiled, moment: Moment
) -> Outcome[Veiled]:
    """Hiding answers the reports about what was hidden."""
    answered = settle_all(snapshot.with_rows(outcome.rows), news.id, moment, "tidings.hidden")
    return outcome.then(answered).answering(replace(news, answered=answered.value))


def _done(rows: tuple[object, ...], kind: str, passage: Passage, moment: Moment) -> Outcome[None]:
    act = Act(kind, (passage.story_id, passage.id), moment.key, "", {"number": passage.number})
    marks = (Mark("passage", passage.id), Mark("scene", passage.scene_id))
    return Outcome(None, rows, (act,), marks)


def _machine(rows: tuple[object, ...], kind: str, text: MachineText, moment: Moment) -> Outcome[None]:
    marks = (Mark("proposal", text.id),) if text.public else ()
    return Outcome(None, rows, (Act(kind, (text.story_id, text.id), moment.key, "", {}),), marks)


def refuse_unless_open(veil: str) -> None:
    """Refuse to hide what is hidden or gone."""
    if veil:
        raise UserError("moderation.hidden_already" if veil == "hidden" else "moderation.erased_already")


def refuse_unless_hidden(veil: str) -> None:
    """Refuse to show again what is not hidden, or gone."""
    if veil != "hidden":
        raise UserError("moderation.erased_already" if veil else "moderation.shown_already")
