"""The transactions of one call: its row on the desk first, then, inside a savepoint, the work.

A refusal or a crash of the rule rolls back to the savepoint and commits the desk and a draft of the text.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from bot import holding
from bot.cards import Card, Reply
from bot.commands import Command, Growing
from bot.context import Context, Incoming, Shop, There
from bot.desk import Held, entry_of, keep_text, outcome_of, stored
from bot.elsewhere import rooms_of
from bot.errors import Room37Error, StorageFull, UserError, without_text
from bot.ports import Clock, House
from bot.saying_again import left_of
from bot.story.books import Books, DeskEntry
from bot.story.moments import Moment, Outcome
from bot.story.people import Place, Standing

log = logging.getLogger("room37.dispatch")
T = TypeVar("T")


Courtesy = Callable[[Books, Moment], Sequence[Card]]
"""What else is to be said, once and privately, to a person who just acted (the question of consent, tidings)."""
Gate = Callable[[Books, str, Moment], None]
"""Refuses (UserError) who may not act here now: before any rule of a changing command, in its transaction."""


class Host(Protocol):
    """What a unit needs of its dispatcher."""

    @property
    def house(self) -> House:
        """Rows across rooms: ids, instants and places, no text."""

    @property
    def shop(self) -> Shop:
        """What the house owns."""

    @property
    def clock(self) -> Clock:
        """What time it is."""

    @property
    def courtesy(self) -> Courtesy:
        """What else is to be said."""

    @property
    def gate(self) -> Gate:
        """Who may act at all."""

    @property
    def alone(self) -> bool:
        """Whether this is the only process there is."""

    def moment(self, incoming: Incoming, *, nameless: bool = False) -> Moment:
        """Now, with this call's ids and its person (nobody, for a nameless call)."""

    async def finish(self, incoming: Incoming, whole: Callable[[Books], T]) -> T:
        """One write of a call; afterwards the poster and the alarms know."""

    async def read(self, place: Place, work: Callable[[Books], T]) -> T:
        """A read."""


class Unit:
    """The transactions of one call."""

    def __init__(self, dispatcher: Host, incoming: Incoming, command: Command) -> None:
        self._dispatcher = dispatcher
        self.incoming = incoming
        self.command = command
        self.begun = False
        self._moment = dispatcher.moment(incoming, nameless=command.nameless)
        self._left = left_of(incoming.call, command)
        self._entry = entry_of(incoming, command, self._moment)
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
        if isinstance(answer, Held):
            raise Already(answer.entry)
        if answer.refused and not last:
            raise Refused(answer)
        return answer

    def _whole(
        self, books: Books, work: Callable[[Books, Moment], T], face: Callable[[T], Reply], last: bool
    ) -> Reply | Held:
        if self.command.nameless:
            return face(work(books, self._moment))
        first = not self.begun
        if first and (held := books.desk_add(self._entry)) and not self._left_off(held):
            return Held(held)
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
            reply = keep_text(books, self.incoming, self.command, refusal, self._entry.id, self._moment)
            books.desk_settle(self._entry.id, "refused", outcome_of(reply))
        except StorageFull:
            raise
        except Room37Error:
            raise
        except Exception as crash:
            log.exception("a rule failed: command=%s", self.command.name, exc_info=without_text(crash))
            reply = keep_text(
                books, self.incoming, self.command, UserError("kernel.crashed"), self._entry.id, self._moment
            )
            books.desk_settle(self._entry.id, "failed", outcome_of(reply))
        else:
            books.desk_settle(self._entry.id, "done" if last else "working", outcome_of(reply), left=self._left if last else None)
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


class Already(UserError):
    """This delivery was answered before."""

    def __init__(self, entry: DeskEntry) -> None:
        super().__init__("kernel.already")
        self.reply = stored(entry)


class Refused(UserError):
    """The first write of several refused; the reply is made."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("kernel.already")
        self.reply = reply


async def outputs(running: Any) -> AsyncIterator[Growing | Reply]:
    """What a handler gives: one reply, or growing text and then one reply."""
    try:
        if hasattr(running, "__aiter__"):
            async for out in running:
                yield out
        else:
            yield await running
    except (Already, Refused) as answered:
        yield answered.reply


