"""The same way in through Slack: people of a strict loopback server use the real Bolt of a house in this process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from adapters.slack.client import Slack
from adapters.slack.connection import Connection
from adapters.slack.manifest import manifest
from bot.app import ALONE, House, build, open_database
from bot.calls import Call
from bot.platforms import Platforms
from bot.ports import Writer
from bot.settings import Settings
from bot.story.people import Person as Account
from bot.story.people import Place, Standing
from bot.story.rooms import Preset
from memory.engine import make_runner
from memory.vault import HouseVault
from tests.clock import HandClock
from tests.rig import HandAlarms, settings_for
from tests.servers.slack import (
    APP_TOKEN,
    SIGNING_SECRET,
    TOKEN,
    Answer,
    Modal,
    Person,
    Seen,
    SlackServer,
    payloads,
)

WRITING = "Writing…"
"""How the line begins that stands there until a co-writer's text does."""
Transport = Literal["socket", "http"]


@dataclass(frozen=True)
class Shown:
    """What one person got: messages that only they see, or a form."""

    answer: Answer
    messages: tuple[Seen, ...]
    modal: Modal | None
    handed: tuple[Seen, ...] = ()
    """Files that came in a direct message: nothing in a channel is private to one person."""

    @property
    def text(self) -> str:
        """All that can be read."""
        if self.modal is not None:
            fields = [f"{f.label} [{f.value}]" if f.value else f.label for f in self.modal.fields]
            return "\n".join([self.modal.title, *self.modal.texts, *fields, *self.modal.errors.values()])
        files = [file.data.decode() for message in (*self.messages, *self.handed) for file in message.files]
        return "\n\n".join([*(message.screen for message in self.messages), *files])

    @property
    def buttons(self) -> tuple[str, ...]:
        """What can be pressed."""
        return tuple(button.label for message in self.messages for button in message.buttons)


class Channel:
    """What everybody in the channel sees."""

    def __init__(self, room: SlackRoom) -> None:
        self._room = room

    @property
    def messages(self) -> list[Seen]:
        """The public messages, in order, as they are now."""
        seen = self._room.person("a passer-by").sees(self._room.channel)
        return [message for message in seen if not message.ephemeral]

    @property
    def text(self) -> str:
        """All of them as words, each read once."""
        return "\n\n".join(message.screen for message in self.messages)

    @property
    def now(self) -> str:
        """The same: a message shows what it shows now."""
        return self.text

    @property
    def notices(self) -> list[str]:
        """What was posted as a new message, as it was then: edits notify nobody."""
        return [
            str(entry["args"].get("text", ""))
            for entry in self._room.server.record
            if entry.get("method") == "chat.postMessage" and entry["args"].get("channel") == self._room.channel.id
        ]


