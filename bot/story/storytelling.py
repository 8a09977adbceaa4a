"""The life of a story: begun, renamed, paused, taken up again, wrapped, archived, opened again.

A channel holds one open story. Each act says in its detail what it changed, so that undo can reverse it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.errors import NotFound, UserError
from bot.story import order, text
from bot.story.changes import Change, detail
from bot.story.clocks import run_again, stand_still
from bot.story.guards import require_opener, require_runner
from bot.story.house_rules import in_force
from bot.story.ledger import Act
from bot.story.moments import Mark, Moment, Outcome
from bot.story.rounds import NEXT, Round
from bot.story.snapshot import Snapshot
from bot.story.stories import Scene, Story


@dataclass(frozen=True, slots=True)
class StoryNews:
    """What became of a story, for its card."""

    story: Story
    scene: Scene | None = None
    house_opened: bool = False
    """The room's house card was made by this: it was the room's first story."""
    was: str = ""
    """Its earlier title or status."""
    cancelled: tuple[Round, ...] = ()
    """Rounds that the wrap closed without a choice."""
    to_drawer: int = 0
    """Ideas that the wrap put into the drawer."""
    unfolded: bool = False
    """Its passages were withheld, and can be read from now on."""


def the_story(snapshot: Snapshot, story: Story | None = None) -> Story:
    """The story that is meant: the one given, else the room's own. Raises NotFound where there is none."""
    found = story or snapshot.story
    if found is None:
        raise NotFound("stories.none")
    return found


def running_story(snapshot: Snapshot) -> Story:
    """The story that can be written in now. Raises where there is none, it rests, or a scene is stopped."""
    story = the_story(snapshot)
    if story.status != "open":
        raise UserError(f"stories.is_{story.status}", title=story.title)
    if snapshot.room.stopped_at is not None:
        raise UserError("stories.stopped")
    return story


def new_story(snapshot: Snapshot, title: str, moment: Moment) -> Outcome[StoryNews]:
    """Begin a story with its first scene. Refused while another one is open here."""
    require_opener(snapshot, moment)
    title = text.fit(title, "title", argument="title")
    running = [s for s in snapshot.stories.values() if s.status == "open"]
    if running:
        raise UserError("stories.one_open", title=running[0].title)
    number = max((snapshot.room.stories, *(s.number for s in snapshot.stories.values()))) + 1
    story_id, scene_id = moment.new_id(), moment.new_id()
    story = Story(
        story_id, snapshot.room.id, number, title, "open", moment.now, moment.actor, scene_id=scene_id
    )  # fmt: skip
    scene = Scene(
        scene_id, snapshot.room.id, story_id, story.branch, 1, order.after(None), "", "open", moment.now
    )  # fmt: skip
    first = not snapshot.room.opened
    room = replace(snapshot.room, opened=True, stories=number)
    opened = detail(Change("story", story_id, "status", "archived", "open"), story=number)
    acts = [Act("story.opened", (story_id, scene_id), moment.actor, title, opened)]
    marks = [Mark("scene", scene_id)]
    if first:
        acts.insert(0, Act("room.opened", (room.id,), moment.actor, "", {}))
        marks.insert(0, Mark("house", room.id))
    return Outcome(StoryNews(story, scene, first), (room, story, scene), tuple(acts), tuple(marks))


def rename(snapshot: Snapshot, title: str, moment: Moment, story: Story | None = None) -> Outcome[StoryNews]:
    """Give a story another title."""
    story = the_story(snapshot, story)
    _require_its_runner(snapshot, story, moment)
    title = text.fit(title, "title", argument="title")
    after = replace(story, title=title)
    return _changed(snapshot, story, after, "story.renamed", moment, field="title", words=title)


def pause(snapshot: Snapshot, moment: Moment, story: Story | None = None) -> Outcome[StoryNews]:
    """Let a story rest: nobody can extend it, and its clocks stand still until it is taken up again."""
    story = the_story(snapshot, story)
    _require_its_runner(snapshot, story, moment)
    if story.status != "open":
        raise UserError(f"stories.is_{story.status}", title=story.title)
    if snapshot.room.stopped_at is not None:
        raise UserError("stories.stopped")
    after = replace(story, status="paused", paused_at=moment.now)
    return _changed(snapshot, story, after, "story.paused", moment).also(dues=stand_still(snapshot, story))


def resume(snapshot: Snapshot, moment: Moment, story: Story | None = None) -> Outcome[StoryNews]:
    """Take up a paused story; every deadline is later by the time it rested."""
    story = the_story(snapshot, story)
    _require_its_runner(snapshot, story, moment)
    if story.status != "paused":
        raise UserError("stories.not_paused", title=story.title)
    _require_no_other(snapshot, story)
    after = replace(story, status="open", paused_at=None)
    rows, dues = run_again(snapshot, story, story.paused_at or moment.now, moment.now)
    return _changed(snapshot, story, after, "story.resumed", moment).also(rows=rows, dues=dues)


