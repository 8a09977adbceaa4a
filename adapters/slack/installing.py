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
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from bot.errors import OperatorError
from bot.markup import to_plain
from bot.ports import Clock, Vault
from bot.sentences import say

STATE_AGE = timedelta(minutes=10)
"""So long may somebody take between "Add to Slack" and coming back."""
STATES_MOST = 900
"""Installations on their way at once; whoever asks for more waits."""
_BOTS = "slack/bot/-/"
_STATES = "slack/state/"


@dataclass(frozen=True, slots=True)
class Installed:
    """A workspace that installed the app."""

    team: str
    name: str
    token: str = field(repr=False)


class Seal:
    """Seals and opens texts under one key. Raises OperatorError without a key, or without the library that seals."""

    def __init__(self, key: str) -> None:
        if not key:
            raise OperatorError(to_plain(say("slack.no_vault_key")))
        try:
            from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415  # comes with an extra
        except ImportError:
            raise OperatorError(to_plain(say("slack.no_cryptography"))) from None
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))
        self._strange = InvalidToken

    def close(self, text: str) -> str:
        """The sealed text."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """The text; None when it was sealed under another key."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except self._strange:
            return None


class Installations:
    """One installation a workspace, the newest."""

    def __init__(self, vault: Vault, seal: Seal, clock: Clock) -> None:
        self._vault = vault
        self._seal = seal
        self._clock = clock

    async def keep(self, installed: Installed) -> None:
        """A workspace installed the app."""
        sealed = self._seal.close(json.dumps(asdict(installed)))
        await self._vault.keep(_key(installed.team), sealed, self._clock.now())

    async def find(self, team: str) -> Installed | None:
        """A workspace's installation; None where there is none, or it was sealed under another key."""
        found = await self._vault.beginning(_key(team)) if team else {}
        return next((self._opened(sealed) for sealed in found.values()), None)

    async def all(self) -> dict[str, Installed | None]:
        """Every workspace's installation, by workspace; None for one that was sealed under another key."""
        found = await self._vault.beginning(_BOTS)
        return {key.removeprefix(_BOTS).rstrip("/"): self._opened(sealed) for key, sealed in found.items()}

    async def forget(self, team: str) -> None:
        """The app was removed, or its token revoked."""
        await self._vault.drop(_key(team))

    def _opened(self, sealed: str) -> Installed | None:
        opened = self._seal.open(sealed)
        return None if opened is None else Installed(**json.loads(opened))


class States:
    """States of installations on their way, each good for one use within STATE_AGE."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    async def issue(self) -> str | None:
        """A fresh state; None when there are too many. Those that nobody came back with are forgotten."""
        now = self._window()
        kept = await self._vault.beginning(_STATES)
        windows = {key.removeprefix(_STATES).partition("/")[0] for key in kept}
        for window in sorted(windows - {str(now), str(now - 1)}):
            await self._vault.drop(f"{_STATES}{window}/")
        if len(kept) >= STATES_MOST:
            return None
        state = secrets.token_urlsafe(32)
        await self._vault.keep(f"{_STATES}{now}/{_hash(state)}", "-", self._clock.now())
        return state

    async def consume(self, state: str) -> bool:
        """Whether the state was issued here a short while ago and was not used yet."""
        since = self._clock.now() - STATE_AGE
        taken = [
            await self._vault.take(f"{_STATES}{window}/{_hash(state)}", since)
            for window in (self._window(), self._window() - 1)
        ]
        return any(found is not None for found in taken)

    def _window(self) -> int:
        return int(self._clock.now().timestamp() // STATE_AGE.total_seconds())


def _key(team: str) -> str:
    """By workspace: it is known without its enterprise too. The end is marked, so that no key begins another."""
    return f"{_BOTS}{team}/"


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