@dataclass
class SlackRoom:
    """One room of a house in a test, in a channel of a loopback Slack."""

    server: SlackServer
    house: House
    adapter: Slack
    clock: HandClock
    alarms: HandAlarms
    settings: Settings
    channel: Any
    last: dict[str, Shown] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    port: int = 0
    """Where the app listens, over HTTP."""

    @property
    def team(self) -> Any:
        """The workspace that the channel is in."""
        return self.channel.team

    @property
    def place(self) -> Place:
        """The channel as the core knows it."""
        return Place("slack", self.team.id, self.channel.id)

    @property
    def wall(self) -> Channel:
        """What everybody sees."""
        return Channel(self)

    def elsewhere(self, name: str) -> SlackRoom:
        """The same house in another channel."""
        return self.in_channel(self.server.channel(name, team=self.team))

    def in_channel(self, channel: Any) -> SlackRoom:
        """The same house in this channel, of this or another workspace."""
        return replace(self, channel=channel, last={}, said={})

    def person(self, name: str, standing: Standing | None = None) -> Person:
        """The person of that name, in the channel."""
        who = self.server.person(name, team=self.team)
        if standing is not None and standing.keeper:
            who.user.admin = True
        if who.user.id not in self.channel.members:
            self.server.joins(who, self.channel)
        return who

    def key(self, name: str) -> str:
        """Their key in rows."""
        return Account("slack", self.team.id, self.person(name).user.id).key

    def buttons(self, name: str) -> tuple[str, ...]:
        """What the person could press on what they got last."""
        return self.last[name].buttons

    def asked(self, name: str) -> bool:
        """Whether a form is open before the person."""
        return self.last[name].modal is not None

    async def says(self, name: str, line: str, *, standing: Standing | None = None) -> str:
        """Use `/room` with a typed line; gives what the person then sees."""
        who = self.person(name, standing)
        self.said[name] = line
        return await self._take(name, who.command(self.channel, "/room", line.removeprefix("/")))

    async def calls(self, name: str, call: Call) -> str:
        """Forge a call: a press of a button, or a form, that nobody was shown."""
        ids: dict[str, str] = {}
        texts: dict[str, str] = {}
        for argument, value in call.args.items():
            try:
                ids[argument] = value if Call("x", {argument: value}).token else ""
            except ValueError:
                texts[argument] = value
        return await self._take(name, self._forged(self.person(name), Call(call.command, ids).token, texts))

    async def _forged(self, who: Person, token: str, texts: dict[str, str]) -> Answer:
        source = next(seen.message for seen in who.sees(self.channel) if not seen.ephemeral)
        if not texts:
            one = self.server.interactions.begin("block_actions", who.user, self.channel, source=source)
            url = self.server.interactions.hook(one, self.channel)
            more = payloads.on_message(source, who.user, url)
            action = {"type": "button", "action_id": token, "block_id": "b", "action_ts": "1.0"}
            payload = payloads.frame(one, self.server.service.world) | more | {"actions": [action]}
        else:
            one = self.server.interactions.begin("view_submission", who.user, None)
            held = {"call": token, "texts": texts, "at": {"channel": self.channel.id}}
            view = {
                "id": self.server.service.world.new_id("V"), "type": "modal", "callback_id": "room37-form", "private_metadata": json.dumps(held),
                "state": {"values": {}},
            }  # fmt: skip
            payload = payloads.frame(one, self.server.service.world) | {"view": view}
        self.server.interactions.send(one, payload)
        await one.acknowledged.wait()
        return Answer(self.server.service, one)

    async def again(self, name: str) -> str:
        """The person's last command is delivered a second time, as it was."""
        answer = self.last[name].answer
        self.server.interactions.send(answer.interaction, answer.interaction.payload)
        await asyncio.sleep(0.2)
        await self.house.inbox.settled(self.place)
        return self.last[name].text

    async def presses(self, name: str, label: str) -> str:
        """Press the button whose label begins so, on what the person got last or in the channel."""
        who = self.person(name)
        public = list(reversed(who.sees(self.channel)))
        for message in [*(self.last[name].messages if name in self.last else ()), *public]:
            for button in message.buttons:
                if button.label.casefold().startswith(label.casefold()):
                    return await self._take(name, who.press(message, button.label))
        raise AssertionError(f"{name} has no button {label!r}")

    async def fills(self, name: str, *answers: str) -> str:
        """Fill in the form that is open before the person."""
        modal = self.last[name].modal
        assert modal is not None, self.last[name].text
        labels = [f.label for f in modal.fields]
        filled = dict(zip(labels, answers, strict=False))
        return await self._take(name, self.person(name).submit(modal, filled))

    async def later(self, **by: float) -> None:
        """Time passes, and does what is due."""
        self.clock.pass_(**by)
        self.server.age(**by)
        await self.house.inbox.sweep()
        await self.house.inbox.settled(self.place)

    async def posted(self, seconds: float = 900.0) -> None:
        """Wait until the poster has shown all that is wanted here; the house's clock goes on meanwhile."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(seconds):
            began = loop.time()
            while await self.look(lambda books: books.posts_wanted()):
                await asyncio.sleep(0.1)
                began, before = loop.time(), began
                self.clock.pass_(seconds=began - before)

    async def look(self, work: Any) -> Any:
        """A read of the room's books."""
        return await self.house.store.read(self.place, work)

    async def _take(self, name: str, act: Awaitable[Answer]) -> str:
        """What the person sees that they did not see before."""
        self.clock.pass_(milliseconds=1)
        who = self.person(name)
        before, files = self._private(who), len(self._files(who))
        form = who.modal
        answer = await act
        assert not answer.failed, answer.failed

        def fresh() -> list[Seen]:
            return [seen for key, seen in self._private(who).items() if key not in before]

        def changed() -> bool:
            now = who.modal
            opened = now is not None and (form is None or now.view.id != form.view.id or now.errors != form.errors)
            return opened or any(not seen.words.startswith(WRITING) for seen in fresh())

        await self.server.until(changed, 30)
        await self.server.deliveries.quiet()
        said = () if who.modal is not None else tuple(fresh())
        handed: tuple[Seen, ...] = ()
        if any("in the file" in seen.words for seen in said):
            direct = self.server.dm(who)
            await self.server.until(lambda: len(self._files(who)) > files, 30)
            handed = tuple(who.sees(direct)[-1:])
        self.last[name] = Shown(answer, said, who.modal, handed)
        await self.house.inbox.settled(self.place)
        return self.last[name].text

    def _files(self, who: Person) -> list[Seen]:
        """What was handed over in the person's direct messages."""
        return [seen for seen in who.sees(self.server.dm(who)) if seen.files]

    def _private(self, who: Person) -> dict[tuple[str, str], Seen]:
        """What only this person sees, in the channel and in their conversation with the bot, by what it is and says."""
        seen = [*(one for one in who.sees(self.channel) if one.ephemeral), *who.sees(self.server.dm(who))]
        return {(str(one.raw.get("ts")), one.words): one for one in seen}


