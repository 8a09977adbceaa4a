"""What one person saw as the answer to what they did."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tests.servers.discord.forms import Modal, modal_of
from tests.servers.discord.interactions import (
    CHOICES,
    DEFERRED,
    DEFERRED_UPDATE,
    MESSAGE,
    MODAL,
    UPDATE,
    Interaction,
)
from tests.servers.discord.seen import Seen, look
from tests.servers.discord.service import Service

Kind = Literal["message", "update", "deferred", "deferred update", "choices", "modal", "none"]
_KINDS: Mapping[int | None, Kind] = {
    None: "none",
    MESSAGE: "message",
    UPDATE: "update",
    DEFERRED: "deferred",
    DEFERRED_UPDATE: "deferred update",
    CHOICES: "choices",
    MODAL: "modal",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A suggestion while someone types."""

    name: str
    value: str | int | float


class Answer:
    """What one person saw as the answer to what they did."""

    def __init__(self, service: Service, interaction: Interaction) -> None:
        self._service = service
        self.interaction = interaction

    @property
    def kind(self) -> Kind:
        """How it was answered; `none` if "This interaction failed" was all."""
        return _KINDS[self.interaction.answer]

    @property
    def failed(self) -> bool:
        return self.interaction.answer is None

    @property
    def acked_after(self) -> float:
        """Milliseconds from sending the event to receiving the answer."""
        return self.interaction.ack_ms

    @property
    def message(self) -> Seen:
        """The message that answers, as it is now."""
        message = self.interaction.original
        assert message is not None, f"the answer is no message but {self.kind}"
        return look(message, self._service.world)

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def words(self) -> str:
        return self.message.words

    @property
    def followups(self) -> list[Seen]:
        """Further messages that answer it, in order."""
        one = self.interaction
        return [look(m, self._service.world) for m in one.messages.values() if m is not one.original]

    @property
    def modal(self) -> Modal:
        """The form that opened."""
        assert self.kind == "modal", f"the answer is no form but {self.kind}"
        return modal_of(self.interaction)

    async def finished(self, seconds: float | None = None) -> Answer:
        """Wait until a deferred answer is there; a TimeoutError if it never comes."""
        async with asyncio.timeout(self._service.settings.patience if seconds is None else seconds):
            await self.interaction.completed.wait()
        return self
