"""The scene: an evening of five people in #story, played through the real client, and what was on their screens."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.recording import Recording
from bot.story.people import Standing
from tests.discord_rig import DiscordRoom, open_discord_room
from tests.pictures import shots
from tests.pictures.shots import Shot
from tests.servers.discord import DiscordServer, Seen

TITLE = "The Last Ferry"
FIRST = "Nobody had told the captain."
CAPTAIN = (
    "He stood at the wheel the way he had stood on Tuesday, left hand at ten o'clock, right hand in his pocket, and the "
    "ferry went on arriving. Every night at the same minute the lights came up ahead, eleven of them, and every night the "
    "passengers took down their bags and stood along the rail with their faces arranged for whoever was meeting them. Then "
    "the lights went by on the left, and it was dark again, and he rang for full.\n\n*Nearly there*, he said."
)
DOV = (
    "The boy had run out of blue. He did the water in green instead, and then, because it looked wrong, he did all of it "
    "again in the brown that he had been keeping for the dog. When he held the page up to the saloon window the harbour on "
    "it and the harbour outside it were the same size. He counted the people on the quay. There was one more on the paper, "
    "and she was waving."
)
SHORT = "Somebody had ironed the captain's shirt."
LONG = """The meeting was held on the car deck, where the lorries made walls. Nobody had called it. People came down for \
a thermos or a cardigan and found others standing about between the bumpers, not looking at one another, and then there \
were forty of them, and it would have been rude to go back up.

"Somebody," said the ticket woman, "has to tell him."

They all agreed with that. It was the sort of thing they had agreed with every night since Tuesday: in the saloon, in the \
queue for the tea, in the low voices that you use outside a sickroom. Somebody had to. The mate had meant to, on Wednesday, \
and had given him the weather instead. The cook had meant to on Thursday, and it had come out as soup.

"It should be family," said a man in a driving coat.

"He hasn't any. He has us."

The ferry leaned into the turn it had been making all night. Chains shifted in the gutters. Above them, through the plates, \
they could hear the wheelhouse door, and the step, the left foot heavier than the right; and everyone looked at the ceiling \
in the way that children do when they have been told that there is nothing up there.

* * *

It was decided by show of hands. There was some trouble about the far end, where the fog had come in at the ramp, and \
whether those were hands. The motion was that he be told. The amendment was that he be told gently. Both were carried.

Then it went quiet, because the next item was who.

Dorrie Maunder, who sold the tickets and had not once been across, thought about her mother, who had been told gently by a \
doctor with a cold. She had said *thank you, doctor*, and gone home, and laid the table for two. It wasn't the telling, \
Dorrie thought. It was that somebody had to stand there afterwards. You had to be ready to be the person who was standing \
there.

The boy with the crayons put up his hand. He had to hold it up for some time.

"I could draw it," he said.

