"""Who is meant: by a name as somebody typed it, or by a person key as a platform's own picker hands it over.

A key is looked at first: a display name is whatever its owner likes, somebody else's key too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.errors import NotFound
from bot.sentences import say
from bot.story.moments import Moment, Outcome
from bot.story.people import Member, Person, member_id
from bot.story.snapshot import Snapshot
from bot.story.text import LIMITS, clean, shorten

_NAMES_MOST = 20
"""Names that a refusal lists."""


def is_key(given: str) -> bool:
    """Whether this has the form of a person key: platform, space and user, with a slash between them."""
    parts = given.split("/", 2)
    return len(parts) == 3 and all(part.strip() for part in parts) and not any(c.isspace() for c in given)


def meet(
    snapshot: Snapshot, given: Sequence[str], moment: Moment, people: Mapping[str, str], *, argument: str = "name"
) -> Outcome[tuple[str, ...]]:  # fmt: skip
    """The keys of those who are meant, and rows for those who never acted here but whom the platform named.

    Raises NotFound, naming who is here, for a name that nobody has and for a key of nobody the platform knows.
    """
    met: dict[str, Member] = {}
    keys = []
    for one in given:
        name = one.strip().removeprefix("@")
        member = _by_key(snapshot, name, moment, people) or _by_name(snapshot, name)
        if member is None:
            raise NotFound("showrunner.nobody_named", argument=argument, name=name[:40], names=_names(snapshot))
        if snapshot.member(member.person) is None:
            met[member.person] = member
        keys.append(member.person)
    return Outcome(tuple(keys), tuple(met.values()))


def divided(snapshot: Snapshot, names: str) -> tuple[str, ...]:
    """Several names of one text: parted by commas; without one, a single name of the room, or one name a word."""
    if "," in names:
        return tuple(part.strip() for part in names.split(",") if part.strip())
    alone = names.strip()
    return (alone,) if alone and _by_name(snapshot, alone) is not None else tuple(names.split())


def _by_key(snapshot: Snapshot, given: str, moment: Moment, people: Mapping[str, str]) -> Member | None:
    if not is_key(given):
        return None
    if (known := snapshot.member(given)) is not None:
        return known
    who = Person.of(given)
    here = moment.person
    if given not in people or here is None or (who.platform, who.space) != (here.platform, here.space):
        return None
    name = shorten(clean(people[given]).text, LIMITS["name"]) or who.user
    return Member(member_id(snapshot.room.id, who), snapshot.room.id, given, name)


def _by_name(snapshot: Snapshot, name: str) -> Member | None:
    found = [m for m in snapshot.members.values() if m.name.casefold() == name.casefold()]
    return min(found, key=lambda m: m.id, default=None)


def _names(snapshot: Snapshot) -> str:
    names = sorted(m.name for m in snapshot.members.values())
    more = ["…"] if len(names) > _NAMES_MOST else []
    return ", ".join(names[:_NAMES_MOST] + more) or str(say("showrunner.somebody"))
