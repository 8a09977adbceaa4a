"""What an act changed, field by field: kept in the ledger's detail so that undo can reverse exactly that act.

A change can be reversed while the field still holds what the act left there. Reversing inverts the changes,
and the reversal is itself an act with changes: putting back is the same rule applied once more, so that it is
the identity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

Noun = Literal["room", "member", "story", "scene", "passage", "pitch", "fact", "note"]
Value = str | int | bool | None
KEY = "changes"
"""Where an act's detail holds its changes."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one row: what it was, and what the act made of it. A passage's `version` is its words."""

    noun: Noun
    id: str
    field: str
    was: Value
    now: Value

    @property
    def reversed(self) -> Change:
        """The change that takes this one back."""
        return Change(self.noun, self.id, self.field, self.now, self.was)


def detail(*changes: Change, **more: Value) -> dict[str, Any]:
    """An act's detail that holds these changes (and more plain values), ready for JSON."""
    return {KEY: [[c.noun, c.id, c.field, c.was, c.now] for c in changes], **more}


def changes_of(stored: Mapping[str, Any]) -> tuple[Change, ...]:
    """The changes that an act's detail holds; none for an act that cannot be reversed."""
    found: Sequence[Sequence[Any]] = stored.get(KEY) or ()
    return tuple(
        Change(noun, id_, field, was, now) for noun, id_, field, was, now in found if noun in get_args(Noun)
    )
