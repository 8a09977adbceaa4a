"""The room's content lines: words and phrases that no prompt here touches, whichever source it comes from."""

from __future__ import annotations

import re
import unicodedata

from bot.story.house_rules import in_force
from bot.story.rooms import Room


def crossed(room: Room, text: str) -> str:
    """The content line that a text touches, empty for none. `spider` is touched by "spiders" too, not by "aspider"."""
    plain = _plain(text)
    for phrase in in_force(room).content_lines:
        if re.search(rf"(?<!\w){re.escape(_plain(phrase))}", plain):
            return phrase
    return ""


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
