"""One interaction from wish to answer: carried out by the core, and answered privately."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import discord

from adapters.discord import forms
from adapters.discord.answering import BROKEN, Answer, Sending
from adapters.discord.callers import PLATFORM, Asked, lessened, person_of, place_of, standing_in, standing_of
from adapters.discord.cards import drawn_private, drawn_text
from adapters.discord.channels import Channels
from adapters.discord.connection import DIRECT
from adapters.discord.limits import CONTENT
from adapters.discord.pages import paged
from adapters.discord.remembering import Lasting
from adapters.discord.streaming import PAUSE, Stream
from adapters.discord.uploads import read_upload
from adapters.discord.wishes import Wish, typed, wish_of
from adapters.pausing import Pauses
from bot.calls import Call
from bot.cards import Action, Card, Form, Prose, Reply, Text, note
from bot.chat import Inbox
from bot.commands import Growing
from bot.context import Incoming
from bot.errors import UserError
from bot.markup import to_plain
from bot.sentences import say
from bot.story.people import Person, Place, Standing

log = logging.getLogger("room37.discord")

_GIVEN_BACK = 1500
"""Characters of each text that is given back on a card; forms of several texts have short ones."""
_COPIES = 3
"""So many interactions that somebody else had answered mean that another copy of the bot is running."""


class Service:
    """Carries out what people wish and answers them, for one life of discord.py's client."""

    def __init__(self, channels: Channels, inbox: Inbox, group: asyncio.TaskGroup, lasting: Lasting) -> None:
        self._channels = channels
        self._inbox = inbox
        self._group = group
        self._memory, self._rights = lasting.memory, lasting.rights
        self._pauses = Pauses(PAUSE)
        self._copies = 0

    async def serve(self, asked: Asked) -> None:
        """Carry out what was asked, and answer."""
        refusal: UserError | None = None
        try:
            wish = wish_of(asked, self._inbox.commands, _me(asked))
        except UserError as refused:
            wish, refusal = Wish(Call("help"), changes=False), refused
        person = person_of(asked.user.id)
        incoming = Incoming(
            place_of(asked), person, asked.user.display_name, wish.call, f"{PLATFORM}:{asked.id}", standing_of(asked),
            people=wish.people, private=asked.guild_id is None, elsewhere=partial(_elsewhere, asked.client, person),
        )  # fmt: skip
        answer = Answer(asked, self._group, over=wish.over)
        answer.begin()
        try:
            lacking = self._note_rights(asked, incoming.place)
            if refusal is None:
                incoming, refusal = await self._with_files(incoming, wish)
            if refusal is None:
                incoming = self._memory.unheard.known(incoming, self._inbox.commands)
                reply = await self._carry_out(asked, answer, incoming)
            else:
                reply = await self._refused(asked, incoming, refusal)
            await self._answer(answer, wish, incoming, reply, lacking, self._warnings(asked, incoming, wish, lacking))
        finally:
            answer.close()

    def _note_rights(self, asked: Asked, place: Place) -> str:
        """Remember what the bot may do where it was called; gives the permission it lacks to write there."""
        if "attach_files" not in lessened(asked):
            self._channels.attaches(place)
        return self._rights.note(asked, place, self._inbox)

    def _warnings(self, asked: Asked, incoming: Incoming, wish: Wish, lacking: str) -> list[Card]:
        """What is less than it could be here, said once: to who can mend it, and to whom it concerns."""
        less = lessened(asked)
        long = any(len(value) > CONTENT for value in incoming.call.args.values())
        concerned = less if incoming.standing.keeper else tuple(n for n in less if n == "attach_files" and long)
        who = incoming.place, incoming.person
        if lacking or not wish.changes or not concerned or not self._memory.warns(who, concerned):
            return []
        return [note(say(f"discord.less_{name}")) for name in concerned]

    async def _with_files(self, incoming: Incoming, wish: Wish) -> tuple[Incoming, UserError | None]:
        """The call with the texts of its files, or why one cannot be read."""
        if not wish.uploads:
            return incoming, None
        call = wish.call
        try:
            for argument, upload in wish.uploads.items():
                call = call.with_args(**{argument: await read_upload(upload.attachment, upload.most)})
        except UserError as refusal:
            return incoming, refusal
        return replace(incoming, call=call), None

    async def _refused(self, asked: Asked, incoming: Incoming, refusal: UserError) -> Reply:
        """The answer to what is no wish; words that were typed with it are kept and asked about."""
        said, words = note(refusal.sentence), typed(asked, self._inbox.commands)
        if not words.strip():
            return Reply.of(said, refused=True)
        kept: Reply | None = None
        async for out in self._inbox.heard(incoming, words):
            if isinstance(out, Reply):
                kept = out
        return Reply((said, *(kept.cards if kept else ())), refused=True, file=kept.file if kept else None)

    async def _carry_out(self, asked: Asked, answer: Answer, incoming: Incoming) -> Reply:
        """The call's reply. A growing text is one line until it is whole, or grows where nobody else can be disturbed."""
        stream: Stream | None = None
        reply: Reply | None = None
        async for out in self._inbox.call(incoming):
            if isinstance(out, Reply):
                reply = out
            elif stream is None:
                stream = await self._begin_stream(asked, answer, out)
            elif asked.guild_id is None:
                stream.grow(out.text)
        if stream is not None:
            await stream.rest()
        return reply if reply is not None else Reply.of(note(say("kernel.crashed")), refused=True)

    async def _begin_stream(self, asked: Asked, answer: Answer, first: Growing) -> Stream:
        """Say that something is being written; in a direct message, show it grow."""
        await answer.say(Sending(drawn_private(Reply.of(note(say("discord.writing", label=first.label))))))

        async def show(index: int, piece: str) -> None:
            await answer.grow(index, drawn_text(piece))

        return Stream(asked.channel_id or 0, show, self._pauses, self._group)

    async def _answer(
        self, answer: Answer, wish: Wish, incoming: Incoming, reply: Reply, lacking: str, warnings: Sequence[Card]
    ) -> None:
        """Show the reply: a form, pages, or cards; with what was lost before, and what the bot lacks here."""
        who = incoming.place, incoming.person
        if reply.form is not None:
            if await answer.form(forms.modal(reply.form)):
                if answer.first == "taken":
                    self._copy_seen()
                return
            reply = Reply.of(_open_again(reply.form, late=answer.first != "none"))
        earlier = tuple(one for one in self._memory.earlier(who) if one != reply)
        cards = list(reply.cards)
        if lacking and wish.changes and self._memory.tells(who, lacking):
            cards.append(note(say("discord.may_not_post", permission=lacking)))
        cards += warnings
        if wish.unused:
            cards.append(Card(parts=(Text(say("discord.not_used")), *(Prose(text[:_GIVEN_BACK]) for text in wish.unused))))
        if earlier:
            cards += [note(say("discord.earlier")), *(card for one in earlier for card in one.cards)]
        files = [one.file for one in (reply, *earlier) if one.file is not None]
        whole = Reply(tuple(cards), refused=reply.refused, file=files[0] if files else None)
        over = wish.over and not reply.refused
        outcome = await answer.say(
            Sending(paged(drawn_private(whole), wish.call, wish.page, changes=wish.changes), over)
        )
        if outcome == "shown":
            self._memory.unheard.answered(incoming)
            self._memory.lost(who, tuple(Reply(file=file) for file in files[1:]))  # a reply holds one file
        elif outcome == "lost":
            self._memory.unheard.lost(incoming)
            self._memory.lost(who, (*earlier, reply))
        elif outcome == "taken":
            self._copy_seen()

    def _copy_seen(self) -> None:
        """Somebody else answers with the same token: it is said, once."""
        self._copies += 1
        if self._copies == _COPIES:
            log.error("%s", to_plain(say("discord.second_copy")))


