"""Discord's limits that a renderer meets, and how Discord counts characters."""

from __future__ import annotations

from uniseg.graphemecluster import grapheme_clusters

CONTENT = 2_000
"""Characters of a message's content: https://discord.com/developers/docs/resources/message#create-message"""
LAYOUT_TEXT = 4_000
"""Characters of all text in a message of components: https://discord.com/developers/docs/components/reference"""
LAYOUT_COMPONENTS = 40
"""Components of such a message, nested ones included: https://discord.com/developers/docs/components/reference"""
ROW = 5
"""Buttons in a row: https://discord.com/developers/docs/components/reference#action-row"""
ROWS = 5
"""Rows under a plain message."""
CUSTOM_ID = 100
"""https://discord.com/developers/docs/components/reference#anatomy-of-a-component-custom-id"""
BUTTON_LABEL = 80
"""https://discord.com/developers/docs/components/reference#button"""
OPTION = 100
"""A menu's option: its label, value and description each: https://discord.com/developers/docs/components/reference#string-select"""
OPTIONS = 25
PLACEHOLDER = 150
RADIO = (2, 10)
"""Options of a radio group: https://discord.com/developers/docs/components/reference#radio-group"""
MODAL_TITLE = 45
"""https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal"""
MODAL_PARTS = 5
LABEL = 45
LABEL_ABOUT = 100
"""https://discord.com/developers/docs/components/reference#label"""
INPUT = 4_000
"""Characters of a form's field: https://discord.com/developers/docs/components/reference#text-input"""
FILES = 10
"""Files of a message."""
FILE_ABOUT = 1_024
"""Alt text of a file: https://discord.com/developers/docs/resources/message#attachment-object"""
COMMAND_NAME = 32
COMMAND_ABOUT = 100
COMMAND_OPTIONS = 25
COMMAND_CHOICES = 25
COMMAND_TOTAL = 8_000
"""Characters of a command's names, descriptions and values together:
https://discord.com/developers/docs/interactions/application-commands#slash-commands"""
COMMANDS = 100
MENUS = 15
"""Entries of a message's menu: https://discord.com/developers/docs/interactions/application-commands#registering-a-command"""
STRING_OPTION = 6_000
"""`max_length` of a string option: https://discord.com/developers/docs/interactions/application-commands#application-command-object"""
LOCALES = frozenset({
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR", "ro",
    "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
})  # fmt: skip
"""https://discord.com/developers/docs/reference#locales"""

_WINDOW = 64
"""Characters beyond a cut that are looked at to see where a grapheme ends."""


def size(text: str) -> int:
    """How many characters Discord may count: UTF-16 units, as its clients do. Never less than code points, so that
    it is right whichever of the two a server counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitting(text: str, most: int) -> int:
    """How many code points of the text are at most `most` characters, never ending inside a grapheme."""
    if size(text[: most + 1]) <= most:
        return len(text)
    end = min(len(text), most)
    while size(text[:end]) > most:
        end -= max(1, (size(text[:end]) - most + 1) // 2)
    start = end
    while start > max(0, end - _WINDOW) and not _apart(text, start):
        start -= 1
    if start == end:
        return end
    at = start
    for cluster in grapheme_clusters(text[start : end + _WINDOW]):
        if at + len(cluster) > end:
            break
        at += len(cluster)
    return at if at > start or _apart(text, start) else end


def _apart(text: str, at: int) -> bool:
    """Whether two graphemes meet here for certain, without asking Unicode's tables: between two Latin letters."""
    return text[at - 1 : at] < "\u0300" and text[at : at + 1] < "\u0300" and text[at - 1 : at + 1] != "\r\n"


def clipped(text: str, most: int) -> str:
    """One line of plain text in at most `most` characters: cut at a word, or else a grapheme, with an ellipsis."""
    line = " ".join(text.split())
    if size(line) <= most:
        return line
    end = fitting(line, most - 1)
    space = line.rfind(" ", 0, end + 1)
    return line[: space if space > end // 2 else end].rstrip() + "…"
