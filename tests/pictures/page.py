"""From the record to a page: every component that Discord takes from us, drawn as its dark client does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from importlib import resources
from itertools import pairwise

from tests.pictures.markdown import Reader
from tests.pictures.shots import Message, Shot
from tests.servers.discord.components import (
    BUTTON,
    CONTAINER,
    FILE,
    LABEL,
    RADIOS,
    ROW,
    SEPARATOR,
    STRING_SELECT,
    TEXT,
    TEXT_INPUT,
    UPLOAD,
)
from tests.servers.discord.refusal import Json
from tests.servers.discord.things import EPHEMERAL

_STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link"}
_FACES = ("#5865f2", "#c2703d", "#3f8f6b", "#b0567f", "#7a68c4", "#a88b2d", "#4a87b5")
_PREVIEW = 6
"""Lines of a text file that the client shows under a message."""
_SAME = 7 * 60
"""Seconds within which messages of one author stand under one name."""


def page(shots: Sequence[Shot], channel: str) -> str:
    """All shots on one page, one below the other."""
    style = (resources.files(__package__) / "page.css").read_text("utf-8")
    drawn = "".join(section(shot, channel) for shot in shots)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>An evening in Room 37</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{style}</style></head><body>{drawn}</body></html>"
    )


def section(shot: Shot, channel: str) -> str:
    """One shot: a window with the channel's name, its messages, and a form before them when one is open."""
    reader = Reader(shot.now, shot.names)
    inside = _messages(shot, reader)
    if shot.form is not None:
        inside += _form(shot, shot.form, reader)
    return (
        f'<section id="{shot.name}"><h2>{escape(shot.title)}</h2>'
        f'<div class="window"><header># {escape(channel)}</header>{inside}</div></section>'
    )


# ---- messages


def _messages(shot: Shot, reader: Reader) -> str:
    if not shot.messages:
        return ""
    pairs: Iterable[tuple[Message | None, Message]] = [(None, shot.messages[0]), *pairwise(shot.messages)]
    return "".join(_message(one, reader, shot.menu, follows=_follows(before, one)) for before, one in pairs)


def _follows(before: Message | None, one: Message) -> bool:
    """Whether it stands under the same name as the message above it."""
    if before is None or _asked(one.raw):
        return False
    times = [datetime.fromisoformat(m.raw["timestamp"]) for m in (before, one)]
    same = before.raw["author"]["id"] == one.raw["author"]["id"]
    private = [bool(m.raw["flags"] & EPHEMERAL) for m in (before, one)]
    return same and private[0] == private[1] and (times[1] - times[0]).total_seconds() < _SAME


def _asked(raw: Json) -> bool:
    about = raw.get("interaction_metadata") or {}
    return bool(about.get("name")) or bool(raw.get("referenced_message"))


def _message(one: Message, reader: Reader, menu: tuple[str, ...] | None, *, follows: bool) -> str:
    raw = one.raw
    private = bool(raw["flags"] & EPHEMERAL)
    body = f'<div class="text">{reader.html(raw["content"])}</div>' if raw["content"] else ""
    shown = "".join(_component(part, one, reader, menu) for part in raw["components"])
    if not raw["content"] and raw["components"]:
        body += shown
        shown = ""
    else:
        body += "".join(_attached(file, one) for file in raw["attachments"])
    body += shown
    if raw["edited_timestamp"]:
        body += '<span class="edited">(edited)</span>'
    if private:
        body += '<div class="private">Only you can see this · <a>Dismiss message</a></div>'
    kind = "message private-message" if private else "message"
    kind += " pinged" if raw["mentions"] else ""
    head = "" if follows else _head(raw, reader)
    face = "" if follows else _face(raw["author"]["username"], "face")
    above = "" if follows else _above(raw)
    return f'<article class="{kind}{" follows" if follows else ""}">{above}<div class="gutter">{face}</div><div class="body">{head}{body}</div></article>'


def _head(raw: Json, reader: Reader) -> str:
    at = datetime.fromisoformat(raw["timestamp"])
    today = at.date() == datetime.fromtimestamp(reader.now, UTC).date()
    said = f"{at:%H:%M}" if today else f"{at:%d/%m/%Y %H:%M}"
    app = '<span class="app">✓ APP</span>' if raw["author"]["bot"] else ""
    return f'<div class="head"><b>{escape(raw["author"]["username"])}</b>{app}<time>{said}</time></div>'


def _above(raw: Json) -> str:
    """The line above an answer: which command it answers, or which message was pressed."""
    about = raw.get("interaction_metadata") or {}
    if about.get("name"):
        who = about["user"]["username"]
        return f'<div class="above">{_face(who, "tiny")}<b>{escape(who)}</b> used <span class="cmd">/{escape(about["name"])}</span></div>'
    if (source := raw.get("referenced_message")) is not None:
        words = source["content"] or "Click to see attachment"
        who = source["author"]["username"]
        first = escape(words.replace("*", "").split("\n")[0])
        return f'<div class="above">{_face(who, "tiny")}<b>{escape(who)}</b> <span class="cut">{first}</span></div>'
    return ""


def _face(name: str, kind: str) -> str:
    colour = _FACES[sum(map(ord, name)) % len(_FACES)]
    letters = "37" if "37" in name else name[0].upper()
    return f'<span class="{kind}" style="background:{colour}">{"" if kind == "tiny" else letters}</span>'


