"""The dispatcher: from a call to a reply, exactly once, with the caller's words kept whatever happens.

A changing call is one transaction: its row on the desk first, then, inside a savepoint, the work. A refusal or a
crash rolls back to the savepoint and commits the desk and a draft of the text. This is the only place that
catches everything.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar, cast

from bot import holding
from bot.arguments import Ref
from bot.arguments import Text as TextArgument
from bot.calls import Call
from bot.cards import Action, Card, Form, Reply, Text, from_json, note, to_json
from bot.commands import Command, Commands, Growing
from bot.context import Context, Incoming, Shop, There
from bot.elsewhere import resolved, rooms_of
from bot.errors import Room37Error, StorageFull, UserError, WriterError
from bot.homes import Home
from bot.ports import Alarms, Clock, House, Store
from bot.posting import Poster
from bot.questions import question
from bot.saying_again import WITHIN, left_of
from bot.sentences import say
from bot.story.books import Books, DeskEntry, DueRow, LastCall
from bot.story.moments import REDRAWN, Ids, Moment, Outcome, PostKind
from bot.story.passages import Draft
from bot.story.people import Person, Place, Standing
from bot.story.scheduling import reckon
from bot.story.text import clean, first_words
from bot.story.zones import version

log = logging.getLogger("room37.dispatch")
T = TypeVar("T")

PREFILL_SECONDS = 0.7
"""So long may reading what a form is filled with take; platforms want the form within a second or three."""

PRESS_AGAIN = "kernel.press_again"
TOGETHER = 8
"""Rooms in which a sweep writes at the same time: on SQLite they share a commit."""
DUES_AT_ONCE = 10
"""Things that are due in one room are done so many in a write, so that nobody's command waits for long."""
AGAIN = timedelta(minutes=5)
"""What is due and failed by a defect is tried again after so long: it is never lost."""

DueRule = Callable[[Books, DueRow, Moment], Outcome[Any]]
Gather = Callable[[Place, Moment, Books], Home]
Suggest = Callable[[Books, Person, str, str, str], Sequence[tuple[str, str]]]
Courtesy = Callable[[Books, Moment], Sequence[Card]]
"""What else is to be said, once and privately, to a person who just acted (the question of consent, tidings)."""
Gate = Callable[[Books, str, Moment], None]
"""Refuses (UserError) who may not act here now: before any rule of a changing command, in its transaction."""


