"""Discord as a platform: interactions become calls, replies become private answers, public cards become messages.

Nothing depends on a view or a modal that is kept in memory: each is stopped before it is sent, and what people press
is read from the raw interaction, so that a button works after a restart. The bot asks for no privileged intent.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import traceback
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import discord

from adapters.discord import forms
from adapters.discord.answering import BROKEN, Answer, Sending
from adapters.discord.callers import (
    PLATFORM,
    Asked,
    barred,
    lessened,
    person_of,
    place_of,
    standing_in,
    standing_of,
)
from adapters.discord.cards import drawn_private, drawn_text
from adapters.discord.channels import Channels
from adapters.discord.commands import choices, focused
from adapters.discord.connection import DIRECT, Connection
from adapters.discord.division import Division
from adapters.discord.limits import CONTENT
from adapters.discord.once import once
from adapters.discord.pages import paged
from adapters.discord.pointing import quiet
from adapters.discord.streaming import PAUSE, Stream
from adapters.discord.syncing import sync
from adapters.discord.unheard import Unheard
from adapters.discord.uploads import read_upload
from adapters.discord.wishes import Wish, raw, typed, wish_of
from adapters.pausing import Pauses
from bot.calls import Call
from bot.cards import Action, Card, Form, Prose, Reply, Text, note
from bot.chat import Inbox
from bot.commands import Growing
from bot.context import Incoming
from bot.errors import CannotPost, OperatorError, PostLater, UserError
from bot.markup import to_plain
from bot.sentences import say
from bot.story.people import Person, Place, Standing

log = logging.getLogger("room37.discord")
K = TypeVar("K")
V = TypeVar("V")

RESTART_SECONDS = (1.0, 5.0, 15.0, 60.0)
"""Between attempts to connect again, the last one for ever; discord.py gives up when the first handshake fails."""
FINISH_SECONDS = 3.0
"""So long a client that shall run other shards may finish answers: later ones would come too late anyway."""
READY_SECONDS = 30.0
"""So long a post waits until the bot is logged in, before it is left for a while."""
SUGGEST_SECONDS = 2.0
BARRED_SECONDS = 600.0
"""So long is a place not asked where the bot saw that it lacks a permission: Discord shuts bots out that insist."""
_REMEMBERED = 4096
_WAITING = 10
"""Answers that wait for one person: more were not read anyway, and all that matters in them is stored."""
_GIVEN_BACK = 1500
"""Characters of each text that is given back on a card; forms of several texts have short ones."""
_COPIES = 3
"""So many interactions that somebody else had answered mean that another copy of the bot is running."""


@dataclass
class _Memory:
    """What outlives one life of discord.py's client: a few thousand things each, the newest."""

    seen: OrderedDict[int, None] = field(default_factory=OrderedDict)
    lost: OrderedDict[tuple[Place, Person], tuple[Reply, ...]] = field(default_factory=OrderedDict)
    told: OrderedDict[tuple[Place, Person], str] = field(default_factory=OrderedDict)
    warned: OrderedDict[tuple[Place, Person], tuple[str, ...]] = field(default_factory=OrderedDict)
    unheard: Unheard = field(default_factory=Unheard)


