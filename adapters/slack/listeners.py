"""Bolt's listeners: each acknowledges first, and leaves the work to a task of ours.

Bolt drops an acknowledgement when its listener raises shortly after it, and Slack delivers again what was not acknowledged
within 3 seconds. Only a form's answer waits a while for the room, so that a refusal can stand on the field it is about.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from adapters.slack import deliveries
from adapters.slack.answering import Answer, Door
from adapters.slack.background import Background
from adapters.slack.cards import drawn_private
from adapters.slack.deeds import Deeds
from adapters.slack.gate import Gate
from adapters.slack.happenings import Happenings
from adapters.slack.serving import Service
from adapters.slack.submitting import Submissions
from bot.cards import Reply, note
from bot.sentences import say

log = logging.getLogger("room37.slack")

ANYTHING = re.compile(r".*", re.DOTALL)

Body = dict[str, Any]
Ack = Callable[..., Awaitable[object]]
Work = Callable[[Body], Coroutine[Any, Any, None]]


def register(service: Service, background: Background) -> None:
    """Tell Bolt what we take. What is not named here is acknowledged too, so that Slack does not deliver it again."""
    app = service.gate.app
    deeds, happenings, forms = Deeds(service), Happenings(service), Submissions(service, background)

    def later(work: Work) -> Callable[[Ack, Body], Awaitable[None]]:
        async def acknowledged(ack: Ack, body: Body) -> None:
            await ack()
            background.begin(_if_served(service.gate, work, body))

        return acknowledged

    app.command(ANYTHING)(later(deeds.command))
    app.action(ANYTHING)(later(deeds.press))
    app.shortcut(ANYTHING)(later(deeds.shortcut))
    app.event("app_mention")(later(deeds.mention))
    app.view(ANYTHING)(forms.sent)
    app.options(ANYTHING)(forms.typed)
    app.event("app_home_opened")(later(happenings.home))
    app.event("reaction_added")(later(happenings.reaction))
    app.event("member_joined_channel")(later(happenings.joined))
    app.event("channel_unarchive")(later(happenings.opened))
    app.event("group_unarchive")(later(happenings.opened))
    app.event("app_uninstalled")(later(happenings.removed))
    app.event("tokens_revoked")(later(happenings.removed))
    app.view_closed(ANYTHING)(_on_anything)
    app.event(ANYTHING)(_on_anything)
    app.error(_on_error)


async def _if_served(gate: Gate, work: Work, body: Body) -> None:
    """What comes from a workspace that we do not serve (any more) is told so, where it can be, and goes no further."""
    if await gate.serves(deliveries.team_of(body)):
        await work(body)
    elif url := str(body.get("response_url") or ""):
        answer = Answer(gate.nobody, gate.session, Door("", "", response_url=url))
        await answer.say(drawn_private(Reply.of(note(say("slack.not_served")))), over=False)


async def _on_anything(ack: Ack) -> None:
    """Acknowledged, and nothing more."""
    await ack()


async def _on_error(error: Exception) -> None:
    """What broke in Bolt, without what people wrote."""
    log.error("a delivery failed: %s", type(error).__name__)
