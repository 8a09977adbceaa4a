"""`room37 doctor`: what is configured, what is wrong and what to do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from bot import config
from bot.app.connections import discord_connection, slack_connection
from bot.app.house import RealClock, settings_of, told
from bot.app.writers import make_writer
from bot.config import ConfigMistakes
from bot.errors import OperatorError
from bot.handlers import registry
from bot.settings import Settings
from bot.story.people import Place
from memory import migrate, operators
from memory.engine import make_runner
from memory.vault import HouseVault


def doctor(*, config: Path | None, db: str | None, as_json: bool, discord: bool, slack: bool) -> int:
    """Say what is configured, what is wrong and what to do; `discord` and `slack` ask those platforms too."""
    lines: list[str] = []
    wrong: list[str] = []
    try:
        settings = settings_of(config, db)
        lines += _configured(settings)
        lines.append(_database_line(settings))
        lines.append(told("doctor.writer", label=make_writer(settings).capabilities.label))
        lines += _served(settings)
        for asked, ask in ((discord, _ask_discord), (slack, _ask_slack)):
            if asked:
                found, bad = ask(settings)
                lines += found
                wrong += bad
    except ConfigMistakes as mistakes:
        wrong += [f"{m.where}: {m.what}" for m in mistakes.mistakes]
    except OperatorError as error:
        wrong.append(str(error))
    if as_json:
        print(json.dumps({"ok": not wrong, "found": lines, "wrong": wrong}, ensure_ascii=False, indent=2))  # noqa: T201
    else:
        for line in lines:
            print(line)  # noqa: T201
        for line in wrong:
            print(f"! {line}")  # noqa: T201
        print(told("doctor.bad", n=len(wrong)) if wrong else told("doctor.good"))  # noqa: T201
    return 1 if wrong else 0


def _ask_discord(settings: Settings) -> tuple[Sequence[str], Sequence[str]]:
    """What Discord says of this bot, and what is wrong there."""
    from adapters.discord.checks import check  # noqa: PLC0415

    if not settings.secrets.discord_token:
        return (), (told("discord.no_token"),)
    findings = asyncio.run(check(discord_connection(settings), registry(), _rooms_on(settings, "discord")))
    return findings.found, findings.wrong


def _ask_slack(settings: Settings) -> tuple[Sequence[str], Sequence[str]]:
    """What Slack says of this app, and what is wrong there."""
    from adapters.slack.checks import check  # noqa: PLC0415

    rooms = _rooms_on(settings, "slack")

    async def ask() -> tuple[Sequence[str], Sequence[str]]:
        path = settings.database.path
        vault = HouseVault(make_runner(settings.database.url)) if path is None or path.exists() else None
        try:
            findings = await check(slack_connection(settings), rooms, vault, RealClock())
        finally:
            if vault is not None:
                await vault.close()
        return findings.found, findings.wrong

    return asyncio.run(ask())


def _served(settings: Settings) -> list[str]:
    """Which platforms `room37 run` would serve, and what a half configured one lacks."""
    served = ["Discord"] if settings.serves_discord else []
    if settings.serves_slack:
        served.append("Slack (Socket Mode)" if settings.slack.transport == "socket" else "Slack (HTTP)")
    lines = [told("doctor.serves", platforms=", ".join(served)) if served else told("doctor.serves_nothing")]
    if settings.slack.serve and settings.secrets.slack_bot_token and not settings.serves_slack:
        missing = "SLACK_APP_TOKEN" if settings.slack.transport == "socket" else "SLACK_SIGNING_SECRET"
        lines.append(told("doctor.slack_half", missing=missing))
    return lines


def _rooms_on(settings: Settings, platform: str) -> list[Place]:
    """The rooms of a platform that the database holds, if it is there."""
    path = settings.database.path
    if path is not None and not path.exists():
        return []
    listed = asyncio.run(migrate.on_connection(settings.database.url, operators.list_rooms))
    return [line.place for line in listed if line.place.platform == platform][:50]


def _configured(settings: Settings) -> tuple[str, ...]:
    return config.describe(settings)


def _database_line(settings: Settings) -> str:
    path = settings.database.path
    if path is not None and not path.exists():
        return told("doctor.new_database", where=settings.database.shown)
    found, older = asyncio.run(migrate.on_connection(settings.database.url, migrate.needs_upgrade))
    key = "old_database" if older else "database"
    return told(f"doctor.{key}", where=settings.database.shown, schema=found or "-")
