"""A strict Slack on this machine: the Web API, Socket Mode, signed requests, and people who use what an app shows them.

It refuses what the real service refuses, breaks on demand in every way that it has been seen to break, and
knows no ids of ours: tests act as people do, by the words on buttons, menus and forms.

    async with SlackServer(limits="real", ack_seconds=0.5) as server:
        client = AsyncWebClient(token=TOKEN, base_url=server.api)  # the app token is APP_TOKEN
        ada, story = server.person("ada"), server.channel("story")
        await server.connected()
        answer = await ada.command(story, "/room", "pitch A lighthouse.")
        card = (await answer.finished()).message
        form = (await (await ada.press(card, "Add a line")).finished()).modal
        await ada.submit(form, {"Your line": "The lamp went out."})
        assert "The lamp went out." in (await ada.reads(story, "The lamp")).words
    assert server.refused == []

What it does not do is in `NOT_SERVED`.
"""

from tests.servers.slack.answers import Answer, Choice
from tests.servers.slack.forms import Modal
from tests.servers.slack.installs import CLIENT_ID, CLIENT_SECRET
from tests.servers.slack.people import Person
from tests.servers.slack.refusal import Refused
from tests.servers.slack.rest import APP_TOKEN
from tests.servers.slack.seen import Seen
from tests.servers.slack.server import TOKEN, SlackServer
from tests.servers.slack.service import SIGNING_SECRET
from tests.servers.slack.settings import Settings

__all__ = [
    "APP_TOKEN",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "SIGNING_SECRET",
    "TOKEN",
    "Answer",
    "Choice",
    "Modal",
    "Person",
    "Refused",
    "Seen",
    "Settings",
    "SlackServer",
]

NOT_SERVED = (
    "canvases, lists, workflows, calls, huddles, bookmarks, pins, reminders, search, admin and SCIM",
    "user tokens, token rotation, Enterprise Grid, org-wide installs, agents.* and apps.manifest.*",
    "blocks `alert`, `card`, `carousel`, `container`, `auth_provider`, `call`, `file`, `data_table`, `workflow_button`",
    "channels by name, files.upload, app_rate_limited, disabling of failing apps",
)
"""A method of these answers `unknown_method`, a block `invalid_blocks`; both show in `server.refused`."""