@contextlib.asynccontextmanager
async def open_slack_room(
    url: str,
    *,
    writer: Writer | None = None,
    transport: Transport = "socket",
    preset: Preset = "table",
    server: SlackServer | None = None,
    history: bool = True,
    wait: bool = True,
    connection: Mapping[str, Any] | None = None,
) -> AsyncIterator[SlackRoom]:
    """A room in a house over this database, in a channel of a loopback Slack (one of its own, or that which is given)."""
    settings = settings_for(url)
    presets = replace(settings.room.preset, slack=preset)
    settings = replace(settings, room=replace(settings.room, preset=presets))
    clock, alarms = HandClock(), HandAlarms()
    await open_database(settings, clock)
    async with contextlib.AsyncExitStack() as stack:
        if server is None:
            server = await stack.enter_async_context(SlackServer(delivery=transport, ack_seconds=12.0, trigger_seconds=12.0))
            server.age(seconds=clock.now().timestamp() - server.service.clock.now())
        else:
            clock.pass_(seconds=server.service.clock.now() - clock.now().timestamp())
        port = _free_port()
        vault = HouseVault(make_runner(url))
        stack.push_async_callback(vault.close)
        reached = Connection(
            transport=transport, bot_token=TOKEN, app_token=APP_TOKEN, signing_secret=SIGNING_SECRET, port=port,
            api_url=server.api, history=history, public_url=f"http://127.0.0.1:{port}",
        )  # fmt: skip
        adapter = Slack(replace(reached, **(connection or {})), vault, clock)
        house = await stack.enter_async_context(
            build(
                settings, Platforms({"slack": adapter}), clock=clock, alarms=alarms, writer=writer, seed="rig", lease=ALONE
            )
        )
        server.install(manifest(house.inbox.commands, name="Room 37", history=history))
        if transport == "http":
            server.request_url = f"http://127.0.0.1:{port}/slack/events"
        channel = server.channel("story")
        running = asyncio.create_task(adapter.run(house.inbox))
        posting = asyncio.create_task(house.poster.run())
        house.poster.wake_all(await house.rows.post_places())
        try:
            if wait:
                await (server.connected() if transport == "socket" else adapter.serving.wait())
            yield SlackRoom(server, house, adapter, clock, alarms, settings, channel, port=port)
        finally:
            ended = running.done()
            running.cancel()
            posting.cancel()
            await asyncio.wait({running, posting})
            if ended:
                running.result()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
