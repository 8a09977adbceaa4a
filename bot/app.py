"""The composition root: the only place that joins the core to adapters, memory and model vendors."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import io
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from adapters.discord.connection import Connection
from adapters.slack.connection import Connection as SlackConnection
from bot import config
from bot.chat import ChatAdapter
from bot.config import ConfigMistakes
from bot.context import Shop
from bot.dispatch import Dispatcher
from bot.errors import OperatorError
from bot.faces import posts
from bot.handlers import due_rules, registry
from bot.handlers.courtesies import Gate, courtesy
from bot.handlers.home import gather
from bot.handlers.prompt_orders import PromptOrders
from bot.handlers.suggesting import suggest
from bot.markup import to_plain
from bot.options import ExportFormat, ManifestOf, TryOptions
from bot.platforms import Platforms
from bot.ports import Alarms, Clock, Vault, Writer
from bot.posting import LEASE, Poster
from bot.sentences import Marked, say
from bot.settings import Settings
from bot.story.people import Place
from memory import migrate, operators
from memory.engine import Runner, make_runner
from memory.store import HouseRows, RoomStore
from memory.vault import HouseVault

log = logging.getLogger("room37")

TABLE = Place("terminal", "local", "table")
PACE_SECONDS = 1.2
"""Seconds between two passes of the poster over one chat channel: platforms take about one message a second."""
ALONE = timedelta(0)
"""The lease on posts where one process serves a database: after a crash there is nobody else to wait for."""


def _told(key: str, **values: object) -> str:
    """A sentence for a terminal or a log, where nothing reads markup."""
    return to_plain(say(key, **values))


class RealClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    """A wired house: what an adapter, a test or a bench needs of it."""

    inbox: Dispatcher
    store: RoomStore
    rows: HouseRows
    poster: Poster
    runner: Runner
    shop: Shop
    orders: PromptOrders

    async def sweep(self) -> None:
        """Do what is due; then prompts that a co-writer is to write may be wanted."""
        await self.inbox.sweep()
        self.orders.wake()


@contextlib.asynccontextmanager
async def build(
    settings: Settings, adapter: ChatAdapter, *, clock: Clock, alarms: Alarms, writer: Writer | None = None,
    seed: str | None = None, pace_seconds: float = 0.0, lease: timedelta = LEASE,
    serves: Callable[[Place], bool] = lambda _: True,
) -> AsyncIterator[House]:  # fmt: skip
    """Wire a house over an opened database (see `open_database`) and this adapter; closed when the block ends."""
    runner = make_runner(settings.database.url)
    presets = {
        "terminal": settings.room.preset.terminal,
        "discord": settings.room.preset.discord,
        "slack": settings.room.preset.slack,
    }
    store = RoomStore(runner, clock, zone=settings.room.zone, hours=settings.room.hours, presets=presets)
    rows = HouseRows(runner)
    poster = Poster(store, adapter, posts.draw, clock, pace_seconds=pace_seconds, lease=lease, serves=serves)
    chosen = writer or make_writer(settings)
    shop = Shop(chosen, max_tokens=settings.writer.max_tokens, prices=settings.prices, budget=settings.budget)
    inbox = Dispatcher(
        registry(),
        store,
        rows,
        clock,
        shop,
        poster,
        alarms,
        due_rules(),
        suggest,
        gather,
        courtesy,
        Gate(),
        seed=seed,
        alone=not lease,
    )
    orders = PromptOrders(store, rows, clock, shop, seed=seed)
    try:
        yield House(inbox, store, rows, poster, runner, shop, orders)
    finally:
        poster.close()
        if (close := getattr(chosen, "aclose", None)) is not None:
            await close()
        await runner.close()


async def open_database(settings: Settings, clock: Clock) -> Path | None:
    """Bring the database to this version; gives the path of the backup that was made first, if one was."""
    return await operators.open_house(settings.database.url, settings.database.path, clock.now())


def make_writer(settings: Settings) -> Writer:
    """The co-writer that is configured. `auto` is Claude when a key or an address is set, else the deck."""
    match settings.provider:
        case "claude":
            from adapters.claude import Claude  # noqa: PLC0415  # only when it is asked for
            from adapters.claude_request import Patience  # noqa: PLC0415
            from adapters.prices import DEAREST, FREE  # noqa: PLC0415

            wanted = settings.writer
            here = urlsplit(wanted.base_url).hostname in ("127.0.0.1", "localhost", "::1")
            patience = Patience(
                first_byte=wanted.first_byte_seconds, between=wanted.stall_seconds, overall=wanted.overall_seconds,
                retries=wanted.max_retries,
            )  # fmt: skip
            return Claude(
                api_key=settings.secrets.anthropic_api_key.reveal(), base_url=wanted.base_url or None, model=wanted.model,
                effort=wanted.effort, prices=settings.prices, patience=patience,
                unknown_price=FREE if here else DEAREST, schema=not here,
            )  # fmt: skip
        case "recording":
            from adapters.recording import Recording  # noqa: PLC0415

            return Recording.shipped()
        case "none":
            from bot.writing.silent import Silent  # noqa: PLC0415

            return Silent()
        case _:
            from bot.writing.deck import Deck  # noqa: PLC0415

            return Deck()


def _settings(path: Path | None, db: str | None, environ: Mapping[str, str] | None = None) -> Settings:
    found = config.load(path, os.environ if environ is None else environ, Path.cwd())
    logging.basicConfig(
        level=found.log.level.upper(), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    return config.with_database(found, db, Path.cwd())


# ---- the command line's functions (bot.options.App)


def try_room(options: TryOptions) -> int:
    """Open a room in this terminal, or play a transcript."""
    settings = _settings(options.config, options.db)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    writer: Writer | None = None
    if options.demo_writer:
        from adapters.recording import Recording  # noqa: PLC0415

        writer = Recording.shipped()
    room = _play(options, settings, writer) if options.transcript is not None else _talk(settings, writer)
    try:
        return asyncio.run(room)
    except* OperatorError as errors:
        raise OperatorError(str(_first(errors))) from None


async def _play(options: TryOptions, settings: Settings, writer: Writer | None) -> int:
    from adapters.alarms import NoAlarms  # noqa: PLC0415
    from adapters.transcript import Page, Player, TranscriptClock, read_lines  # noqa: PLC0415

    lines: Iterable[str] = (
        read_lines(sys.stdin.buffer) if options.transcript == "-" else _transcript(options, read_lines)
    )
    clock = TranscriptClock(options.clock or datetime.now(UTC))
    await open_database(settings, clock)
    page = Page(sys.stdout)
    seed = str(options.seed or 0)
    async with build(
        settings, page, clock=clock, alarms=NoAlarms(), writer=writer, seed=seed, lease=ALONE
    ) as house:
        async def sweep() -> None:
            await house.inbox.sweep()
            await house.orders.write_all()

        player = Player(
            house.inbox, TABLE, clock=clock, sweep=sweep, page=page, lines=lines, seed=seed, resume=options.resume,
        )  # fmt: skip
        return await player.play()


def _transcript(options: TryOptions, read: Callable[[BinaryIO], Iterator[str]]) -> list[str]:
    path = Path(str(options.transcript))
    try:
        with path.open("rb") as file:
            return list(read(file))
    except OSError as error:
        raise OperatorError(_told("doctor.no_transcript", path=path, why=error.strerror or "?")) from None


async def _talk(settings: Settings, writer: Writer | None) -> int:
    from adapters.alarms import WakingAlarms  # noqa: PLC0415
    from adapters.console import Console  # noqa: PLC0415

    clock = RealClock()
    saved = await open_database(settings, clock)
    if saved is not None:
        sys.stdout.write(_told("memory.backup_made", path=saved) + "\n")
    alarms = WakingAlarms()
    console = Console(TABLE, database=settings.database.shown, path=settings.database.path)
    async with build(settings, console, clock=clock, alarms=alarms, writer=writer, lease=ALONE) as house:

        async def sweep() -> None:
            await _tick(house, clock)
            await house.poster.settle(TABLE)

        alarms.start(sweep)
        try:
            async with asyncio.TaskGroup() as group:
                ordered = group.create_task(house.orders.run())
                await house.poster.settle(TABLE)
                await sweep()
                await console.run(house.inbox)
                ordered.cancel()
        finally:
            alarms.stop()
    return 0


def run(*, config: Path | None, db: str | None) -> int:
    """Serve the rooms on every platform that is configured, until the process is told to stop."""
    settings = _settings(config, db)
    if not (settings.serves_discord or settings.serves_slack):
        raise OperatorError(_told("serving.nothing"))
    try:
        asyncio.run(_serve(settings))
    except* OperatorError as errors:
        raise OperatorError(str(_first(errors))) from None
    except* asyncio.CancelledError:
        pass
    return 0


def _first(errors: BaseExceptionGroup[OperatorError]) -> BaseException:
    """One sentence of a group of errors."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _platforms(settings: Settings, vault: Vault) -> dict[str, ChatAdapter]:
    """The platforms that this process serves, by name."""
    served: dict[str, ChatAdapter] = {}
    if settings.serves_discord:
        from adapters.discord.client import Discord  # noqa: PLC0415  # only the platforms in use are loaded

        served["discord"] = Discord(_discord(settings))
    if settings.serves_slack:
        from adapters.slack.client import Slack  # noqa: PLC0415

        served["slack"] = Slack(_slack(settings), vault, RealClock())
    return served


