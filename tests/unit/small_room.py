"""A small Inbox by hand, for tests of the terminal: a few commands, a desk, public cards; no rules and no database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from bot.arguments import Pick, Ranking, Text
from bot.calls import Call
from bot.cards import Card, Form, Option, Options, Question, Reply, button, literal, note
from bot.chat import ChatAdapter
from bot.commands import Commands, Growing
from bot.context import Context, Incoming
from bot.errors import UserError
from bot.homes import Home
from bot.sentences import Marked
from bot.story.books import LastCall
from bot.story.people import Person, Place

PLACE = Place("terminal", "local", "table")

commands = Commands()


@commands.add("pitch")
async def pitch(ctx: Context, idea: Annotated[str, Text("Your idea", long=True)]) -> Reply:
    """Pitch an idea."""
    return Reply()


@commands.add("vote")
async def vote(ctx: Context, numbers: Annotated[str, Ranking("The numbers")]) -> Reply:
    """Vote."""
    return Reply()


@commands.add("toggle", button=True)
async def toggle(ctx: Context, number: Annotated[str, Ranking("The number")]) -> Reply:
    """Vote for one idea, or no more."""
    return Reply()


@commands.add("help", changes=False)
async def show_help(ctx: Context) -> Reply:
    """What there is."""
    return Reply()


@commands.add("stop", nameless=True)
async def stop(ctx: Context) -> Reply:
    """Stop the scene."""
    return Reply()


@commands.add("canon add")
async def canon_add(
    ctx: Context, kind: Annotated[str, Pick("What kind", ("person", "place"))], fact: Annotated[str, Text("The fact")]
) -> Reply:
    """Add a fact."""
    return Reply()


@commands.add("assist")
async def assist(ctx: Context) -> Reply:
    """Ask the co-writer."""
    return Reply()


class Killed(BaseException):
    """The process ends here, as with kill -9."""


@dataclass(frozen=True, slots=True)
class Done:
    """One call that changed the room."""

    name: str
    call: Call
    source_id: str
    seed: str | None


class SmallRoom:
    """Remembers what was done, like a database; `opened` gives it a new process."""

    def __init__(self, adapter: ChatAdapter) -> None:
        self.adapter = adapter
        self.done: list[Done] = []
        self.desk: dict[str, tuple[Person, Reply]] = {}
        self.ideas: list[str] = []
        self.ballot_refs: Sequence[str] = ()
        self.public: list[Card] = []
        self.asked: list[Incoming] = []
        self.kill_after: int | None = None
        self.changed = asyncio.Event()
        self._unposted = 0
        self.people_of: Callable[[str], Sequence[tuple[str, str]]] = lambda begun: [("w1", "w1")]

    @property
    def commands(self) -> Commands:
        return commands

    async def call(self, incoming: Incoming) -> AsyncIterator[Growing | Reply]:
        self.asked.append(incoming)
        command = commands.find(incoming.call.command)
        if command is not None:
            missing = [a for a in command.arguments if not incoming.call.args.get(a.name, "").strip()]
            if missing:
                questions = tuple(Question(a.name, a.kind.about, long=getattr(a.kind, "long", False)) for a in missing)
                yield Reply(form=Form(command.about, incoming.call, questions))
                return
        if incoming.call.command == "help":
            yield Reply.of(Card("Help", actions=(button("Pitch an idea…", "pitch"),)))
            return
        if incoming.source_id in self.desk:
            yield self.desk[incoming.source_id][1]
            return
        if incoming.call.command == "assist":
            yield Growing("Once")
            yield Growing("Once upon", label="a recording")
        if self.kill_after is not None and incoming.call.command != "stop" and len(self.done) >= self.kill_after:
            raise Killed
        reply = self._do(incoming)
        self.done.append(Done(incoming.name, incoming.call, incoming.source_id, incoming.seed))
        self.changed.set()
        if incoming.call.command != "stop":
            self.desk[incoming.source_id] = (incoming.person, reply)
        yield reply

    def _do(self, incoming: Incoming) -> Reply:
        match incoming.call.command:
            case "pitch":
                self.ideas.append(incoming.call.args["idea"])
                self._unposted += 1
                words = literal(incoming.call.args["idea"][:200])
                return Reply.of(Card("Pitched", (), (button("Take it back", "vote", numbers=0),)).with_parts(*note(words).parts))
            case "said":
                return Reply.of(note(Marked("Kept."), button("Pitch it", "pitch", idea="kept")))
            case other:
                return Reply.of(note(Marked(f"Did {other}.")))

    async def typed(self, incoming: Incoming, line: str) -> AsyncIterator[Growing | Reply]:
        try:
            call = commands.parse(line)
        except UserError as refusal:
            yield Reply.of(note(refusal.sentence), refused=True)
            return
        async for out in self.call(replace(incoming, call=call)):
            yield out

    async def heard(self, incoming: Incoming, text: str) -> AsyncIterator[Growing | Reply]:
        async for out in self.call(replace(incoming, call=Call("said", {"text": text}))):
            yield out

    async def suggest(
        self, place: Place, person: Person, command: str, argument: str, begun: str
    ) -> Sequence[tuple[str, str]]:
        return self.people_of(begun)

    def welcome(self, platform: str, space: str, channel: str = "") -> None:
        """Nobody was ever turned away here."""

    async def known(self, place: Place) -> bool:
        """There is one room."""
        return True

    async def shows(self, place: Place, ref: str, kind: str) -> bool:
        """No message is a card of a kind."""
        return False

    async def home(self, incoming: Incoming) -> Home:
        """Nothing waits."""
        return Home()

    async def settled(self, place: Place) -> None:
        if not self._unposted:
            return
        self._unposted = 0
        card = self.ballot()
        if self.ballot_refs:
            await self.adapter.edit(place, self.ballot_refs, card)
        else:
            self.ballot_refs = await self.adapter.post(place, card, "nonce")

    async def answered(self, place: Place, source_id: str) -> Reply | None:
        return self.desk[source_id][1] if source_id in self.desk else None

    async def before_us(self) -> Sequence[LastCall]:
        return ()

    async def lately(self, place: Place, person: Person) -> Sequence[tuple[str, Card]]:
        public = [("public", self.ballot())] if self.ballot_refs else []
        own = [("private", card) for who, reply in self.desk.values() if who == person for card in reply.cards]
        return [*public, *((audience, card) for audience, card in own if card.actions or card.options)]

    def ballot(self) -> Card:
        options = tuple(
            Option(n, literal(idea[:100]), Call("toggle", {"number": str(n)})) for n, idea in enumerate(self.ideas, 1)
        )
        return Card("What happens next?", (Options(options),), (button("Rules", "help"),))
