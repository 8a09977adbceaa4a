"""The floor: a bare discord.py bot whose `/echo` answers privately, as a process of its own (API and gateway as arguments)."""

from __future__ import annotations

import os
import sys

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Echo(discord.Client):
    """Nothing but what every slash command costs."""

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            guild_ready_timeout=0.05,
        )
        self.tree = app_commands.CommandTree(self)

        @self.tree.command(name="echo", description="Say it again.")
        async def echo(asked: discord.Interaction, text: str) -> None:
            await asked.response.send_message(text, ephemeral=True)

    async def setup_hook(self) -> None:
        """Tell Discord of the one command."""
        await self.tree.sync()


def main() -> None:
    """Serve until killed."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = sys.argv[1], yarl.URL(sys.argv[2])
    Echo().run(os.environ["DISCORD_TOKEN"], log_handler=None)


if __name__ == "__main__":
    main()
