"""Our small markup as Discord's markdown, and what people send from Discord as our markup.

Discord documents what its markdown does, but not every rule of its clients:
https://support.discord.com/hc/en-us/articles/210298617. Here text that is meant as itself is escaped wherever one of
them could take it for something else; `adapters.discord.reading` models how they read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from adapters.discord.connection import DIRECT
from bot.marks import Code, Inline, Instant, Spot, Styled, Words
from bot.marks import source as _marked
from bot.markup import Block, Break, Bullets, CodeBlock, Gap, Paragraph, Quote, parse
from bot.sentences import literal

_TO_ESCAPE = re.compile(
    r"[\\`*_\[<~|]"
    r"|@(?=everyone|here)"  # coloured like a mention, even where it pings nobody
    r"|:(?=//|[\w+~-]+:)"  # a link (inside one, Discord shows backslashes), or the name of an emoji
    r"|&(?=#)"  # nothing to Discord, but something to our own markup
)
_LINE_START = re.compile(
    r"(?m)(?:^|(?<=[\r\u2028\u2029]))([^\S\n]*)(?:([#>]|-#|[-+*](?=\s|$))|(\d+)([.)])(?=\s|$))"
)
"""What makes a line a heading, small print, a quote or a list."""
_PLAIN = re.compile(r"[^\W\d_][^\\`*_\[<~|@:&\n\r\u2028\u2029]*")
"""One line in which nothing can mean anything."""
_BREAK = r"\* * *"
"""A scene break, which Discord does not have: it reads like one, and no text that we escape is written so."""
_SHORT = 300
"""Characters of a markup that is worth remembering."""
_TOKENS: dict[str, str] = {"strong": "**", "spoiler": "||", "struck": "~~"}


def discord(markup: str, *, notifies: bool = False) -> str:
    """Our markup as Discord's markdown: literal text shows exactly as it is, instants in each reader's own time.

    With `notifies` an instant also says its words, because a phone's notification shows `<t:..>` as typed.
    """
    if _PLAIN.fullmatch(markup):
        return markup
    return (_known if len(markup) < _SHORT else _rendered)(markup, notifies)


def _rendered(markup: str, notifies: bool) -> str:
    return "\n".join(line for block in parse(markup) for line in _written(block, notifies))


_known = lru_cache(maxsize=1024)(_rendered)
"""Labels, sentences and ideas come again with every redrawing of a ballot."""


def prose(text: str) -> str:
    """People's own text: what a writer typed in Discord is what stands there."""
    return text


def one_line(markup: str, *, notifies: bool = False) -> str:
    """Markup for where Discord takes one line of markdown (a title, an item of a list)."""
    return " ".join(discord(markup, notifies=notifies).split())


# ---- to Discord


def _written(block: Block, notifies: bool) -> list[str]:
    match block:
        case Paragraph(inside):
            return _guarded(_inline(inside, notifies)).split("\n")
        case Gap(blank):
            return list(blank)
        case Quote(parts):
            return ["> " + line for part in parts for line in _written(part, notifies)]
        case Bullets(items):
            return ["- " + _guarded(_inline(item, notifies)) for item in items]
        case CodeBlock(code, language):
            longest = max((len(run) for line in code for run in re.findall("`+", line)), default=0)
            fence = "`" * max(
                3, longest + 1
            )  # Discord knows three; more only where the code itself holds three
            return [fence + language, *code, fence]
        case Break():
            return [_BREAK]


def _guarded(text: str) -> str:
    return _LINE_START.sub(
        lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}",
        text,
    )


