"""What can be configured, as frozen values with defaults that work without any file.

The tables and keys of bot.toml are these classes and their fields, declared nowhere else; a field's metadata
says what may stand there. `bot.config` fills them. Money is in US dollars, waits in seconds, sizes in tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import unquote

from bot.key_kinds import (
    address,
    choice,
    host_port,
    hours,
    maybe,
    number,
    snowflake,
    socket_address,
    text,
    truth,
    whole,
    zone,
)
from bot.story.rooms import Preset

Transport = Literal["socket", "http"]
Provider = Literal["auto", "claude", "deck", "recording", "none"]
Effort = Literal["low", "medium", "high", "xhigh", "max"]
LogLevel = Literal["debug", "info", "warning", "error"]

SQLITE = "sqlite:///"
POSTGRES = "postgresql+asyncpg"


class Secret:
    """A value that no log, traceback or error shows; `reveal` is the only way to it, easy to search for."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one call that needs it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "Secret(set)" if self._value else "Secret(not set)"


@dataclass(frozen=True, slots=True)
class Database:
    """Where memory is kept. `url` is absolute; it may hold a password, so `shown` is what may be printed."""

    url: str = field(repr=False)

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database; None for a server."""
        return Path(unquote(self.url.removeprefix(SQLITE))) if self.url.startswith(SQLITE) else None

    @property
    def shown(self) -> str:
        """The place as it may be printed: a file's path, or a server's address without name and password."""
        if self.path is not None:
            return str(self.path)
        scheme, _, rest = self.url.partition("://")
        return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


@dataclass(frozen=True, slots=True)
class WriterSettings:
    """Which co-writer is offered, and how long a room waits for it."""

    provider: Provider = field(
        default="auto", metadata={"kind": choice("auto", "claude", "deck", "recording", "none")}
    )
    model: str = field(default="claude-sonnet-5-5", metadata={"kind": text(most=200)})
    """Writes prose and ideas."""
    base_url: str = field(default="", metadata={"kind": address})
    """Another server that speaks the Messages API; empty is Anthropic's own."""
    effort: Effort | None = field(
        default="medium", metadata={"kind": maybe("default", choice("low", "medium", "high", "xhigh", "max"))}
    )
    """None (`default` in the file) leaves it to the server."""
    first_byte_seconds: float = field(default=60.0, metadata={"kind": number(1, 600)})
    """Until an answer begins, for each attempt."""
    stall_seconds: float = field(default=45.0, metadata={"kind": number(1, 600)})
    """Between two pieces of an answer that has begun."""
    overall_seconds: float = field(default=240.0, metadata={"kind": number(5, 3600)})
    """For everything: attempts, waits between them, and the whole text."""
    max_retries: int = field(default=2, metadata={"kind": whole(0, 10)})
    max_tokens: int = field(default=4000, metadata={"kind": whole(256, 64_000)})
    """Most tokens of one answer; what the model thinks before it writes counts too."""


_DOLLARS = number(0, 100_000)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, by what happens to the token; a cached token has prices of its own."""

    input: float = field(default=0.0, metadata={"kind": _DOLLARS})
    output: float = field(default=0.0, metadata={"kind": _DOLLARS})
    write_5m: float = field(default=0.0, metadata={"kind": _DOLLARS})
    write_1h: float = field(default=0.0, metadata={"kind": _DOLLARS})
    read: float = field(default=0.0, metadata={"kind": _DOLLARS})
    above: int | None = field(default=None, metadata={"kind": whole(1, 100_000_000)})
    """A prompt of more tokens than this (cached ones included) is charged at `beyond` throughout."""
    beyond: Price | None = None


PRICES: Mapping[str, Price] = MappingProxyType(
    {
        "claude-fable-5-1": Price(10.0, 50.0, 12.5, 20.0, 0.25),
        "claude-opus-5-5": Price(4.0, 20.0, 5.0, 8.0, 0.20),
        "claude-opus-5": Price(5.0, 25.0, 6.25, 10.0, 0.50),
        "claude-sonnet-5-5": Price(2.0, 10.0, 2.5, 4.0, 0.10),
        "claude-sonnet-5": Price(2.0, 10.0, 2.5, 4.0, 0.20),
        "claude-haiku-5-5": Price(
            0.10, 0.50, 0.125, 0.20, 0.01, above=100_000, beyond=Price(0.50, 2.50, 0.625, 1.0, 0.05)
        ),
        "claude-haiku-4-5": Price(1.0, 5.0, 1.25, 2.0, 0.10),
    }
)
"""List prices of September and October 2026. Sonnet 5.5's cached reads cost 0.10 since 7 October 2026;
some official pages still say 0.20."""


@dataclass(frozen=True, slots=True)
class BudgetDefaults:
    """What a room may spend on its machine, for a house that wants other sums than those of the presets."""

    room_month: float | None = field(default=None, metadata={"kind": maybe("preset", _DOLLARS)})
    """US dollars a room and month; None (`preset` in the file) is the sum of the room's preset."""
    person_share: float | None = field(default=None, metadata={"kind": maybe("preset", number(0.01, 1))})
    """The most of it that one person may spend, as a part of one; None is the preset's."""


