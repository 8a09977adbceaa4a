"""The dispatcher: from a call to a reply, exactly once, with the caller's words kept whatever happens.

Its transactions are in bot.units, what is kept of it in bot.desk, what time does in bot.sweeping. These, and
bot.posting for a single card, are the only places that catch everything.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from bot import holding
from bot.arguments import Ref
from bot.arguments import Text as TextArgument
from bot.calls import Call
from bot.cards import Card, Form, Reply, note
from bot.commands import Command, Commands, Growing
from bot.context import Incoming, Shop
from bot.desk import Held, entry_of, give_back, keep_text, outcome_of, stored
from bot.elsewhere import resolved, rooms_of
from bot.errors import StorageFull, UserError, WriterError, without_text
from bot.homes import Home
from bot.ports import Alarms, Clock, House, Store
from bot.posting import Poster
from bot.questions import question
from bot.saying_again import WITHIN
from bot.story.books import Books, LastCall
from bot.story.moments import REDRAWN, Ids, Moment, PostKind
from bot.story.people import Person, Place
from bot.sweeping import DueRule, Sweeper
from bot.units import Courtesy, Gate, Unit, outputs

log = logging.getLogger("room37.dispatch")
T = TypeVar("T")

PREFILL_SECONDS = 0.7
"""So long may reading what a form is filled with take; platforms want the form within a second or three."""

PRESS_AGAIN = "kernel.press_again"
Gather = Callable[[Place, Moment, Books], Home]
Suggest = Callable[[Books, Person, str, str, str], Sequence[tuple[str, str]]]


class Dispatcher:
    """The inbox of every adapter."""

    def __init__(
        self,
        commands: Commands,
        store: Store,
        house: House,
        clock: Clock,
        shop: Shop,
        poster: Poster,
        alarms: Alarms,
        due_rules: Mapping[str, DueRule],
        suggest: Suggest,
        gather: Gather,
        courtesy: Courtesy,
        gate: Gate,
        *,
        seed: str | None = None,
        alone: bool = False,
    ) -> None:
        self._commands = commands
        self._store = store
        self._house = house
        self._clock = clock
        self.clock = clock
        self._shop = shop
        self._poster = poster
        self._alarms = alarms
        self._suggest = suggest
        self._gather = gather
        self.courtesy = courtesy
        self.gate = gate
        self._began = clock.now()
        self._sweeper = Sweeper(store, house, clock, poster, alarms, due_rules, seed=seed)
        self.alone = alone

    # ---- the inbox

    @property
    def commands(self) -> Commands:
        """The registry."""
        return self._commands

    async def typed(self, incoming: Incoming, line: str) -> AsyncIterator[Growing | Reply]:
        """Carry out a typed line that begins with a slash."""
        try:
            call = self._commands.parse(line)
        except UserError as refusal:
            words = line.split(None, 1)
            kept = replace(incoming, call=Call("said", {"text": line} if len(words) > 1 else {}))
            yield await self._refuse(kept, None, refusal)
            return
        async for out in self.call(replace(incoming, call=call)):
            yield out

    async def heard(self, incoming: Incoming, text: str) -> AsyncIterator[Growing | Reply]:
        """Text that is no command: kept, and asked about."""
        async for out in self.call(replace(incoming, call=Call("said", {"text": text}))):
            yield out

    async def call(self, incoming: Incoming) -> AsyncIterator[Growing | Reply]:
        """Carry out one call: growing text, if any, then exactly one Reply. First of all its place is settled."""
        there, refusal = None, None
        try:
            incoming, there = await resolved(incoming, self._house, self._store)
        except UserError as error:
            refusal = error
        except Exception as crash:
            log.exception("a call's room was not found: command=%s", incoming.call.command, exc_info=without_text(crash))
            refusal = UserError("kernel.crashed")
        if refusal is not None:
            yield await self._refuse(incoming, self._commands.find(incoming.call.command), refusal)
            return
        async with aclosing(self._carried_out(incoming)) as outs:
            async for out in outs:
                yield there.marked(out) if there is not None and isinstance(out, Reply) else out

    async def _carried_out(self, incoming: Incoming) -> AsyncGenerator[Growing | Reply, None]:
        command = self._commands.find(incoming.call.command)
        if command is None:
            yield await self._refuse(
                incoming, None, UserError("kernel.gone_command", given=incoming.call.command)
            )
            return
        unit = Unit(self, incoming, command)
        try:
            if command.menu and holding.HELD in incoming.call.args:
                incoming = await self.read(incoming.place, partial(holding.take_up, incoming=incoming))
                unit = Unit(self, incoming, command)
            values, form = await self._arguments(unit)
            if form is not None:
                yield Reply(form=form)
                return
            async for out in outputs(command.handler(unit.context, **values)):
                yield out
        except UserError as refusal:
            yield await self._refuse(incoming, command, refusal, begun=unit.begun)
        except StorageFull as full:
            yield give_back(incoming, command, full)
        except WriterError as failed:
            yield Reply.of(note(failed.sentence))
        except asyncio.CancelledError:
            raise
        except Exception as crash:
            log.exception("a handler failed: command=%s", command.name, exc_info=without_text(crash))
            yield await self._refuse(
                incoming, command, UserError("kernel.crashed"), begun=unit.begun, state="failed"
            )

    async def suggest(
        self, place: Place, person: Person, command: str, argument: str, begun: str
    ) -> Sequence[tuple[str, str]]:
        """Completions of an argument."""
        return await self._store.read(
            place, lambda books: self._suggest(books, person, command, argument, begun)
        )

    def welcome(self, platform: str, space: str, channel: str = "") -> None:
        """The bot may post there (again)."""
        self._poster.welcome(platform, space, channel)

    async def known(self, place: Place) -> bool:
        """Whether this place is a room already."""
        return await self._house.knows(place)

    async def shows(self, place: Place, ref: str, kind: str) -> bool:
        """Whether this message is the bot's card of that kind."""
        post = await self._store.read(place, lambda books: books.post_with_ref(ref))
        return post is not None and post.kind == kind

    async def home(self, incoming: Incoming) -> Home:
        """What waits for a person, in all their rooms."""
        moment = self.moment(incoming)
        found = Home()
        for there in await rooms_of(incoming, self._house):
            if there.standing is not None:
                found = found.with_room(
                    await self._store.read(there.place, partial(self._gather, there.place, moment))
                )
        return found

    async def settled(self, place: Place) -> None:
        """Wait until every public card of this place shows what is wanted."""
        await self._poster.settle(place)

    async def answered(self, place: Place, source_id: str) -> Reply | None:
        """The reply that a delivery got before, if the desk holds it."""
        entry = await self._store.read(place, lambda books: books.desk_by_source(source_id))
        return None if entry is None or (self.alone and entry.state == "working") else stored(entry)

    async def before_us(self) -> Sequence[LastCall]:
        """What people did in the quarter of an hour before this process began, each person's last in each place."""
        return await self._house.last_calls(self._began - WITHIN, self._began)

    async def lately(self, place: Place, person: Person) -> Sequence[tuple[str, Card]]:
        """Cards whose actions still count, the latest last."""

        def look(books: Books) -> list[tuple[str, Card]]:
            found: list[tuple[datetime, str, Card]] = []
            for entry in books.desk_last(person.key):
                reply = stored(entry)
                found += [(entry.at, "private", card) for card in reply.cards if card.actions or card.options]
            for post in books.posts_last():
                card = self._poster.draw(books, post, self._clock.now())
                if card is not None and post.shown_at is not None and (card.actions or card.options):
                    found.append((post.shown_at, "public", card))
            return [
                (audience, card)
                for _, audience, card in sorted(found, key=lambda f: (f[0], f[1] == "public"))
            ]

        return await self._store.read(place, look)

    async def sweep(self) -> None:
        """Do everything that is due by now, and ask to be woken for the next thing."""
        await self._sweeper.sweep()

    # ---- inside

    def moment(self, incoming: Incoming, *, nameless: bool = False) -> Moment:
        """Now, with this call's ids and its person (nobody, for a nameless call)."""
        ids = Ids(incoming.seed)
        if nameless:
            return Moment(self._clock.now(), ids, None, "", incoming.standing)
        return Moment(self._clock.now(), ids, incoming.person, incoming.name, incoming.standing)

    async def _arguments(self, unit: Unit) -> tuple[dict[str, Any], Form | None]:
        """The handler's arguments, or the form that asks for what the call lacks."""
        command, given = unit.command, dict(unit.incoming.call.args)
        given.pop("desk", None)
        values: dict[str, Any] = {}
        missing = []
        for argument in command.arguments:
            raw = given.get(argument.name)
            if raw is None or (isinstance(argument.kind, TextArgument) and not raw.strip()):
                if argument.required:
                    missing.append(argument)
                else:
                    values[argument.parameter] = argument.default
            else:
                values[argument.parameter] = argument.kind.read(raw, argument.name)
        if not missing:
            return values, None
        prefill, call = await _in_time(self._form_parts(unit, values))
        if any(isinstance(a.kind, Ref) and not prefill.get(a.name) for a in missing):  # nobody can type an id
            raise UserError("kernel.bad_token")
        asked = [a for a in command.arguments if a not in missing and not isinstance(a.kind, Ref)]
        missing += [a for a in asked if a.name in prefill and a.name not in given]
        questions = tuple(question(a, prefill.get(a.name, "")) for a in missing)
        begun = {a.name: prefill[a.name] for a in command.arguments if isinstance(a.kind, Ref) and prefill.get(a.name)}
        call = Call(call.command, begun | dict(call.args))
        return {}, Form(prefill.get("title", command.about), call, questions, prefill.get("lead", ""))

    async def _form_parts(self, unit: Unit, values: dict[str, Any]) -> tuple[dict[str, str], Call]:
        """What a form is filled with, and the call that it carries."""
        return await unit.prefill(values), await self._form_call(unit)

    async def _form_call(self, unit: Unit) -> Call:
        """The call that a form carries: what was given; the message of a menu waits in a row meanwhile."""
        args = {k: v for k, v in unit.incoming.call.args.items() if v.strip()}
        if not unit.command.menu:
            return Call(unit.command.name, args)
        return await self.finish(
            unit.incoming, lambda books: holding.park(books, unit.incoming, unit.moment)
        )

    async def _refuse(
        self,
        incoming: Incoming,
        command: Command | None,
        refusal: UserError,
        *,
        begun: bool = False,
        state: str = "refused",
    ) -> Reply:
        """A refusal outside a unit of work: the call goes on the desk and its text into the drafts."""
        if command is not None and command.nameless:
            return Reply.of(note(refusal.sentence))
        stands = command is not None and command.menu and refusal.key == PRESS_AGAIN  # the message is where it was
        if begun or stands or not holding.own_words(incoming, command).strip():
            return Reply.of(note(refusal.sentence), refused=True)

        def keep(books: Books) -> Reply | Held:
            moment = self.moment(incoming)
            entry = entry_of(incoming, command, moment)
            if held := books.desk_add(entry):
                return Held(held)
            reply = keep_text(books, incoming, command, refusal, entry.id, moment)
            books.desk_settle(entry.id, state, outcome_of(reply))
            return reply

        try:
            answer = await self._store.write(incoming.place, keep)
        except StorageFull as full:
            return give_back(incoming, command, full)
        return stored(answer.entry) if isinstance(answer, Held) else answer

    async def finish(self, incoming: Incoming, whole: Callable[[Books], T]) -> T:
        """One write of a call; afterwards the poster and the alarms know."""
        soonest: datetime | None = None
        marked: frozenset[PostKind] = frozenset()

        def work(books: Books) -> T:
            nonlocal soonest, marked
            result = whole(books)
            soonest, marked = books.soonest, books.marked
            return result

        result = await self._store.write(incoming.place, work)
        if marked:
            self._poster.wake(incoming.place, soon=not marked <= REDRAWN)
        if soonest is not None:
            self._alarms.wake_at(soonest)
        return result

    async def read(self, place: Place, work: Callable[[Books], T]) -> T:
        """A read."""
        return await self._store.read(place, work)

    @property
    def house(self) -> House:
        """Rows across rooms: ids, instants and places, no text."""
        return self._house

    @property
    def shop(self) -> Shop:
        """What the house owns."""
        return self._shop


async def _in_time(reading: Awaitable[T]) -> T:
    """What a form needs; a form must be a platform's first answer, so it cannot wait for a slow database."""
    try:
        async with asyncio.timeout(PREFILL_SECONDS):
            return await reading
    except TimeoutError:
        raise UserError(PRESS_AGAIN) from None
