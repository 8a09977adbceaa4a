"""From bot.toml, .env and the environment to frozen settings, with all mistakes reported at once.

Order of strength: a variable of the environment, then .env, then bot.toml, then the defaults. bot.toml is the
file of `--config`, else of ROOM37_CONFIG, else ./bot.toml, else none. .env is looked for in the working
folder, then beside bot.toml. No sentence made here repeats a value that was found: it may be a secret.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from bot.env_file import EnvFile, read_env_file
from bot.errors import OperatorError
from bot.key_kinds import Wrong, address, nearest, plain
from bot.settings import (
    POSTGRES,
    SQLITE,
    Database,
    Secret,
    Secrets,
    Settings,
    SlackSettings,
    Sources,
    WriterSettings,
)
from bot.tables import read_tables, shown

KEY = "ANTHROPIC_API_KEY"
BASE_URL = "ANTHROPIC_BASE_URL"
DISCORD_TOKEN = "DISCORD_TOKEN"  # noqa: S105  # the name of a variable
DATABASE = "ROOM37_DATABASE"
CONFIG = "ROOM37_CONFIG"
SLACK_BOT_TOKEN = "SLACK_BOT_TOKEN"  # noqa: S105  # the name of a variable
SLACK_APP_TOKEN = "SLACK_APP_TOKEN"  # noqa: S105  # the name of a variable
SLACK_SIGNING_SECRET = "SLACK_SIGNING_SECRET"  # noqa: S105  # the name of a variable
SLACK_CLIENT_ID = "SLACK_CLIENT_ID"
SLACK_CLIENT_SECRET = "SLACK_CLIENT_SECRET"  # noqa: S105  # the name of a variable
SLACK_API_URL = "SLACK_API_URL"
VAULT_KEY = "ROOM37_VAULT_KEY"
VARIABLES = (
    KEY, BASE_URL, DISCORD_TOKEN, SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, SLACK_CLIENT_ID,
    SLACK_CLIENT_SECRET, SLACK_API_URL, VAULT_KEY, DATABASE, CONFIG,
)  # fmt: skip

_MOST_BYTES = 1024 * 1024
_PLACE_IN_TOML = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TOKEN_SHAPE = re.compile(r"[A-Za-z0-9_.-]{10,120}")
_KEY_SHAPE = re.compile(r"\bsk-[\w-]{8,}")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend: where it is (a path of keys, a variable, a file), what is wrong, what to write."""

    where: str
    what: str

    def __str__(self) -> str:
        return _KEY_SHAPE.sub("(hidden)", f"{self.where}: {self.what}")


class ConfigMistakes(OperatorError):
    """Everything that is wrong with the configuration, so that it is mended in one go."""

    def __init__(self, mistakes: tuple[Mistake, ...], config: Path | None) -> None:
        n = len(mistakes)
        heading = plain("mistakes_in", n=n, path=config) if config else plain("mistakes", n=n)
        super().__init__("\n".join([heading, *(f"  {mistake}" for mistake in mistakes)]))
        self.mistakes = mistakes


def load(path: Path | None, environ: Mapping[str, str], cwd: Path) -> Settings:
    """The settings that hold here; `path` is what `--config` named. Raises ConfigMistakes, with all."""
    mistakes: list[Mistake] = []
    env_files = [_env_file(cwd / ".env", mistakes)]
    config = _config_path(path, _merged(environ, env_files), cwd)
    if config is not None and config.parent != cwd:
        env_files.append(_env_file(config.parent / ".env", mistakes))
    variables = _merged(environ, env_files)
    _misspelt(environ, env_files, mistakes)
    raw = _toml(config, mistakes) if config is not None else {}
    found, wrong = read_tables(raw)
    mistakes += [Mistake(where, what) for where, what in wrong]

    key = variables.get(KEY, "").strip()
    writer = _writer(found.writer, key, variables, mistakes)
    token = variables.get(DISCORD_TOKEN, "").strip().removeprefix("Bot ")
    if token and not _TOKEN_SHAPE.fullmatch(token):
        mistakes.append(Mistake(DISCORD_TOKEN, plain("token_shape")))
    secrets = _secrets(key, token, variables, mistakes)
    slack = _slack(found.slack, variables, mistakes)
    url = _database(found.database, config.parent if config else cwd, variables, cwd, mistakes)
    if mistakes:
        raise ConfigMistakes(tuple(mistakes), config)
    return Settings(
        database=Database(url),
        writer=writer,
        prices=found.prices,
        budget=found.budget,
        room=found.room,
        discord=found.discord,
        slack=slack,
        log=found.log,
        secrets=secrets,
        sources=Sources(
            config=config,
            env_files=tuple(file.path for file in env_files if file),
            variables=tuple(name for name in VARIABLES if variables.get(name)),
        ),
    )


