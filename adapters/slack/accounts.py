"""What Slack says of people: their names and rights, and so their standing.

Slack says little of a person in what it sends, so `users.info` is asked, at most once in a while for each person.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import FAILED
from bot.story.people import Standing

FRESH_SECONDS = 300.0
"""So long what Slack said of a person is believed."""
_KNOWN = 4096


@dataclass(frozen=True, slots=True)
class Account:
    """What Slack says of a person."""

    name: str
    guest: bool = False
    keeper: bool = False
    gone: bool = False
    """Deactivated."""


class Accounts:
    """People's names and rights, remembered for a while."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], tuple[float, Account]] = OrderedDict()

    async def of(self, client: AsyncWebClient, team: str, user: str, *, called: str = "") -> Account:
        """What Slack says of this person; a name alone when it cannot be asked."""
        now = asyncio.get_running_loop().time()
        found = self._known.get((team, user))
        if found is not None and now - found[0] < FRESH_SECONDS:
            return found[1]
        try:
            data: Any = (await client.users_info(user=user)).data
        except FAILED:
            return found[1] if found is not None else Account(called or user)
        account = account_of(data.get("user") or {}, team, called or user)
        self._known[team, user] = now, account
        self._known.move_to_end((team, user))
        while len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        return account

    def forget(self, team: str) -> None:
        """Of a workspace that removed the app nothing is known any more."""
        for key in [key for key in self._known if key[0] == team]:
            del self._known[key]


def account_of(user: Mapping[str, Any], team: str, called: str) -> Account:
    """An account out of `users.info`. People of other workspaces (Slack Connect) are guests."""
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name") or called
    stranger = bool(user.get("is_stranger")) or (user.get("team_id") not in (None, "", team))
    guest = bool(user.get("is_restricted") or user.get("is_ultra_restricted")) or stranger
    keeper = bool(user.get("is_admin") or user.get("is_owner")) and not guest
    return Account(str(name), guest, keeper, bool(user.get("deleted")))


def is_direct(channel: str) -> bool:
    """Whether it is a person's conversation with the bot alone (Slack's ids of those begin with D)."""
    return channel.startswith("D")


def standing_of(account: Account, channel: str) -> Standing:
    """Rights of a caller; in a direct message they are at home."""
    if is_direct(channel):
        return Standing(keeper=True)
    return Standing(guest=account.guest, keeper=account.keeper, can_post=not account.gone)
