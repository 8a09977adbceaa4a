"""From the record to a page: every block that Slack takes from us, drawn as its light client does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from importlib import resources

from tests.pictures.slack_evening import Message, Shot
from tests.servers.slack.refusal import Json

_FACES = ("#1f2a44", "#c2703d", "#3f8f6b", "#b0567f", "#7a68c4")
_PREVIEW = 6
"""Lines of a text file that the client shows under a message."""
_SPAN = re.compile(
    "\u200b(?P<guarded>(?:(?:[*_~`:]|&gt;)\u200b)+)|`(?P<code>[^`\n]+)`|(?P<mark>[*_~])(?P<inner>\\S(?:.*?\\S)?)(?P=mark)"
    "|<!date\\^(?P<unix>-?\\d+)\\^[^|>]*\\|(?P<date>[^>]*)>|<(?P<sign>[@#])(?P<id>[A-Z0-9]+)>"
)
_TAGS = {"*": "b", "_": "i", "~": "s"}


def page(shots: Sequence[Shot]) -> str:
    """All shots on one page, one below the other."""
    style = (resources.files(__package__) / "slack.css").read_text("utf-8")
    drawn = "".join(section(shot) for shot in shots)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>An evening in Room 37, in Slack</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{style}</style></head><body>{drawn}</body></html>"
    )


def section(shot: Shot) -> str:
    """One shot: a window with the channel's name and its messages, a form, or the home tab."""
    if shot.view is not None:
        inside = _view(shot, shot.view)
    else:
        inside = f"<header># {escape(shot.channel)}</header>" + "".join(_message(one, shot) for one in shot.messages)
    return f'<section id="{shot.name}"><h2>{escape(shot.title)}</h2><div class="window">{inside}</div></section>'


# ---- messages


def _message(one: Message, shot: Shot) -> str:
    at = datetime.fromtimestamp(float(one.raw["ts"]), UTC)
    blocks = one.raw.get("blocks") or []
    body = "".join(_block(block, shot, one.ticked) for block in blocks)
    if not blocks and one.raw.get("text"):
        body = f'<div class="text">{_mrkdwn(one.raw["text"], shot)}</div>'
    body += "".join(_file(name, data) for name, data in one.files.items())
    if one.raw.get("edited") and not blocks:
        body += '<span class="edited">(edited)</span>'
    above = '<div class="private">◉ Only visible to you</div>' if one.private else ""
    colour = _FACES[sum(map(ord, one.author)) % len(_FACES)]
    face = f'<span class="face" style="background:{colour}">{escape(one.author[:1].upper())}</span>'
    app = '<span class="app">APP</span>' if one.raw.get("bot_id") else ""
    head = f'<div class="head"><b>{escape(one.author)}</b>{app}<time>{at:%H:%M}</time></div>'
    kind = "message only" if one.private else "message"
    return f'<article class="{kind}">{above}<div class="gutter">{face}</div><div class="body">{head}{body}</div></article>'


def _file(name: str, data: bytes) -> str:
    lines = data.decode("utf-8", "replace").split("\n")
    shown = escape("\n".join(lines[:_PREVIEW]))
    return f'<div class="file"><b>{escape(name)}</b><small>Plain Text</small><pre>{shown}</pre></div>'


# ---- blocks


def _block(block: Json, shot: Shot, state: Json) -> str:
    match block["type"]:
        case "rich_text":
            return f'<div class="text">{"".join(_rich(one, shot) for one in block["elements"])}</div>'
        case "header":
            return f'<h3>{_object(block["text"], shot)}</h3>'
        case "divider":
            return "<hr>"
        case "context":
            return f'<div class="context">{" ".join(_object(one, shot) for one in block["elements"])}</div>'
        case "section":
            words = f'<div class="text">{_object(block["text"], shot)}</div>' if "text" in block else ""
            beside = _element(block["accessory"], shot, _held(block, block["accessory"], state)) if "accessory" in block else ""
            return f'<div class="section">{words}{beside}</div>'
        case "context_actions":
            (one,) = block["elements"]
            good, bad = (_object(one[which]["text"], shot) for which in ("positive_button", "negative_button"))
            return f'<div class="context">👍 {good} &nbsp; 👎 {bad}</div>'
        case "actions":
            return f'<div class="actions">{"".join(_element(one, shot, _held(block, one, state)) for one in block["elements"])}</div>'
        case "input":
            return _input(block, shot, state)
        case kind:
            raise AssertionError(f"nobody draws {kind}")


def _held(block: Json, element: Json, state: Json) -> Json:
    found: Json = state.get(str(block.get("block_id")), {}).get(element.get("action_id"), {})
    return found


def _object(text: Json, shot: Shot) -> str:
    if text["type"] == "plain_text":
        return escape(text["text"]).replace("\n", "<br>")
    return _mrkdwn(text["text"], shot)


