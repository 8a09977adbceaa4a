"""How Slack's clients read what we send, as far as anyone outside knows: what a reader sees of a message.

Styles are left out; what stands for something else is replaced by what it stands for. For mrkdwn this is the exact
inverse of `adapters.slack.guarding`: `shown(mrkdwn(literal(x)))` is x.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.slack.guarding import ZERO
from adapters.slack.markup import TOKEN, plain_token

_SCAN = re.compile(
    rf"```\n(?P<fenced>[\s\S]*?)\n```"
    rf"|{ZERO}(?P<guarded>(?:(?:[*_~`:]|&gt;){ZERO})+)"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?P<mark>[*_~])"
    rf"|{TOKEN.pattern}"
)


def shown(mrkdwn: str) -> str:
    """What a reader sees of mrkdwn: marks gone, guarded ones as themselves, instants as their words."""
    out: list[str] = []
    held: list[str] = []  # the styles that are open
    at = 0
    while found := _SCAN.search(mrkdwn, at):
        out.append(mrkdwn[at : found.start()])
        at = found.end()
        if found["fenced"] is not None:
            out.append(_plain(found["fenced"]))
        elif found["guarded"]:
            out.append(_plain(found["guarded"].replace(ZERO, "")))
        elif found["code"]:
            if not held:
                _outer(out)
            out.append(_plain(found["code"]))
            at = _behind(mrkdwn, at) if not held else at
        elif found["mark"]:
            at = _mark(found, mrkdwn, held, out)
        else:
            out.append(plain_token(found, {}))
    return "".join((*out, mrkdwn[at:]))


def _mark(found: re.Match[str], mrkdwn: str, held: list[str], out: list[str]) -> int:
    """A mark that is not guarded: a style that begins or ends, or a character inside a word or between spaces."""
    at, mark = found.end(), found["mark"]
    before, after = mrkdwn[found.start() - 1 : found.start()] or " ", mrkdwn[at : at + 1] or " "
    if (before.isalnum() and after.isalnum()) or (before.isspace() and after.isspace()):
        out.append(mark)
    elif mark in held:
        held.remove(mark)
        return at if held else _behind(mrkdwn, at)
    else:
        if not held:
            _outer(out)
        held.append(mark)
    return at


def _outer(out: list[str]) -> None:
    """The zero-width space that keeps a style apart from the letter before it is no text."""
    joined = "".join(out)
    out[:] = [joined.removesuffix(ZERO)]


def _behind(mrkdwn: str, at: int) -> int:
    return at + 1 if mrkdwn.startswith(ZERO, at) else at


def _plain(text: str) -> str:
    return TOKEN.sub(lambda found: plain_token(found, {}), text)


# ---- blocks


def seen(block: Mapping[str, Any]) -> str:
    """The words of a block, from top to bottom; buttons and choices by their labels."""
    match block.get("type"):
        case "rich_text":
            return "\n".join(_element(element) for element in block["elements"])
        case "header" | "section":
            own = [_object(block["text"])] if "text" in block else []
            return "\n".join(own + ([_control(block["accessory"])] if "accessory" in block else []))
        case "context":
            return " ".join(_object(element) for element in block["elements"])
        case "actions" | "context_actions":
            return "\n".join(_control(element) for element in block["elements"])
        case "input":
            hint = [_object(block["hint"])] if "hint" in block else []
            return "\n".join([_object(block["label"]), _control(block["element"]), *hint])
        case _:
            return ""


def _element(element: Mapping[str, Any]) -> str:
    """An element of a rich text, whose parts are literal."""
    if element["type"] == "rich_text_list":
        return "\n".join("- " + _element(item) for item in element["elements"])
    text = "".join(_literal(part) for part in element["elements"])
    if element["type"] == "rich_text_quote":
        return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))
    return text


def _literal(part: Mapping[str, Any]) -> str:
    match part["type"]:
        case "text":
            return str(part["text"])
        case "date":
            return str(part["fallback"])
        case "user":
            return "@" + str(part["user_id"])
        case "channel":
            return "#" + str(part["channel_id"])
        case kind:
            return f"[{kind}]"


def _object(text: Mapping[str, Any]) -> str:
    return str(text["text"]) if text["type"] == "plain_text" else shown(str(text["text"]))


def _control(element: Mapping[str, Any]) -> str:
    """A button by its label, a choice by its options (the chosen ones starred), a field by what stands in it."""
    if "text" in element:
        return f"[{_object(element['text'])}]"
    if "positive_button" in element:
        both = (element["positive_button"], element["negative_button"])
        return " ".join(f"[{_object(one['text'])}]" for one in both)
    options: Sequence[Mapping[str, Any]] = element.get("options", ())
    chosen = [*element.get("initial_options", ()), *filter(None, [element.get("initial_option")])]
    if options:
        return "\n".join(
            ("(*) " if option in chosen else "( ) ")
            + _object(option["text"])
            + (" " + _object(option["description"]) if "description" in option else "")
            for option in options
        )
    return str(element.get("initial_value", ""))
