"""A strict Discord on this machine: the API, the gateway, and people who use what a bot shows them.

It refuses what the real service refuses, breaks on demand in every way that it has been seen to break, and
knows no ids of ours: tests act as people do, by the words on buttons, menus and forms.

    async with DiscordServer(limits="real", ack_seconds=0.5) as server:
        with pointed_at(server):  # or give server.api and server.gateway_url to a bot in another process
            ada, story = server.person("ada"), server.channel("story")
            await server.connected()
            answer = await ada.command(story, "pitch", idea="A lighthouse.")
            card = (await answer.finished()).message
            form = (await ada.press(card, "Add a line")).modal
            await ada.submit(form, {"Your line": "The lamp went out."})
            assert "The lamp went out." in ada.sees(story)[-1].words
        assert server.refused == []

What it does not do is in `NOT_SERVED`.
"""

from tests.servers.discord.answers import Answer, Choice
from tests.servers.discord.forms import Modal
from tests.servers.discord.gateway import TOKEN
from tests.servers.discord.people import Person
from tests.servers.discord.refusal import Refused
from tests.servers.discord.seen import Seen
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.settings import Settings

__all__ = ["TOKEN", "Answer", "Choice", "DiscordServer", "Modal", "Person", "Refused", "Seen", "Settings"]

NOT_SERVED = (
    "voice, stages, stickers, custom emoji, scheduled events, auto moderation, audit logs, invites, onboarding",
    "editing roles and members, message search, forwards, entitlements beyond empty lists",
    "slow mode for people, automatic archiving, verification, `max_concurrency` of IDENTIFY",
    "closing a connection whose client stopped its heartbeat",
)
"""A route of these answers 404 and shows in `server.refused`."""