def with_database(settings: Settings, place: str | None, cwd: Path) -> Settings:
    """The same settings with the database of `--db` (a file's path or an address), or unchanged for None.

    Raises ConfigMistakes for what is neither.
    """
    if place is None:
        return settings
    try:
        return replace(settings, database=Database(database_url(place, cwd)))
    except Wrong as error:
        raise ConfigMistakes((Mistake("--db", str(error)),), None) from error


def database_url(place: str, base: Path) -> str:
    """A place for memory, given as a file's path or as an address, as an absolute address. Raises Wrong."""
    scheme, marks, rest = place.partition("://")
    if not marks:
        return _file_url(place, base)
    if scheme == "sqlite":
        if not rest.startswith("/") or "?" in rest:
            raise Wrong(plain("sqlite_shape"))
        return _file_url(unquote(rest[1:]), base)
    if scheme != POSTGRES:
        raise Wrong(plain("database_scheme"))
    try:
        parts = urlsplit(place)
        whole = parts.port is None or bool(parts.hostname)
    except ValueError:
        whole, parts = False, urlsplit("")
    if not whole or len(parts.path) < 2 or parts.fragment or not place.isprintable():
        raise Wrong(plain("postgres_shape"))
    return place


def example_file() -> Path:
    """The bot.toml that ships, with every key and its default: in the package, or at a checkout's root."""
    package = Path(__file__).parent
    shipped = package / "bot.toml"
    return shipped if shipped.exists() else package.parent / "bot.toml"


def describe(settings: Settings) -> tuple[str, ...]:
    """What was read, and which co-writer is meant and why, for `room37 doctor`; never a secret."""
    sources, writer = settings.sources, settings.writer
    lines = [plain("read_config", path=sources.config)] if sources.config else [_no_config()]
    lines += [plain("read_env", path=path) for path in sources.env_files]
    if sources.variables:
        lines.append(plain("variables", names=", ".join(sources.variables)))
    lines.append(plain("database_at", place=settings.database.shown))
    host = urlsplit(writer.base_url).hostname if writer.base_url else "api.anthropic.com"
    why = "named" if writer.provider != "auto" else "auto"
    if settings.provider == "claude":
        which = "by_key" if settings.secrets.anthropic_api_key else "by_address"
        lines.append(plain(f"writer_claude_{why}_{which}", model=writer.model, host=host))
    else:
        lines.append(plain(f"writer_{settings.provider}_{why}"))
    return tuple(lines)


def _no_config() -> str:
    return plain("no_config", path=example_file())


def _writer(
    writer: WriterSettings, key: str, variables: Mapping[str, str], mistakes: list[Mistake]
) -> WriterSettings:
    """The co-writer's settings with the environment's address; finds what only several keys show."""
    if variables.get(BASE_URL):
        try:
            writer = replace(writer, base_url=str(address(variables[BASE_URL])))
        except Wrong as error:
            mistakes.append(Mistake(BASE_URL, str(error)))
    if not (key.isascii() and key.isprintable()) or " " in key:
        mistakes.append(Mistake(KEY, plain("key_shape")))
    if writer.provider == "claude" and not key and not writer.base_url:
        mistakes.append(Mistake("writer.provider", plain("no_key", variable=KEY)))
    if writer.overall_seconds < writer.first_byte_seconds:
        mistakes.append(Mistake("writer.overall_seconds", plain("overall_too_short")))
    return writer


def _secrets(key: str, token: str, variables: Mapping[str, str], mistakes: list[Mistake]) -> Secrets:
    """The secrets of the environment; a Slack token of the wrong kind is named."""
    given = {name: variables.get(name, "").strip() for name in VARIABLES}
    for name, begins in ((SLACK_BOT_TOKEN, "xoxb-"), (SLACK_APP_TOKEN, "xapp-")):
        if given[name] and not given[name].startswith(begins):
            mistakes.append(Mistake(name, plain("slack_token", begins=begins)))
    return Secrets(
        anthropic_api_key=Secret(key),
        discord_token=Secret(token),
        slack_bot_token=Secret(given[SLACK_BOT_TOKEN]),
        slack_app_token=Secret(given[SLACK_APP_TOKEN]),
        slack_signing_secret=Secret(given[SLACK_SIGNING_SECRET]),
        slack_client_id=given[SLACK_CLIENT_ID],
        slack_client_secret=Secret(given[SLACK_CLIENT_SECRET]),
        vault_key=Secret(given[VAULT_KEY]),
    )


