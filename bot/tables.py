"""The tables of bot.toml as settings: the classes of `bot.settings` say which keys there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any, TypeVar

from bot.key_kinds import Kind, Wrong, kind_of, nearest, plain
from bot.settings import (
    PRICES,
    BudgetDefaults,
    DiscordSettings,
    LogSettings,
    Presets,
    Price,
    RoomDefaults,
    SlackSettings,
    WriterSettings,
)

T = TypeVar("T")
Findings = list[tuple[str, str]]
"""Path of the key, and the sentence that belongs behind it."""

_SECRET_NAMES = re.compile(r"(?i)(^|_)(api_?key|key|token|secret|password|passwd)$")
_SECRET_VALUES = re.compile(r"\s*(sk-[\w-]{8,}|xox[a-z]-|xapp-|gh[a-z]_\w{16,}|AKIA\w{12,})")
_BARE = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Tables:
    """What one bot.toml says; `database` is its address as written, empty for the default place."""

    database: str = ""
    writer: WriterSettings = field(default_factory=WriterSettings)
    prices: Mapping[str, Price] = field(default_factory=lambda: PRICES)
    budget: BudgetDefaults = field(default_factory=BudgetDefaults)
    room: RoomDefaults = field(default_factory=RoomDefaults)
    discord: DiscordSettings = field(default_factory=DiscordSettings)
    slack: SlackSettings = field(default_factory=SlackSettings)
    log: LogSettings = field(default_factory=LogSettings)


def read_tables(raw: Mapping[str, object]) -> tuple[Tables, Findings]:
    """What the file says, as far as it can be read, and everything that is wrong with it."""
    wrong: Findings = []
    rest = _without_secrets(raw, "", wrong)
    for name in sorted(set(rest).difference(_TABLES)):
        wrong.append((shown(name), _unknown(name, _TABLES, "")))
    tables = {name: _table(rest, name, wrong) for name in _TABLES}
    room = dict(tables["room"])
    preset = _filled(Presets(), _table(room, "preset", wrong, "room."), "room.preset.", wrong)
    room.pop("preset", None)
    return Tables(
        database=_database(tables["database"], wrong),
        writer=_filled(WriterSettings(), tables["writer"], "writer.", wrong),
        prices=_prices(tables["prices"], wrong),
        budget=_filled(BudgetDefaults(), tables["budget"], "budget.", wrong),
        room=_filled(RoomDefaults(preset=preset), room, "room.", wrong),
        discord=_filled(DiscordSettings(), tables["discord"], "discord.", wrong),
        slack=_filled(SlackSettings(), tables["slack"], "slack.", wrong),
        log=_filled(LogSettings(), tables["log"], "log.", wrong),
    ), wrong


def shown(name: str) -> str:
    """A key as it is typed in TOML: in quotes unless it is a bare one."""
    if _BARE.fullmatch(name):
        return name
    return '"' + name.encode("unicode_escape").decode().replace('"', '\\"') + '"'


def _filled(defaults: T, table: Mapping[str, object], prefix: str, wrong: Findings) -> T:
    """These settings with what the table gives; a key that is unknown or holds another kind is a finding."""
    kinds = _kinds(type(defaults))
    values: dict[str, Any] = {f.name: getattr(defaults, f.name) for f in _fields(defaults)}
    for name, value in table.items():
        kind = kinds.get(name)
        if kind is None:
            wrong.append((prefix + shown(name), _unknown(name, kinds, prefix)))
            continue
        try:
            values[name] = kind(value)
        except Wrong as error:
            wrong.append((prefix + name, str(error)))
    return type(defaults)(**values)


def _prices(table: Mapping[str, object], wrong: Findings) -> Mapping[str, Price]:
    """The shipped list with the file's prices over it, model by model and key by key."""
    prices = dict(PRICES)
    for model in table:
        found = len(wrong)
        of_model = _table(table, model, wrong, "prices.")
        if len(wrong) == found:
            prices[model] = _price(model, of_model, wrong)
    return MappingProxyType(prices)


