"""`room37 manifest`: what installs the bot on a platform."""

from __future__ import annotations

from pathlib import Path

from bot.app.house import settings_of, told
from bot.errors import OperatorError
from bot.handlers import registry
from bot.options import ManifestOf
from bot.sentences import Marked
from bot.settings import Settings


def manifest(
    *, config: Path | None, db: str | None, platform: ManifestOf, http: str, history: bool, out: Path | None
) -> int:
    """Print what installs the bot on a platform, and the steps."""
    settings = settings_of(config, db)
    if platform == "slack":
        return _slack_manifest(settings, http, history or settings.slack.history, out)
    from adapters.discord.install import RIGHTS, application_of, link  # noqa: PLC0415

    app = application_of(settings.secrets.discord_token.reveal())
    where = link(app) if app is not None else told("discord.no_link_yet")
    rights = "\n".join(f"  - {told(f'discord.install_{right}')}" for right in RIGHTS)
    print(told("discord.manifest", link=Marked(where), rights=Marked(rights)))  # noqa: T201
    return 0


def _slack_manifest(settings: Settings, http: str, history: bool, out: Path | None) -> int:
    """Write Slack's manifest, and print the steps. What bot.toml says of the transport holds unless an address is given."""
    from adapters.slack.install import FILE, steps, written  # noqa: PLC0415

    if not http and settings.slack.transport == "http":
        http = settings.slack.public_url
        if not http:
            raise OperatorError(told("slack.no_public_url"))
    file = (out or Path(FILE)).absolute()
    try:
        file.write_text(written(registry(), address=http, history=history), "utf-8")
    except OSError as error:
        raise OperatorError(told("memory.copy_failed", path=file, why=error.strerror or "?")) from None
    print(steps(file, address=http, history=history))  # noqa: T201
    return 0