@dataclass(frozen=True, slots=True)
class _Held:
    entry: DeskEntry


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
        self._due_rules = due_rules
        self._suggest = suggest
        self._gather = gather
        self.courtesy = courtesy
        self.gate = gate
        self._seed = seed
        self._began = clock.now()
        self._sweeping = asyncio.Lock()
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
            log.exception("a call's room was not found: command=%s", incoming.call.command, exc_info=_without_text(crash))
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
        unit = _Unit(self, incoming, command)
        try:
            if command.menu and holding.HELD in incoming.call.args:
                incoming = await self.read(incoming.place, partial(holding.take_up, incoming=incoming))
                unit = _Unit(self, incoming, command)
            values, form = await self._arguments(unit)
            if form is not None:
                yield Reply(form=form)
                return
            async for out in _outputs(command.handler(unit.context, **values)):
                yield out
        except UserError as refusal:
            yield await self._refuse(incoming, command, refusal, begun=unit.begun)
        except StorageFull as full:
            yield _give_back(incoming, command, full)
        except WriterError as failed:
            yield Reply.of(note(failed.sentence))
        except asyncio.CancelledError:
            raise
        except Exception as crash:
            log.exception("a handler failed: command=%s", command.name, exc_info=_without_text(crash))
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
        return None if entry is None or (self.alone and entry.state == "working") else _stored(entry)

    async def before_us(self) -> Sequence[LastCall]:
        """What people did in the quarter of an hour before this process began, each person's last in each place."""
        return await self._house.last_calls(self._began - WITHIN, self._began)

    async def lately(self, place: Place, person: Person) -> Sequence[tuple[str, Card]]:
        """Cards whose actions still count, the latest last."""

        def look(books: Books) -> list[tuple[str, Card]]:
            found: list[tuple[datetime, str, Card]] = []
            for entry in books.desk_last(person.key):
                reply = _stored(entry)
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

    # ---- time

    async def sweep(self) -> None:
        """Do everything that is due by now, room by room, and ask to be woken for the next thing.

        Behind it, schedules are reckoned anew whose zone got other rules, or that a clock which went back left ahead.
        """
        async with self._sweeping:
            await self._do_everything_due()
            while places := await self._house.unreckoned_places(version(), self._clock.now()):
                await self._write_each(places, self._reckon)
                await self._do_everything_due()
            following = await self._house.next_due()
        if following is not None:
            self._alarms.wake_at(following)

    async def _do_everything_due(self) -> None:
        now = self._clock.now()
        while places := await self._house.due_places(now):
            await self._write_each(places, self._do_dues)

    async def _write_each(self, places: Sequence[Place], work: Callable[[Books], None]) -> None:
        """One write in each of these places, some at a time, behind those who wait for an answer."""
        for n in range(0, len(places), TOGETHER):
            some = places[n : n + TOGETHER]
            await asyncio.gather(*(self._store.write(place, work, later=True) for place in some))
            for place in some:
                self._poster.wake(place)

    def _do_dues(self, books: Books) -> None:
        now = self._clock.now()
        for due in books.dues(until=now, limit=DUES_AT_ONCE):
            moment = Moment(now, Ids(f"{self._seed}:due:{due.id}:{due.generation}" if self._seed else None))
            books.due_done(due, now)
            try:
                with books.savepoint():
                    books.keep(self._due_rules[due.kind](books, due, moment), moment)
            except UserError as refusal:
                log.info("a due %s did nothing: %s", due.kind, refusal.key)
            except Exception as crash:
                log.exception("a due failed: kind=%s", due.kind, exc_info=_without_text(crash))
                books.due_again(due, now + AGAIN)

    def _reckon(self, books: Books) -> None:
        now = self._clock.now()
        old = books.unreckoned(version(), now)
        new = [reckon(schedule, now) for schedule in old]
        books.reckoned(new, {b.id for a, b in zip(old, new, strict=True) if a.next_at != b.next_at})

    # ---- inside

    def moment(self, incoming: Incoming, *, nameless: bool = False) -> Moment:
        """Now, with this call's ids and its person (nobody, for a nameless call)."""
        ids = Ids(incoming.seed)
        if nameless:
            return Moment(self._clock.now(), ids, None, "", incoming.standing)
        return Moment(self._clock.now(), ids, incoming.person, incoming.name, incoming.standing)

    async def _arguments(self, unit: _Unit) -> tuple[dict[str, Any], Form | None]:
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

    async def _form_parts(self, unit: _Unit, values: dict[str, Any]) -> tuple[dict[str, str], Call]:
        """What a form is filled with, and the call that it carries."""
        return await unit.prefill(values), await self._form_call(unit)

    async def _form_call(self, unit: _Unit) -> Call:
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

        def keep(books: Books) -> Reply | _Held:
            moment = self.moment(incoming)
            entry = _entry(incoming, command, moment)
            if held := books.desk_add(entry):
                return _Held(held)
            reply = _keep_text(books, incoming, command, refusal, entry.id, moment)
            books.desk_settle(entry.id, state, _outcome(reply))
            return reply

        try:
            answer = await self._store.write(incoming.place, keep)
        except StorageFull as full:
            return _give_back(incoming, command, full)
        return _stored(answer.entry) if isinstance(answer, _Held) else answer

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


