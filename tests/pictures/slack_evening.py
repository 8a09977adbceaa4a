"""The same evening in Slack, as far as it looks different there: played through the real Bolt, and what was on their screens."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from adapters.recording import Recording
from bot.story.people import Standing
from tests.pictures.evening import CAPTAIN, FIRST, LONG, TITLE
from tests.servers.slack import Modal, Seen, SlackServer
from tests.servers.slack.refusal import Json
from tests.slack_rig import SlackRoom, open_slack_room


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the API had it then, what its files hold, and what one person ticked on it."""

    raw: Json
    author: str
    private: bool
    files: dict[str, bytes]
    ticked: Json

    @classmethod
    def of(cls, seen: Seen, user_id: str) -> Message:
        """A message at this moment; later edits do not change it."""
        files = {file.name: file.data for file in seen.files}
        ticked = copy.deepcopy(seen.message.chosen.get(user_id, {}))
        return cls(copy.deepcopy(seen.raw), seen.author, seen.ephemeral, files, ticked)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture to draw."""

    name: str
    title: str
    messages: tuple[Message, ...] = ()
    view: Json | None = None
    """The form or the home tab that is open."""
    typed: dict[str, str] = field(default_factory=dict)
    """What has been typed into the form, by its labels."""
    now: float = 0.0
    names: dict[str, str] = field(default_factory=dict)
    """People and channels by their ids, for mentions."""
    channel: str = "story"


class Evening:
    """What has been played so far, and the shots of it."""

    def __init__(self, room: SlackRoom) -> None:
        self.room = room
        self.shots: list[Shot] = []

    async def says(self, name: str, line: str, *, keeper: bool = False) -> None:
        """Someone uses `/room`."""
        await self.room.says(name, line, standing=Standing(keeper=True) if keeper else None)

    async def ticks(self, name: str, *values: str) -> None:
        """Someone ticks boxes of the ballot before them."""
        (card,) = [message for message in self.room.last[name].messages if message.selects]
        await self.room.person(name).choose(card, values)

    def private(self, name: str, title: str, who: str) -> None:
        """What one person got last."""
        fresh = {message.message.ts for message in self.room.last[who].messages}
        seen = [one for one in self.room.person(who).sees(self.room.channel) if one.message.ts in fresh]
        self._add(Shot(name, title, self._messages(seen or self.room.last[who].messages, who)))

    def public(self, name: str, title: str, *words: str) -> None:
        """The newest public message with each of these words."""
        wall = self.room.wall.messages
        found = sorted((next(one for one in reversed(wall) if w in one.words) for w in words), key=wall.index)
        self._add(Shot(name, title, self._messages(found, "ada")))

    def form(self, name: str, title: str, who: str, **typed: str) -> None:
        """The form before one person, and what they typed so far."""
        modal = self.room.last[who].modal
        assert modal is not None, f"no form is open before {who}"
        filled = dict(zip((one.label for one in modal.fields), typed.values(), strict=False))
        self._add(Shot(name, title, view=self._view(modal), typed=filled))

    async def home(self, name: str, title: str, who: str) -> None:
        """Their home tab."""
        home = await self.room.person(who).opens_home()
        assert home is not None
        self._add(Shot(name, title, view=self._view(home)))

    @staticmethod
    def _view(modal: Modal) -> Json:
        return {**copy.deepcopy(modal.view.data), "state": copy.deepcopy(modal.view.state)}

    def _messages(self, seen: Iterable[Seen], who: str) -> tuple[Message, ...]:
        user = self.room.person(who).user.id
        return tuple(Message.of(one, user) for one in seen)

    def _add(self, shot: Shot) -> None:
        world = self.room.server.service.world
        names = {user.id: user.name for user in world.users.values()}
        names |= {channel.id: channel.name for channel in world.channels.values()}
        self.shots.append(replace(shot, now=self.room.clock.now().timestamp(), names=names))


async def play() -> tuple[list[Shot], Sequence[Any]]:
    """The evening: its shots, and what the server refused (nothing, if all is well)."""
    with tempfile.TemporaryDirectory() as folder:
        server = SlackServer(ack_seconds=12.0, trigger_seconds=12.0)
        async with server, open_slack_room(
            f"sqlite:///{Path(folder) / 'house.db'}", writer=Recording.shipped(), server=server, preset="community"
        ) as room:
            now = room.clock.now()
            await room.later(seconds=(now.replace(hour=19, minute=0, second=0) - now).total_seconds() % 86_400)
            evening = Evening(room)
            for act in (_opening, _pitching, _voting, _writing, _machine, _homes):
                await act(evening)
            return evening.shots, list(server.refused)


async def _opening(e: Evening) -> None:
    await e.says("ada", f"/story new {TITLE}", keeper=True)
    e.private("opened", "Ada opens the room: her receipt, and the one question", "ada")
    e.public("house", "The house card", "writers' room")
    await e.says("esi", "/help")
    e.private("help", "Help", "esi")
    await e.says("ada", f"/extend {FIRST}")


async def _pitching(e: Evening) -> None:
    await e.says("ben", "/pitch")
    e.form("form-pitch", "Ben pitches: the form", "ben", idea="The captain has been dead since Tuesday")
    await e.room.fills("ben", "The captain has been dead since Tuesday")
    await e.says("ada", "/pitch The ferry never docks")
    await e.says("cleo", "/pitch Everyone aboard has the same birthday")
    e.private("pitch", "The receipt of a pitch", "cleo")
    await e.says("esi", "/pitch A child on deck is drawing tomorrow's passengers")


async def _voting(e: Evening) -> None:
    await e.room.later(hours=2)
    await e.room.presses("ben", "Vote")
    await e.ticks("ben", "1", "3")
    e.private("my-ballot", "Ben's own ballot, two ideas ticked", "ben")
    await e.room.presses("ben", "Vote")
    e.private("vote", "The receipt of a vote", "ben")
    for name, numbers in (("ada", "2 1"), ("cleo", "1 3"), ("esi", "4 1")):
        await e.says(name, f"/vote numbers: {numbers}")
    await e.room.later(minutes=11)
    e.public("ballot", "The ballot with votes in", "round is open", "Read all")


async def _writing(e: Evening) -> None:
    await e.room.later(hours=23)
    e.public("result", "The result", "Chosen (greenlit)")
    await e.room.presses("ben", "Write it")
    e.form("form-extend", "Ben writes the chosen idea: the form", "ben", text=CAPTAIN)
    await e.room.fills("ben", CAPTAIN)
    e.public("page", "What won, and the page that it became", "Chosen (greenlit)", "He stood at the wheel")
    await e.says("cleo", f"/extend {LONG}")
    e.public("passage-long", "A long passage", "Dorrie Maunder")


async def _machine(e: Evening) -> None:
    await e.says("dov", "/assist continue Let somebody notice the tea")
    e.private("proposal", "A proposal of the co-writer, private", "dov")
    await e.says("esi", "/stop")
    e.public("stopped", "The scene is stopped", "The scene is stopped")
    await e.says("cleo", "/extend Nobody at the rail had a shadow any more.")
    e.private("safe", "Not in, but safe", "cleo")
    await e.says("ada", "/stop")
    await e.room.presses("ada", "Carry on")


async def _homes(e: Evening) -> None:
    await e.says("esi", "/round open What has the boy drawn?")
    await e.says("ada", "/pitch An empty page, which he says is finished")
    await e.home("home", "Cleo's home", "cleo")
    await e.home("home-empty", "The home of somebody who is in no room", "a newcomer")