def _attached(file: Json, one: Message) -> str:
    return _document(file["filename"], file.get("description") or "", one)


def _document(name: str, alt: str, one: Message) -> str:
    """A text file under a message: its first lines, its name, and what is said of it to those who cannot see it."""
    data = one.files.get(name, b"")
    lines = data.decode("utf-8", "replace").split("\n")
    more = f"… ({len(lines) - _PREVIEW} lines left)" if len(lines) > _PREVIEW else ""
    shown = escape("\n".join(lines[:_PREVIEW]) + ("\n" + more if more else ""))
    size = f"{len(data) / 1000:.1f} KB"
    return (
        f'<figure class="file"><pre>{shown}</pre><figcaption>▤ {escape(name)} <i>{size}</i>'
        f'<span class="alt">ALT {escape(alt)}</span></figcaption></figure>'
    )


# ---- components


def _component(part: Json, one: Message, reader: Reader, menu: tuple[str, ...] | None) -> str:
    match part["type"]:
        case n if n == CONTAINER:
            inside = "".join(_component(p, one, reader, menu) for p in part["components"])
            return f'<div class="container">{inside}</div>'
        case n if n == TEXT:
            return f'<div class="text">{reader.html(part["content"])}</div>'
        case n if n == SEPARATOR:
            return "<hr>"
        case n if n == FILE:
            name = part["file"]["url"].rpartition("/")[2]
            alts = [f.get("description") or "" for f in one.raw["attachments"] if f["filename"] == name]
            return _document(name, alts[0] if alts else "", one)
        case n if n == ROW:
            return f'<div class="row">{"".join(_component(p, one, reader, menu) for p in part["components"])}</div>'
        case n if n == BUTTON:
            off = " disabled" if part.get("disabled") else ""
            return f'<button class="{_STYLES[part["style"]]}"{off}>{escape(part.get("label") or "")}</button>'
        case n if n == STRING_SELECT:
            return _select(part, menu)
        case kind:
            raise ValueError(f"no picture of a component of type {kind} is known")


def _select(part: Json, menu: tuple[str, ...] | None) -> str:
    several = (part.get("max_values") or 1) > 1
    ticked = [o["value"] for o in part["options"] if o.get("default")] if menu is None else list(menu)
    picked = [o["label"] for o in part["options"] if o["value"] in ticked]
    shown = "".join(f'<span class="chip">{escape(label)}{" ×" if several else ""}</span>' for label in picked)
    shown = shown or f'<span class="hint">{escape(part.get("placeholder") or "Make a selection")}</span>'
    box = f'<div class="select{"" if menu is None else " open"}"><div>{shown}</div><span>⌄</span></div>'
    if menu is None:
        return box
    rows = ""
    for option in part["options"]:
        about = f"<small>{escape(option['description'])}</small>" if option.get("description") else ""
        on = option["value"] in menu
        mark = ("☑" if on else "☐") if several else ("◉" if on else "")
        rows += f'<li class="{"on" if on else ""}"><span>{escape(option["label"])}{about}</span><i>{mark}</i></li>'
    return f'{box}<ul class="options">{rows}</ul>'


# ---- forms


def _form(shot: Shot, form: Json, reader: Reader) -> str:
    inside = "".join(_question(part, shot, reader) for part in form["components"])
    return (
        f'<div class="shade"><div class="dialog"><div class="title">{escape(form["title"])}</div>'
        '<div class="warn">This form will be submitted to <b>Room 37</b>. Do not share passwords or other sensitive information.</div>'
        f'{inside}<div class="foot"><button class="secondary">Cancel</button>'
        '<button class="primary">Submit</button></div></div></div>'
    )


def _question(part: Json, shot: Shot, reader: Reader) -> str:
    if part["type"] == TEXT:
        return f'<div class="text">{reader.html(part["content"])}</div>'
    if part["type"] != LABEL:
        raise ValueError(f"no picture of a form's part of type {part['type']} is known")
    field = part["component"]
    star = ' <em class="star">*</em>' if field.get("required", True) else ""
    about = f"<small>{escape(part['description'])}</small>" if part.get("description") else ""
    label = f'<label>{escape(part["label"])}{star}{about}</label>'
    return f'<div class="question">{label}{_field(field, shot.typed.get(part["label"], ""))}</div>'


def _field(field: Json, typed: str) -> str:
    match field["type"]:
        case n if n == TEXT_INPUT:
            held = typed or field.get("value") or ""
            hint = escape(field.get("placeholder") or "")
            text = escape(held).replace("\n", "<br>") or f'<span class="hint">{hint}</span>'
            left = f'<i>{len(held)}/{field["max_length"]}</i>' if field.get("max_length") else ""
            return f'<div class="input {"long" if field["style"] == 2 else ""}">{text}{left}</div>'
        case n if n == UPLOAD:
            return '<div class="upload"><b>Drop file here or <a>browse</a></b><small>Upload a file under 10MB</small></div>'
        case n if n == STRING_SELECT:
            return _select(field, None)
        case n if n == RADIOS:
            return "".join(
                f'<div class="radio">{"◉" if o.get("default") else "○"} {escape(o["label"])}</div>' for o in field["options"]
            )
        case kind:
            raise ValueError(f"no picture of a form's field of type {kind} is known")
