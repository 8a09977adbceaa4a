"""Changing what stands: a passage's words by a new version, and taking a passage out or putting it back.
Nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.errors import NotAllowed, NotFound, Stale, UserError
from bot.story import provenance
from bot.story import text as texts
from bot.story.changes import Change, detail
from bot.story.extending import closing_of, mostly_machine, opening_of
from bot.story.guards import require_writer, runs_the_room
from bot.story.ledger import Act
from bot.story.moments import Mark, Moment, Outcome
from bot.story.passages import MachineText, Passage, PassageVersion
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.turns import Pen
from bot.story.veiling import refuse_veiled


@dataclass(frozen=True, slots=True)
class Revised:
    """A passage after a change, for its receipt."""

    story: Story
    passage: Passage
    version: PassageVersion
    by: str
    words_before: int


def fix(
    snapshot: Snapshot, passage: Passage, version: PassageVersion, text: str, moment: Moment, *,
    seen_version: int, ai_texts: Sequence[MachineText] = (),
) -> Outcome[Revised]:  # fmt: skip
    """Give one's own passage new words, as a new version.

    `seen_version` is the version that the person saw: if another came since, nothing is changed and Stale is
    raised.
    """
    story = _story_of(snapshot, passage)
    _require_own(snapshot, passage, moment)
    refuse_unwritable(snapshot, story, passage)
    refuse_veiled(passage.veil, passage.number)
    if seen_version != passage.version:
        raise Stale("passages.changed_since", argument="text", number=passage.number)
    text = texts.fit(text, "passage", argument="text")
    if text == version.text:
        raise UserError("passages.same_words", argument="text", number=passage.number)
    spans = provenance.revised(version.text, version.spans, text, moment.actor, ai_texts)
    return reworded(snapshot, story, passage, version, text, spans, "passage.fixed", moment)


def reworded(
    snapshot: Snapshot, story: Story, passage: Passage, version: PassageVersion, text: str,
    spans: tuple[provenance.Span, ...], kind: str, moment: Moment,
) -> Outcome[Revised]:  # fmt: skip
    """A passage with new words as its next version; the earlier ones stay."""
    refuse_veiled(passage.veil, passage.number)
    number, count = passage.version + 1, texts.count_words(text)
    newer = PassageVersion(
        moment.new_id(), snapshot.room.id, passage.id, number, text, spans, moment.actor, moment.now,
        version.machine_text_id,
    )  # fmt: skip
    head = replace(
        passage, version=number, words=count, opening=opening_of(text), closing=closing_of(text),
        machine=mostly_machine(spans),
    )  # fmt: skip
    rows: list[object] = [head, newer]
    if passage.status == "standing":
        story = replace(story, words=story.words + count - passage.words)
        rows.append(story)
    act = Act(
        kind, (story.id, passage.id), moment.key, text,
        detail(Change("passage", passage.id, "version", passage.version, number), number=passage.number,
               after=story.passages),
    )  # fmt: skip
    news = Revised(story, head, newer, snapshot.name(moment.key), passage.words)
    return Outcome(news, tuple(rows), (act,), (Mark("passage", passage.id), Mark("scene", passage.scene_id)))


def cut(snapshot: Snapshot, passage: Passage, version: PassageVersion, moment: Moment) -> Outcome[Revised]:
    """Take a passage out of the story: its author while nobody built on it, the showrunner always. It can be
    put back.
    """
    story = _story_of(snapshot, passage)
    if passage.status != "standing":
        raise UserError("passages.not_standing", number=passage.number)
    if not runs_the_room(snapshot, moment):
        _require_own(snapshot, passage, moment)
        refuse_if_built_on(snapshot, passage)
    refuse_unwritable(snapshot, story, passage)
    return set_status(snapshot, story, passage, version, "cut", "passage.cut", moment)


def put_back(
    snapshot: Snapshot, passage: Passage, version: PassageVersion, moment: Moment
) -> Outcome[Revised]:
    """Put a passage that was taken out back where it stood."""
    story = _story_of(snapshot, passage)
    if passage.status == "standing":
        raise UserError("passages.stands", number=passage.number)
    if not runs_the_room(snapshot, moment):
        _require_own(snapshot, passage, moment)
    refuse_unwritable(snapshot, story, passage)
    return set_status(snapshot, story, passage, version, "standing", "passage.put_back", moment)


def set_status(
    snapshot: Snapshot,
    story: Story,
    passage: Passage,
    version: PassageVersion,
    status: str,
    kind: str,
    moment: Moment,
) -> Outcome[Revised]:
    """A passage in or out of the story; the story's words follow."""
    after = replace(passage, status="standing" if status == "standing" else "cut")
    change = passage.words * ((after.status == "standing") - (passage.status == "standing"))
    story = replace(story, words=story.words + change)
    act = Act(
        kind, (story.id, passage.id), moment.key, "",
        detail(Change("passage", passage.id, "status", passage.status, after.status), number=passage.number,
               after=story.passages),
    )  # fmt: skip
    news = Revised(story, after, version, snapshot.name(moment.key), passage.words)
    marks = (Mark("passage", passage.id), Mark("scene", passage.scene_id))
    return Outcome(news, (after, story, *_idea(snapshot, after)), (act,), marks)


def _idea(snapshot: Snapshot, passage: Passage) -> tuple[Pen, ...]:
    """The chosen idea that a passage wrote waits for a writer again while the passage is out."""
    pen = snapshot.pens.get(passage.story_id)
    if pen is None or passage.pitch_id is None or snapshot.pitches.get(passage.pitch_id) is None:
        return ()
    if passage.status == "standing":
        return (replace(pen, pitch_id=None),) if pen.pitch_id == passage.pitch_id else ()
    return (replace(pen, pitch_id=passage.pitch_id),) if pen.pitch_id is None else ()


def refuse_if_built_on(snapshot: Snapshot, passage: Passage, after: int | None = None) -> None:
    """Refuse while someone else's passage stands after this one (or after the one with this number)."""
    since = passage.number if after is None else after
    for later in snapshot.tail_of(passage.story_id):
        if later.number > since and later.author != passage.author:
            name = snapshot.name(later.author)
            raise UserError("passages.built_on", number=passage.number, later=later.number, name=name)


def _story_of(snapshot: Snapshot, passage: Passage) -> Story:
    story = snapshot.stories.get(passage.story_id)
    if story is None:
        raise NotFound("passages.in_archive", number=passage.number)
    return story


def _require_own(snapshot: Snapshot, passage: Passage, moment: Moment) -> None:
    require_writer(snapshot, moment)
    if passage.author != moment.key:
        raise NotAllowed("passages.not_yours", number=passage.number, name=snapshot.name(passage.author))


def refuse_unwritable(snapshot: Snapshot, story: Story, passage: Passage) -> None:
    if story.status in ("wrapped", "archived"):
        raise UserError(f"stories.is_{story.status}", title=story.title)
    scene = snapshot.scenes.get(passage.scene_id)
    if scene is not None and scene.status == "locked":
        raise UserError("stories.scene_locked", number=scene.number)
