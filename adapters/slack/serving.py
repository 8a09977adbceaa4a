"""One use of something, from the call to the answer: carried out by the core, and answered privately."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from inspect import isasyncgenfunction

from slack_sdk.web.async_client import AsyncWebClient

from adapters.pausing import Pauses
from adapters.slack import deliveries, forms, pages
from adapters.slack.accounts import is_direct, standing_of
from adapters.slack.answering import Answer
from adapters.slack.callers import PLATFORM, person_of
from adapters.slack.cards import drawn_private
from adapters.slack.deliveries import Delivery
from adapters.slack.gate import Gate
from adapters.slack.presence import is_in
from adapters.slack.remembering import People
from adapters.slack.streaming import PAUSE, Grown, Growth
from bot.calls import Call
from bot.cards import Action, Card, Form, Reply, note
from bot.chat import Inbox
from bot.commands import Command, Growing
from bot.context import Incoming
from bot.errors import NotAllowed, UserError
from bot.questions import form_of
from bot.sentences import say
from bot.story.people import Person, Place, Standing


class Service:
    """Carries out calls and answers them, with what is remembered of people meanwhile."""

    def __init__(self, gate: Gate, inbox: Inbox, group: asyncio.TaskGroup, people: People) -> None:
        self.gate = gate
        self.inbox = inbox
        self.memory, self.presence, self.accounts = people.memory, people.presence, people.accounts
        self._group = group
        self._pauses = Pauses(PAUSE)
        self._grown: dict[str, Grown] = {}
        """Messages that grew, in whose place the answers to these deliveries come."""

    async def serve(
        self, delivery: Delivery, call: Call, *, people: Mapping[str, str] | None = None, page: int = 1,
        turning: bool = False,
    ) -> None:  # fmt: skip
        """Carry out a call, and answer."""
        command = self.inbox.commands.find(call.command)
        if not delivery.channel:  # from the lightning menu: it has to be said where
            await self._ask_where(delivery, call, command)
            return
        delivery = await self._placed(delivery, call)
        reply = await self._reply(delivery, call, people or {})
        await self.answer(delivery, call, command, reply, page=page, turning=turning)

    async def _reply(self, delivery: Delivery, call: Call, people: Mapping[str, str]) -> Reply:
        try:
            return await self.carried_out(delivery, call, people)
        except UserError as refusal:
            return Reply.of(note(refusal.sentence), refused=True)

    async def _placed(self, delivery: Delivery, call: Call) -> Delivery:
        """In a thread that is no room of its own a call means the channel's room; a story begun there makes it one."""
        if not delivery.thread or call.command == "story new" or await self.inbox.known(delivery.place):
            return delivery
        return deliveries.moved(delivery, delivery.channel)

    async def _ask_where(self, delivery: Delivery, call: Call, command: Command | None) -> None:
        if command is None:
            return
        answer = Answer(await self.gate.client(delivery.team), self.gate.session, delivery.door)
        if not await answer.form(forms.modal(form_of(command, call), self.inbox.commands, ask_where=True)):
            await answer.say(drawn_private(Reply.of(note(say("kernel.press_again")))), over=False)

    async def carried_out(self, delivery: Delivery, call: Call, people: Mapping[str, str]) -> Reply:
        """The core's reply to a call. Raises UserError for who is not there, or nobody any more."""
        client = await self.gate.client(delivery.team)
        presence = self.presence
        if delivery.vouched:
            presence.seen(delivery.team, delivery.channel, delivery.user)
        elif not await presence.there(client, delivery.team, delivery.channel, delivery.user):
            raise NotAllowed("kernel.not_there")
        self.memory.came_through(delivery.team, delivery.channel, delivery.door)
        account = await self.accounts.of(client, delivery.team, delivery.user, called=delivery.called)
        if account.gone:
            raise NotAllowed("slack.account_closed")
        person = person_of(delivery.team, delivery.user)
        incoming = Incoming(
            delivery.place, person, account.name, call, delivery.source_id, standing_of(account, delivery.channel),
            people=people, private=is_direct(delivery.channel), elsewhere=partial(self.elsewhere, person),
        )  # fmt: skip
        growth = self._growth(client, delivery)
        command = self.inbox.commands.find(call.command)
        if command is not None and isasyncgenfunction(command.handler):
            await growth.think()
        reply = await growth.follow(self.inbox.call(incoming), partial(self._say_writing, delivery))
        if growth.grown is not None:
            self._grown[delivery.source_id] = growth.grown
        return reply if reply is not None else Reply.of(note(say("kernel.crashed")), refused=True)

    def _growth(self, client: AsyncWebClient, delivery: Delivery) -> Growth:
        """How a co-writer's text is shown until it is there: it grows where nobody else can be disturbed."""
        channel = delivery.channel if is_direct(delivery.channel) else ""
        below = delivery.door.thread or delivery.door.pressed
        return Growth(client, self._pauses, self._group, channel=channel, below=below)

    async def _say_writing(self, delivery: Delivery, growing: Growing) -> None:
        """One line while the co-writer writes: what only one person sees cannot be edited in Slack."""
        answer = Answer(await self.gate.client(delivery.team), self.gate.session, delivery.door)
        await answer.say(drawn_private(Reply.of(note(say("slack.writing", label=growing.label)))), over=False)

    async def elsewhere(self, person: Person, place: Place) -> Standing | None:
        """How somebody who writes in a direct message stands in one of their rooms."""
        if place.platform != PLATFORM or place.space != person.space:
            return None
        client = await self.gate.client(place.space)
        if not await is_in(client, place.channel, person.user):
            return None
        account = await self.accounts.of(client, place.space, person.user)
        return standing_of(account, place.channel)

    async def answer(
        self, delivery: Delivery, call: Call, command: Command | None, reply: Reply, *, page: int, turning: bool
    ) -> None:
        """Show the reply: a form, pages, or cards; with what was lost before."""
        grown = self._grown.pop(delivery.source_id, None)
        if not self.memory.takes(delivery.source_id):
            return
        client = await self.gate.client(delivery.team)
        answer = Answer(client, self.gate.session, delivery.door, grown)
        if reply.form is not None:
            view = forms.modal(reply.form, self.inbox.commands, at=deliveries.at_of(delivery))
            if await answer.form(view):
                return
            reply = Reply.of(_open_again(reply.form))
        who = (delivery.place, person_of(delivery.team, delivery.user))
        whole = replace(reply, form=None)
        earlier = self.memory.earlier(who)
        if earlier is not None and earlier.file and reply.file:
            self.memory.lost(who, earlier)  # two files are two answers
        elif earlier is not None:
            cards = (*reply.cards, note(say("slack.earlier")), *earlier.cards)
            whole = replace(whole, cards=cards, file=reply.file or earlier.file)
        changes = command is None or command.changes
        over = (turning or (command is not None and command.redraws)) and not reply.refused
        drawn = pages.paged(drawn_private(whole), call, page, changes=changes)
        if await answer.say(drawn, over=over) == "lost":
            self.memory.lost(who, whole)
            self.memory.drops(delivery.source_id)

    async def refuse(self, delivery: Delivery, refusal: UserError, kept: Call | None) -> None:
        """Say why something is no call; words that came with it are kept and asked about."""
        if kept is not None and delivery.channel:
            reply = await self._reply(delivery, kept, {})
            reply = Reply((note(refusal.sentence), *reply.cards), refused=True)
        else:
            reply = Reply.of(note(refusal.sentence), refused=True)
        await self.answer(delivery, Call("help"), None, reply, page=1, turning=False)


def _open_again(form: Form) -> Card:
    """A form whose trigger died: a button that opens it."""
    held = Call(form.call.command)
    for name, value in form.call.args.items():
        try:
            held = held.with_args(**{name: value}) if held.with_args(**{name: value}).token else held
        except ValueError:
            continue
    return note(say("kernel.press_again"), Action(say("slack.open_form"), held, "main"))
