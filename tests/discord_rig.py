"""The same way in through Discord: people of a strict loopback server use the real client of a house in this process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.discord.client import Discord
from adapters.discord.connection import Connection
from bot.app import ALONE, House, build, open_database
from bot.arguments import Flag, Int, Text, Who
from bot.calls import Call
from bot.platforms import Platforms
from bot.ports import Writer
from bot.settings import Settings
from bot.story.people import Person as Account
from bot.story.people import Place, Standing
from bot.story.rooms import Preset
from tests.clock import HandClock
from tests.rig import HandAlarms, settings_for
from tests.servers.discord import TOKEN, Answer, DiscordServer, Modal, Person, Seen
from tests.servers.discord.interactions import COMPONENT, SUBMIT, Interaction
from tests.servers.discord.pointing import pointed_at

_OPTION_MOST = 6000
"""Characters of a typed option; a person sends more as a file."""


@dataclass(frozen=True)
class Shown:
    """What one person got: the words of all messages, or a form."""

    answer: Answer
    messages: tuple[Seen, ...]
    modal: Modal | None

    @property
    def form(self) -> Modal | None:
        """The form that opened."""
        return self.modal

    @property
    def text(self) -> str:
        """All that can be read."""
        if self.modal is not None:
            fields = [f"{f.label} [{f.value}]" if f.value else f.label for f in self.modal.fields]
            return "\n".join([self.modal.title, *self.modal.texts, *fields])
        files = [file.data.decode() for message in self.messages for file in message.files]
        return "\n\n".join([*(message.words for message in self.messages), *files])

    @property
    def buttons(self) -> tuple[str, ...]:
        """What can be pressed."""
        return tuple(button.label for message in self.messages for button in message.buttons)


class Channel:
    """What everybody in the channel sees."""

    def __init__(self, room: DiscordRoom) -> None:
        self._room = room

    @property
    def messages(self) -> list[Seen]:
        """The public messages, in order, as they are now."""
        seen = self._room.person("a passer-by").sees(self._room.channel)
        return [message for message in seen if not message.ephemeral]

    @property
    def text(self) -> str:
        """All of them as words."""
        return "\n\n".join(message.words for message in self.messages)

    @property
    def now(self) -> str:
        """All of them as words, as they show now."""
        return self.text

    @property
    def notices(self) -> list[str]:
        """The messages that notify people (plain content)."""
        return [message.words for message in self.messages if message.raw.get("content")]


@dataclass
class DiscordRoom:
    """One room of a house in a test, in a channel of a loopback Discord."""

    server: DiscordServer
    house: House
    adapter: Discord
    clock: HandClock
    alarms: HandAlarms
    settings: Settings
    channel: Any
    last: dict[str, Shown] = field(default_factory=dict)
    settles: bool = True
    """Whether each act waits until the room's public cards are up to date; without it they come when they come."""
    reads_bare_text = False

    @property
    def place(self) -> Place:
        """The channel as the core knows it."""
        thread = self.channel.thread
        guild = self.channel.guild
        if thread is not None:
            return Place("discord", str(guild.id), str(self.channel.parent.id), str(self.channel.id))
        return Place("discord", str(guild.id) if guild else "dm", str(self.channel.id))

    @property
    def wall(self) -> Channel:
        """What everybody sees."""
        return Channel(self)

    def elsewhere(self, name: str) -> DiscordRoom:
        """The same house in another channel."""
        return replace(self, channel=self.server.channel(name), last={})

    def person(self, name: str, standing: Standing | None = None) -> Person:
        """The person of that name, with the rights that they shall have."""
        can = ("manage_channels",) if standing is not None and standing.keeper else ()
        return self.server.person(name, permissions=can)

    def key(self, name: str) -> str:
        """Their key in rows."""
        return Account("discord", "all", str(self.person(name).user.id)).key

    def buttons(self, name: str) -> tuple[str, ...]:
        """What the person could press on what they got last."""
        return self.last[name].buttons

    def asked(self, name: str) -> bool:
        """Whether a form is open before the person."""
        return self.last[name].modal is not None

    async def again(self, name: str) -> str:
        """The person's last interaction is delivered a second time."""
        self.server.interactions.again(self.last[name].answer.interaction)
        await self.person(name).command(self.channel, "help")  # what came after it is answered, so it was heard
        await self._settled()
        return self.last[name].text

    async def says(self, name: str, line: str, *, standing: Standing | None = None) -> str:
        """Use the slash command of a typed line; gives what the person then sees."""
        return await self.gets(name, self.starts(name, line, standing=standing))

    def starts(self, name: str, line: str, *, standing: Standing | None = None) -> Interaction:
        """The same, without waiting for the answer."""
        self.clock.pass_(milliseconds=1)
        call = self.house.inbox.commands.parse(line)
        command = self.house.inbox.commands.find(call.command)
        assert command is not None
        options: dict[str, Any] = {}
        for argument in command.arguments:
            given = call.args.get(argument.name, "")
            if not given.strip():
                continue
            match argument.kind:
                case Int():
                    options[argument.name] = int(given)
                case Flag():
                    options[argument.name] = argument.kind.read(given, argument.name)
                case Who():
                    options[argument.name] = self.person(given.removeprefix("@"))
                case Text() if len(given) > _OPTION_MOST:
                    options["file"] = ("words.txt", given.encode())
                case _:
                    options[argument.name] = given
        return self.person(name, standing).starts(self.channel, call.command, **options)

    async def answer_to(self, interaction: Interaction) -> Answer:
        """What the person sees once the bot has acknowledged, or when the client gave up waiting for that."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(interaction.acknowledged.wait(), 4 * self.server.service.ack_seconds)
        return Answer(self.server.service, interaction)

    async def gets(self, name: str, interaction: Interaction) -> str:
        """What the person then sees; an AssertionError if the interaction failed."""
        return await self._take(name, await self.answer_to(interaction))

    async def posted(self, seconds: float = 900.0) -> None:
        """Wait until the poster has shown all that is wanted here; the house's clock goes on meanwhile."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(seconds):
            began = loop.time()
            while await self.look(lambda books: books.posts_wanted()):
                await asyncio.sleep(0.1)
                began, before = loop.time(), began
                self.clock.pass_(seconds=began - before)

    async def presses(self, name: str, label: str) -> str:
        """Press the button whose label begins so, on what the person got last or in the channel."""
        who = self.person(name)
        public = list(reversed(who.sees(self.channel)))
        for message in [*(self.last[name].messages if name in self.last else ()), *public]:
            for button in message.buttons:
                if not message.deleted and button.label.casefold().startswith(label.casefold()):
                    return await self._take(name, await who.press(message, button.label))
        raise AssertionError(f"{name} has no button {label!r}")

    async def chooses(self, name: str, *values: str) -> str:
        """Tick these options of the menu on what the person got last."""
        (menu,) = [message for message in self.last[name].messages if message.selects]
        return await self._take(name, await self.person(name).choose(menu, values))

    async def fills(self, name: str, *answers: str) -> str:
        """Fill in the form that is open before the person."""
        modal = self.last[name].modal
        assert modal is not None, self.last[name].text
        labels = [f.label for f in modal.fields]
        filled = dict(zip(labels, answers, strict=False))
        return await self._take(name, await self.person(name).submit(modal, filled))

    async def calls(self, name: str, call: Call) -> str:
        """Forge a call: a press of a button, or a form, that nobody was shown."""
        ids: dict[str, str] = {}
        texts: dict[str, str] = {}
        for argument, value in call.args.items():
            try:
                ids[argument] = value if Call("x", {argument: value}).token else ""
            except ValueError:
                texts[argument] = value
        token = Call(call.command, ids).token
        data: dict[str, Any] = {"custom_id": token, "component_type": 2, "id": 1}
        kind = COMPONENT
        if texts:
            kind = SUBMIT
            data = {
                "custom_id": token,
                "components": [
                    {"type": 18, "id": n, "component": {"type": 4, "id": 50 + n, "custom_id": name_, "value": text}}
                    for n, (name_, text) in enumerate(texts.items(), 1)
                ],
            }  # fmt: skip
        who = self.person(name)
        public = [message.message for message in who.sees(self.channel)]
        opened = self.server.interactions.open(
            kind, who.user, self.channel, data, source=public[-1] if kind == COMPONENT and public else None
        )
        await asyncio.wait_for(opened.acknowledged.wait(), 5)
        return await self._take(name, Answer(self.server.service, opened))

    async def later(self, **by: float) -> None:
        """Time passes, and does what is due."""
        self.clock.pass_(**by)
        self.server.age(**by)
        await self.house.inbox.sweep()
        await self._settled()

    async def _settled(self) -> None:
        if self.settles:
            await self.house.inbox.settled(self.place)

    async def look(self, work: Any) -> Any:
        """A read of the room's books."""
        return await self.house.store.read(self.place, work)

    async def _take(self, name: str, answer: Answer) -> str:
        self.clock.pass_(milliseconds=1)
        assert not answer.failed, "This interaction failed"
        modal = None
        messages: tuple[Seen, ...] = ()
        if answer.kind == "modal":
            modal = answer.modal
        else:
            await answer.finished()
            messages = (answer.message, *answer.followups)
        self.last[name] = Shown(answer, messages, modal)
        await self._settled()
        return self.last[name].text


