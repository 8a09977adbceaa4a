"""Who is in which channel. Where something was pressed or typed Slack says itself; a place that only a form or the home
names is asked about, since whoever opened it may have left meanwhile.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.accounts import is_direct
from adapters.slack.asking import FAILED

SURE_SECONDS = 3600.0
"""So long somebody who was seen in a channel is believed to be there: as long as a form may stand open."""
PAGE = 1000
PAGES = 20
"""Members of a channel are looked through this far: Slack gives a thousand at a time."""
_SEEN = 8192


class Presence:
    """People and the channels that they were seen in."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str, str], float] = OrderedDict()

    def seen(self, team: str, channel: str, user: str) -> None:
        """Slack says that this person did something there just now."""
        self._seen[team, channel, user] = asyncio.get_running_loop().time()
        self._seen.move_to_end((team, channel, user))
        while len(self._seen) > _SEEN:
            self._seen.popitem(last=False)

    async def there(self, client: AsyncWebClient, team: str, channel: str, user: str) -> bool:
        """Whether this person is in the channel: they were seen there a while ago, or Slack says so."""
        last = self._seen.get((team, channel, user))
        if last is not None and asyncio.get_running_loop().time() - last < SURE_SECONDS:
            return True
        found = await is_in(client, channel, user)
        if found:
            self.seen(team, channel, user)
        return found

    def forget(self, team: str) -> None:
        """Of a workspace that removed the app nothing is known any more."""
        for key in [key for key in self._seen if key[0] == team]:
            del self._seen[key]


async def own_direct(client: AsyncWebClient, user: str) -> str:
    """A person's own conversation with the bot."""
    opened: Any = await client.conversations_open(users=user)
    return str(opened["channel"]["id"])


async def is_in(client: AsyncWebClient, channel: str, user: str) -> bool:
    """Whether Slack says that this person is in the channel; a direct message is theirs if it is their own."""
    try:
        if is_direct(channel):
            return await own_direct(client, user) == channel
        cursor = ""
        for _ in range(PAGES):
            answer: Any = await client.conversations_members(channel=channel, limit=PAGE, cursor=cursor or None)
            if user in (answer.get("members") or ()):
                return True
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return False
    except FAILED:
        return False
    return False
