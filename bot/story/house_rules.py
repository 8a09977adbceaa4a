"""The house rules of a room: what is in force, who may do what by them, and how a showrunner changes a line.

The table itself is in rule_lines; who counts as a regular or stands on the roster is in regulars.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, get_args

from bot.errors import NotAllowed, UserError
from bot.sentences import Marked, say
from bot.story.ledger import Act
from bot.story.moments import Mark, Moment, Outcome
from bot.story.people import Role, Standing
from bot.story.regulars import on_roster, quorum, regulars, roster, seen, waited_for
from bot.story.role_map import role_of
from bot.story.rooms import Preset, Room
from bot.story.rounds import Round
from bot.story.rule_lines import BY_KEY, LINES, OF_THE_ROOM, Line, Rules, Who
from bot.story.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Printed:
    """One line of the rules in force, as a card prints it."""

    key: str
    title: Marked
    typed: str
    """The value as one would type it."""
    words: Marked
    changed: bool
    """The showrunner changed it: it is not the preset's."""


@dataclass(frozen=True, slots=True)
class LineSet:
    """A line that was set, with what it said before."""

    room: Room
    line: Printed
    before: Printed


@dataclass(frozen=True, slots=True)
class PresetChosen:
    """The kind of room that was chosen; lines that were changed by hand stay as they are."""

    room: Room
    before: Preset
    kept: tuple[Printed, ...]


def in_force(room: Room) -> Rules:
    """The rules of a room: its preset's column, with the lines that were changed."""
    return _rules(room.platform, room.preset, tuple(sorted(room.rules.items())), room.zone, room.hours)


def printed(room: Room, *keys: str) -> tuple[Printed, ...]:
    """The rules in force in plain words, in the order of the table: all of them, or these."""
    rules = in_force(room)
    return tuple(
        _printed(room, line, getattr(rules, line.field)) for line in LINES if not keys or line.key in keys
    )


def set_line(snapshot: Snapshot, key: str, given: str, moment: Moment) -> Outcome[LineSet]:
    """Change one line. Raises UserError for an unknown line (naming the nearest) or a value that cannot stand
    there."""
    room = snapshot.room
    _require_showrunner(snapshot, moment)
    line = _line(key)
    typed = line.kind.write(line.kind.read(line.key, given))
    if line.key in OF_THE_ROOM:
        after = replace(room, **{line.field: line.kind.read(line.key, given)})
    else:
        lines = {k: v for k, v in room.rules.items() if k != line.key}
        if typed != _normal(line, line.column(room.preset, room.platform)):
            lines[line.key] = typed
        after = replace(room, rules=lines)
    before = printed(room, line.key)[0]
    act = Act("rule.set", (room.id,), moment.actor, "", {"key": line.key, "was": before.typed, "now": typed})
    return Outcome(
        LineSet(after, printed(after, line.key)[0], before), (after,), (act,), (Mark("house", room.id),)
    )


def choose_preset(snapshot: Snapshot, preset: str, moment: Moment) -> Outcome[PresetChosen]:
    """Answer "what kind of room?"; rounds that are open keep the rules they opened with."""
    room = snapshot.room
    _require_showrunner(snapshot, moment)
    chosen = next((p for p in get_args(Preset) if p == preset.strip().casefold()), None)
    if chosen is None:
        raise UserError("rules.no_such_preset", argument="preset", given=preset[:80])
    after = replace(room, preset=chosen, preset_chosen=True)
    kept = tuple(p for p in printed(after) if p.changed)
    act = Act("rule.preset", (room.id,), moment.actor, "", {"was": room.preset, "now": chosen})
    return Outcome(PresetChosen(after, room.preset, kept), (after,), (act,), (Mark("house", room.id),))


def is_showrunner(snapshot: Snapshot, moment: Moment) -> bool:
    """Whether who acts runs this room: appointed, a keeper of the platform, or, while nobody is appointed,
    who opened the first story (before there is one: anyone who may open the room)."""
    if moment.person is None:
        return False
    if moment.standing.keeper or role_acting(snapshot, moment) is Role.SHOWRUNNER:
        return True
    if not _appointed(snapshot) and moment.person.key in showrunners(snapshot):
        return True
    if snapshot.stories or _appointed(snapshot):
        return False
    rules = in_force(snapshot.room)
    return moment.standing.owner or _belongs(snapshot, rules.open_room, moment)


def showrunners(snapshot: Snapshot) -> tuple[str, ...]:
    """Person keys of who runs this room, as far as the room knows them (a platform's keepers it does not)."""
    if appointed := _appointed(snapshot):
        return appointed
    first = min(snapshot.stories.values(), key=lambda s: (s.number, s.id), default=None)
    return (first.created_by,) if first else ()


def role_acting(snapshot: Snapshot, moment: Moment) -> Role:
    """What who acts is here, by the server roles that the platform says they hold now."""
    return role_of(snapshot.room, snapshot.member(moment.person), moment.standing.roles)


