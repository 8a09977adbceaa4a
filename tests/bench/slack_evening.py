"""How people act in Slack during an evening: they type `/room`, tick and cast their own ballots, and fill in forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.evening import ASKERS, WRITERS, Evening, Room, Step
from tests.servers.slack import Answer, Seen, SlackServer
from tests.servers.slack.things import Channel


@dataclass(eq=False)
class SlackRoom(Room):
    """One channel's evening so far."""

    channel: Channel
    ballot: Seen | None = None
    """The private ballot that was opened last."""


class SlackEvening(Evening[SlackRoom, Answer]):
    """All rooms of a loopback Slack."""

    def __init__(self, server: SlackServer, rooms: int) -> None:
        self._people = {name: server.person(name) for name in (*WRITERS, *ASKERS)}
        self._people["ada"].user.admin = True
        self._people |= {f"hand{n}": server.person(f"hand{n}") for n in range(rooms)}
        super().__init__([SlackRoom(n, server.channel(f"room-{n}")) for n in range(rooms)])

    async def uses(self, name: str, room: SlackRoom, command: str, /, **options: str) -> Answer:
        """A line after `/room`."""
        return await self._people[name].command(room.channel, "/room", " ".join((command, *options.values())))

    async def presses(self, name: str, answer: Answer, label: str) -> Answer:
        """A button of the message that answered."""
        return await self._people[name].press(answer.message, label)

    async def fills(self, room: SlackRoom) -> Answer:
        """The form of `/room extend`, or the command where the form did not open."""
        person = self._people[self.hand(room)]
        form = person.modal
        if form is None:
            return await self.uses(self.hand(room), room, "extend", text=self.passage())
        return await person.submit(form, {form.fields[0].label: self.passage()})

    def ballots(self) -> tuple[Sequence[Step[SlackRoom, Answer]], Sequence[Step[SlackRoom, Answer]]]:
        """Somebody opens theirs, ticks and casts, of which a tick is only acknowledged; then somebody else types one."""
        return (
            (
                Step("ballot opened", lambda room: self._opens_ballot("bo", room), changes=False),
                Step("ballot ticked", lambda room: self._ticks("bo", room), changes=False, answered=False),
                Step("ballot cast", lambda room: self._casts("bo", room)),
            ),
            (Step("vote", lambda room: self.votes("cy", room, "2")),),
        )

    def hand(self, room: SlackRoom) -> str:
        """A person has one stack of forms, so each room has a person for it."""
        return f"hand{room.number}"

    def source(self, answer: Answer) -> str:
        """A form by its view, everything else by its trigger."""
        one = answer.interaction
        view = one.payload.get("view") if one.deed == "view_submission" else None
        return f"slack:{one.team.id}:{view['id'] if view else one.trigger}"

    def known(self, source: str) -> str:
        """A form's id without the digest of what was filled in."""
        return source.rpartition(":")[0] if source.count(":") > 2 else source

    async def _opens_ballot(self, name: str, room: SlackRoom) -> Answer:
        answer = await self.uses(name, room, "vote")
        room.ballot = None
        if not answer.failed:
            await self.whole("ballot opened", answer, self.tally)
            room.ballot = answer.message if answer.interaction.messages else None
        return answer

    async def _ticks(self, name: str, room: SlackRoom) -> Answer:
        """Two of the ideas, on one's own ballot."""
        if room.ballot is None or not room.ballot.selects:
            return await self.uses(name, room, "vote")
        menu = room.ballot.selects[0]
        return await self._people[name].choose(menu, self.dice.sample(menu.options[:3], 2))

    async def _casts(self, name: str, room: SlackRoom) -> Answer:
        if room.ballot is None or not room.ballot.selects:
            return await self.votes(name, room, "1 2")
        return await self._people[name].press(room.ballot, "Vote")
