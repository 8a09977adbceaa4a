"""Where discord.py finds Discord: the one place that touches its globals, used only when bot.toml names another.

`discord.http.Route.BASE`, `DiscordWebSocket.DEFAULT_GATEWAY` and `Asset.BASE` are class variables of discord.py 2.7
that it reads whenever it builds an address (discord/http.py, gateway.py, asset.py); it offers no setting for them.
"""

from __future__ import annotations

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.logs import hush


def quiet() -> None:
    """Keep discord.py from warning that voice is not supported (nobody speaks here), and its log short."""
    hush()
    discord.VoiceClient.warn_nacl = False
    discord.VoiceClient.warn_dave = False


def point(api: str, gateway: str) -> None:
    """Point this process at another API base (`http://host/api/v10`) and gateway; an empty one stays as it is."""
    if api:
        Route.BASE = api.rstrip("/")
        discord.Asset.BASE = str(yarl.URL(api).origin() / "cdn")
    if gateway:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