Nobody laughed. The man in the driving coat took off his hat. And from the top of the iron stairs, quite kindly, as you \
speak to people who have lost their way aboard, the captain asked whether everything was all right down there, and whether \
anyone had thought to count the lifejackets."""
STOPPED = (
    "The hand at the rail was small, and wet, and it was not the boy's. It had come up over the side without any hurry, the "
    "way that a hand comes up over a counter when its owner cannot see what is there."
)


class Evening:
    """What has been played so far, and the shots of it."""

    def __init__(self, room: DiscordRoom) -> None:
        self.room = room
        self.shots: list[Shot] = []

    async def says(self, name: str, line: str, *, keeper: bool = False) -> None:
        """Someone uses a slash command."""
        await self.room.says(name, line, standing=Standing(keeper=True) if keeper else None)

    async def asks(self, name: str, line: str) -> None:
        """Someone asks the co-writer, and waits until it has written."""
        await self.says(name, line)
        await self.written(name)

    async def written(self, name: str) -> None:
        """The co-writer has written for them."""
        answer = self.room.last[name].answer
        await self.room.server.until(lambda: bool(answer.message.buttons))
        self.room.last[name] = replace(self.room.last[name], messages=(answer.message, *answer.followups))

    async def presses(self, name: str, label: str) -> None:
        """Someone presses a button."""
        await self.room.presses(name, label)

    def private(self, name: str, title: str, who: str, card: int = 0) -> None:
        """What one person got last."""
        self._add(Shot(name, title, shots.messages(self.room.last[who].messages), card=card))

    def public(self, name: str, title: str, *words: str, card: int = 0, last: int = 0) -> None:
        """The newest public message with each of these words, or the last ones of the channel."""
        wall = self.room.wall.messages
        found = wall[-last:] if last else sorted((self._newest(wall, one) for one in words), key=wall.index)
        self._add(Shot(name, title, shots.messages(found), card=card))

    def form(self, name: str, title: str, who: str, **typed: str) -> None:
        """The form before one person, over what they pressed, and what they typed so far."""
        modal = self.room.last[who].modal
        assert modal is not None, f"no form is open before {who}"
        labels = [field.label for field in modal.fields]
        filled = dict(zip(labels, typed.values(), strict=False))
        self._add(Shot(name, title, form=shots.form(modal), typed=filled))

    def _newest(self, wall: Sequence[Seen], words: str) -> Seen:
        return next(one for one in reversed(wall) if words in one.words)

    def _add(self, shot: Shot) -> None:
        world = self.room.server.service.world
        names = {str(user.id): user.name for user in world.users.values()}
        names |= {str(channel.id): channel.name for channel in world.channels.values()}
        self.shots.append(replace(shot, now=self.room.clock.now().timestamp(), names=names))

    async def chooses(self, name: str, *values: str) -> None:
        """Someone ticks options of the menu before them."""
        await self.room.chooses(name, *values)


async def play() -> tuple[list[Shot], list[Any]]:
    """The whole evening: its shots, and what the server refused (nothing, if all is well)."""
    with tempfile.TemporaryDirectory() as folder:
        server = DiscordServer()
        server.bot.name = "Room 37"
        async with server, open_discord_room(
            f"sqlite:///{Path(folder) / 'house.db'}", writer=Recording.shipped(), server=server, preset="community"
        ) as room:
            await _at(room, hour=19)
            long_ago = datetime.now(UTC) - timedelta(days=400)
            for name in ("ada", "ben", "cleo", "dov", "esi"):
                server.person(name, joined=long_ago)
            evening = Evening(room)
            for act in (_opening, _pitching, _voting, _deciding, _writing, _machine, _meanwhile, _stopping, _again, _own, _turns, _ending):
                await act(evening)
            return evening.shots, list(server.rejected)


async def _at(room: DiscordRoom, *, hour: int) -> None:
    """It is that hour of the day."""
    now = room.clock.now()
    await room.later(seconds=(now.replace(hour=hour, minute=0) - now).total_seconds())


async def _opening(e: Evening) -> None:
    await e.says("ada", f"/story new {TITLE}", keeper=True)
    e.private("opened", "Ada opens the room: her receipt, and the one question", "ada")
    e.public("house", "The house card and the scene's head", last=2, card=1)
    await e.presses("ada", "Community")
    e.private("kind", "The kind of room is chosen", "ada")
    await e.says("esi", "/help")
    e.private("help", "Help", "esi")
    await e.says("esi", "/help round")
    e.private("help-round", "Help on a group", "esi")
    await e.says("esi", "/showrunner rules")
    e.private("rules", "The house rules", "esi")
    await e.says("esi", "/my ai")
    e.private("my-ai", "My words and AI", "esi")
    await e.says("ada", f"/extend {FIRST}")
    e.private("passage-receipt", "The receipt of a passage", "ada")
    e.public("passage-short", "A short passage", FIRST)


async def _pitching(e: Evening) -> None:
    await e.says("ben", "/pitch")
    e.form("form-pitch", "Ben pitches: the form", "ben", idea="The captain has been dead since Tuesday")
    await e.room.fills("ben", "The captain has been dead since Tuesday")
    e.private("pitch-opens", "The receipt of a pitch that opens a round", "ben", card=4)
    await e.says("ada", "/pitch The ferry never docks")
    await e.says("cleo", "/pitch Everyone aboard has the same birthday")
    e.private("pitch", "The receipt of a pitch", "cleo", card=4)
    await e.says("dov", "/pitch The ferry never, ever docks")
    e.private("pitch-alike", "The receipt of a pitch that is close to another", "dov", card=4)
    e.public("ballot", "A round is open: the post, and the ballot", "A round is open", "Read all", card=2)


async def _voting(e: Evening) -> None:
    await e.room.later(hours=2)
    await e.presses("ben", "Vote")
    e.private("my-ballot", "Ben's own ballot", "ben")
    e.shots.append(replace(e.shots[-1], name="my-ballot-open", title="The menu of Ben's ballot, open, two ideas ticked", menu=("1", "3")))
    await e.chooses("ben", "1", "3")
    e.private("vote", "The receipt of a vote", "ben", card=3)
    await e.says("esi", "/pitch A child on deck is drawing tomorrow's passengers")
    await e.presses("ben", "Vote")
    e.private("vote-again", "Ben looks again after another idea came", "ben")
    await e.chooses("ben", "1", "3", "5")
    e.private("vote-changed", "He changes his vote", "ben", card=3)
    for name, numbers in (("ada", "2"), ("cleo", "1 3"), ("esi", "5 1"), ("dov", "1 2")):
        await e.says(name, f"/vote numbers: {numbers}")
    await e.says("dov", "/vote 0")
    e.private("vote-none", "The receipt of None of these", "dov", card=3)
    await e.says("dov", "/round ballot")
    e.private("read-all", "Every idea in full", "dov")
    await e.room.later(minutes=11)
    e.public("ballot-later", "The ballot with votes in", "A round is open", "Read all", card=2)
    await e.room.later(hours=20, minutes=54)
    e.public("last-call", "The last call", "Last call")


async def _deciding(e: Evening) -> None:
    await e.room.later(hours=1)
    e.public("result", "The result", "Chosen (greenlit)", card=5)
    await e.room.later(minutes=11)
    e.public("scene-chosen", "The scene's head, and the ballot folded", "Take the pen", "The ballot is closed")
    await e.presses("ada", "That was mine")
    e.private("mine", "That was mine", "ada")
    e.public("result-named", "The result, with a name that its owner gave", "Chosen (greenlit)", card=5)
    await e.presses("cleo", "Give me a way in")
    await e.written("cleo")
    e.private("way-in", "A way in", "cleo")


async def _writing(e: Evening) -> None:
    await e.presses("ben", "Write it")
    e.form("form-extend", "Ben writes the chosen idea: the form", "ben", text=CAPTAIN)
    await e.room.fills("ben", CAPTAIN)
    e.public("passage", "The passage, as a page of a book", "He stood at the wheel")
    e.public("page", "What won, and the page that it became", "Chosen (greenlit)", "He stood at the wheel")
    await e.says("cleo", f"/extend {LONG}")
    e.private("passage-long-receipt", "The receipt of a long passage", "cleo")
    e.public("passage-long", "A long passage in several messages, with its file", "car deck", "Dorrie Maunder")
    await e.presses("ben", "Take the pen")
    e.private("pen", "The pen is taken", "ben")
    await e.room.later(minutes=11)
    e.public("scene-pen", "The scene's head while Ben holds the pen", "Take the pen")
    await e.presses("ben", "Put it down")
    await e.says("cleo", "/undo")
    e.private("undo", "The receipt of an undo", "cleo")
    await e.presses("cleo", "Put back")
    e.private("put-back", "Put back", "cleo")
    await e.says("cleo", "/extend")
    e.form("form-extend-empty", "An empty form", "cleo")


async def _machine(e: Evening) -> None:
    await e.asks("dov", "/assist continue Let somebody notice the tea")
    e.private("proposal", "A proposal of the co-writer, private", "dov", card=7)
    await e.presses("dov", "Why this?")
    e.private("why", "Why this?", "dov")
    await e.asks("dov", "/assist continue Let somebody notice the tea")
    await e.presses("dov", "Show the room")
    e.private("shown", "The receipt of showing it", "dov")
    e.public("proposal-shown", "The proposal, shown to the room", last=1, card=7)
    await e.asks("esi", "/assist options")
    e.private("options", "Ideas of the co-writer", "esi")


async def _meanwhile(e: Evening) -> None:
    await e.says("dov", "/extend")
    await e.says("ada", f"/extend {SHORT}")
    await e.says("ben", "/extend It was the wrong one, and he wore it.")
    await e.room.fills("dov", DOV)
    e.private("moved-on", "The story moved on while Dov wrote", "dov", card=8)
    await e.presses("dov", "Add mine after theirs")
    e.private("after-theirs", "Added after theirs", "dov")


async def _stopping(e: Evening) -> None:
    await e.says("esi", "/stop")
    e.private("stop-receipt", "The receipt of a stop", "esi")
    e.public("stopped", "The scene is stopped", last=1, card=9)
    await e.says("cleo", f"/extend {STOPPED}")
    e.private("safe", "Not in, but safe", "cleo", card=10)
    await e.presses("cleo", "See my drafts")
    e.private("drafts", "The drafts", "cleo")
    await e.says("ada", "/stop")
    await e.presses("ada", "Carry on")
    e.private("carry-on", "The showrunner carries on", "ada")
    await e.says("cleo", "/my drafts")
    await e.presses("cleo", "Open")
    e.private("draft", "A draft, opened", "cleo")


async def _again(e: Evening) -> None:
    await e.says("esi", "/round open What has the boy drawn?")
    e.private("round-receipt", "A round is opened by its question", "esi")
    e.public("ballot-empty", "A ballot without ideas yet", "A round is open", "What has the boy drawn?", card=2)
    await e.says("ada", "/pitch An empty page, which he says is finished")
    await e.says("ben", "/pitch Everyone aboard, and one more")
    await e.says("cleo", "/vote 2")
    await e.room.later(hours=24, minutes=1)
    e.public("undecided", "No decision, and the same time once more", "Not decided yet", card=6)


async def _own(e: Evening) -> None:
    await e.says("cleo", "/my turns")
    e.private("my-turns", "What waits for me", "cleo")
    await e.says("esi", "/previously")
    e.private("previously", "Previously on", "esi")
    await e.says("esi", "/read")
    e.private("read", "Reading it all", "esi")
    await e.says("esi", "/story status")
    e.private("status", "Where the story stands", "esi")
    await e.says("esi", "/round status")
    e.private("rounds", "The rounds there were", "esi")
    await e.says("ada", "/showrunner log", keeper=True)
    e.private("log", "The latest acts", "ada")


async def _turns(e: Evening) -> None:
    await e.says("ada", "/showrunner rules set extending turns", keeper=True)
    e.private("rule-set", "A house rule is changed", "ada")
    await e.says("ada", "/turn order ben, cleo, esi", keeper=True)
    e.private("turns", "Turns begin", "ada")
    e.public("turn", "A turn, with its one ping", "your turn")
    await e.says("esi", f"/extend {SHORT}")
    e.private("not-your-turn", "Not in, but safe: it is somebody else's turn", "esi", card=10)


async def _ending(e: Evening) -> None:
    await e.says("ada", "/round cancel", keeper=True)
    await e.says("ada", "/story wrap", keeper=True)
    e.private("wrap", "The story is wrapped", "ada")
    e.public("wrapped", "The wrap, for all", last=1)
    await e.says("ada", "/story export format: md")
    e.private("export", "Taken along as a file", "ada")