def _inline(inside: Sequence[Inline], notifies: bool, before: str = "", after: str = "") -> str:
    """The marks and words of a line; `before` and `after` are what stands around them."""
    parts = _merged(inside)
    written: list[str] = []
    for index, part in enumerate(parts):
        match part:
            case Words(text):
                written.append(_escaped(text))
            case Code():
                written.append(_marked((part,)))
            case Instant():
                written.append(_instant(part, notifies))
            case Spot():
                written.append(_spot(part))
            case Styled(_, inner) if part.kind == "emphasis":
                left = (written[-1] if written else before)[-1:]
                following = parts[index + 1] if index + 1 < len(parts) else None
                right = _first(following) if following is not None else after[:1]
                within = _inline(inner, notifies, "_", "_")
                mark = _emphasis(left, within, right)
                written.append(mark + within + mark)
            case Styled(_, inner):
                token = _TOKENS[part.kind]
                written.append(token + _inline(inner, notifies, token, token) + token)
    return "".join(written)


def _escaped(text: str) -> str:
    return _TO_ESCAPE.sub(r"\\\g<0>", text)


def _merged(inside: Iterable[Inline]) -> list[Inline]:
    """Neighbours of one kind made one: `**a**__b__` means one stretch, and Discord's `__` means something else."""
    parts: list[Inline] = []
    for part in inside:
        last = parts[-1] if parts else None
        if isinstance(part, Styled) and isinstance(last, Styled) and last.kind == part.kind:
            parts[-1] = Styled(last.mark, last.inside + part.inside)
        else:
            parts.append(part)
    return parts


def _first(part: Inline) -> str:
    match part:
        case Words(text):
            return text[:1]
        case Styled():
            return part.mark[:1].replace("_", "*")
        case _:
            return ""


def _emphasis(left: str, within: str, right: str) -> str:
    """A star, or an underscore beside other stars, where it may stand."""
    beside = "*" in (left, within[:1], within[-1:], right)
    return "_" if beside and not left.isalnum() and not right.isalnum() else "*"


def _instant(part: Instant, notifies: bool) -> str:
    """https://discord.com/developers/docs/reference#message-formatting-timestamp-styles"""
    if notifies:
        return f"{_escaped(part.words)} (<t:{part.unix}:R>)"
    return f"<t:{part.unix}:{'R' if part.relative else 'f'}>"


def _spot(part: Spot) -> str:
    """A channel's or a thread's name, as it is now. A direct message has none.

    https://discord.com/developers/docs/reference#message-formatting-formats
    """
    return _escaped(part.words) if part.space == DIRECT else f"<#{part.thread or part.channel}>"


# ---- from Discord

_OURS = re.compile(
    r"(?P<kept>\\[\s\S]|```[\s\S]*?```|(?P<ticks>``?)(?!`)[\s\S]*?(?<!`)(?P=ticks)(?!`))"
    r"|<(?P<sign>@!?|@&|\#)(?P<id>\d{1,20})>"
    r"|<t:(?P<unix>-?\d{1,13})(?::[tTdDfFsSR])?>"
    r"|</(?P<command>[^:<>\n]{1,100}):\d{1,20}>"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def source(text: str, names: Mapping[str, str] | None = None) -> str:
    """What people send from Discord as our markup: as typed, but for what only Discord can read.

    `names` gives the names of people, roles and channels by id; a mention becomes its plain name (one that is not
    given stays as typed), a timestamp its date, a mentioned command its name. Discord's own `__underline__` and
    `-# small print` stand as they were typed: back on Discord they mean what they meant.
    """

    def put(found: re.Match[str]) -> str:
        if found["kept"]:
            return found["kept"]
        if found["unix"]:
            return date_of(int(found["unix"])) or found[0]
        if found["command"]:
            return "/" + found["command"]
        name = (names or {}).get(found["id"])
        return found[0] if name is None else literal(("#" if found["sign"] == "#" else "") + name)

    replaced = _OURS.sub(put, text)
    return "\n".join("* * *" if line == _BREAK else line for line in replaced.split("\n"))


def date_of(unix: int) -> str:
    """A timestamp's date and time in words; empty for one beyond the calendar."""
    try:
        return f"{_EPOCH + timedelta(seconds=unix):%Y-%m-%d %H:%M} UTC"
    except OverflowError:
        return ""