def may_open(rules: Rules, standing: Standing, role: Role) -> None:
    """Refuse who may not open this place as a room, or a story in it. In a thread its owner counts as a
    keeper."""
    fine = standing.owner or _admits(rules.open_room, standing, role)
    _refuse_unless(fine, f"rules.no_open_{rules.open_room}")


def may_pitch(snapshot: Snapshot, moment: Moment) -> None:
    """Refuse who may not pitch or write here: readers, people who cannot post, and whom the room's line
    leaves out."""
    _refuse_reader(snapshot, moment)
    who = in_force(snapshot.room).pitch
    _refuse_unless(_belongs(snapshot, who, moment), f"rules.no_pitch_{who}", argument="idea")


def may_vote(snapshot: Snapshot, round_: Round, moment: Moment) -> None:
    """Refuse who may not vote in this round. Who joined too late is told that it holds for this round
    only."""
    may_vote_since(snapshot, round_.opened_at, round_.terms.vote_hours, moment)


def may_vote_since(snapshot: Snapshot, opened_at: datetime, hours: int, moment: Moment) -> None:
    """Refuse who may not vote on what opened then, or joined less than so many hours before."""
    _refuse_reader(snapshot, moment)
    who = in_force(snapshot.room).vote
    _refuse_unless(_belongs(snapshot, who, moment), f"rules.no_vote_{who}", argument="choices")
    joined = moment.standing.joined_at
    if hours and joined is not None and joined > opened_at - timedelta(hours=hours):
        raise NotAllowed("rules.no_vote_newcomer", argument="choices", n=hours)


def _refuse_reader(snapshot: Snapshot, moment: Moment) -> None:
    member = snapshot.member(moment.person)
    if member is not None and member.blocked_at is not None and not moment.standing.keeper:
        raise NotAllowed("moderation.blocked", note=member.block_note)
    if role_acting(snapshot, moment) is Role.READER and not moment.standing.keeper:
        raise NotAllowed("rules.reader")
    if not moment.standing.can_post:
        raise NotAllowed("rules.cannot_post")


def _belongs(snapshot: Snapshot, who: Who, moment: Moment) -> bool:
    member, standing = snapshot.member(moment.person), moment.standing
    listed = who == "roster" and on_roster(snapshot, member, moment.now, guest=standing.guest)
    return listed or _admits(who, standing, role_acting(snapshot, moment))


def _admits(who: Who, standing: Standing, role: Role) -> bool:
    if standing.keeper or role is Role.SHOWRUNNER:
        return True
    if not standing.can_post or who in ("keepers", "roster"):
        return False
    return who == "anyone" or not standing.guest


def _refuse_unless(fine: bool, key: str, argument: str | None = None) -> None:
    if not fine:
        raise NotAllowed(key, argument=argument)


def _require_showrunner(snapshot: Snapshot, moment: Moment) -> None:
    _refuse_unless(is_showrunner(snapshot, moment), "rules.showrunner_only")


def _appointed(snapshot: Snapshot) -> tuple[str, ...]:
    those = (m for _, m in sorted(snapshot.members.items()))
    return tuple(m.person for m in those if role_of(snapshot.room, m) is Role.SHOWRUNNER)


@lru_cache(maxsize=4096)
def _rules(platform: str, preset: Preset, lines: tuple[tuple[str, str], ...], zone: str, hours: str) -> Rules:
    changed = dict(lines)
    values: dict[str, Any] = {"zone": zone, "hours": hours}
    for line in LINES:
        if line.key not in OF_THE_ROOM:
            values[line.field] = _read(line, changed.get(line.key), line.column(preset, platform))
    return Rules(**values)


def _read(line: Line, changed: str | None, column: str) -> Any:
    """A changed line's value; the column's where a line was written by a version that knew other values."""
    if changed is not None:
        try:
            return line.kind.read(line.key, changed)
        except UserError:
            pass
    return line.kind.read(line.key, column)


def _normal(line: Line, typed: str) -> str:
    return line.kind.write(line.kind.read(line.key, typed))


def _printed(room: Room, line: Line, value: Any) -> Printed:
    title = say(f"rules.{line.key.replace('-', '_')}")
    return Printed(
        line.key, title, line.kind.write(value), line.kind.words(line.key, value), line.key in room.rules
    )


def _line(key: str) -> Line:
    asked = "-".join(key.casefold().replace("_", "-").split())
    if (line := BY_KEY.get(asked)) is not None:
        return line
    near = difflib.get_close_matches(asked, BY_KEY, n=1, cutoff=0.5)
    if near:
        raise UserError("rules.no_such_line_near", argument="key", given=key[:80], near=near[0])
    raise UserError("rules.no_such_line", argument="key", given=key[:80])


__all__ = [
    "LineSet",
    "PresetChosen",
    "Printed",
    "Rules",
    "choose_preset",
    "in_force",
    "is_showrunner",
    "may_open",
    "may_pitch",
    "may_vote",
    "printed",
    "quorum",
    "regulars",
    "role_acting",
    "roster",
    "seen",
    "set_line",
    "showrunners",
    "waited_for",
]