def _price(model: str, table: Mapping[str, object], wrong: Findings) -> Price:
    """One model's prices. What is not given of a new one follows its input price, as most list prices do."""
    prefix = f"prices.{shown(model)}."
    start = PRICES.get(model)
    if start is None:
        wrong += _missing(table, prefix)
        start = _following(table)
    beyond = start.beyond
    plain_keys = {name: value for name, value in table.items() if name != "beyond"}
    price = _filled(start, plain_keys, prefix, wrong)
    if "beyond" in table:
        inner = _table(table, "beyond", wrong, prefix)
        if beyond is None:
            wrong += _missing(inner, f"{prefix}beyond.")
        if "above" in inner:
            wrong.append((f"{prefix}beyond.above", plain("one_step")))
        inner = {name: value for name, value in inner.items() if name != "above"}
        beyond = _filled(beyond or _following(inner), inner, f"{prefix}beyond.", wrong)
    if (price.above is None) != (beyond is None):
        wrong.append((prefix + ("above" if price.above is None else "beyond"), plain("step_halved")))
    return replace(price, beyond=beyond)


def _missing(table: Mapping[str, object], prefix: str) -> Findings:
    return [(prefix + name, plain("price_missing")) for name in ("input", "output") if name not in table]


def _following(table: Mapping[str, object]) -> Price:
    fresh = table.get("input")
    if isinstance(fresh, bool) or not isinstance(fresh, int | float):
        return Price()
    return Price(write_5m=fresh * 1.25, write_1h=fresh * 2.0, read=fresh * 0.1)


def _database(table: Mapping[str, object], wrong: Findings) -> str:
    url = ""
    for name, value in table.items():
        if name != "url":
            wrong.append((f"database.{shown(name)}", _unknown(name, ("url",), "database.")))
        elif isinstance(value, str):
            url = value.strip()
        else:
            wrong.append(("database.url", plain("not_text", found=kind_of(value))))
    return url


def _table(
    tables: Mapping[str, object], name: str, wrong: Findings, prefix: str = ""
) -> Mapping[str, object]:
    table = tables.get(name, {})
    if isinstance(table, dict):
        return table
    path = prefix + shown(name)
    wrong.append((path, plain("not_a_table", found=kind_of(table), path=path)))
    return {}


def _unknown(name: str, known: Iterable[str], prefix: str) -> str:
    """Why this key is not read, with the nearest that is here, or the same word where it does belong."""
    if name in _HOMES:
        return plain("unknown_elsewhere", near=_HOMES[name])
    near = nearest(name, known)
    if near:
        return plain("unknown_near", near=prefix + near)
    return plain("unknown", known=", ".join(sorted(known)))


def _without_secrets(table: Mapping[str, object], prefix: str, wrong: Findings) -> dict[str, object]:
    """The table without what looks like a secret, by name or by value; the findings do not show it."""
    kept: dict[str, object] = {}
    for name, value in table.items():
        path = prefix + shown(name)
        if isinstance(value, dict):
            kept[name] = _without_secrets(value, f"{path}.", wrong)
        elif _holds_secret(value) or (_SECRET_NAMES.search(name) and isinstance(value, str)):
            wrong.append((path, plain("secret_in_file")))
        else:
            kept[name] = value
    return kept


def _holds_secret(value: object) -> bool:
    if isinstance(value, list):
        return any(_holds_secret(item) for item in value)
    if isinstance(value, dict):
        return any(_holds_secret(item) for item in value.values())
    return isinstance(value, str) and _SECRET_VALUES.match(value) is not None


def _fields(settings: object) -> tuple[Field[Any], ...]:
    return fields(settings) if is_dataclass(settings) else ()


def _kinds(cls: object) -> dict[str, Kind]:
    return {f.name: f.metadata["kind"] for f in _fields(cls) if "kind" in f.metadata}


def _homes() -> Iterator[tuple[str, str]]:
    """For each key its whole path; no name stands in two tables, which a test holds true."""
    tables = {
        "writer": WriterSettings,
        "budget": BudgetDefaults,
        "room": RoomDefaults,
        "room.preset": Presets,
        "discord": DiscordSettings,
        "slack": SlackSettings,
        "log": LogSettings,
    }
    for table, cls in tables.items():
        for name in _kinds(cls):
            yield name, f"{table}.{name}"
    yield "url", "database.url"


_TABLES = ("database", "writer", "prices", "budget", "room", "discord", "slack", "log")
_HOMES = dict(_homes())