@contextlib.asynccontextmanager
async def open_discord_room(
    url: str, *, writer: Writer | None = None, server: DiscordServer | None = None, preset: Preset = "table",
    clock: HandClock | None = None, settles: bool = True, wait: bool = True,
) -> AsyncIterator[DiscordRoom]:  # fmt: skip
    """A room in a house over this database, in a channel of a loopback server of its own (or of this one).

    `settles` waits for the public cards after each act; `wait` until the bot is there and its commands are known.
    """
    settings = settings_for(url)
    presets = replace(settings.room.preset, discord=preset)
    settings = replace(settings, room=replace(settings.room, preset=presets))
    clock, alarms = clock or HandClock(), HandAlarms()
    await open_database(settings, clock)
    async with contextlib.AsyncExitStack() as stack:
        served = server if server is not None else await stack.enter_async_context(DiscordServer())
        served.age(seconds=clock.now().timestamp() - served.service.clock.now())
        stack.enter_context(pointed_at(served))
        adapter = Discord(Connection(TOKEN, ready_seconds=0.05))
        platforms = Platforms({"discord": adapter})
        house = await stack.enter_async_context(
            build(settings, platforms, clock=clock, alarms=alarms, writer=writer, seed="rig", lease=ALONE)
        )
        channel = served.channel("story")
        running = [asyncio.create_task(adapter.run(house.inbox)), asyncio.create_task(house.poster.run())]
        house.poster.wake_all(await house.rows.post_places())
        try:
            if wait:
                await served.connected()
                await adapter.synced.wait()
            yield DiscordRoom(served, house, adapter, clock, alarms, settings, channel, settles=settles)
        finally:
            for task in running:
                assert not task.done(), task  # neither ends by itself, whatever happens
                task.cancel()
            await asyncio.wait(running)
