"""Blocking: from this room, with a note that the person is shown. They go on reading; their own things stay theirs.

Threads that are opened later inherit it. It ends with `unblock`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.errors import NotAllowed, NotFound, UserError
from bot.story import text as texts
from bot.story import turn_taking
from bot.story.house_rules import showrunners
from bot.story.ledger import Act
from bot.story.moderating import require_keeper
from bot.story.moments import Due, Mark, Moment, Outcome
from bot.story.pens import freed
from bot.story.people import Member, Person, member_id
from bot.story.snapshot import Snapshot
from bot.story.tidings import tell

_OWN = ("my", "my-card", "said", "stop", "help", "report-card")
_OWN_TOO = ("draft drop", "draft keep", "draft show", "draft edit", "ask-card no", "ask-card back", "message report")


@dataclass(frozen=True, slots=True)
class Blocked:
    """Somebody who was blocked, or not any more."""

    name: str
    person: str
    note: str
    blocked: bool


def is_own(command: str) -> bool:
    """Whether a command is about one's own things or a safety: open to everyone, always, however often."""
    return command.split(" ", 1)[0] in _OWN or command in _OWN_TOO


def refuse_blocked(snapshot: Snapshot, moment: Moment) -> None:
    """Refuse who is blocked here, with the note that was left for them. A platform's moderator is not held by it."""
    member = snapshot.member(moment.person)
    if member is not None and member.blocked_at is not None and not moment.standing.keeper:
        raise NotAllowed("moderation.blocked", note=member.block_note)


def block(snapshot: Snapshot, person: str, name: str, note: str, moment: Moment) -> Outcome[Blocked]:
    """Block someone from taking part here. The pen and the turn that they held go on."""
    require_keeper(snapshot, moment)
    if person == moment.key:
        raise UserError("moderation.block_self", argument="name")
    member = snapshot.member(person)
    if person in showrunners(snapshot) or (member is not None and member.keeper):
        raise NotAllowed("moderation.block_keeper", argument="name", name=name)
    words = texts.fit(note, "reason", argument="value")
    if member is None:
        member = Member(member_id(snapshot.room.id, Person.of(person)), snapshot.room.id, person, name or person)
    if member.blocked_at is not None:
        raise UserError("moderation.blocked_already", argument="name", name=member.name)
    after = replace(member, blocked_at=moment.now, blocked_by=moment.key, block_note=words)
    act = Act("member.blocked", (snapshot.room.id, member.id), moment.key, words, {})
    outcome: Outcome[Blocked] = Outcome(Blocked(after.name, person, words, True), (after,), (act,))
    there = snapshot.with_rows((after,))
    for story in snapshot.stories.values():
        pen = snapshot.pens.get(story.id)
        if pen is not None and person in (pen.holder, pen.offered_to):
            free = replace(freed(pen) if pen.holder == person else pen, offered_to=None, offered_until=None)
            dues = (Due("pen", story.id, free.until if free.holder else None), Due("offer", story.id, None))
            outcome = outcome.also(rows=(free,), dues=dues, marks=(Mark("scene", story.scene_id),))
        outcome = outcome.then(turn_taking.skip(there, story, person, moment)).answering(outcome.value)
    return outcome


def unblock(snapshot: Snapshot, person: str, moment: Moment) -> Outcome[Blocked]:
    """Let someone take part again; they are told."""
    require_keeper(snapshot, moment)
    member = snapshot.member(person)
    if member is None or member.blocked_at is None:
        raise NotFound("moderation.not_blocked", argument="name", name=snapshot.name(person))
    after = replace(member, blocked_at=None, blocked_by=None, block_note="")
    act = Act("member.unblocked", (snapshot.room.id, member.id), moment.key, "", {})
    told = tell(snapshot, (person,), "tidings.unblocked", moment)
    return Outcome(Blocked(member.name, person, "", False), (after, *told), (act,))


def blocked(snapshot: Snapshot) -> tuple[Member, ...]:
    """Who is blocked here, the longest first."""
    those = [m for m in snapshot.members.values() if m.blocked_at is not None]
    return tuple(sorted(those, key=lambda m: (m.blocked_at, m.id)))
