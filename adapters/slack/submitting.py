"""Forms that are sent: one stays open with the refusal on its field, or closes and is answered privately."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from adapters.slack import answers, deliveries
from adapters.slack.background import Background, became
from adapters.slack.callers import PLATFORM, person_of
from adapters.slack.deliveries import Delivery
from adapters.slack.serving import Service
from adapters.slack.uploads import read_uploads
from bot.calls import Call
from bot.cards import Reply, note
from bot.commands import MENU, Command
from bot.errors import OperatorError, PostingError, UserError
from bot.markup import to_plain
from bot.story.people import Place

log = logging.getLogger("room37.slack")

SUBMIT_SECONDS = 2.0
"""So long a sent form waits for the room before it is acknowledged."""
SUGGEST_SECONDS = 2.0

Body = dict[str, Any]
Ack = Callable[..., Awaitable[object]]


class Submissions:
    """What comes from forms: their answers, and what is typed into a field that is completed."""

    def __init__(self, service: Service, background: Background) -> None:
        self._service = service
        self._background = background

    async def sent(self, ack: Ack, body: Body) -> None:
        """A form that was sent: it stays open with the refusal on its field, or closes and is answered privately."""
        view = body.get("view") or {}
        try:
            if not await self._service.gate.serves(deliveries.team_of(body)):
                raise UserError("slack.not_served")
            held = answers.held(view)
            given = answers.answers(view, team=deliveries.team_of(body))
            delivery = deliveries.of_view(body, held.at, given.where)
        except UserError as refusal:
            await _refused_on(ack, refusal, view)
            return
        work = self._background.task(self._submitted(delivery, held.call, given))
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
        command = self._service.inbox.commands.find(held.call.command)
        self._background.begin(self._answer_when_done(work, delivery, held.call, command))

    async def _submitted(self, delivery: Delivery, call: Call, given: answers.Answers) -> Reply | UserError:
        """The reply to a form, or why it cannot be taken as it is: then it stays open with all that was typed."""
        reply = await became(self._taken(delivery, call, given))
        if isinstance(reply, Reply | UserError):
            return reply
        log.error("a form could not be taken: %s", type(reply).__name__)
        return UserError("kernel.crashed")

    async def _taken(self, delivery: Delivery, call: Call, given: answers.Answers) -> Reply:
        command = self._service.inbox.commands.find(call.command)
        if command is not None and command.menu and not set(MENU).isdisjoint(given.texts):
            raise UserError("kernel.bad_token")
        call = call.with_args(**given.texts)
        gate = self._service.gate
        client = await gate.client(delivery.team)
        call = call.with_args(**await read_uploads(gate.session, client, command, given.uploads))
        return await self._service.carried_out(delivery, call, {})

    async def _answer_when_done(
        self, work: asyncio.Task[Reply | UserError], delivery: Delivery, call: Call, command: Command | None
    ) -> None:
        reply = await work
        if isinstance(reply, UserError):
            reply = Reply.of(note(reply.sentence), refused=True)
        await self._service.answer(delivery, call, command, reply, page=1, turning=False)

    async def typed(self, ack: Ack, body: Body) -> None:
        """Suggestions for a menu of a form; none when they are not there in time."""
        found: Sequence[tuple[str, str]] = ()
        begun = str(body.get("value") or "")
        try:
            command, argument, begun = answers.focused(body)
            at = answers.held(body.get("view") or {}).at
            team, user = deliveries.team_of(body), str((body.get("user") or {}).get("id") or "")
            place = Place(PLATFORM, team, at.get("channel", ""), at.get("thread", ""))
            async with asyncio.timeout(SUGGEST_SECONDS):
                if await self._service.presence.there(await self._service.gate.client(team), team, place.channel, user):
                    found = await self._service.inbox.suggest(place, person_of(team, user), command, argument, begun)
        except (UserError, OperatorError, PostingError, TimeoutError):
            pass
        await ack(**answers.suggestions(found, begun))


async def _refused_on(ack: Ack, refusal: UserError, view: Body) -> None:
    """A refusal on the field that it is about, else on the form's first field."""
    errors = answers.errors_of(refusal, view)
    if errors is None:
        values = (view.get("state") or {}).get("values") or {}
        errors = {block: to_plain(refusal.sentence)[:2000] for block in list(values)[:1]}
    await ack(**({"response_action": "errors", "errors": errors} if errors else {}))
