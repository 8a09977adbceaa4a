"""Slack as a platform: what people use becomes calls, replies become private answers, public cards become messages.

Every delivery is acknowledged first and worked on afterwards, in a task of ours: Bolt drops an acknowledgement when its
listener raises shortly after it, and Slack delivers again what was not acknowledged within 3 seconds. Only a form's
answer waits a while for the room, so that a refusal can stand on the field it is about.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import partial
from inspect import isasyncgenfunction
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.pausing import Pauses
from adapters.slack import answers, deliveries, forms, home, pages
from adapters.slack import commands as lines
from adapters.slack.accounts import Accounts, is_direct, standing_of
from adapters.slack.answering import Answer, Door
from adapters.slack.asking import FAILED
from adapters.slack.callers import PLATFORM, person_of
from adapters.slack.cards import drawn_private
from adapters.slack.channels import Channels
from adapters.slack.connection import Connection
from adapters.slack.deliveries import Delivery
from adapters.slack.gate import Gate, open_gate
from adapters.slack.home_facts import facts_of
from adapters.slack.presence import Presence, is_in
from adapters.slack.remembering import Memory
from adapters.slack.streaming import PAUSE, Grown, Growth
from adapters.slack.uploads import read_uploads
from bot.calls import Call
from bot.cards import Action, Card, Form, Reply, note
from bot.chat import Inbox
from bot.commands import MENU, Command, Growing
from bot.context import Incoming
from bot.errors import CannotPost, NotAllowed, OperatorError, PostingError, UserError
from bot.markup import to_plain
from bot.ports import Clock, Vault
from bot.questions import form_of
from bot.sentences import say
from bot.story.people import Person, Place, Standing

log = logging.getLogger("room37.slack")

SUBMIT_SECONDS = 2.0
"""So long a sent form waits for the room before it is acknowledged."""
SUGGEST_SECONDS = 2.0
ANYTHING = re.compile(r".*", re.DOTALL)

_NOT_POSTED = {
    "not_in_channel": "not_there",
    "channel_not_found": "not_there",
    "is_archived": "archived",
    "restricted_action": "may_not_post",
    "restricted_action_read_only_channel": "may_not_post",
    "restricted_action_thread_only_channel": "may_not_post",
}
"""What somebody who used the bot there can be told of a channel that takes no cards."""

Body = dict[str, Any]
Ack = Callable[..., Awaitable[object]]


class Slack:
    """A ChatAdapter for Slack."""

    def __init__(self, connection: Connection, vault: Vault, clock: Clock) -> None:
        self._connection = connection
        self._vault = vault
        self._clock = clock
        self._gate: Gate | None = None
        self._channels: Channels | None = None
        self._ready = asyncio.Event()
        self.serving = asyncio.Event()
        """Set once deliveries are taken."""
        self._accounts = Accounts()
        self.memory = Memory()
        self.presence = Presence()

    async def run(self, inbox: Inbox) -> None:
        """Serve until cancelled. Raises OperatorError for tokens that Slack refuses."""
        async with open_gate(self._connection, self._vault, self._clock) as gate, asyncio.TaskGroup() as group:
            self._gate = gate
            self._channels = Channels(gate.client, gate.session, history=self._connection.history)
            gate.later, gate.went, gate.came = group.create_task, self._forget, partial(inbox.welcome, PLATFORM)
            _Listeners(self, gate, inbox, group).register()
            await gate.check()
            self._ready.set()
            await gate.serve(self.serving)

    # ---- posting

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """Post a public card."""
        try:
            return await (await self._open()).post(place, card, nonce)
        except CannotPost as refused:
            await self._say_not_posted(place, refused)
            raise

    async def _say_not_posted(self, place: Place, refused: CannotPost) -> None:
        """Whoever used something there last is told what keeps the cards away, once, and nobody else."""
        door, key = self.memory.door(place.space, place.channel), _NOT_POSTED.get(refused.why)
        if key is None or door is None or self._gate is None:
            return
        if not self.memory.first_time((place.space, place.channel, key)):
            return
        client = await self._gate.client(place.space)
        said = note(say(f"slack.{key}", bot=await self._gate.name(place.space)))
        answer = Answer(client, self._gate.session, replace(door, own_card=False))
        if await answer.say(drawn_private(Reply.of(said)), over=False) == "lost":
            self.memory.unsaid(place.space, place.channel, key)

    def _forget(self, team: str) -> None:
        """A workspace removed the app: what was remembered of its people goes too; the rooms' text stays."""
        self.memory.forget(team)
        self.presence.forget(team)
        self._accounts.forget(team)

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Redraw a public card."""
        try:
            return await (await self._open()).edit(place, refs, card)
        except CannotPost as refused:
            await self._say_not_posted(place, refused)
            raise

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """Look for a card whose fate is unknown."""
        return await (await self._open()).find(place, card, nonce)

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """Delete messages."""
        await (await self._open()).remove(place, refs)

    async def _open(self) -> Channels:
        await self._ready.wait()
        if self._channels is None:
            raise CannotPost("not connected")
        return self._channels

    @property
    def accounts(self) -> Accounts:
        """What Slack says of people."""
        return self._accounts


class _Listeners:
    """Bolt's listeners: each acknowledges, and leaves the work to a task of ours."""

    def __init__(self, platform: Slack, gate: Gate, inbox: Inbox, group: asyncio.TaskGroup) -> None:
        self._platform = platform
        self._gate = gate
        self._inbox = inbox
        self._group = group
        self._pauses = Pauses(PAUSE)
        self._grown: dict[str, Grown] = {}
        """Messages that grew, in whose place the answers to these deliveries come."""

    def register(self) -> None:
        """Tell Bolt what we take. What is not named here is acknowledged too, so that Slack does not deliver it again."""
        app = self._gate.app
        app.command(ANYTHING)(self._on_command)
        app.action(ANYTHING)(self._on_action)
        app.shortcut(ANYTHING)(self._on_shortcut)
        app.view(ANYTHING)(self._on_submit)
        app.view_closed(ANYTHING)(_on_anything)
        app.options(ANYTHING)(self._on_options)
        app.event("app_mention")(self._on_mention)
        app.event("app_home_opened")(self._on_home)
        app.event("reaction_added")(self._on_reaction)
        app.event("member_joined_channel")(self._on_joined)
        app.event("channel_unarchive")(self._on_unarchived)
        app.event("group_unarchive")(self._on_unarchived)
        app.event("app_uninstalled")(self._on_removed)
        app.event("tokens_revoked")(self._on_removed)
        app.event(ANYTHING)(_on_anything)
        app.error(_on_error)

    def _later(self, work: Callable[[Body], Coroutine[Any, Any, None]], body: Body) -> None:
        self._in_background(self._if_served(work, body))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        self._group.create_task(_safely(work))

    async def _if_served(self, work: Callable[[Body], Coroutine[Any, Any, None]], body: Body) -> None:
        """What comes from a workspace that we do not serve (any more) is told so, where it can be, and goes no further."""
        if await self._gate.serves(deliveries.team_of(body)):
            await work(body)
        elif url := str(body.get("response_url") or ""):
            answer = Answer(self._gate.nobody, self._gate.session, Door("", "", response_url=url))
            await answer.say(drawn_private(Reply.of(note(say("slack.not_served")))), over=False)

    async def _on_command(self, ack: Ack, body: Body) -> None:
        await ack()
        self._later(self._command, body)

    async def _on_action(self, ack: Ack, body: Body) -> None:
        await ack()
        self._later(self._action, body)

    async def _on_shortcut(self, ack: Ack, body: Body) -> None:
        await ack()
        self._later(self._shortcut, body)

    async def _on_mention(self, body: Body) -> None:
        self._later(self._mention, body)

    async def _on_home(self, body: Body) -> None:
        self._later(self._home, body)

    async def _on_reaction(self, body: Body) -> None:
        self._later(self._reaction, body)

    async def _on_joined(self, body: Body) -> None:
        self._later(self._joined, body)

    async def _on_unarchived(self, body: Body) -> None:
        self._later(self._unarchived, body)

    async def _unarchived(self, body: Body) -> None:
        """A channel takes messages again: what waits for it goes out."""
        team, channel = deliveries.team_of(body), str((body.get("event") or {}).get("channel") or "")
        self._platform.memory.unsaid(team, channel)
        self._inbox.welcome(PLATFORM, team, channel)

    async def _joined(self, body: Body) -> None:
        """Somebody came into a channel: if it is the bot, what waits for it goes out."""
        event = body.get("event") or {}
        team, channel = deliveries.team_of(body), str(event.get("channel") or "")
        if await self._gate.me(team) == event.get("user"):
            self._platform.memory.unsaid(team, channel)
            self._inbox.welcome(PLATFORM, team, channel)

    async def _on_removed(self, body: Body) -> None:
        """Somebody removed the app, or took its token back; tokens of people are none of ours."""
        event = body.get("event") or {}
        if event.get("type") != "tokens_revoked" or (event.get("tokens") or {}).get("bot"):
            self._gate.doubt(deliveries.team_of(body), (0.0,))

    # ---- what people do

    async def _command(self, body: Body) -> None:
        delivery = deliveries.of_command(body)
        people: dict[str, str] = {}
        text = str(body.get("text") or "")
        try:
            call = lines.call_of(text, self._inbox.commands, people, team=delivery.team)
        except UserError as refusal:
            kept = Call("said", {"text": text}) if len(text.split()) > 1 else None
            await self._refuse(delivery, refusal, kept)
            return
        await self._serve(delivery, call, people=people)

    async def _action(self, body: Body) -> None:
        delivery = deliveries.of_press(body)
        action = (body.get("actions") or [{}])[0]
        try:
            if (body.get("view") or {}).get("type") == "home":
                call, channel, thread = home.pressed(str(action.get("action_id", "")))
                delivery = deliveries.moved(delivery, channel, thread)
            else:
                pressed = lines.pressed(action, body.get("state") or {})
                if pressed is None:
                    return
                call = pressed
        except UserError as refusal:
            await self._refuse(delivery, refusal, None)
            return
        call, page = pages.page_in(call)
        await self._serve(delivery, call, page=page or 1, turning=page is not None)

    async def _shortcut(self, body: Body) -> None:
        delivery = deliveries.of_shortcut(body)
        people: dict[str, str] = {}
        try:
            call = lines.shortcut_of(str(body.get("callback_id", "")), self._inbox.commands)
            if body.get("type") == "message_action":
                message = body.get("message") or {}
                ours = await self._is_ours(delivery, message)
                names = await self._names(delivery, message)
                call = lines.menu_call(call, message, names, team=delivery.team, ours=ours)
                if key := call.args.get("author"):
                    people[key] = names.get(Person.of(key).user, "")
        except UserError as refusal:
            await self._refuse(delivery, refusal, None)
            return
        await self._serve(delivery, call, people=people)

    async def _is_ours(self, delivery: Delivery, message: Body) -> bool:
        """Whether the bot wrote it: its refs are known to the room, or its user is the bot's own."""
        return bool(message.get("user") == await self._gate.me(delivery.team))

    async def _names(self, delivery: Delivery, message: Body) -> dict[str, str]:
        """The names of a message's author and of those whom it mentions."""
        client = await self._gate.client(delivery.team)
        wanted = {str(message.get("user") or "")} | set(re.findall(r"<@([UW][A-Z0-9]+)", str(message.get("text") or "")))
        return {
            user: (await self._platform.accounts.of(client, delivery.team, user)).name
            for user in sorted(wanted - {""})[:20]
        }

    async def _mention(self, body: Body) -> None:
        """`@Room37 continue`: the rest of the line as a command; what is none asks the co-writer."""
        delivery = deliveries.of_mention(body)
        event = body.get("event") or {}
        if event.get("bot_id"):
            return
        text = re.sub(r"^\s*<@[UW][A-Z0-9]+(\|[^>]*)?>\s*", "", str(event.get("text") or ""))
        people: dict[str, str] = {}
        words = text.split(None, 1)
        modes = self._modes()
        if words and words[0].casefold() in modes:
            text = f"assist {text}"
        try:
            call = lines.call_of(text, self._inbox.commands, people, team=delivery.team)
        except UserError as refusal:
            await self._refuse(delivery, refusal, Call("said", {"text": text}) if len(words) > 1 else None)
            return
        await self._serve(delivery, call, people=people)

    def _modes(self) -> frozenset[str]:
        """The ways in which the co-writer can be asked."""
        command = self._inbox.commands.find("assist")
        options = getattr(command.arguments[0].kind, "options", ()) if command is not None else ()
        return frozenset(options)

    async def _on_submit(self, ack: Ack, body: Body) -> None:
        """A form that was sent: it stays open with the refusal on its field, or closes and is answered privately."""
        view = body.get("view") or {}
        try:
            if not await self._gate.serves(deliveries.team_of(body)):
                raise UserError("slack.not_served")
            held = answers.held(view)
            given = answers.answers(view, team=deliveries.team_of(body))
            delivery = deliveries.of_view(body, held.at, given.where)
        except UserError as refusal:
            await _refused_on(ack, refusal, view)
            return
        work = self._group.create_task(self._submitted(delivery, held.call, given))
        done, _ = await asyncio.wait({work}, timeout=SUBMIT_SECONDS)
        reply = work.result() if done else None
        if isinstance(reply, UserError):
            await _refused_on(ack, reply, view)
            return
        if isinstance(reply, Reply) and reply.form is not None:
            missing = UserError("slack.fill_this", argument=reply.form.questions[0].argument)
            await _refused_on(ack, missing, view)
            return
        await ack()
        command = self._inbox.commands.find(held.call.command)
        self._in_background(self._answer_when_done(work, delivery, held.call, command))

    async def _submitted(self, delivery: Delivery, call: Call, given: answers.Answers) -> Reply | UserError:
        """The reply to a form, or why it cannot be taken as it is."""
        command = self._inbox.commands.find(call.command)
        try:
            if command is not None and command.menu and not set(MENU).isdisjoint(given.texts):
                raise UserError("kernel.bad_token")
            call = call.with_args(**given.texts)
            client = await self._gate.client(delivery.team)
            call = call.with_args(**await read_uploads(self._gate.session, client, command, given.uploads))
            return await self._carried_out(delivery, call, {})
        except UserError as refusal:
            return refusal
        except Exception as fault:  # noqa: BLE001  # the form stays open with all that was typed
            log.error("a form could not be taken: %s", type(fault).__name__)
            return UserError("kernel.crashed")

    async def _answer_when_done(
        self, work: asyncio.Task[Reply | UserError], delivery: Delivery, call: Call, command: Command | None
    ) -> None:
        reply = await work
        if isinstance(reply, UserError):
            reply = Reply.of(note(reply.sentence), refused=True)
        await self._answer(delivery, call, command, reply, page=1, turning=False)

    async def _on_options(self, ack: Ack, body: Body) -> None:
        """Suggestions for a menu of a form; none when they are not there in time."""
        found: Sequence[tuple[str, str]] = ()
        begun = str(body.get("value") or "")
        try:
            command, argument, begun = answers.focused(body)
            at = answers.held(body.get("view") or {}).at
            team, user = deliveries.team_of(body), str((body.get("user") or {}).get("id") or "")
            place = Place(PLATFORM, team, at.get("channel", ""), at.get("thread", ""))
            async with asyncio.timeout(SUGGEST_SECONDS):
                if await self._platform.presence.there(await self._gate.client(team), team, place.channel, user):
                    found = await self._inbox.suggest(place, person_of(team, user), command, argument, begun)
        except (UserError, OperatorError, PostingError, TimeoutError):
            pass
        await ack(**answers.suggestions(found, begun))

    async def _home(self, body: Body) -> None:
        """Somebody opened the app's home."""
        event = body.get("event") or {}
        if event.get("tab") not in (None, "home"):
            return
        team, user = deliveries.team_of(body), str(event.get("user") or "")
        client = await self._gate.client(team)
        person = person_of(team, user)
        incoming = Incoming(
            Place(PLATFORM, team, str(event.get("channel") or user)), person, "", Call("help"), "", private=True,
            elsewhere=partial(self._elsewhere, person),
        )  # fmt: skip
        facts = facts_of(await self._inbox.home(incoming), team, await self._gate.name(team))
        await client.views_publish(user_id=user, view=home.home(facts))

    async def _reaction(self, body: Body) -> None:
        """An emoji on a ballot is no vote; the first one gets that person a sentence that says so."""
        event = body.get("event") or {}
        item = event.get("item") or {}
        team, user, channel = deliveries.team_of(body), str(event.get("user") or ""), str(item.get("channel") or "")
        place = Place(PLATFORM, team, channel)
        if not await self._inbox.shows(place, str(item.get("ts") or ""), "ballot"):
            return
        if not self._platform.memory.first_time((team, user, "reaction")):
            return
        door = Door(channel, user)
        answer = Answer(await self._gate.client(team), self._gate.session, door)
        await answer.say(drawn_private(Reply.of(note(say("slack.reaction")))), over=False)

    # ---- carrying out, and answering

    async def _serve(
        self, delivery: Delivery, call: Call, *, people: Mapping[str, str] | None = None, page: int = 1,
        turning: bool = False,
    ) -> None:  # fmt: skip
        """Carry out a call, and answer."""
        command = self._inbox.commands.find(call.command)
        if not delivery.channel:  # from the lightning menu or the home: it has to be said where
            await self._ask_where(delivery, call, command)
            return
        delivery = await self._placed(delivery, call)
        self._platform.memory.came_through(delivery.team, delivery.channel, delivery.door)
        try:
            reply = await self._carried_out(delivery, call, people or {})
        except UserError as refusal:
            reply = Reply.of(note(refusal.sentence), refused=True)
        await self._answer(delivery, call, command, reply, page=page, turning=turning)

    async def _placed(self, delivery: Delivery, call: Call) -> Delivery:
        """In a thread that is no room of its own a call means the channel's room; a story begun there makes it one."""
        if not delivery.thread or call.command == "story new" or await self._inbox.known(delivery.place):
            return delivery
        return deliveries.moved(delivery, delivery.channel, "")

    async def _ask_where(self, delivery: Delivery, call: Call, command: Command | None) -> None:
        if command is None:
            return
        answer = Answer(await self._gate.client(delivery.team), self._gate.session, delivery.door)
        await answer.form(forms.modal(form_of(command, call), self._inbox.commands, ask_where=True))

    async def _carried_out(self, delivery: Delivery, call: Call, people: Mapping[str, str]) -> Reply:
        client = await self._gate.client(delivery.team)
        presence = self._platform.presence
        if delivery.vouched:
            presence.seen(delivery.team, delivery.channel, delivery.user)
        elif not await presence.there(client, delivery.team, delivery.channel, delivery.user):
            raise NotAllowed("kernel.not_there")
        account = await self._platform.accounts.of(client, delivery.team, delivery.user, called=delivery.called)
        if account.gone:
            raise NotAllowed("slack.account_closed")
        person = person_of(delivery.team, delivery.user)
        incoming = Incoming(
            delivery.place, person, account.name, call, delivery.source_id, standing_of(account, delivery.channel),
            people=people, private=is_direct(delivery.channel), elsewhere=partial(self._elsewhere, person),
        )  # fmt: skip
        growth = self._growth(client, delivery)
        command = self._inbox.commands.find(call.command)
        if command is not None and isasyncgenfunction(command.handler):
            await growth.think()
        reply = await growth.follow(self._inbox.call(incoming), partial(self._say_writing, delivery))
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
        answer = Answer(await self._gate.client(delivery.team), self._gate.session, delivery.door)
        await answer.say(drawn_private(Reply.of(note(say("slack.writing", label=growing.label)))), over=False)

    async def _elsewhere(self, person: Person, place: Place) -> Standing | None:
        """How somebody who writes in a direct message stands in one of their rooms."""
        if place.platform != PLATFORM or place.space != person.space:
            return None
        client = await self._gate.client(place.space)
        if not await is_in(client, place.channel, person.user):
            return None
        account = await self._platform.accounts.of(client, place.space, person.user)
        return standing_of(account, place.channel)

    async def _answer(
        self, delivery: Delivery, call: Call, command: Command | None, reply: Reply, *, page: int, turning: bool
    ) -> None:
        """Show the reply: a form, pages, or cards; with what was lost before."""
        grown = self._grown.pop(delivery.source_id, None)
        if not self._platform.memory.takes(delivery.source_id):
            return
        client = await self._gate.client(delivery.team)
        answer = Answer(client, self._gate.session, delivery.door, grown)
        if reply.form is not None:
            view = forms.modal(reply.form, self._inbox.commands, at=deliveries.at_of(delivery))
            if await answer.form(view):
                return
            reply = Reply.of(_open_again(reply.form))
        who = (delivery.place, person_of(delivery.team, delivery.user))
        whole = replace(reply, form=None)
        earlier = self._platform.memory.earlier(who)
        if earlier is not None and earlier.file and reply.file:
            self._platform.memory.lost(who, earlier)  # two files are two answers
        elif earlier is not None:
            cards = (*reply.cards, note(say("slack.earlier")), *earlier.cards)
            whole = replace(whole, cards=cards, file=reply.file or earlier.file)
        changes = command is None or command.changes
        over = (turning or (command is not None and command.redraws)) and not reply.refused
        drawn = pages.paged(drawn_private(whole), call, page, changes=changes)
        if await answer.say(drawn, over=over) == "lost":
            self._platform.memory.lost(who, whole)
            self._platform.memory.drops(delivery.source_id)

    async def _refuse(self, delivery: Delivery, refusal: UserError, kept: Call | None) -> None:
        """Say why something is no call; words that came with it are kept and asked about."""
        if kept is not None and delivery.channel:
            reply = await self._carried_out(delivery, kept, {})
            reply = Reply((note(refusal.sentence), *reply.cards), refused=True)
        else:
            reply = Reply.of(note(refusal.sentence), refused=True)
        await self._answer(delivery, Call("help"), None, reply, page=1, turning=False)


