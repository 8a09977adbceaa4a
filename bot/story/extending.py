"""Extending: a text becomes the story's next passage.

Rounds steer, they do not license: who may write is a matter of the room's way (open, turns, by vote), of the
pen for long text, and of the form it plays (one line, one word). Refusals keep the text: the desk has it
before this judges it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.errors import NotFound, UserError
from bot.story import order, provenance
from bot.story import text as texts
from bot.story.changes import Change, detail
from bot.story.guards import require_writer
from bot.story.house_rules import Rules, in_force
from bot.story.ledger import Act
from bot.story.moments import Mark, Moment, Outcome
from bot.story.passages import Draft, MachineText, Passage, PassageVersion
from bot.story.pens import after_passage, pen_of, refuse_if_held, refuse_out_of_turn
from bot.story.provenance import Span
from bot.story.rounds import Pitch
from bot.story.snapshot import Snapshot
from bot.story.stories import Scene, Story
from bot.story.storytelling import running_story
from bot.story.turn_taking import TurnNews, advance
from bot.story.turns import Pen

LINE_MOST = 300
"""Characters of a line, where a story is written line by line."""
WORD_MOST = 40
"""Characters of a word, where a story is written word by word."""
OPENING = 80
CLOSING = 200

Answer = Literal["after"]
"""What the writer said when the story had moved on: add mine after theirs."""


@dataclass(frozen=True, slots=True)
class Extended:
    """A passage that went in, with what its receipt and the scene card say."""

    story: Story
    scene: Scene
    passage: Passage
    version: PassageVersion
    by: str
    pitch_id: str | None = None
    """The chosen idea that this passage writes."""
    pen: Pen | None = None
    """The pen, where this passage changed it."""
    turn: TurnNews | None = None
    """The turn, where this passage moved it on."""
    replaced: int = 0
    """Characters that had to be replaced (control characters), which is said."""
    folded: bool = False
    """Others see only its last line until the wrap."""


@dataclass(frozen=True, slots=True)
class Since:
    """One passage that came while someone wrote."""

    name: str
    opening: str


@dataclass(frozen=True, slots=True)
class StoryMovedOn:
    """Nothing went in: others wrote meanwhile, and the writer is asked once. Their words are in the draft."""

    story: Story
    draft: Draft
    words: int
    since: tuple[Since, ...]
    more: int = 0
    """Passages that came before those in `since`, when there are too many to name."""


@dataclass(frozen=True, slots=True)
class ToTheVote:
    """Nothing went in: here texts are voted on, so this one has to be pitched as a whole text."""

    story: Story
    text: str


def extend(
    snapshot: Snapshot, text: str, moment: Moment, *, base_passage_id: str | None = None,
    machine: MachineText | None = None, ai_texts: Sequence[MachineText] = (), answer: Answer | None = None,
    draft: Draft | None = None, chosen: Pitch | None = None,
) -> Outcome[Extended | StoryMovedOn | ToTheVote]:  # fmt: skip
    """Put a text into the story as its next passage.

    `base_passage_id` is the last passage when the writer began: "" when there was none yet, None when nothing
    is known, as for a line typed at once. `machine` is the co-writer's text that was taken or edited;
    `ai_texts` are those that new text is compared with. `chosen` is the pitch of a text that a vote chose: it
    goes in as its writer's, whatever the room's way, the pen and the turn.
    """
    if chosen is None:
        require_writer(snapshot, moment)
    story = running_story(snapshot)
    scene = _writable_scene(snapshot, story)
    rules = in_force(snapshot.room)
    replaced = texts.clean(text).replaced
    text = _fitting(text, rules)
    long = rules.form == "free" and texts.count_words(text) >= rules.short_words
    if chosen is None:
        if rules.extend == "vote":
            return Outcome(ToTheVote(story, text))
        refuse_out_of_turn(snapshot, story, pen_of(snapshot, story), moment)
    if long and chosen is None:
        refuse_if_held(snapshot, story, moment)
        came = _since(snapshot, story, moment, _base(snapshot, story, moment, base_passage_id, machine))
        if came and answer != "after":
            return _moved_on(snapshot, story, text, moment, came, machine, draft)
    author = chosen.author if chosen is not None and chosen.author is not None else moment.actor
    spans = _spans(text, author, machine, ai_texts)
    _refuse_machine(snapshot, rules, spans, moment, machine, story)
    landed = _landed(snapshot, story, scene, text, spans, author, moment, machine, draft, chosen, long=long)
    return landed.answering(replace(landed.value, replaced=replaced))


def last_key(snapshot: Snapshot, story_id: str) -> str | None:
    """The highest order key of a story's tail: new passages come after it, whichever scene they go into."""
    return max((p.order_key for p in snapshot.tail_of(story_id)), default=None)


def opening_of(text: str) -> str:
    """A passage's first words, as lists show them."""
    return texts.first_words(text, OPENING)


def closing_of(text: str) -> str:
    """A passage's last line, as a folded story shows it: its end, where it is long."""
    return texts.last_line(text, CLOSING)


def mostly_machine(spans: Sequence[Span]) -> bool:
    """Whether more of a text stands as the machine wrote it than not, by characters."""
    ai = sum(s.end - s.start for s in spans if s.kind == "ai")
    return 2 * ai > sum(s.end - s.start for s in spans)