def _slack(slack: SlackSettings, variables: Mapping[str, str], mistakes: list[Mistake]) -> SlackSettings:
    """Slack's settings with the environment's address."""
    if variables.get(SLACK_API_URL):
        try:
            return replace(slack, api_url=str(address(variables[SLACK_API_URL])))
        except Wrong as error:
            mistakes.append(Mistake(SLACK_API_URL, str(error)))
    return slack


def _database(
    written: str, folder: Path, variables: Mapping[str, str], cwd: Path, mistakes: list[Mistake]
) -> str:
    """The address of memory: of the environment, else of the file (from its folder), else the default."""
    where = DATABASE if variables.get(DATABASE) else "database.url"
    try:
        if variables.get(DATABASE):
            return database_url(variables[DATABASE], cwd)
        return _url_of_file(written, folder) if written else _default_database(variables)
    except Wrong as error:
        mistakes.append(Mistake(where, str(error)))
        return ""


def _env_file(path: Path, mistakes: list[Mistake]) -> EnvFile | None:
    try:
        return read_env_file(path, os.getuid())
    except Wrong as error:
        mistakes.append(Mistake(str(path), str(error)))
        return None


def _merged(environ: Mapping[str, str], files: list[EnvFile | None]) -> dict[str, str]:
    """Our variables: the environment's, then what only a file sets, the working folder's file first."""
    merged: dict[str, str] = {}
    for name, value in [*environ.items(), *(pair for file in files if file for pair in file.variables)]:
        if name in VARIABLES:
            merged.setdefault(name, value)
    for name in ("XDG_DATA_HOME", "HOME"):
        merged[name] = environ.get(name, "")
    return merged


def _misspelt(environ: Mapping[str, str], files: list[EnvFile | None], mistakes: list[Mistake]) -> None:
    """A variable with our prefix that nothing reads is a slip that would otherwise stay silent for years."""
    names = {*environ, *(name for file in files if file for name, _ in file.variables)}
    for name in sorted(names - set(VARIABLES)):
        if name.startswith("ROOM37_"):
            near = nearest(name, VARIABLES)
            what = plain("variable_near", near=near) if near else plain("variable_unknown")
            mistakes.append(Mistake(shown(name), what))


def _config_path(path: Path | None, variables: Mapping[str, str], cwd: Path) -> Path | None:
    named = path or (Path(variables[CONFIG]) if variables.get(CONFIG) else None)
    if named is not None:
        return cwd / named
    here = cwd / "bot.toml"
    return here if os.path.lexists(here) else None


def _toml(config: Path, mistakes: list[Mistake]) -> dict[str, object]:
    """The file as tables; nothing, and a mistake, when it cannot be read."""
    try:
        with config.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
        if len(raw) > _MOST_BYTES:
            raise Wrong(plain("config_too_large"))
        return tomllib.loads(raw.decode("utf-8-sig"))
    except OSError as error:
        what = plain("config_unreadable", why=error.strerror)
    except UnicodeDecodeError as error:
        what = plain("not_utf8", line=error.object[: error.start].count(b"\n") + 1)
    except tomllib.TOMLDecodeError as error:
        what = _syntax(str(error))
    except (ValueError, RecursionError):  # a number of 5,000 digits, brackets within brackets without end
        what = plain("config_unfathomable")
    except Wrong as error:
        what = str(error)
    mistakes.append(Mistake(str(config), what))
    return {}


def _syntax(told: str) -> str:
    place = _PLACE_IN_TOML.search(told)
    reason = told[: place.start()] if place else told
    if place and place[1]:
        return plain("syntax", line=place[1], column=place[2], reason=reason)
    return plain("syntax_at_end", reason=reason)


def _url_of_file(url: str, base: Path) -> str:
    """The address that bot.toml gives: no password may stand in a file that is copied and shown."""
    named = url.partition("://")[2].rpartition("@")[0]  # user and password, where there are any
    if ":" in named or "password=" in url:
        raise Wrong(plain("database_password", variable=DATABASE))
    return database_url(url, base)


def _default_database(variables: Mapping[str, str]) -> str:
    data, home = Path(variables["XDG_DATA_HOME"]), Path(variables["HOME"])
    if not data.is_absolute():  # to be ignored: https://specifications.freedesktop.org/basedir-spec/latest/
        if not home.is_absolute():
            raise Wrong(plain("no_home"))
        data = home / ".local" / "share"
    return _file_url(str(data / "room37" / "room37.db"), data)


def _file_url(place: str, base: Path) -> str:
    if not place or place.endswith("/") or place == ":memory:" or not place.isprintable():
        raise Wrong(plain("database_no_file"))
    if place.startswith("~/"):
        raise Wrong(plain("database_tilde"))
    return SQLITE + quote(os.fsencode(os.path.normpath(base / place)))
