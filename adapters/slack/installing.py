"""Workspaces that install the app by themselves: their tokens and the states of installations, sealed in our vault.

Bolt's own stores keep tokens in plain text. Here each is sealed with Fernet (AES-128-CBC and HMAC-SHA256,
https://cryptography.io/en/latest/fernet/) under a key made from ROOM37_VAULT_KEY, so that a stolen database alone gives
nobody a token. Removing the app deletes what was kept.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from datetime import timedelta
from logging import Logger, getLogger
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.ports import Clock, Vault

STATE_AGE = timedelta(minutes=10)
"""So long may somebody take between "Add to Slack" and coming back."""
_DATES = ("installed_at", "bot_token_expires_at", "user_token_expires_at")


class Seal:
    """Seals and opens texts under one key."""

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))

    def close(self, text: str) -> str:
        """The sealed text."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """The text; None when it was sealed under another key."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None


class Installations(AsyncInstallationStore):
    """One installation a workspace, the newest."""

    def __init__(self, vault: Vault, seal: Seal, clock: Clock) -> None:
        self._vault = vault
        self._seal = seal
        self._clock = clock
        self._logger = getLogger("room37.slack")

    @property
    def logger(self) -> Logger:
        """Where Bolt writes."""
        return self._logger

    async def async_save(self, installation: Installation) -> None:
        """A workspace installed the app."""
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep its bot."""
        values = {k: v for k, v in vars(bot).items() if isinstance(v, str | int | float | bool | list | tuple)}
        await self._vault.keep(_key(bot.enterprise_id, bot.team_id), self._seal.close(json.dumps(values)), self._clock.now())

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of a workspace."""
        sealed = await self._vault.find(_key(enterprise_id, None if is_enterprise_install else team_id))
        opened = self._seal.open(sealed) if sealed is not None else None
        if opened is None:
            return None
        values: dict[str, Any] = json.loads(opened)
        values["bot_scopes"] = list(values.get("bot_scopes") or [])
        return Bot(**{k: v for k, v in values.items() if k != "custom_values"})

    async def async_find_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:  # fmt: skip
        """The installation as Bolt asks for it: our app has bot scopes alone, so the bot is all of it."""
        bot = await self.async_find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        if bot is None:
            return None
        return Installation(
            app_id=bot.app_id, enterprise_id=bot.enterprise_id, team_id=bot.team_id, team_name=bot.team_name,
            bot_token=bot.bot_token, bot_id=bot.bot_id, bot_user_id=bot.bot_user_id, bot_scopes=list(bot.bot_scopes),
            user_id=user_id or "", is_enterprise_install=bot.is_enterprise_install, installed_at=bot.installed_at,
        )  # fmt: skip

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """The app was removed, or its token revoked."""
        await self._vault.drop(_key(enterprise_id, team_id))

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """The same."""
        await self.async_delete_bot(enterprise_id=enterprise_id, team_id=team_id)


class States(AsyncOAuthStateStore):
    """States of installations on their way, each good for one use."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """A fresh state."""
        state = secrets.token_urlsafe(32)
        await self._vault.keep(f"slack/state/{_hash(state)}", "-", self._clock.now())
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether the state was issued here a short while ago and was not used yet."""
        return await self._vault.take(f"slack/state/{_hash(state)}", self._clock.now() - STATE_AGE) is not None


def _key(enterprise_id: str | None, team_id: str | None) -> str:
    """By workspace: it is known without its enterprise too. The end is marked, so that no key begins another."""
    return f"slack/bot/-/{team_id}/" if team_id else f"slack/bot/{enterprise_id or '-'}/-/"


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
