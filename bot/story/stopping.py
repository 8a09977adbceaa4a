"""Stopping a scene: anyone may, without a reason and without a name, and then the room chooses how to go on.

Nothing that this rule hands back holds who asked: its act has no actor, its rows and marks no person. The
only memory of the person is a value that the caller keeps in the process, for the limit of one stop a person,
scene and hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from bot.errors import NotAllowed, NotFound, UserError
from bot.story.changes import Change, detail
from bot.story.clocks import room_time, run_again, stand_still
from bot.story.guards import require_writer, runs_the_room
from bot.story.ledger import Act
from bot.story.moments import Mark, Moment, Outcome
from bot.story.passages import MachineText
from bot.story.people import Person
from bot.story.snapshot import Snapshot
from bot.story.staging import opened
from bot.story.stories import Scene, Story
from bot.story.storytelling import the_story

WAIT = timedelta(minutes=10)
"""How long only the showrunner may choose how to go on."""
WRITERS = 2
"""How many writers may choose after that."""

Way = Literal["fade", "back", "carry_on", "end"]
"""Fade to black, go back a little, carry on, end the scene."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A scene was stopped. `remember` is for the process's memory only, and must never be written down."""

    story: Story
    scene: Scene
    remember: tuple[str, str]
    already: bool = False
    """It was stopped before; nothing changed."""


@dataclass(frozen=True, slots=True)
class WentOn:
    """The room chose how to go on."""

    story: Story
    scene: Scene
    """The scene that passages go into from now on."""
    way: Way
    cut_number: int = 0
    """The passage that was taken out by going back a little."""


@dataclass(frozen=True, slots=True)
class OneMore:
    """One writer chose; another has to choose the same."""

    story: Story
    way: Way


def stop(
    snapshot: Snapshot,
    moment: Moment,
    nameless: AbstractSet[tuple[str, str]],
    in_flight: Sequence[MachineText] = (),
) -> Outcome[Stopped]:
    """Stop the scene. `nameless` is what `remember` gave before; `in_flight` are texts that a co-writer is
    writing.
    """
    story = the_story(snapshot)
    if story.status != "open":
        raise UserError(f"stories.is_{story.status}", title=story.title)
    scene = snapshot.scenes.get(story.scene_id)
    if scene is None:
        raise NotFound("stories.no_scene")
    remember = (f"{scene.id}/{moment.now:%Y-%m-%dT%H}", moment.actor)
    if snapshot.room.stopped_at is not None:
        return Outcome(Stopped(story, scene, remember, already=True))
    if remember in nameless:
        raise UserError("stories.stopped_by_you")
    stopped = replace(scene, stopped=True)
    room = replace(snapshot.room, stopped_at=moment.now, stopped_scene=scene.id, resume_by=())
    dropped = tuple(
        replace(m, state="dropped", lease_until=None, reason="stopped")
        for m in in_flight
        if m.state == "writing"
    )
    return Outcome(
        Stopped(story, stopped, remember),
        (room, stopped, *dropped),
        (Act("scene.stopped", (story.id, scene.id), None, "", {}),),
        (Mark("stopped", scene.id), Mark("scene", scene.id)),
        stand_still(snapshot, story),
    )


def go_on(snapshot: Snapshot, way: Way, moment: Moment) -> Outcome[WentOn | OneMore]:
    """Choose how to go on: the showrunner at once, or any two writers (the only one there, alone) after ten
    minutes.
    """
    room = snapshot.room
    scene = snapshot.scenes.get(room.stopped_scene)
    if room.stopped_at is None or scene is None:
        raise UserError("stories.not_stopped")
    story = the_story(snapshot, snapshot.stories.get(scene.story_id))
    if not runs_the_room(snapshot, moment):
        require_writer(snapshot, moment)
        if moment.now - room.stopped_at < WAIT:
            raise NotAllowed("stories.stop_wait", time=room_time(room, room.stopped_at + WAIT))
        said = tuple(
            dict.fromkeys((*(s for s in room.resume_by if _who(s) != moment.actor), f"{way} {moment.actor}"))
        )
        if len([s for s in said if s.startswith(f"{way} ")]) < min(WRITERS, max(1, room.acted)):
            return Outcome(
                OneMore(story, way), (replace(room, resume_by=said),), (), (Mark("stopped", scene.id),)
            )
    return _gone_on(snapshot, story, scene, way, moment)


def _gone_on(
    snapshot: Snapshot, story: Story, scene: Scene, way: Way, moment: Moment
) -> Outcome[WentOn | OneMore]:
    since = snapshot.room.stopped_at or moment.now
    room = replace(snapshot.room, stopped_at=None, stopped_scene="", resume_by=())
    after = replace(scene, stopped=False, ended=way in ("fade", "end"))
    rows, dues = run_again(snapshot, story, since, moment.now)
    outcome: Outcome[WentOn | OneMore] = Outcome(
        WentOn(story, after, way),
        (room, after, *rows),
        (Act(f"scene.{_KINDS[way]}", (story.id, scene.id), moment.key, "", {}),),
        (Mark("stopped", scene.id), Mark("scene", scene.id)),
        dues,
    )
    if way == "fade":
        next_one = opened(snapshot.with_rows((after, room)), story, "", "", moment)
        return outcome.then(next_one).answering(WentOn(next_one.value.story, next_one.value.scene, way))
    tail = [p for p in snapshot.tail_of(story.id) if p.scene_id == scene.id]
    if way == "back" and tail:
        last = tail[-1]
        told = replace(story, words=story.words - last.words)
        act = Act(
            "passage.cut", (story.id, last.id), moment.key, "",
            detail(Change("passage", last.id, "status", "standing", "cut"), number=last.number),
        )  # fmt: skip
        cut = replace(last, status="cut")
        return outcome.also(rows=(cut, told), acts=(act,), marks=(Mark("passage", last.id),)).answering(
            WentOn(told, after, way, last.number)
        )
    return outcome


def _who(said: str) -> str:
    return Person.of(said.split(" ", 1)[1]).key


_KINDS: dict[Way, str] = {"fade": "faded", "back": "went_back", "carry_on": "carried_on", "end": "ended"}
