"""A shot: what one person, or the whole room, had before them at one moment, as the server's record has it."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.servers.discord import Modal, Seen
from tests.servers.discord.refusal import Json


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the API had it then, and what its files hold."""

    raw: Json
    files: dict[str, bytes]

    @classmethod
    def of(cls, seen: Seen) -> Message:
        """A message at this moment; later edits do not change it."""
        return cls(copy.deepcopy(seen.raw), {file.name: file.data for file in seen.files})


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture to draw."""

    name: str
    title: str
    messages: tuple[Message, ...] = ()
    form: Json | None = None
    """The form that is open."""
    files: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    """What has been typed into the form, by its labels."""
    menu: tuple[str, ...] | None = None
    """The menu is open, and these values are ticked; None is closed."""
    card: int = 0
    """Its number in the list of cards that matter most."""
    now: float = 0.0
    """Seconds since 1970: what "in 3 hours" is counted from."""
    names: dict[str, str] = field(default_factory=dict)
    """People by their ids, for mentions."""


def messages(seen: Iterable[Seen]) -> tuple[Message, ...]:
    """These messages at this moment."""
    return tuple(Message.of(one) for one in seen)


def form(modal: Modal) -> Json:
    """An open form at this moment."""
    return copy.deepcopy(modal.interaction.modal)
