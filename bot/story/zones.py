"""Time zones by their IANA names, all from one list: the tzdata package, never the machine's own.

One list on every machine of a house has one version, which stands beside what was reckoned with it. What people call
a zone ("EST", "Berlin", "UTC+2") is never turned into one for them: they are shown the names that it may mean.
"""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import UserError
from bot.sentences import Marked

_LIST = resources.files("tzdata")
_MOST = 4
"""So many likely names are shown."""
_SAME_AS_UTC = frozenset({"utc", "uct", "zulu", "universal", "z", "etc/utc", "etc/uct", "etc/zulu", "etc/universal"})
_OFFSET = re.compile(r"(?:utc|gmt)?([+-−])(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)

_OFTEN = tuple(
    """America/New_York America/Chicago America/Denver America/Los_Angeles America/Toronto America/Vancouver
    America/Mexico_City America/Sao_Paulo America/Argentina/Buenos_Aires America/Bogota America/Lima America/Caracas
    America/Santiago America/Phoenix America/Anchorage America/Halifax America/St_Johns America/Puerto_Rico
    America/Panama America/Havana Pacific/Honolulu Europe/London Europe/Dublin Europe/Lisbon Europe/Madrid Europe/Paris
    Europe/Berlin Europe/Amsterdam Europe/Brussels Europe/Zurich Europe/Rome Europe/Vienna Europe/Stockholm Europe/Oslo
    Europe/Copenhagen Europe/Warsaw Europe/Prague Europe/Budapest Europe/Athens Europe/Helsinki Europe/Bucharest
    Europe/Kyiv Europe/Istanbul Europe/Moscow Africa/Cairo Africa/Lagos Africa/Nairobi Africa/Johannesburg
    Africa/Casablanca Asia/Jerusalem Asia/Riyadh Asia/Dubai Asia/Tehran Asia/Karachi Asia/Kolkata Asia/Kathmandu
    Asia/Dhaka Asia/Yangon Asia/Bangkok Asia/Jakarta Asia/Ho_Chi_Minh Asia/Shanghai Asia/Hong_Kong Asia/Singapore
    Asia/Manila Asia/Taipei Asia/Tokyo Asia/Seoul Australia/Perth Australia/Adelaide Australia/Brisbane
    Australia/Sydney Australia/Melbourne Pacific/Auckland Pacific/Fiji""".split()  # noqa: SIM905 (a list of names reads better so)
)
"""Zones in which many people live: likely ones, in the order in which they are offered."""

_SAID = {
    "ET": "EST", "CT": "CST", "MT": "MST", "PT": "PST", "EASTERN": "EST", "CENTRAL": "CST", "MOUNTAIN": "MST",
    "PACIFIC": "PST", "UK": "BST", "CEST": "CET", "EEST": "EET", "WEST": "WET",
    "EST5EDT": "EST", "CST6CDT": "CST", "MST7MDT": "MST", "PST8PDT": "PST",
}  # fmt: skip
_BESIDE = {
    "BST": ("Asia/Dhaka",), "AST": ("Asia/Riyadh",), "GST": ("Asia/Dubai",), "SGT": ("Asia/Singapore",),
    "BRT": ("America/Sao_Paulo",), "ART": ("America/Argentina/Buenos_Aires",), "ICT": ("Asia/Bangkok",),
}  # fmt: skip
"""What people say where the list has only numbers."""


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of a name. Raises ZoneInfoNotFoundError (a KeyError) for what is none."""
    if name not in names():
        raise ZoneInfoNotFoundError(name)
    with _LIST.joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


@cache
def version() -> str:
    """The version of the list, such as 2026f."""
    with _LIST.joinpath("zoneinfo", "tzdata.zi").open("r", encoding="utf-8") as rules:
        return rules.readline().split()[-1]


@cache
def names() -> frozenset[str]:
    """Every name of the list."""
    return frozenset(_LIST.joinpath("zones").read_text("utf-8").split())


def zone_named(given: str, *, argument: str = "zone") -> str:
    """The IANA name that was typed, in its own spelling; case and spaces for underscores do not matter.

    Raises UserError with likely names for an abbreviation, a city, a country, an offset, or a misspelling.
    """
    words = " ".join(given.split())
    typed = re.sub(r"\s*/\s*", "/", words).replace(" ", "_").casefold()
    if typed in _SAME_AS_UTC:
        return "UTC"
    found = _by_case().get(typed)
    if found is not None and "/" in found:
        return found
    likely = likely_zones(words)
    shown = Marked(", ".join(f"`{name}`" for name in likely))
    key = "zones.no_such" if likely else "zones.unknown"
    if likely and (_abbreviation(words) in _by_abbreviation() or _OFFSET.fullmatch(words.replace(" ", ""))):
        key = "zones.ambiguous"
    raise UserError(key, argument=argument, given=words[:40], likely=shown)


def likely_zones(given: str) -> tuple[str, ...]:
    """Names that somebody may mean who wrote this, the likeliest first; at most four."""
    words = " ".join(given.split())
    typed = words.replace(" ", "_").casefold()
    if not typed:
        return ()
    if typed in ("gmt", "greenwich", "gmt0", "gmt+0", "gmt-0"):
        return ("Europe/London", "UTC", "Africa/Abidjan")
    if (offset := _OFFSET.fullmatch(words.replace(" ", ""))) is not None:
        return _with_offset(offset)
    found = [
        *_by_abbreviation().get(_abbreviation(words), ()),
        *_with_rules_of(_by_case().get(typed)),
        *_by_country().get(words.casefold(), ()),
        *(name for name in zones_in_order() if typed == _city(name)),
    ]
    if not found and len(typed) >= 3:
        found += [name for name in zones_in_order() if typed in _city(name)]
    if not found:
        near = difflib.get_close_matches(typed, [name.casefold() for name in zones_in_order()], _MOST, 0.7)
        near_cities = difflib.get_close_matches(typed, [_city(name) for name in zones_in_order()], _MOST, 0.75)
        found += [_by_case()[name] for name in near]
        found += [name for city in near_cities for name in zones_in_order() if _city(name) == city]
    return tuple(dict.fromkeys(found))[:_MOST]


def _abbreviation(words: str) -> str:
    word = words.upper().removesuffix(" TIME")
    return _SAID.get(word, word)


def _city(name: str) -> str:
    return name.rpartition("/")[2].casefold()


@cache
def _by_case() -> dict[str, str]:
    return {name.casefold(): name for name in names()}


@cache
def zones_in_order() -> tuple[str, ...]:
    """All names that are a place's, those in which many live first."""
    others = sorted(name for name in names() - set(_OFTEN) if "/" in name and not name.startswith("Etc/"))
    return (*_OFTEN, *others)


@cache
def _by_abbreviation() -> dict[str, tuple[str, ...]]:
    """Zones by what their clocks are called in winter or in summer, as far as that has letters."""
    found: dict[str, list[str]] = {}
    for name in _OFTEN:
        for month in (1, 7):
            called = datetime(2026, month, 15, tzinfo=UTC).astimezone(zone(name)).tzname() or ""
            if called.isalpha() and name not in found.setdefault(called, []):
                found[called].append(name)
    for called, beside in _BESIDE.items():
        found.setdefault(called, []).extend(beside)
    return {called: tuple(found_names) for called, found_names in found.items()}


def _with_offset(read: re.Match[str]) -> tuple[str, ...]:
    """Zones whose clocks are so far from UTC in winter or in summer."""
    ahead = timedelta(hours=int(read[2]), minutes=int(read[3] or 0)) * (1 if read[1] == "+" else -1)
    if not ahead:
        return ("UTC", "Europe/London", "Africa/Abidjan")
    days = (datetime(2026, month, 15, tzinfo=UTC) for month in (1, 7))
    found = [name for day in days for name in _OFTEN if day.astimezone(zone(name)).utcoffset() == ahead]
    return tuple(dict.fromkeys(found))[:_MOST]


def _with_rules_of(old: str | None) -> tuple[str, ...]:
    """Places with the same rules as an old short name (Japan, EST5EDT)."""
    if old is None:
        return ()
    rules = _LIST.joinpath("zoneinfo", *old.split("/")).read_bytes()
    return tuple(n for n in zones_in_order() if _LIST.joinpath("zoneinfo", *n.split("/")).read_bytes() == rules)[:_MOST]


@cache
def _by_country() -> dict[str, tuple[str, ...]]:
    """Zones by a country's name or its two letters, those in which many live first."""
    folder = _LIST.joinpath("zoneinfo")
    called = dict(_rows(folder.joinpath("iso3166.tab").read_text("utf-8")))
    found: dict[str, list[str]] = {}
    for codes, _, name, *_ in _rows(folder.joinpath("zone.tab").read_text("utf-8")):
        for key in (codes, called[codes], *({"US": ("USA",), "GB": ("England",)}.get(codes, ()))):
            found.setdefault(key.casefold(), []).append(name)
    order = {name: rank for rank, name in enumerate(zones_in_order())}
    return {key: tuple(sorted(of, key=lambda n: order.get(n, len(order)))) for key, of in found.items()}


def _rows(table: str) -> list[list[str]]:
    return [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