@dataclass(frozen=True, slots=True)
class Presets:
    """The kind of room that holds on a platform until its people choose one."""

    terminal: Preset = field(default="table", metadata={"kind": choice("community", "studio", "table")})
    discord: Preset = field(default="community", metadata={"kind": choice("community", "studio", "table")})
    slack: Preset = field(default="studio", metadata={"kind": choice("community", "studio", "table")})


@dataclass(frozen=True, slots=True)
class RoomDefaults:
    """What a new room starts with; its showrunner can change all of it."""

    zone: str = field(default="UTC", metadata={"kind": zone})
    hours: str = field(default="", metadata={"kind": hours})
    """Room hours such as `Mon-Fri 09:00-18:00`; empty means always."""
    preset: Presets = field(default_factory=Presets)


@dataclass(frozen=True, slots=True)
class LogSettings:
    """How much the log says. It never holds a text, a prompt or a secret at any level."""

    level: LogLevel = field(default="warning", metadata={"kind": choice("debug", "info", "warning", "error")})


@dataclass(frozen=True, slots=True)
class DiscordSettings:
    """How the room is served in Discord; it is when DISCORD_TOKEN is set."""

    enabled: bool = field(default=True, metadata={"kind": truth})
    """False keeps Discord off whatever the environment holds."""
    guild: str = field(default="", metadata={"kind": snowflake})
    """Sync the commands to this server alone, where they appear at once; empty is everywhere."""
    shards: int = field(default=0, metadata={"kind": whole(0, 10_000)})
    """Into how many shards the servers are divided, over all processes; 0 is as many as Discord wants."""
    api: str = field(default="", metadata={"kind": address})
    """Another base of the API, for tests; empty is Discord's own."""
    gateway: str = field(default="", metadata={"kind": socket_address})
    """Another gateway, for tests; empty is Discord's own."""


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """How the room is served in Slack; it is when its tokens are set."""

    serve: bool = field(default=True, metadata={"kind": truth})
    """False keeps Slack off whatever the environment holds."""
    transport: Transport = field(default="socket", metadata={"kind": choice("socket", "http")})
    """`socket` needs no public address (SLACK_APP_TOKEN); `http` is asked by Slack (SLACK_SIGNING_SECRET)."""
    listen: str = field(default="127.0.0.1:3000", metadata={"kind": host_port})
    """Where `http` listens; a proxy in front of it speaks https to Slack."""
    public_url: str = field(default="", metadata={"kind": address})
    """The address at which Slack finds it, for installing on several workspaces."""
    api_url: str = field(default="", metadata={"kind": address})
    """Another base of the Web API, for tests; empty is Slack's own. SLACK_API_URL is stronger."""
    history: bool = field(default=False, metadata={"kind": truth})
    """Whether the history scopes were granted, so that a doubtful post can be looked for."""
    use_proxy: bool = field(default=False, metadata={"kind": truth})
    """Whether HTTPS_PROXY of the environment is used (Slack's SDK ignores NO_PROXY)."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What comes from the environment or a private .env only, never from bot.toml."""

    anthropic_api_key: Secret = field(default_factory=Secret)
    discord_token: Secret = field(default_factory=Secret)
    slack_bot_token: Secret = field(default_factory=Secret)
    slack_app_token: Secret = field(default_factory=Secret)
    slack_signing_secret: Secret = field(default_factory=Secret)
    slack_client_id: str = ""
    slack_client_secret: Secret = field(default_factory=Secret)
    vault_key: Secret = field(default_factory=Secret)
    """Encrypts what is kept for platforms (bot tokens of workspaces) at rest."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the settings came from, for `room37 doctor`: files that were read, and names of variables."""

    config: Path | None = None
    env_files: tuple[Path, ...] = ()
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that was configured. `sources` does not count when two of them are compared."""

    database: Database
    writer: WriterSettings = field(default_factory=WriterSettings)
    prices: Mapping[str, Price] = field(default_factory=lambda: PRICES)
    budget: BudgetDefaults = field(default_factory=BudgetDefaults)
    room: RoomDefaults = field(default_factory=RoomDefaults)
    discord: DiscordSettings = field(default_factory=DiscordSettings)
    slack: SlackSettings = field(default_factory=SlackSettings)
    log: LogSettings = field(default_factory=LogSettings)
    secrets: Secrets = field(default_factory=Secrets)
    sources: Sources = field(default_factory=Sources, compare=False)

    @property
    def provider(self) -> Literal["claude", "deck", "recording", "none"]:
        """The co-writer that is meant: `auto` is Claude given a key or another server, else the deck."""
        if self.writer.provider != "auto":
            return self.writer.provider
        return "claude" if self.secrets.anthropic_api_key or self.writer.base_url else "deck"

    @property
    def serves_discord(self) -> bool:
        """Whether `room37 run` serves Discord: there is a token, and it was not switched off."""
        return self.discord.enabled and bool(self.secrets.discord_token)

    @property
    def serves_slack(self) -> bool:
        """Whether `room37 run` serves Slack: there is what its transport needs, and it was not switched off."""
        secrets = self.secrets
        if not self.slack.serve:
            return False
        if self.slack.transport == "socket":
            return bool(secrets.slack_bot_token and secrets.slack_app_token)
        several = bool(secrets.slack_client_id and secrets.slack_client_secret)
        return bool(secrets.slack_signing_secret) and (bool(secrets.slack_bot_token) or several)