class Discord:
    """A ChatAdapter for Discord."""

    def __init__(self, connection: Connection, division: Division | None = None) -> None:
        self._connection = connection
        self._division = division
        self._channels: Channels | None = None
        self._ready = asyncio.Event()
        self._memory = _Memory()
        self._barred: dict[Place, tuple[str, float]] = {}
        self._at_work: set[asyncio.Task[Any]] = set()
        self.synced = asyncio.Event()
        """Set once the commands at Discord are the registry's."""
        self.client: discord.Client | None = None

    async def run(self, inbox: Inbox) -> None:
        """Serve until cancelled; reconnects by itself. Raises OperatorError for a token that Discord refuses."""
        once()
        await self._look_back(inbox)
        async with asyncio.TaskGroup() as group:
            attempt = 0
            try:
                while True:
                    began = asyncio.get_running_loop().time()
                    if not await self._serve(inbox, group):
                        attempt = 0
                        continue
                    if asyncio.get_running_loop().time() - began > RESTART_SECONDS[-1]:
                        attempt = 0
                    await asyncio.sleep(RESTART_SECONDS[min(attempt, len(RESTART_SECONDS) - 1)])
                    attempt += 1
            finally:
                await self._leave()

    async def _look_back(self, inbox: Inbox) -> None:
        """What the process before this one did last: whoever says it once more had no answer."""
        try:
            before = await inbox.before_us()
        except OperatorError as broken:
            log.warning("what was done before the start is not known: %s", broken)
            return
        self._memory.unheard.before_us(call for call in before if call.place.platform == PLATFORM)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """While an interaction is answered: discord.py runs it in a task that nobody else awaits."""
        here = {task} if (task := asyncio.current_task()) is not None else set()
        self._at_work |= here
        try:
            yield
        finally:
            self._at_work -= here

    async def _leave(self) -> None:
        """Break off what is being answered, before the house closes its books: what is undone stays on the desk."""
        for task in self._at_work:
            task.cancel()
        if self._at_work:
            await asyncio.wait(self._at_work)

    async def _serve(self, inbox: Inbox, group: asyncio.TaskGroup) -> bool:
        """One life of discord.py's client; gives whether it ended by itself, not because it shall run other shards."""
        quiet()
        share = await self._division.some() if self._division is not None else (None, None)
        client = _Client(self, inbox, group, self._connection, self._memory, *share)
        self.client, self._channels = client, Channels(client)
        try:
            async with client:
                return await self._lives(client)
        except discord.LoginFailure:
            raise OperatorError(to_plain(say("discord.bad_token"))) from None
        except discord.PrivilegedIntentsRequired:
            raise OperatorError(to_plain(say("discord.bad_intents"))) from None
        except (discord.DiscordException, AttributeError, LookupError, TypeError, ValueError, *BROKEN) as broken:
            # AttributeError: the first handshake failed (https://github.com/Rapptz/discord.py/issues/10520); the others:
            # an event that discord.py cannot read ends its client
            log.warning("Discord cannot be reached (%s); trying again", type(broken).__name__)
        finally:
            self._ready.clear()
        return True

    async def _lives(self, client: discord.Client) -> bool:
        """Run the client until it ends, or until other shards are to be run: then what it is at is finished first.

        The client is closed before it is waited for: while a shard connects anew discord.py keeps a cancellation to itself
        (discord/shard.py, 2.7.1), and then waits for an event that only closing brings.
        """
        running = asyncio.create_task(client.start(self._connection.token))
        ends: set[asyncio.Task[None]] = {running}
        changing = asyncio.create_task(self._division.changed()) if self._division is not None else None
        if changing is not None:
            ends.add(changing)
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await running
                return True
            if self._at_work:
                await asyncio.wait(self._at_work, timeout=FINISH_SECONDS)
            return False
        finally:
            for task in ends:
                task.cancel()
            await client.close()
            await asyncio.gather(*ends, return_exceptions=True)

    # ---- posting

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """Post a public card."""
        return await (await self._open(place)).post(place, card, nonce)

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Redraw a public card."""
        return await (await self._open(place)).edit(place, refs, card)

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """Look for a card whose fate is unknown."""
        return await (await self._open(place)).find(place, card, nonce)

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """Delete messages."""
        await (await self._open(place)).remove(place, refs)

    async def _open(self, place: Place) -> Channels:
        """The channels, once the bot is logged in. Raises CannotPost where it was seen that the bot may not write."""
        lacking, until = self._barred.get(place, ("", 0.0))
        if until > asyncio.get_running_loop().time():
            raise CannotPost(lacking)
        if self._division is not None and not self._division.holds(place):
            raise PostLater("another process runs its shard", 1.0)
        try:
            await asyncio.wait_for(self._ready.wait(), READY_SECONDS)
        except TimeoutError:
            raise PostLater("not logged in", 1.0) from None
        if self._channels is None:
            raise CannotPost("not logged in")
        return self._channels

    def note_rights(self, asked: Asked, place: Place, inbox: Inbox) -> str:
        """Remember whether the bot may write where it was called; gives the permission it lacks."""
        lacking = barred(asked)
        if self._channels is not None and "attach_files" not in lessened(asked):
            self._channels.attaches(place)
        if lacking:
            self._barred[place] = lacking, asyncio.get_running_loop().time() + BARRED_SECONDS
        else:
            self._barred.pop(place, None)
            inbox.welcome(place.platform, place.space, place.channel)
        return lacking

    def rights_changed(self, space: str, inbox: Inbox) -> None:
        """A server changed its roles or channels, or let the bot in again."""
        for place in [p for p in self._barred if p.space == space]:
            del self._barred[place]
        inbox.welcome(PLATFORM, space)

    def logged_in(self) -> None:
        """The bot may post from now on."""
        self._ready.set()


class _Client(discord.AutoShardedClient):
    """discord.py's side. It runs the shards it is given, else as many as Discord wants."""

    def __init__(
        self, platform: Discord, inbox: Inbox, group: asyncio.TaskGroup, connection: Connection, memory: _Memory,
        shards: frozenset[int] | None = None, of: int | None = None,
    ) -> None:  # fmt: skip
        given: dict[str, Any] = {} if shards is None else {"shard_ids": sorted(shards), "shard_count": of}
        super().__init__(
            **given,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            guild_ready_timeout=connection.ready_seconds,
            max_ratelimit_timeout=30.0,
        )
        self._platform = platform
        self._inbox = inbox
        self._tasks = group
        self._guild = connection.guild
        self._seen, self._lost, self._told = memory.seen, memory.lost, memory.told
        self._warned = memory.warned
        self._unheard = memory.unheard
        self._pauses = Pauses(PAUSE)
        self._copies = 0

    async def setup_hook(self) -> None:
        """Once logged in: bring the commands up to date."""
        self._platform.logged_in()
        if not self.shard_ids or 0 in self.shard_ids:  # of several processes one keeps the commands
            self._tasks.create_task(self._sync())

    async def _sync(self) -> None:
        await sync(self, self._inbox.commands, self._guild)
        self._platform.synced.set()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """What broke and where, without what people wrote (an exception's message may hold it)."""
        kind, _, trace = sys.exc_info()
        where = traceback.extract_tb(trace)[-1] if trace is not None else None
        at = f"{Path(where.filename).name}:{where.lineno}" if where is not None else "?"
        log.error("an event failed: %s: %s at %s", event_method, kind.__name__ if kind else "?", at)

    # ---- what Discord tells of itself

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was taken out of a server; its rooms are kept."""
        log.warning("the bot was removed from the server %s; its rooms are kept", guild.id)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot came to a server, perhaps again."""
        self._platform.rights_changed(str(guild.id), self._inbox)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is there (again), after an outage or at a start; rights may have changed meanwhile."""
        self._platform.rights_changed(str(guild.id), self._inbox)

    async def on_guild_role_update(self, _before: discord.Role, after: discord.Role) -> None:
        """Rights may have changed."""
        self._platform.rights_changed(str(after.guild.id), self._inbox)

    async def on_member_update(self, _before: discord.Member, after: discord.Member) -> None:
        """The bot was given a role, or lost one. (Without a privileged intent Discord tells of no other member.)"""
        self._platform.rights_changed(str(after.guild.id), self._inbox)

    async def on_guild_channel_update(self, _before: object, after: discord.abc.GuildChannel) -> None:
        """Rights may have changed."""
        self._platform.rights_changed(str(after.guild.id), self._inbox)

    async def on_thread_update(self, _before: discord.Thread, after: discord.Thread) -> None:
        """A thread may have been unlocked."""
        if not after.locked:
            self._platform.rights_changed(str(after.guild.id), self._inbox)

    # ---- what people do

    async def on_interaction(self, asked: Asked) -> None:
        """One use of a command, a button, a menu or a form."""
        if asked.id in self._seen:  # a resumed connection replays what it thinks was missed
            return
        _remember(self._seen, asked.id, None)
        with self._platform.at_work():
            if asked.type is discord.InteractionType.autocomplete:
                await self._suggest(asked)
            elif asked.type is not discord.InteractionType.ping:
                await self._serve(asked)

    async def _suggest(self, asked: Asked) -> None:
        """Completions; none when they are not there in time."""
        found: Sequence[tuple[str, str]] = ()
        number = False
        try:
            command, argument, begun, number = focused(raw(asked))
            async with asyncio.timeout(SUGGEST_SECONDS):
                found = await self._inbox.suggest(
                    place_of(asked), person_of(asked.user.id), command, argument, begun
                )
        except (UserError, OperatorError, TimeoutError):
            pass
        try:
            await asked.response.autocomplete(choices(found, number=number))
        except (discord.HTTPException, *BROKEN) as refused:
            if isinstance(refused, discord.HTTPException) and refused.status == 400:
                log.error("Discord refused completions: %s", refused.code)
            else:
                log.info("completions came too late")

    async def _serve(self, asked: Asked) -> None:
        """Carry out what was asked, and answer."""
        refusal: UserError | None = None
        try:
            wish = wish_of(asked, self._inbox.commands, self.user.id if self.user else 0)
        except UserError as refused:
            wish, refusal = Wish(Call("help"), changes=False), refused
        person = person_of(asked.user.id)
        incoming = Incoming(
            place_of(asked), person, asked.user.display_name, wish.call, f"{PLATFORM}:{asked.id}", standing_of(asked),
            people=wish.people, private=asked.guild_id is None, elsewhere=partial(self._elsewhere, person),
        )  # fmt: skip
        answer = Answer(asked, self._tasks, over=wish.over)
        answer.begin()
        try:
            lacking = self._platform.note_rights(asked, incoming.place, self._inbox)
            if refusal is None:
                incoming, refusal = await self._with_files(incoming, wish)
            if refusal is None:
                incoming = self._unheard.known(incoming, self._inbox.commands)
                reply = await self._carry_out(asked, answer, incoming)
            else:
                reply = await self._refused(asked, incoming, refusal)
            await self._answer(answer, wish, incoming, reply, lacking, self._warnings(asked, incoming, wish, lacking))
        finally:
            answer.close()

    def _warnings(self, asked: Asked, incoming: Incoming, wish: Wish, lacking: str) -> list[Card]:
        """What is less than it could be here, said once: to who can mend it, and to whom it concerns."""
        less = lessened(asked)
        long = any(len(value) > CONTENT for value in incoming.call.args.values())
        concerned = less if incoming.standing.keeper else tuple(n for n in less if n == "attach_files" and long)
        who = incoming.place, incoming.person
        if lacking or not wish.changes or not concerned or set(concerned) <= set(self._warned.get(who, ())):
            return []
        _remember(self._warned, who, concerned)
        return [note(say(f"discord.less_{name}")) for name in concerned]

    async def _with_files(self, incoming: Incoming, wish: Wish) -> tuple[Incoming, UserError | None]:
        """The call with the texts of its files, or why one cannot be read."""
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

    async def _elsewhere(self, person: Person, place: Place) -> Standing | None:
        """How somebody who writes in a direct message stands in one of their rooms."""
        if place.platform != PLATFORM:
            return None
        if place.space == DIRECT:
            return Standing(keeper=True)
        try:
            return await standing_in(self, place, person)
        except (discord.HTTPException, discord.RateLimited, *BROKEN) as fault:
            log.info("a member could not be looked up: %s", type(fault).__name__)
            return None

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

        return Stream(asked.channel_id or 0, show, self._pauses, self._tasks)

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
        earlier = tuple(one for one in self._lost.pop(who, ()) if one != reply)
        cards = list(reply.cards)
        if lacking and wish.changes and self._told.get(who) != lacking:
            _remember(self._told, who, lacking)
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
            self._unheard.answered(incoming)
            self._keep_for_next(who, tuple(Reply(file=file) for file in files[1:]))  # a reply holds one file
        elif outcome == "lost":
            self._unheard.lost(incoming)
            self._keep_for_next(who, (*earlier, reply))
        elif outcome == "taken":
            self._copy_seen()

    def _keep_for_next(self, who: tuple[Place, Person], replies: tuple[Reply, ...]) -> None:
        """What nobody saw is said with the person's next answer there."""
        if replies:
            _remember(self._lost, who, replies[-_WAITING:])

    def _copy_seen(self) -> None:
        """Somebody else answers with the same token: it is said, once."""
        self._copies += 1
        if self._copies == _COPIES:
            log.error("%s", to_plain(say("discord.second_copy")))


def _remember(kept: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep it as the newest; the oldest ones go."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)


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


__all__ = ["Discord"]