def _open_again(form: Form) -> Card:
    """A form whose trigger died: a button that opens it."""
    held = Call(form.call.command)
    for name, value in form.call.args.items():
        try:
            held = held.with_args(**{name: value}) if held.with_args(**{name: value}).token else held
        except ValueError:
            continue
    return note(say("kernel.press_again"), Action(say("slack.open_form"), held, "main"))


async def _refused_on(ack: Ack, refusal: UserError, view: Body) -> None:
    """A refusal on the field that it is about, else on the form's first field."""
    errors = answers.errors_of(refusal, view)
    if errors is None:
        values = (view.get("state") or {}).get("values") or {}
        errors = {block: to_plain(refusal.sentence)[:2000] for block in list(values)[:1]}
    await ack(**({"response_action": "errors", "errors": errors} if errors else {}))


async def _on_anything(ack: Ack) -> None:
    """Acknowledged, and nothing more."""
    await ack()


async def _on_error(error: Exception) -> None:
    """What broke in Bolt, without what people wrote."""
    log.error("a delivery failed: %s", type(error).__name__)


async def _safely(work: Coroutine[Any, Any, None]) -> None:
    """Let no delivery end the others; what broke is said without what people wrote."""
    try:
        await work
    except (UserError, PostingError) as refused:
        log.info("a delivery came to nothing: %s", type(refused).__name__)
    except (OperatorError, *FAILED) as fault:
        log.warning("a delivery failed: %s", type(fault).__name__)
    except Exception as fault:  # noqa: BLE001  # an unforeseen one would end the whole adapter
        log.error("a delivery broke: %s", type(fault).__name__)
