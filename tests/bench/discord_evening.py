"""How people act in Discord during an evening: they type, press the public ballot, choose in its menu and fill in forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.evening import ASKERS, PATIENCE, WRITERS, Evening, Room, Step
from tests.servers.discord import Answer, DiscordServer, Modal, Seen
from tests.servers.discord.components import BUTTON, walk
from tests.servers.discord.seen import look
from tests.servers.discord.things import Channel


@dataclass(eq=False)
class DiscordRoom(Room):
    """One channel's evening so far."""

    channel: Channel
    ballot: Seen | None = None
    """The private ballot that was opened last."""
    form: Modal | None = None


class DiscordEvening(Evening[DiscordRoom, Answer]):
    """All rooms of a loopback Discord; every step is one interaction."""

    def __init__(self, server: DiscordServer, rooms: int) -> None:
        self._server = server
        self._people = {name: server.person(name) for name in (*WRITERS, *ASKERS)}
        self._people["ada"] = server.person("ada", permissions=("manage_channels",))
        super().__init__([DiscordRoom(n, server.channel(f"room-{n}")) for n in range(rooms)])

    async def uses(self, name: str, room: DiscordRoom, command: str, /, **options: str) -> Answer:
        """A slash command; a form that opens stays open in its room."""
        answer = await self._people[name].command(room.channel, command, **options)
        if answer.kind == "modal":
            room.form = answer.modal
        return answer

    async def presses(self, name: str, answer: Answer, label: str) -> Answer:
        """A button of the message that answered."""
        return await self._people[name].press(answer.message, label)

    async def fills(self, room: DiscordRoom) -> Answer:
        """The form of `/extend`, or the command where the form did not open."""
        form, room.form = room.form, None
        if form is None:
            return await self.uses("bo", room, "extend", text=self.passage())
        return await self._people["bo"].submit(form, {form.fields[0].label: self.passage()})

    def ballots(self) -> tuple[Sequence[Step[DiscordRoom, Answer]], Sequence[Step[DiscordRoom, Answer]]]:
        """Two people open theirs by the button and choose in its menu; then somebody changes a typed one."""
        return (
            (
                Step("ballot button", lambda room: self._opens_ballot("bo", room), changes=False),
                Step("ballot menu", lambda room: self._chooses("bo", room)),
            ),
            (
                Step("ballot button", lambda room: self._opens_ballot("cy", room), changes=False),
                Step("ballot menu", lambda room: self._chooses("cy", room)),
                Step("vote", lambda room: self.votes("ada", room, "2")),
            ),
        )

    def hand(self, room: DiscordRoom) -> str:
        """A person may have a form open in each channel."""
        return "bo"

    def source(self, answer: Answer) -> str:
        """The id of the interaction."""
        return f"discord:{answer.interaction.id}"

    def empty(self, answer: Answer) -> bool:
        """A message without a word."""
        return answer.kind != "modal" and not answer.text.strip()

    async def _opens_ballot(self, name: str, room: DiscordRoom) -> Answer:
        """By the button of the public ballot, or typed where the ballot is not there yet."""
        public = self._public_ballot(room)
        person = self._people[name]
        doing = person.press(public, "Vote") if public is not None else person.command(room.channel, "vote")
        self.tally.typed_for_want += public is None
        answer = await doing
        room.ballot = None
        if not answer.failed and answer.kind == "message":
            room.ballot = answer.message
        elif not answer.failed:
            await answer.finished(PATIENCE)
            room.ballot = answer.message
        return answer

    async def _chooses(self, name: str, room: DiscordRoom) -> Answer:
        """Two of the ideas, in the menu of one's own ballot."""
        if room.ballot is None:
            return await self.votes(name, room, "1 2")
        return await self._people[name].choose(room.ballot, self.dice.sample(["1", "2", "3"], 2))

    def _public_ballot(self, room: DiscordRoom) -> Seen | None:
        """The ballot of the open round, once it can be voted on there."""
        for message in reversed(room.channel.messages.values()):
            if message.only_for is None and not message.deleted:
                parts = walk(message.data["components"])
                if any(part["type"] == BUTTON and part.get("label") == "Vote" for part in parts):
                    seen = look(message, self._server.service.world)
                    return seen if room.question in seen.words else None
        return None