def _slack(settings: Settings) -> SlackConnection:
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


def _discord(settings: Settings) -> Connection:
    """How Discord is reached; points discord.py elsewhere when the settings say so."""
    from adapters.discord.pointing import point  # noqa: PLC0415

    wanted = settings.discord
    point(wanted.api, wanted.gateway)
    return Connection(
        settings.secrets.discord_token.reveal(), guild=wanted.guild, ready_seconds=0.05 if wanted.gateway else 2.0
    )


async def _serve(settings: Settings) -> None:
    from adapters.alarms import WakingAlarms  # noqa: PLC0415

    clock, alarms = RealClock(), WakingAlarms()
    saved = await open_database(settings, clock)
    if saved is not None:
        log.warning("%s", _told("memory.backup_made", path=saved))
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    vault = HouseVault(make_runner(settings.database.url))
    platforms = Platforms(_platforms(settings, vault))
    lease = LEASE if settings.database.path is None else ALONE  # a file is served by one process
    async with build(
        settings, platforms, clock=clock, alarms=alarms, pace_seconds=PACE_SECONDS, lease=lease, serves=platforms.serves
    ) as house:
        alarms.start(partial(_tick, house, clock))
        gc.collect()
        gc.freeze()  # what was imported stays: looking through it again and again would halt everybody for 0.1 s
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(house.poster.run())
                group.create_task(house.orders.run())
                group.create_task(platforms.run(house.inbox))
                house.poster.wake_all(await house.rows.post_places())
                await _tick(house, clock)
        finally:
            alarms.stop()
            await vault.close()


