"""What Slack tells of that is no call: somebody opened the home, put an emoji on a card, let the bot in, removed the app."""

from __future__ import annotations

from functools import partial
from typing import Any

from adapters.slack import deliveries, home
from adapters.slack.answering import Answer, Door
from adapters.slack.callers import PLATFORM, person_of
from adapters.slack.cards import drawn_private
from adapters.slack.home_facts import facts_of
from adapters.slack.serving import Service
from bot.calls import Call
from bot.cards import Reply, note
from bot.context import Incoming
from bot.sentences import say
from bot.story.people import Place

Body = dict[str, Any]


class Happenings:
    """Does what follows from each."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def home(self, body: Body) -> None:
        """Somebody opened the app's home."""
        event = body.get("event") or {}
        if event.get("tab") not in (None, "home"):
            return
        gate = self._service.gate
        team, user = deliveries.team_of(body), str(event.get("user") or "")
        client = await gate.client(team)
        person = person_of(team, user)
        incoming = Incoming(
            Place(PLATFORM, team, str(event.get("channel") or user)), person, "", Call("help"), "", private=True,
            elsewhere=partial(self._service.elsewhere, person),
        )  # fmt: skip
        facts = facts_of(await self._service.inbox.home(incoming), team, await gate.name(team))
        await client.views_publish(user_id=user, view=home.home(facts))

    async def reaction(self, body: Body) -> None:
        """An emoji on a ballot is no vote; the first one gets that person a sentence that says so."""
        event = body.get("event") or {}
        item = event.get("item") or {}
        team, user, channel = deliveries.team_of(body), str(event.get("user") or ""), str(item.get("channel") or "")
        place = Place(PLATFORM, team, channel)
        if not await self._service.inbox.shows(place, str(item.get("ts") or ""), "ballot"):
            return
        if not self._service.memory.first_time((team, user, "reaction")):
            return
        gate = self._service.gate
        answer = Answer(await gate.client(team), gate.session, Door(channel, user))
        await answer.say(drawn_private(Reply.of(note(say("slack.reaction")))), over=False)

    async def joined(self, body: Body) -> None:
        """Somebody came into a channel: if it is the bot, what waits for it goes out."""
        event = body.get("event") or {}
        if await self._service.gate.me(deliveries.team_of(body)) == event.get("user"):
            await self.opened(body)

    async def opened(self, body: Body) -> None:
        """A channel takes messages again: what waits for it goes out."""
        team, channel = deliveries.team_of(body), str((body.get("event") or {}).get("channel") or "")
        self._service.memory.unsaid(team, channel)
        self._service.inbox.welcome(PLATFORM, team, channel)

    async def removed(self, body: Body) -> None:
        """Somebody removed the app, or took its token back; tokens of people are none of ours."""
        event = body.get("event") or {}
        if event.get("type") != "tokens_revoked" or (event.get("tokens") or {}).get("bot"):
            self._service.gate.doubt(deliveries.team_of(body), (0.0,))