def _element(one: Json, shot: Shot, held: Json) -> str:
    kind = one["type"]
    if kind == "button":
        return f'<button class="{one.get("style", "plain")}">{_object(one["text"], shot)}</button>'
    if kind in ("checkboxes", "radio_buttons"):
        chosen = held.get("selected_options", one.get("initial_options", []))
        single = held.get("selected_option", one.get("initial_option"))
        ticked = {option["value"] for option in [*(chosen or []), *([single] if single else [])]}
        return f'<div class="choices">{"".join(_choice(option, kind, option["value"] in ticked, shot) for option in one["options"])}</div>'
    if kind == "plain_text_input":
        words = escape(str(held.get("value") or one.get("initial_value") or ""))
        return f'<div class="field{" tall" if one.get("multiline") else ""}">{words}</div>'
    if kind == "file_input":
        return '<div class="upload">Drag and drop a file here, or <a>choose one</a></div>'
    words = _object(one["placeholder"], shot) if "placeholder" in one else "Choose"
    option = held.get("selected_option") or one.get("initial_option")
    words = _object(option["text"], shot) if option else f'<span class="faint">{words}</span>'
    return f'<div class="select"><span>{words}</span><span>⌄</span></div>'


def _choice(option: Json, kind: str, on: bool, shot: Shot) -> str:
    box = f'<span class="{"box" if kind == "checkboxes" else "dot"}{" on" if on else ""}">{"✓" if on and kind == "checkboxes" else ""}</span>'
    about = f'<small>{_object(option["description"], shot)}</small>' if "description" in option else ""
    return f"<label>{box}<span>{_object(option['text'], shot)}{about}</span></label>"


def _input(block: Json, shot: Shot, state: Json) -> str:
    element, label = block["element"], block["label"]["text"]
    held = dict(_held(block, element, state))
    if label in shot.typed:
        held["value"] = shot.typed[label]
    optional = ' <span class="faint">(optional)</span>' if block.get("optional") else ""
    hint = f'<div class="hint">{_object(block["hint"], shot)}</div>' if "hint" in block else ""
    return f'<div class="input"><b>{escape(label)}</b>{optional}{_element(element, shot, held)}{hint}</div>'


# ---- views


def _view(shot: Shot, view: Json) -> str:
    inside = "".join(_block(block, shot, view.get("state") or {}) for block in view["blocks"])
    if view["type"] == "home":
        return f'<header>Home</header><div class="home">{inside}</div>'
    foot = f'<button class="plain">{escape(view["close"]["text"])}</button><button class="primary">{escape(view["submit"]["text"])}</button>'
    return f'<header>{escape(view["title"]["text"])}</header><div class="dialog">{inside}</div><footer>{foot}</footer>'


# ---- texts


def _rich(part: Json, shot: Shot) -> str:
    match part["type"]:
        case "rich_text_section":
            return f"<p>{_pieces(part['elements'], shot)}</p>"
        case "rich_text_list":
            items = "".join(f"<li>{_pieces(one['elements'], shot)}</li>" for one in part["elements"])
            tag = "ol" if part["style"] == "ordered" else "ul"
            return f"<{tag}>{items}</{tag}>"
        case "rich_text_quote":
            return f"<blockquote>{_pieces(part['elements'], shot)}</blockquote>"
        case "rich_text_preformatted":
            return f"<pre>{_pieces(part['elements'], shot)}</pre>"
        case kind:
            raise AssertionError(f"nobody draws {kind}")


def _pieces(pieces: Iterable[Json], shot: Shot) -> str:
    return "".join(_piece(one, shot) for one in pieces)


def _piece(one: Json, shot: Shot) -> str:
    if one["type"] in ("user", "channel"):
        sign, name = {"user": "@", "channel": "#"}[one["type"]], shot.names[one[f"{one['type']}_id"]]
        return f'<span class="mention">{sign}{escape(name)}</span>'
    dated = one["type"] == "date"
    words = _dated(one["timestamp"], shot) if dated else escape(one["text"]).replace("\n", "<br>")
    for name, tag in (("code", "code"), ("strike", "s"), ("italic", "i"), ("bold", "b")):
        if (one.get("style") or {}).get(name):
            words = f"<{tag}>{words}</{tag}>"
    return words


def _dated(unix: int, shot: Shot) -> str:
    """`{date_short_pretty} {time}`, in the reader's zone, which is UTC here."""
    at, now = datetime.fromtimestamp(unix, UTC), datetime.fromtimestamp(shot.now, UTC)
    days = (at.date() - now.date()).days
    day = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days, f"{at:%b} {at.day}, {at.year}")
    return f'<span class="time">{day} {at:%H:%M}</span>'


def _mrkdwn(text: str, shot: Shot) -> str:
    """Marks as styles, guarded marks as themselves."""
    out, at = "", 0
    for found in _SPAN.finditer(text):
        out += text[at : found.start()]
        at = found.end()
        if found["guarded"]:
            out += found["guarded"].replace("\u200b", "")
        elif found["code"]:
            out += f"<code>{found['code']}</code>"
        elif found["mark"]:
            tag = _TAGS[found["mark"]]
            out += f"<{tag}>{_mrkdwn(found['inner'], shot)}</{tag}>"
        elif found["unix"]:
            out += _dated(int(found["unix"]), shot)
        else:
            out += f'<span class="mention">{found["sign"]}{escape(shot.names.get(found["id"], found["id"]))}</span>'
    return (out + text[at:]).replace("\u200b", "").replace("\n", "<br>")