async def _tick(house: House, clock: Clock) -> None:
    """Note that the house is there, and do what is due."""
    await house.rows.beat(clock.now())
    await house.sweep()


def export(*, config: Path | None, db: str | None, story: str, form: ExportFormat, out: Path | None) -> int:
    """Write one story to a file, or to standard output for None."""
    settings = _settings(config, db)
    text = asyncio.run(_exported(settings, story, form))
    if out is None:
        sys.stdout.write(text)
    else:
        try:
            out.write_text(text, "utf-8")
        except OSError as error:
            raise OperatorError(_told("memory.copy_failed", path=out, why=error.strerror or "?")) from None
    return 0


async def _exported(settings: Settings, story: str, form: ExportFormat) -> str:
    from bot.faces.exporting import export_text  # noqa: PLC0415
    from memory.finding import find_story  # noqa: PLC0415

    _existing(settings)
    await open_database(settings, RealClock())
    runner = make_runner(settings.database.url)
    try:
        place, found = await runner.read(lambda connection: find_story(connection, story))
        store = RoomStore(runner, RealClock())
        return await store.read(place, lambda books: export_text(books, found, form))
    finally:
        await runner.close()


def _existing(settings: Settings) -> Path:
    """The database file. Raises OperatorError when there is none, or when it is a server."""
    path = settings.database.path
    if path is None:
        raise OperatorError(_told("memory.use_server_tools"))
    if not path.exists():
        raise OperatorError(_told("memory.no_database", path=path))
    return path