class _Unit:
    """The transactions of one call."""

    def __init__(self, dispatcher: Dispatcher, incoming: Incoming, command: Command) -> None:
        self._dispatcher = dispatcher
        self.incoming = incoming
        self.command = command
        self.begun = False
        self._moment = dispatcher.moment(incoming, nameless=command.nameless)
        self._left = left_of(incoming.call, command)
        self._entry = _entry(incoming, command, self._moment)
        self.context = Context(
            incoming.place, incoming.person, incoming.name, incoming.standing, self._moment.now, self._moment.ids,
            incoming.call, self, dispatcher.shop, self._entry.id, dispatcher.clock, incoming.people, incoming.private,
        )  # fmt: skip

    @property
    def moment(self) -> Moment:
        """The call's own moment."""
        return self._moment

    async def act(
        self, work: Callable[[Books, Moment], T], face: Callable[[T], Reply], *, last: bool = True
    ) -> Reply:
        """One write transaction with the call on the desk; the reply is kept with it."""
        answer = await self._dispatcher.finish(
            self.incoming, lambda books: self._whole(books, work, face, last)
        )
        if isinstance(answer, _Held):
            raise _Already(answer.entry)
        if answer.refused and not last:
            raise _Refused(answer)
        return answer

    def _whole(
        self, books: Books, work: Callable[[Books, Moment], T], face: Callable[[T], Reply], last: bool
    ) -> Reply | _Held:
        if self.command.nameless:
            return face(work(books, self._moment))
        first = not self.begun
        if first and (held := books.desk_add(self._entry)) and not self._left_off(held):
            return _Held(held)
        self.begun = True
        try:
            with books.savepoint():
                if first:
                    self._dispatcher.gate(books, self.command.name, self._moment)
                reply = face(work(books, self._moment))
                if last:
                    more = self._dispatcher.courtesy(books, self._moment)
                    reply = replace(reply, cards=(*reply.cards, *more))
                self._use_draft(books)
                if self.command.menu:
                    holding.use(books, self.incoming, self._moment)
        except UserError as refusal:
            reply = _keep_text(books, self.incoming, self.command, refusal, self._entry.id, self._moment)
            books.desk_settle(self._entry.id, "refused", _outcome(reply))
        except StorageFull:
            raise
        except Room37Error:
            raise
        except Exception as crash:
            log.exception("a rule failed: command=%s", self.command.name, exc_info=_without_text(crash))
            reply = _keep_text(
                books, self.incoming, self.command, UserError("kernel.crashed"), self._entry.id, self._moment
            )
            books.desk_settle(self._entry.id, "failed", _outcome(reply))
        else:
            books.desk_settle(self._entry.id, "done" if last else "working", _outcome(reply), left=self._left if last else None)
        return reply

    def _left_off(self, held: DeskEntry) -> bool:
        """Whether this very call was cut off by a crash of the only process there is: then it is taken up again."""
        return self._dispatcher.alone and held.state == "working" and held.id == self._entry.id

    async def write(self, work: Callable[[Books, Moment], T]) -> T:
        """A further write of the same call, under the call's own ids."""
        moment = replace(self._moment, now=self._dispatcher.moment(self.incoming).now)
        return await self._dispatcher.finish(self.incoming, lambda books: work(books, moment))

    async def read(self, work: Callable[[Books, Moment], T]) -> T:
        """A read."""
        return await self._dispatcher.read(self.incoming.place, lambda books: work(books, self._moment))

    async def rooms(self) -> Sequence[There]:
        """The caller's rooms."""
        return await rooms_of(self.incoming, self._dispatcher.house)

    async def read_there(self, there: There, work: Callable[[Books, Moment], T]) -> T:
        """A read in one of them, with the caller as they stand there."""
        moment = replace(self._moment, standing=there.standing or Standing(can_post=False))
        return await self._dispatcher.read(there.place, lambda books: work(books, moment))

    def _use_draft(self, books: Books) -> None:
        """A call that carried `desk=ID` and went through uses up the draft that its refusal had made."""
        desk = self.incoming.call.args.get("desk")
        draft = books.draft(desk) if desk else None
        if draft is not None and draft.person == self.incoming.person.key and draft.state == "kept":
            books.keep(Outcome(None, rows=(replace(draft, state="used"),)), self._moment)

    async def prefill(self, values: dict[str, Any]) -> dict[str, str]:
        """What stands in a form already: the refused text that it reopens, or what the command says."""
        desk = self.incoming.call.args.get("desk")
        text = self.command.text_argument
        kept: dict[str, str] = {}
        if desk and text is not None:
            draft = await self._dispatcher.read(self.incoming.place, lambda books: books.draft(desk))
            if draft is not None and draft.person == self.incoming.person.key:
                kept = {text.name: draft.text}
        if self.command.prefill is not None and (self.command.menu or not kept):
            return {**await self.command.prefill(self.context, values), **kept}
        return kept


