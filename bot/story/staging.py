"""Scenes: added, revised, locked, taken out and put back. A scene that is taken out takes its passages along,
and brings them back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.errors import NotAllowed, NotFound, UserError
from bot.story import order
from bot.story import text as texts
from bot.story.changes import Change, detail
from bot.story.guards import require_runner, require_writer, runs_the_room
from bot.story.ledger import Act
from bot.story.moments import Mark, Moment, Outcome
from bot.story.passages import Passage
from bot.story.snapshot import Snapshot
from bot.story.stories import Scene, Story
from bot.story.storytelling import running_story, the_story


@dataclass(frozen=True, slots=True)
class SceneNews:
    """A scene after a change, for its receipt and card."""

    story: Story
    scene: Scene
    current: bool
    """Passages go into it."""
    passages: int = 0
    """Passages that went out or came back with it."""
    was_title: str = ""


def scene_numbered(snapshot: Snapshot, story: Story, number: int | None) -> Scene:
    """A scene by its number, taken out or not; None means the current one. Raises NotFound."""
    for scene in snapshot.scenes.values():
        if scene.story_id == story.id and (scene.number == number if number else scene.id == story.scene_id):
            return scene
    raise NotFound("stories.no_such_scene", argument="scene", number=number or 1)


def add(snapshot: Snapshot, title: str, moment: Moment, *, place: str = "") -> Outcome[SceneNews]:
    """Begin a new scene after the last one; from now on passages go into it."""
    require_writer(snapshot, moment)
    story = running_story(snapshot)
    return opened(snapshot, story, _fit_or_empty(title, "title"), place, moment)


def opened(snapshot: Snapshot, story: Story, title: str, place: str, moment: Moment) -> Outcome[SceneNews]:
    """A new current scene at the story's end, by whatever rule asked for it."""
    place = _fit_or_empty(place, "place")
    mine = [s for s in snapshot.scenes.values() if s.story_id == story.id]
    number = max((s.number for s in mine), default=0) + 1
    scene = Scene(
        moment.new_id(), snapshot.room.id, story.id, story.branch, number,
        order.after(max((s.order_key for s in mine), default=None)), title, "open", moment.now, place=place,
    )  # fmt: skip
    after = replace(story, scene_id=scene.id)
    act = Act(
        "scene.added", (story.id, scene.id), moment.key, title,
        detail(Change("scene", scene.id, "status", "removed", "open"),
               Change("story", story.id, "scene_id", story.scene_id, scene.id), number=number),
    )  # fmt: skip
    marks = tuple(Mark("scene", id_) for id_ in (story.scene_id, scene.id) if id_)
    return Outcome(SceneNews(after, scene, True), (scene, after), (act,), marks)


def revise(
    snapshot: Snapshot,
    number: int | None,
    moment: Moment,
    *,
    title: str | None = None,
    place: str | None = None,
) -> Outcome[SceneNews]:
    """Change a scene's title or place."""
    require_writer(snapshot, moment)
    story = the_story(snapshot)
    scene = scene_numbered(snapshot, story, number)
    _refuse_locked(scene)
    after = replace(
        scene,
        title=scene.title if title is None else _fit_or_empty(title, "title"),
        place=scene.place if place is None else _fit_or_empty(place, "place"),
    )
    if after == scene:
        raise UserError("stories.scene_same", argument="title", number=scene.number)
    changes = [
        Change("scene", scene.id, field, getattr(scene, field), getattr(after, field))
        for field in ("title", "place")
        if getattr(scene, field) != getattr(after, field)
    ]
    act = Act(
        "scene.revised", (story.id, scene.id), moment.key, after.title, detail(*changes, number=scene.number)
    )
    news = SceneNews(story, after, scene.id == story.scene_id, was_title=scene.title)
    return Outcome(news, (after,), (act,), (Mark("scene", scene.id),))


def lock(snapshot: Snapshot, number: int | None, moment: Moment) -> Outcome[SceneNews]:
    """Lock a scene: nothing goes in, nothing in it changes."""
    require_runner(snapshot, moment)
    story = the_story(snapshot)
    scene = scene_numbered(snapshot, story, number)
    if scene.status != "open":
        raise UserError(f"stories.scene_{scene.status}", number=scene.number)
    return _status(story, scene, "locked", "scene.locked", moment)


