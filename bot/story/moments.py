"""What every rule is handed and what every rule hands back: the Moment of an act, and its Outcome.

Time, ids and dice are passed in; a rule that is given the same room and the same moment answers the same.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, Literal, TypeVar

from bot.story.ledger import Act
from bot.story.people import Person, Standing

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
T = TypeVar("T")
U = TypeVar("U")


class Ids:
    """A factory of ULIDs (26 characters, sorted by time), salts and dice, all from one seed.

    The same seed gives the same ids: a transcript's line that is played again after a crash makes the same rows.
    Without a seed the operating system's randomness is used.
    """

    __slots__ = ("_count", "_random")

    def __init__(self, seed: str | None = None) -> None:
        self._random: random.Random = (
            random.SystemRandom() if seed is None else random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311
        )
        self._count = 0

    def new(self, at: datetime) -> str:
        """A fresh ULID: 48 bits of milliseconds, then a counter and randomness, so that one call's ids keep their order."""
        self._count += 1
        value = (
            (int(at.timestamp() * 1000) << 80) | ((self._count & 0xFFF) << 68) | self._random.getrandbits(68)
        )
        return "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))

    def salt(self) -> bytes:
        """16 random bytes for a commitment."""
        return self._random.randbytes(16)

    def number(self, below: int) -> int:
        """A die: 0 <= number < below."""
        return self._random.randrange(below)


@dataclass(frozen=True, slots=True)
class Moment:
    """Who acts, when, and with which ids. `person` is None when time itself acts (a deadline)."""

    now: datetime
    ids: Ids
    person: Person | None = None
    name: str = ""
    standing: Standing = Standing()

    def new_id(self) -> str:
        """A fresh id at this moment."""
        return self.ids.new(self.now)

    @property
    def key(self) -> str | None:
        """The key of who acts."""
        return None if self.person is None else self.person.key

    @property
    def actor(self) -> str:
        """The key of who acts; for rules that only a person can reach."""
        if self.person is None:
            raise LookupError("this rule needs a person")
        return self.person.key


PostKind = Literal[
    "house", "ballot", "scene", "turn",
    "opened", "last_call", "decided", "undecided", "passage", "proposal", "stopped", "machine", "line", "wrapped", "asked",
    "prompt", "picked", "sprint", "private", "digest", "missing",
]  # fmt: skip
"""Public cards. The first four are edited in place and notify nobody; the others are new messages."""


REDRAWN: frozenset[PostKind] = frozenset({"house", "ballot", "scene", "turn"})
"""Cards that are edited in place and notify nobody."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A wish that a public card shows the present state: made in the transaction, carried out by the poster."""

    kind: PostKind
    subject: str
    """Id of the round, passage, scene, draft ... that the card shows."""


DueKind = Literal[
    "last_call", "deadline", "pen", "turn", "nudge", "unwritten", "decide", "offer", "early_close", "stop",
    "ask", "held",
    "prompt_close", "prompt_order",
    "prompt",
    "sprint", "evening", "digest",
]


@dataclass(frozen=True, slots=True)
class Due:
    """Something that time will do: one per (kind, subject); a new instant replaces the old one, `at=None` cancels it."""

    kind: DueKind
    subject: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a rule decided: the answer, the rows as they shall be, the acts for the ledger, the posts and dues."""

    value: T
    rows: tuple[object, ...] = ()
    """Nouns (frozen dataclasses with `id` and `room_id`), to be put in place of what had that id."""
    acts: tuple[Act, ...] = ()
    marks: tuple[Mark, ...] = ()
    dues: tuple[Due, ...] = ()

    def then(self, other: Outcome[U]) -> Outcome[U]:
        """Both, in this order, with the other's answer; of two rows with one id the later stands."""
        return Outcome(
            other.value,
            _last_by_id(self.rows + other.rows),
            self.acts + other.acts,
            tuple(dict.fromkeys(self.marks + other.marks)),
            tuple({(due.kind, due.subject): due for due in self.dues + other.dues}.values()),
        )

    def answering(self, value: U) -> Outcome[U]:
        """The same, with another answer."""
        return Outcome(value, self.rows, self.acts, self.marks, self.dues)

    def also(
        self,
        *,
        rows: tuple[object, ...] = (),
        acts: tuple[Act, ...] = (),
        marks: tuple[Mark, ...] = (),
        dues: tuple[Due, ...] = (),
    ) -> Outcome[T]:
        """The same, and these too."""
        return replace(self.then(Outcome(None, rows, acts, marks, dues)).answering(self.value))


def _last_by_id(rows: tuple[object, ...]) -> tuple[object, ...]:
    kept: dict[tuple[type, str], object] = {}
    for row in rows:
        kept[type(row), row.id] = row  # type: ignore[attr-defined]  # every noun has an id
    return tuple(kept.values())