def _writable_scene(snapshot: Snapshot, story: Story) -> Scene:
    scene = snapshot.scenes.get(story.scene_id)
    if scene is None or scene.status == "removed":
        raise NotFound("stories.no_scene")
    if scene.status == "locked" or scene.ended:
        raise UserError(
            "stories.scene_locked" if scene.status == "locked" else "stories.scene_ended", number=scene.number
        )
    return scene


def _fitting(text: str, rules: Rules) -> str:
    text = texts.fit(text, "passage", argument="text")
    if rules.form == "line" and ("\n" in text or len(text) > LINE_MOST):
        raise UserError("passages.one_line", argument="text", most=LINE_MOST)
    if rules.form == "word" and (
        texts.count_words(text) != 1 or len(text.split()) != 1 or len(text) > WORD_MOST
    ):
        raise UserError("passages.one_word", argument="text", most=WORD_MOST)
    return text


def _base(
    snapshot: Snapshot, story: Story, moment: Moment, base: str | None, machine: MachineText | None
) -> str | None:
    if base is not None:
        return base
    if machine is not None:
        return machine.base_passage_id
    pen = snapshot.pens.get(story.id)
    return pen.base_passage_id if pen is not None and pen.holder == moment.key else None


def _since(snapshot: Snapshot, story: Story, moment: Moment, base: str | None) -> tuple[Passage, ...]:
    """What others put in since this passage (one that was cut is judged by its id: ids sort by time)."""
    if base is None:
        return ()
    tail = snapshot.tail_of(story.id)
    at = next((i for i, p in enumerate(tail) if p.id == base), None)
    later = tail[at + 1 :] if at is not None else tuple(p for p in tail if p.id > base)
    return tuple(p for p in later if p.author != moment.key)


def _moved_on(
    snapshot: Snapshot, story: Story, text: str, moment: Moment, came: Sequence[Passage],
    machine: MachineText | None, draft: Draft | None,
) -> Outcome[Extended | StoryMovedOn | ToTheVote]:  # fmt: skip
    kept = Draft(
        draft.id if draft else moment.new_id(), snapshot.room.id, story.id, moment.actor, "passage", text,
        "passages.kept_story_moved", "kept", moment.now, base_passage_id=came[-1].id,
        machine_text_id=machine.id if machine else None,
    )  # fmt: skip
    shown = tuple(Since(snapshot.name(p.author), p.opening) for p in came[-3:])
    asked = StoryMovedOn(story, kept, texts.count_words(text), shown, max(0, len(came) - len(shown)))
    return Outcome(asked, (kept,))


def _spans(
    text: str, author: str, machine: MachineText | None, ai_texts: Sequence[MachineText]
) -> tuple[Span, ...]:
    if machine is not None:
        if machine.text.strip() == text.strip():
            return provenance.taken_as_is(text, machine.id)
        taken = provenance.taken_as_is(machine.text, machine.id)
        return provenance.revised(machine.text, taken, text, author, ai_texts)
    return provenance.recognise(text, author, ai_texts)


def _refuse_machine(
    snapshot: Snapshot,
    rules: Rules,
    spans: Sequence[Span],
    moment: Moment,
    machine: MachineText | None,
    story: Story,
) -> None:
    if machine is not None:
        if machine.asker != moment.key and not machine.public:
            raise NotFound("passages.no_such_draft")
        if machine.state == "used":
            raise UserError("passages.draft_used")
        if machine.state not in ("ready", "interrupted"):
            raise UserError("passages.draft_not_ready")
    tail = snapshot.tail_of(story.id)
    if not rules.machine_in_a_row and tail and tail[-1].machine and mostly_machine(spans):
        raise UserError("passages.machine_twice", argument="text")


def _landed(
    snapshot: Snapshot, story: Story, scene: Scene, text: str, spans: tuple[Span, ...], author: str,
    moment: Moment, machine: MachineText | None, draft: Draft | None, chosen: Pitch | None, *, long: bool,
) -> Outcome[Extended]:  # fmt: skip
    pen, idea, pen_dues = after_passage(snapshot, story, moment, long=long)
    pitch_id = chosen.id if chosen is not None else idea
    passage_id, number, count = moment.new_id(), story.passages + 1, texts.count_words(text)
    passage = Passage(
        passage_id, snapshot.room.id, story.id, story.branch, scene.id, number,
        order.after(last_key(snapshot, story.id)), "standing", author, 1, count, opening_of(text),
        closing_of(text), moment.now, machine=mostly_machine(spans), pitch_id=pitch_id,
    )  # fmt: skip
    version = PassageVersion(
        moment.new_id(), snapshot.room.id, passage_id, 1, text, spans, author, moment.now,
        machine.id if machine else None,
    )  # fmt: skip
    told = replace(story, passages=number, words=story.words + count)
    used = [replace(row, state="used") for row in (machine, draft) if row is not None]
    act = Act(
        "passage.added", (story.id, scene.id, passage_id), moment.key, text,
        detail(Change("passage", passage_id, "status", "cut", "standing"), number=number, after=number,
               pitch=pitch_id, machine=machine.id if machine else None),
    )  # fmt: skip
    rows: tuple[object, ...] = (passage, version, told, *used, *((pen,) if pen is not None else ()))
    marks = (Mark("passage", passage_id), Mark("scene", scene.id))
    after = snapshot.with_rows((told, passage))
    turned = advance(after, told, moment)
    news = Extended(
        told, scene, passage, version, snapshot.name(author) or moment.name, pitch_id, pen, turned.value,
        folded=in_force(snapshot.room).folded,
    )  # fmt: skip
    return Outcome(None, rows, (act,), marks, pen_dues).then(turned).answering(news)
