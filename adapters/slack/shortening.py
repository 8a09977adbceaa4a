"""A message that Slack finds too long although it is within every bound that Slack documents: its beginning, its buttons,
and all of it as a file.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from adapters.fitting import clipped
from adapters.slack.asking import TOO_LONG
from adapters.slack.blocks import Json, rich_text
from adapters.slack.cards import Drawn, Handout
from adapters.slack.guarding import escaped
from adapters.slack.limits import FILE_ABOUT
from adapters.slack.markup import prose
from adapters.slack.parts import said_buttons, small
from adapters.slack.reading import shown
from bot.errors import CannotPost
from bot.markup import to_plain
from bot.sentences import say

BEGINNING = 600
"""Characters of it that stay."""
NAME = "all-of-it.txt"

T = TypeVar("T")


async def said(send: Callable[[Drawn], Awaitable[T]], drawn: Drawn) -> tuple[T, Drawn]:
    """What sending the message gives, and the message as it was taken. Raises a PostingError."""
    try:
        return await send(drawn), drawn
    except CannotPost as refused:
        if refused.why not in TOO_LONG:
            raise
    short = shortened(drawn)
    return await send(short), short


def shortened(drawn: Drawn) -> Drawn:
    """The short message."""
    whole = shown(drawn.text)
    begins = clipped(whole, BEGINNING)
    file = Handout(NAME, whole, clipped(to_plain(say("slack.file_about", words=clipped(whole, 100))), FILE_ABOUT))
    where = list(small(say("slack.in_file", name=NAME)))
    called = drawn.blocks[:1] if drawn.blocks and _mentions(drawn.blocks[0]) else []
    buttons = [block for block in drawn.blocks if block["type"] == "actions"]
    labels = [element["text"]["text"] for block in buttons for element in block["elements"] if "text" in element]
    mention = drawn.text.partition("\n")[0] if called else ""
    words = [*filter(None, [mention]), escaped(begins), *(part.text for part in where)]
    return replace(
        drawn,
        text="\n".join(words + ([said_buttons(tuple(labels))] if labels else [])),
        blocks=[*called, rich_text(prose(begins)), *(part.block for part in where), *buttons],
        handouts=(*(handout for handout in drawn.handouts if handout.name != NAME), file),
    )


def _mentions(block: Json) -> bool:
    """Whether it is the line that calls somebody up."""
    inside = [element for line in block.get("elements", ()) for element in line.get("elements", ())]
    return block["type"] == "rich_text" and [element["type"] for element in inside] == ["user"]