def wrap(snapshot: Snapshot, moment: Moment, story: Story | None = None) -> Outcome[StoryNews]:
    """Finish a story: open rounds end without a choice, their ideas stay in the drawer, what was folded
    unfolds.
    """
    story = the_story(snapshot, story)
    _require_its_runner(snapshot, story, moment)
    if story.status not in ("open", "paused"):
        raise UserError(f"stories.is_{story.status}", title=story.title)
    after = replace(story, status="wrapped", wrapped_at=moment.now, paused_at=None)
    stopped = snapshot.scenes.get(snapshot.room.stopped_scene)
    room = snapshot.room
    if stopped is not None and stopped.story_id == story.id:
        room = replace(room, stopped_at=None, stopped_scene="", resume_by=())
    rounds = snapshot.open_rounds(story.id)
    closed = tuple(
        replace(
            r, part="closed", result="cancelled", closes_at=None, closed_at=moment.now, closed_by=moment.key
        )
        for r in rounds
    )
    put_away = tuple(
        replace(p, status="drawer")
        for round_id in (*(r.id for r in rounds), NEXT)
        for p in snapshot.pitches_of(round_id)
        if p.status in ("standing", "waiting") and p.story_id == story.id
    )
    news = StoryNews(
        after, snapshot.scenes.get(story.scene_id), was=story.status, cancelled=closed,
        to_drawer=len(put_away),
        unfolded=in_force(snapshot.room).folded and story.passages > 0,
    )  # fmt: skip
    return (
        _changed(snapshot, story, after, "story.wrapped", moment)
        .also(
            rows=(
                *((room,) if room != snapshot.room else ()),
                *closed,
                *put_away,
                *_at_rest(snapshot, story),
            ),
            acts=tuple(
                Act("round.cancelled", (story.id, r.id), moment.key, "", {"why": "wrap"}) for r in rounds
            ),
            marks=(*(Mark("ballot", r.id) for r in rounds), Mark("wrapped", story.id)),
            dues=stand_still(snapshot, story),
        )
        .answering(news)
    )


def archive(snapshot: Snapshot, moment: Moment, story: Story | None = None) -> Outcome[StoryNews]:
    """Put a wrapped or paused story away: it leaves the room's lists, and every word of it stays."""
    wrapped = max(
        (s for s in snapshot.stories.values() if s.status == "wrapped"), key=lambda s: s.number, default=None
    )
    story = the_story(snapshot, story or snapshot.story or wrapped)
    _require_its_runner(snapshot, story, moment)
    if story.status == "archived":
        raise UserError("stories.is_archived", title=story.title)
    if story.status == "open" or snapshot.open_rounds(story.id):
        raise UserError("stories.wrap_first", title=story.title)
    after = replace(story, status="archived")
    return _changed(snapshot, story, after, "story.archived", moment).also(dues=stand_still(snapshot, story))


def reopen(snapshot: Snapshot, moment: Moment, story: Story | None = None) -> Outcome[StoryNews]:
    """Open a wrapped or archived story again, where no other one is open."""
    wrapped = max(
        (s for s in snapshot.stories.values() if s.status == "wrapped"), key=lambda s: s.number, default=None
    )
    story = the_story(snapshot, story or wrapped)
    _require_its_runner(snapshot, story, moment)
    if story.status in ("open", "paused"):
        raise UserError(f"stories.is_{story.status}", title=story.title)
    _require_no_other(snapshot, story)
    after = replace(story, status="open", wrapped_at=None)
    return _changed(snapshot, story, after, "story.reopened", moment)


def _changed(
    snapshot: Snapshot,
    story: Story,
    after: Story,
    kind: str,
    moment: Moment,
    *,
    field: str = "status",
    words: str = "",
) -> Outcome[StoryNews]:
    was = str(getattr(story, field))
    act = Act(
        kind,
        (story.id,),
        moment.key,
        words,
        detail(Change("story", story.id, field, was, getattr(after, field)), story=story.number),
    )
    marks = (Mark("scene", after.scene_id),) if after.scene_id else ()
    return Outcome(StoryNews(after, snapshot.scenes.get(after.scene_id), was=was), (after,), (act,), marks)


def _at_rest(snapshot: Snapshot, story: Story) -> tuple[object, ...]:
    rows: list[object] = []
    if (pen := snapshot.pens.get(story.id)) is not None:
        rows.append(
            replace(
                pen, holder=None, since=None, until=None, pitch_id=None, offered_to=None, offered_until=None
            )
        )
    if (turn := snapshot.turns.get(story.id)) is not None:
        rows.append(replace(turn, current=None, since=None, until=None, passed=(), nudged=False))
    return tuple(rows)


def _require_its_runner(snapshot: Snapshot, story: Story, moment: Moment) -> None:
    if story.created_by != moment.key:
        require_runner(snapshot, moment)


def _require_no_other(snapshot: Snapshot, story: Story) -> None:
    for other in snapshot.stories.values():
        if other.status == "open" and other.id != story.id:
            raise UserError("stories.one_open", title=other.title)