def backup(*, config: Path | None, db: str | None, file: Path) -> int:
    """Copy the database to a new file, open the copy and count what is in it."""
    path = _existing(_settings(config, db))
    counted = operators.copy_database(path, file)
    print(_told("memory.backed_up", path=file, n=counted))  # noqa: T201  # the command's answer
    return 0


def restore(*, config: Path | None, db: str | None, file: Path) -> int:
    """Put a backup in the database's place and apply the erasures that stand."""
    settings = _settings(config, db)
    path = settings.database.path
    if path is None:
        raise OperatorError(_told("memory.use_server_tools"))
    kept = operators.put_back(file, path, datetime.now(UTC))
    asyncio.run(open_database(settings, RealClock()))
    ids = operators.standing_erasures(path)
    asyncio.run(migrate.on_connection(settings.database.url, lambda c: operators.apply_erasures(c, ids)))
    print(_told("memory.restored", path=path, n=len(ids)))  # noqa: T201
    if kept is not None:
        print(_told("memory.kept_aside", path=kept))  # noqa: T201
    return 0


def rooms(*, config: Path | None, db: str | None) -> int:
    """List the rooms: ids, places and sizes, no text."""
    settings = _settings(config, db)
    asyncio.run(open_database(settings, RealClock()))
    for line in asyncio.run(migrate.on_connection(settings.database.url, operators.list_rooms)):
        where = "/".join(
            part
            for part in (line.place.platform, line.place.space, line.place.channel, line.place.thread)
            if part
        )
        print(f"{line.id}  {where}  stories {line.stories}, passages {line.passages}")  # noqa: T201
    return 0


def move(*, config: Path | None, db: str | None, room: str, to: Place) -> int:
    """Give a room another place."""
    settings = _settings(config, db)
    asyncio.run(open_database(settings, RealClock()))
    asyncio.run(migrate.on_connection(settings.database.url, lambda c: operators.move_room(c, room, to)))
    print(_told("memory.moved", room=room))  # noqa: T201
    return 0


def forget(*, config: Path | None, db: str | None, person: str) -> int:
    """Take one person's words and name out of every room."""
    settings = _settings(config, db)
    path = settings.database.path
    if path is not None:
        _existing(settings)
    asyncio.run(open_database(settings, RealClock()))
    found = asyncio.run(
        migrate.on_connection(settings.database.url, lambda c: operators.forget(c, person, datetime.now(UTC)))
    )
    if not found.rooms:
        raise OperatorError(str(say("memory.forgot_nobody")))
    if path is not None:
        operators.remember(path, found.ids)
    print(say("memory.forgot", things=len(found.ids), rooms=found.rooms))  # noqa: T201
    print(say("memory.forgot_backups"))  # noqa: T201
    return 0


def db_upgrade(*, config: Path | None, db: str | None) -> int:
    """Bring the database to this version, after a backup."""
    settings = _settings(config, db)
    saved = asyncio.run(open_database(settings, RealClock()))
    if saved is not None:
        print(_told("memory.backup_made", path=saved))  # noqa: T201
    print(_told("memory.upgraded", schema=migrate.head()))  # noqa: T201
    return 0


def db_check(*, config: Path | None, db: str | None) -> int:
    """Say whether the database is whole and of this version."""
    settings = _settings(config, db)
    if settings.database.path is not None:
        _existing(settings)
    _, older = asyncio.run(migrate.on_connection(settings.database.url, migrate.needs_upgrade))
    if older:
        raise OperatorError(_told("memory.older"))
    found = asyncio.run(migrate.on_connection(settings.database.url, operators.check))
    sizes = {"rooms": found.rooms, "passages": found.passages, "acts": found.acts}
    print(_told("memory.checked", schema=found.schema, **sizes))  # noqa: T201
    for problem in found.problems:
        print(f"- {problem}")  # noqa: T201
    return 1 if found.problems else 0