class _Already(UserError):
    """This delivery was answered before."""

    def __init__(self, entry: DeskEntry) -> None:
        super().__init__("kernel.already")
        self.reply = _stored(entry)


class _Refused(UserError):
    """The first write of several refused; the reply is made."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("kernel.already")
        self.reply = reply


async def _outputs(running: Any) -> AsyncIterator[Growing | Reply]:
    """What a handler gives: one reply, or growing text and then one reply."""
    try:
        if hasattr(running, "__aiter__"):
            async for out in running:
                yield out
        else:
            yield await running
    except (_Already, _Refused) as answered:
        yield answered.reply


async def _in_time(reading: Awaitable[T]) -> T:
    """What a form needs; a form must be a platform's first answer, so it cannot wait for a slow database."""
    try:
        async with asyncio.timeout(PREFILL_SECONDS):
            return await reading
    except TimeoutError:
        raise UserError(PRESS_AGAIN) from None


def _entry(incoming: Incoming, command: Command | None, moment: Moment) -> DeskEntry:
    return DeskEntry(
        moment.new_id(),
        incoming.source_id,
        incoming.person.key,
        incoming.call.command,
        holding.desk_args(incoming, command),
        moment.now,
        "open",
    )


def _keep_text(
    books: Books,
    incoming: Incoming,
    command: Command | None,
    refusal: UserError,
    entry_id: str,
    moment: Moment,
) -> Reply:
    """The reply to a refused call; its text becomes a draft (of the desk entry's id) that the card names."""
    text = holding.own_words(incoming, command)
    kept = clean(text).text
    if (
        not kept
        or (command is not None and not command.keeps)
        or "desk" in incoming.call.args
        or "draft" in incoming.call.args
    ):
        return Reply.of(note(refusal.sentence), refused=True)
    story = books.snapshot().story
    kind = cast(Any, command.keeps if command is not None else "said")
    again = holding.again(incoming, command, text) if command is not None else Call("said")
    token = _token(again) if again is not None else ""
    draft = Draft(
        entry_id, books.snapshot().room.id, story.id if story else None, incoming.person.key, kind, kept, refusal.key, "kept",
        moment.now, call=token,
    )  # fmt: skip
    books.keep(Outcome(None, rows=(draft,)), moment)
    actions = [*holding.onward(draft), Action(say("kernel.see_drafts"), Call("my drafts"))]
    if command is not None and again is not None and token:
        actions.insert(0, Action(say("kernel.change_it"), again.with_args(desk=entry_id)))
    return Reply(
        (
            Card(
                say("kernel.safe_title"),
                (Text(refusal.sentence), Text(say("kernel.in_drafts", words=first_words(kept)))),
                tuple(actions),
            ),
        ),
        refused=True,
    )


def _token(call: Call) -> str:
    try:
        return call.token
    except ValueError:
        return ""


def _give_back(incoming: Incoming, command: Command | None, full: StorageFull) -> Reply:
    """Nothing can be stored: the text goes back to its author."""
    text = holding.own_words(incoming, command)
    card = note(say("kernel.disk_full", why=str(full)))
    if not text.strip():
        return Reply((card,), refused=True)
    return Reply((card,), refused=True, file=("your-words.txt", text))


def _outcome(reply: Reply) -> dict[str, Any]:
    return {"cards": [to_json(card) for card in reply.cards], "refused": reply.refused}


def _stored(entry: DeskEntry) -> Reply:
    if entry.outcome is None:
        return Reply.of(note(say("kernel.still_working")))
    return Reply(tuple(from_json(card) for card in entry.outcome["cards"]), refused=entry.outcome["refused"])


def _without_text(crash: Exception) -> Exception:
    """The crash for the log: its message may hold people's text, its type and place are enough."""
    bare = RuntimeError(type(crash).__name__)
    bare.__traceback__ = crash.__traceback__
    return bare
