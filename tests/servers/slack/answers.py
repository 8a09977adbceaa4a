"""What one person saw as the answer to what they did."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from tests.servers.slack.forms import Modal, modal_of
from tests.servers.slack.interactions import Interaction
from tests.servers.slack.seen import Seen, look
from tests.servers.slack.service import Service


@dataclass(frozen=True, slots=True)
class Choice:
    """A suggestion while someone types."""

    name: str
    value: str


class Answer:
    """What one person saw as the answer to what they did."""

    def __init__(self, service: Service, interaction: Interaction) -> None:
        self._service = service
        self.interaction = interaction

    @property
    def failed(self) -> str:
        """What Slack tells the person went wrong, such as `operation_timeout`; empty if nothing did."""
        return self.interaction.error

    @property
    def acked_after(self) -> float:
        """Milliseconds from sending the event to receiving the acknowledgement."""
        return self.interaction.ack_ms

    @property
    def message(self) -> Seen:
        """The first message that answers, as it is now: from the acknowledgement or by the response_url."""
        one = self.interaction
        assert one.messages, f"no message answers {one.deed}; {one.error or 'nothing failed'}"
        return self._look(0)

    @property
    def followups(self) -> list[Seen]:
        """Further messages that answer it, in order."""
        return [self._look(place) for place in range(1, len(self.interaction.messages))]

    def _look(self, place: int) -> Seen:
        one = self.interaction
        return look(one.messages[place], self._service.world, one.user.id)

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def words(self) -> str:
        return self.message.words

    @property
    def modal(self) -> Modal:
        """The form that opened, was pushed, or still stands there with its errors."""
        assert self.interaction.opened is not None, f"no form opened; {self.failed or 'nothing failed'}"
        return modal_of(self.interaction.opened, self._service.world)

    @property
    def errors(self) -> dict[str, str]:
        """What is said to be wrong with what was filled in, by label."""
        return self.modal.errors if self.interaction.errors else {}

    @property
    def closed(self) -> bool:
        """Whether a form that was submitted is gone."""
        view = self.interaction.view
        return view is not None and not view.open

    async def finished(self, seconds: float | None = None) -> Answer:
        """Wait until a message answers or a form opens; a TimeoutError if neither comes.

        What the app posts with a token of its own answers nobody: wait for that with `person.reads`.
        """
        async with asyncio.timeout(self._service.settings.patience if seconds is None else seconds):
            await self.interaction.completed.wait()
        return self