def manifest(
    *, config: Path | None, db: str | None, platform: ManifestOf, http: str, history: bool, out: Path | None
) -> int:
    """Print what installs the bot on a platform, and the steps."""
    settings = _settings(config, db)
    if platform == "slack":
        return _slack_manifest(settings, http, history or settings.slack.history, out)
    from adapters.discord.install import RIGHTS, application_of, link  # noqa: PLC0415

    app = application_of(settings.secrets.discord_token.reveal())
    where = link(app) if app is not None else _told("discord.no_link_yet")
    rights = "\n".join(f"  - {_told(f'discord.install_{right}')}" for right in RIGHTS)
    print(_told("discord.manifest", link=Marked(where), rights=Marked(rights)))  # noqa: T201
    return 0


def _slack_manifest(settings: Settings, http: str, history: bool, out: Path | None) -> int:
    """Write Slack's manifest, and print the steps. What bot.toml says of the transport holds unless an address is given."""
    from adapters.slack.install import FILE, steps, written  # noqa: PLC0415

    if not http and settings.slack.transport == "http":
        http = settings.slack.public_url
        if not http:
            raise OperatorError(_told("slack.no_public_url"))
    file = (out or Path(FILE)).absolute()
    try:
        file.write_text(written(registry(), address=http, history=history), "utf-8")
    except OSError as error:
        raise OperatorError(_told("memory.copy_failed", path=file, why=error.strerror or "?")) from None
    print(steps(file, address=http, history=history))  # noqa: T201
    return 0


def doctor(*, config: Path | None, db: str | None, as_json: bool, discord: bool, slack: bool) -> int:
    """Say what is configured, what is wrong and what to do; `discord` and `slack` ask those platforms too."""
    lines: list[str] = []
    wrong: list[str] = []
    try:
        settings = _settings(config, db)
        lines += _configured(settings)
        lines.append(_database_line(settings))
        lines.append(_told("doctor.writer", label=make_writer(settings).capabilities.label))
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
        print(_told("doctor.bad", n=len(wrong)) if wrong else _told("doctor.good"))  # noqa: T201
    return 1 if wrong else 0


def _ask_discord(settings: Settings) -> tuple[Sequence[str], Sequence[str]]:
    """What Discord says of this bot, and what is wrong there."""
    from adapters.discord.checks import check  # noqa: PLC0415

    if not settings.secrets.discord_token:
        return (), (_told("discord.no_token"),)
    findings = asyncio.run(check(_discord(settings), registry(), _rooms_on(settings, "discord")))
    return findings.found, findings.wrong


def _ask_slack(settings: Settings) -> tuple[Sequence[str], Sequence[str]]:
    """What Slack says of this app, and what is wrong there."""
    from adapters.slack.checks import check  # noqa: PLC0415

    rooms = _rooms_on(settings, "slack")

    async def ask() -> tuple[Sequence[str], Sequence[str]]:
        path = settings.database.path
        vault = HouseVault(make_runner(settings.database.url)) if path is None or path.exists() else None
        try:
            findings = await check(_slack(settings), rooms, vault, RealClock())
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
    lines = [_told("doctor.serves", platforms=", ".join(served)) if served else _told("doctor.serves_nothing")]
    if settings.slack.serve and settings.secrets.slack_bot_token and not settings.serves_slack:
        missing = "SLACK_APP_TOKEN" if settings.slack.transport == "socket" else "SLACK_SIGNING_SECRET"
        lines.append(_told("doctor.slack_half", missing=missing))
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
        return _told("doctor.new_database", where=settings.database.shown)
    found, older = asyncio.run(migrate.on_connection(settings.database.url, migrate.needs_upgrade))
    key = "old_database" if older else "database"
    return _told(f"doctor.{key}", where=settings.database.shown, schema=found or "-")
