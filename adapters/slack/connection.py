"""How Slack is reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"


@dataclass(frozen=True, slots=True)
class Connection:
    """Tokens and what was configured beside them."""

    transport: Literal["socket", "http"] = "socket"
    bot_token: str = field(default="", repr=False)
    """Of the one workspace; empty where workspaces install the app by themselves."""
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    vault_key: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 3000
    public_url: str = ""
    api_url: str = ""
    """Another base of the Web API, ending in a slash; empty is Slack's own."""
    history: bool = False
    """Whether the history scopes were granted: then a doubtful post is looked for."""
    use_proxy: bool = False

    @property
    def several(self) -> bool:
        """Whether workspaces install the app by themselves (OAuth)."""
        return not self.bot_token and bool(self.client_id and self.client_secret)
