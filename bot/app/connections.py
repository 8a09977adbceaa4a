"""How the platforms are reached, by the settings."""

from __future__ import annotations

from adapters.discord.connection import Connection
from adapters.slack.connection import Connection as SlackConnection
from bot.settings import Settings


def slack_connection(settings: Settings) -> SlackConnection:
    """How Slack is reached."""
    wanted, secrets = settings.slack, settings.secrets
    host, _, port = wanted.listen.rpartition(":")
    return SlackConnection(
        transport=wanted.transport, bot_token=secrets.slack_bot_token.reveal(),
        app_token=secrets.slack_app_token.reveal(), signing_secret=secrets.slack_signing_secret.reveal(),
        client_id=secrets.slack_client_id, client_secret=secrets.slack_client_secret.reveal(),
        vault_key=secrets.vault_key.reveal(), host=host.strip("[]"), port=int(port), public_url=wanted.public_url,
        api_url=wanted.api_url.rstrip("/") + "/" if wanted.api_url else "", history=wanted.history,
        use_proxy=wanted.use_proxy,
    )  # fmt: skip


def discord_connection(settings: Settings) -> Connection:
    """How Discord is reached; points discord.py elsewhere when the settings say so."""
    from adapters.discord.pointing import point  # noqa: PLC0415

    wanted = settings.discord
    point(wanted.api, wanted.gateway)
    return Connection(
        settings.secrets.discord_token.reveal(),
        guild=wanted.guild,
        ready_seconds=0.05 if wanted.gateway else 2.0,
    )
