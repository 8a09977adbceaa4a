"""Short questions that most rules begin with: may this person write here, and do they run the room?"""

from __future__ import annotations

from bot.errors import NotAllowed
from bot.story.house_rules import in_force, is_showrunner, may_open, may_pitch, role_acting
from bot.story.moments import Moment
from bot.story.people import Role
from bot.story.role_map import role_of
from bot.story.snapshot import Snapshot


def require_writer(snapshot: Snapshot, moment: Moment) -> None:
    """Refuse who may not write here; no argument is at fault."""
    try:
        may_pitch(snapshot, moment)
    except NotAllowed as refusal:
        raise NotAllowed(refusal.key, argument=None, **refusal.values) from None


def require_opener(snapshot: Snapshot, moment: Moment) -> None:
    """Refuse who may not make a place a room by its first story; later stories are for who may write."""
    if snapshot.room.opened:
        require_writer(snapshot, moment)
    else:
        may_open(in_force(snapshot.room), moment.standing, role_acting(snapshot, moment))


def require_runner(snapshot: Snapshot, moment: Moment) -> None:
    """Refuse who does not run the room."""
    if not is_showrunner(snapshot, moment):
        raise NotAllowed("roles.showrunner_only")


def runs_the_room(snapshot: Snapshot, moment: Moment) -> bool:
    """Whether the person is a showrunner here, or a keeper of the platform."""
    return is_showrunner(snapshot, moment)


def is_reader(snapshot: Snapshot, person: str) -> bool:
    """Whether someone only reads here, by their role or because a keeper blocked them."""
    member = snapshot.member(person)
    blocked = member is not None and member.blocked_at is not None
    return blocked or role_of(snapshot.room, member) is Role.READER
