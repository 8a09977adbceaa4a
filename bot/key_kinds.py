"""What may stand at a key of bot.toml: each kind turns a raw value into the kept one, or says what to write.

A sentence of these never repeats the value that was found: somebody may have pasted a secret there.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

from bot.sentences import Marked, say
from bot.story.zones import names

Kind = Callable[[object], object]
"""Raises Wrong with the sentence that belongs behind `path.to.key: `."""

_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_KINDS_OF_VALUES: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a table",
}
_HOURS = re.compile(rf"{_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)* ({_TIME})-({_TIME}|24:00)")


class Wrong(Exception):
    """A value that cannot stand here; its text says what was found and what to write."""


def plain(key: str, /, **values: object) -> str:
    """A sentence for a terminal or a log: the values are not escaped, because nothing reads it as markup."""
    count = {"n": values["n"]} if "n" in values else {}  # stays a number: it chooses between one and other
    return str(say(f"config.{key}", **({name: Marked(value) for name, value in values.items()} | count)))


def nearest(given: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant, whatever its case; None when nothing is near."""
    by_fold = {word.casefold(): word for word in known}
    found = difflib.get_close_matches(given.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


def choice(*options: str) -> Kind:
    """One of these words."""

    def read(value: object) -> str:
        if isinstance(value, str) and value in options:
            return value
        near = nearest(value, options) if isinstance(value, str) else None
        if near:
            raise Wrong(plain("not_an_option_near", options=_quoted(options), near=near))
        raise Wrong(plain("not_an_option", options=_quoted(options)))

    return read


def maybe(word: str, kind: Kind) -> Kind:
    """This word, kept as None, or else what the kind takes."""

    def read(value: object) -> object:
        if value == word:
            return None
        try:
            return kind(value)
        except Wrong as wrong:
            raise Wrong(plain("or_the_word", wrong=wrong, word=word)) from wrong

    return read


def whole(least: int, most: int) -> Kind:
    """A whole number of this range."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Wrong(plain("not_whole", found=kind_of(value), least=least, most=most))
        if not least <= value <= most:
            raise Wrong(plain("out_of_range", least=least, most=most))
        return value

    return read


def number(least: float, most: float) -> Kind:
    """A number of this range."""

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Wrong(plain("not_number", found=kind_of(value), least=f"{least:g}", most=f"{most:.0f}"))
        if not least <= value <= most:  # also refuses nan, which is never in a range
            raise Wrong(plain("out_of_range", least=f"{least:g}", most=f"{most:.0f}"))
        return float(value)

    return read


def text(*, most: int) -> Kind:
    """One visible word, such as a model's name."""

    def read(value: object) -> str:
        found = _string(value)
        if not found or len(found) > most or not found.isprintable() or " " in found:
            raise Wrong(plain("not_a_word", most=most))
        return found

    return read


def address(value: object) -> str:
    """An http(s) address without name and password, or nothing."""
    found = _string(value).strip()
    if not found:
        return ""
    try:
        parts = urlsplit(found)
        host, _ = parts.hostname, parts.port
    except ValueError:  # such as a port that is no number
        host, parts = None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or not found.isprintable() or " " in found:
        raise Wrong(plain("not_an_address"))
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise Wrong(plain("address_too_much"))
    return found


def socket_address(value: object) -> str:
    """The address of a WebSocket, or empty."""
    given = _string(value)
    if given and not re.fullmatch(r"wss?://[\w.:\[\]-]+(/[\w./-]*)?", given):
        raise Wrong(plain("not_a_socket"))
    return given


def host_port(value: object) -> str:
    """Where to listen: a host and a port."""
    given = _string(value)
    found = re.fullmatch(r"([\w.-]+|\[[0-9a-fA-F:]+\]):([0-9]{1,5})", given)
    if found is None or int(found[2]) > 65_535:
        raise Wrong(plain("not_host_port"))
    return given


def snowflake(value: object) -> str:
    """An id of Discord's (17 to 20 digits), or empty."""
    given = str(value) if isinstance(value, int) and not isinstance(value, bool) else _string(value)
    if given and not re.fullmatch(r"[0-9]{15,20}", given):
        raise Wrong(plain("not_a_snowflake"))
    return given


def truth(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Wrong(plain("not_true_false", found=kind_of(value)))
    return value


def zone(value: object) -> str:
    """A time zone of the IANA list."""
    found = _string(value)
    if found not in names():
        near = nearest(found, sorted(names()))
        raise Wrong(plain("unknown_zone_near", near=near) if near else plain("unknown_zone"))
    return found


def hours(value: object) -> str:
    """Room hours such as `Mon-Fri 09:00-18:00`, or nothing."""
    found = _string(value).strip()
    if not found:
        return ""
    read = _HOURS.fullmatch(found)
    if read is None or read[1] >= read[2]:
        raise Wrong(plain("not_hours"))
    return found


def kind_of(value: object) -> str:
    """What a TOML value is, in words."""
    return _KINDS_OF_VALUES.get(type(value), "a date or time")


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong(plain("not_text", found=kind_of(value)))
    return value


def _quoted(options: Iterable[str]) -> str:
    return ", ".join(f'"{option}"' for option in options)