def unlock(snapshot: Snapshot, number: int | None, moment: Moment) -> Outcome[SceneNews]:
    """Let a locked scene change again."""
    require_runner(snapshot, moment)
    story = the_story(snapshot)
    scene = scene_numbered(snapshot, story, number)
    if scene.status != "locked":
        raise UserError("stories.scene_not_locked", number=scene.number)
    return _status(story, scene, "open", "scene.unlocked", moment)


def remove(
    snapshot: Snapshot, number: int | None, passages: Sequence[Passage], moment: Moment
) -> Outcome[SceneNews]:
    """Take a scene out with its passages (all of the scene's are given). The one before it becomes the
    current one.
    """
    story = the_story(snapshot)
    scene = scene_numbered(snapshot, story, number)
    if not runs_the_room(snapshot, moment):
        require_writer(snapshot, moment)
        if any(p.author != moment.key for p in passages if p.status == "standing"):
            raise NotAllowed("stories.scene_not_only_yours", number=scene.number)
    _refuse_locked(scene)
    if scene.status == "removed":
        raise UserError("stories.scene_removed", number=scene.number)
    others = [s for s in snapshot.scenes_of(story.id) if s.id != scene.id]
    if not others:
        raise UserError("stories.only_scene", number=scene.number)
    return _with_passages(story, scene, passages, moment, out=True, next_id=others[-1].id)


def restore(
    snapshot: Snapshot, number: int, passages: Sequence[Passage], moment: Moment
) -> Outcome[SceneNews]:
    """Put a scene back with the passages that went out with it (all of the scene's are given)."""
    require_writer(snapshot, moment)
    story = the_story(snapshot)
    scene = scene_numbered(snapshot, story, number)
    if scene.status != "removed":
        raise UserError("stories.scene_stands", number=scene.number)
    return _with_passages(story, scene, passages, moment, out=False, next_id=story.scene_id)


def set_scene_status(
    story: Story, scene: Scene, passages: Sequence[Passage], *, out: bool, next_id: str
) -> tuple[Story, Scene, tuple[Passage, ...]]:  # fmt: skip
    """A scene out of the story or in it, with the passages that go along; the story's words follow."""
    leaving, coming = ("standing", "removed") if out else ("removed", "standing")
    moved = tuple(
        replace(p, status="removed" if out else "standing")
        for p in passages
        if p.scene_id == scene.id and p.status == leaving
    )
    count = sum(p.words for p in moved)
    told = replace(
        story,
        words=story.words + (count if coming == "standing" else -count),
        scene_id=next_id if story.scene_id == scene.id else story.scene_id,
    )
    return told, replace(scene, status="removed" if out else "open"), moved


def _with_passages(
    story: Story,
    scene: Scene,
    passages: Sequence[Passage],
    moment: Moment,
    *,
    out: bool,
    next_id: str,
) -> Outcome[SceneNews]:
    told, after, moved = set_scene_status(story, scene, passages, out=out, next_id=next_id)
    changes = [Change("scene", scene.id, "status", scene.status, after.status)]
    if told.scene_id != story.scene_id:
        changes.append(Change("story", story.id, "scene_id", story.scene_id, told.scene_id))
    act = Act(
        "scene.removed" if out else "scene.restored", (story.id, scene.id), moment.key, "",
        detail(*changes, number=scene.number),
    )  # fmt: skip
    news = SceneNews(told, after, told.scene_id == scene.id, passages=len(moved))
    marks = (Mark("scene", scene.id), Mark("scene", told.scene_id))
    return Outcome(news, (after, told, *moved), (act,), tuple(dict.fromkeys(marks)))


def _status(story: Story, scene: Scene, status: str, kind: str, moment: Moment) -> Outcome[SceneNews]:
    after = replace(scene, status="locked" if status == "locked" else "open")
    act = Act(
        kind, (story.id, scene.id), moment.key, "",
        detail(Change("scene", scene.id, "status", scene.status, after.status), number=scene.number),
    )  # fmt: skip
    news = SceneNews(story, after, scene.id == story.scene_id)
    return Outcome(news, (after,), (act,), (Mark("scene", scene.id),))


def _refuse_locked(scene: Scene) -> None:
    if scene.status == "locked":
        raise UserError("stories.scene_locked", number=scene.number)


def _fit_or_empty(given: str, argument: str) -> str:
    """A scene's title or place within a title's limits; a scene may do without."""
    return texts.fit(given, "title", argument=argument) if given.strip() else ""
