"""What people do in Slack - a command, a press, a shortcut, the bot's name in a message - as a call that is served."""

from __future__ import annotations

import re
from typing import Any

from adapters.slack import commands as lines
from adapters.slack import deliveries, pages
from adapters.slack.deliveries import Delivery
from adapters.slack.presence import own_direct
from adapters.slack.serving import Service
from bot.calls import Call
from bot.errors import UserError
from bot.story.people import Person

Body = dict[str, Any]
_MENTIONED = re.compile(r"<@([UW][A-Z0-9]+)")
_CALLED = re.compile(r"^\s*<@[UW][A-Z0-9]+(\|[^>]*)?>\s*")
NAMES_MOST = 20
"""People whom a message mentions that are looked up."""


class Deeds:
    """Reads what came, and has it served."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def command(self, body: Body) -> None:
        """What follows `/room`."""
        delivery = deliveries.of_command(body)
        people: dict[str, str] = {}
        text = str(body.get("text") or "")
        try:
            call = lines.call_of(text, self._service.inbox.commands, people, team=delivery.team)
        except UserError as refusal:
            kept = Call("said", {"text": text}) if len(text.split()) > 1 else None
            await self._service.refuse(delivery, refusal, kept)
            return
        await self._service.serve(delivery, call, people=people)

    async def press(self, body: Body) -> None:
        """A press on a message, or on the home."""
        delivery = deliveries.of_press(body)
        action = (body.get("actions") or [{}])[0]
        try:
            pressed = lines.pressed(action, body.get("state") or {})
        except UserError as refusal:
            await self._service.refuse(delivery, refusal, None)
            return
        if pressed is None:
            return
        if not delivery.channel:  # the home: what is done there is done in the person's own conversation with the bot
            client = await self._service.gate.client(delivery.team)
            delivery = deliveries.moved(delivery, await own_direct(client, delivery.user))
        call, page = pages.page_in(pressed)
        await self._service.serve(delivery, call, page=page or 1, turning=page is not None)

    async def shortcut(self, body: Body) -> None:
        """An entry of a message's menu, or of the lightning menu."""
        delivery = deliveries.of_shortcut(body)
        people: dict[str, str] = {}
        try:
            call = lines.shortcut_of(str(body.get("callback_id", "")), self._service.inbox.commands)
            if body.get("type") == "message_action":
                message = body.get("message") or {}
                ours = await self._is_ours(delivery, message)
                names = await self._names(delivery, message)
                call = lines.menu_call(call, message, names, team=delivery.team, ours=ours)
                if key := call.args.get("author"):
                    people[key] = names.get(Person.of(key).user, "")
        except UserError as refusal:
            await self._service.refuse(delivery, refusal, None)
            return
        await self._service.serve(delivery, call, people=people)

    async def mention(self, body: Body) -> None:
        """`@Room37 continue`: the rest of the line as a command; what is none asks the co-writer."""
        delivery = deliveries.of_mention(body)
        event = body.get("event") or {}
        if event.get("bot_id"):
            return
        text = _CALLED.sub("", str(event.get("text") or ""))
        people: dict[str, str] = {}
        words = text.split(None, 1)
        modes = self._modes()
        if words and words[0].casefold() in modes:
            text = f"assist {text}"
        try:
            call = lines.call_of(text, self._service.inbox.commands, people, team=delivery.team)
        except UserError as refusal:
            await self._service.refuse(delivery, refusal, Call("said", {"text": text}) if len(words) > 1 else None)
            return
        await self._service.serve(delivery, call, people=people)

    async def _is_ours(self, delivery: Delivery, message: Body) -> bool:
        """Whether the bot wrote it: its refs are known to the room, or its user is the bot's own."""
        return bool(message.get("user") == await self._service.gate.me(delivery.team))

    async def _names(self, delivery: Delivery, message: Body) -> dict[str, str]:
        """The names of a message's author and of those whom it mentions."""
        client = await self._service.gate.client(delivery.team)
        wanted = {str(message.get("user") or "")} | set(_MENTIONED.findall(str(message.get("text") or "")))
        return {
            user: (await self._service.accounts.of(client, delivery.team, user)).name
            for user in sorted(wanted - {""})[:NAMES_MOST]
        }

    def _modes(self) -> frozenset[str]:
        """The ways in which the co-writer can be asked."""
        command = self._service.inbox.commands.find("assist")
        options = getattr(command.arguments[0].kind, "options", ()) if command is not None else ()
        return frozenset(options)