async def _elsewhere(client: discord.Client, person: Person, place: Place) -> Standing | None:
    """How somebody who writes in a direct message stands in one of their rooms."""
    if place.platform != PLATFORM:
        return None
    if place.space == DIRECT:
        return Standing(keeper=True)
    try:
        return await standing_in(client, place, person)
    except (discord.HTTPException, discord.RateLimited, *BROKEN) as fault:
        log.info("a member could not be looked up: %s", type(fault).__name__)
        return None


def _me(asked: Asked) -> int:
    """The bot's own account."""
    return asked.client.user.id if asked.client.user else 0


def _open_again(form: Form, *, late: bool) -> Card:
    """A form that could not open (the room was too slow, or another form was just sent): a button that opens it.

    What was filled in and no button can carry is given back to its writer.
    """
    held, texts = Call(form.call.command), []
    for name, value in form.call.args.items():
        try:
            held = held.with_args(**{name: value}) if held.with_args(**{name: value}).token else held
        except ValueError:
            texts.append(Prose(value[:_GIVEN_BACK]))
    said = Text(say("kernel.press_again") if late else say("discord.still_missing", what=form.questions[0].label))
    return Card(parts=(said, *texts), actions=(Action(say("discord.open_form"), held, "main"),))


__all__ = ["Service"]
