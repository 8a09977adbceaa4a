"""Words of a text as Unicode divides them (UAX #29), losslessly."""

from __future__ import annotations

import re

from uniseg.wordbreak import words as _uax29

UAX_LIMIT = 20_000
"""Characters up to which UAX #29 is applied; it costs about 5 microseconds a character in pure Python."""

_FAST = re.compile(r"\w+(?:['’.]\w+)*|\s|[^\w\s]", re.UNICODE)
_PLAIN = re.compile(r"[\x20-\x7e\n’‘“”–—…]*")


def words(text: str) -> list[str]:
    """The words of a text and all that stands between them: joined they give the text back.

    Plain Latin prose, and texts over 20,000 characters, are divided by a regular expression that agrees with
    UAX #29 on such prose; everything else by UAX #29 itself.
    """
    if len(text) > UAX_LIMIT or _PLAIN.fullmatch(text):
        return _FAST.findall(text)
    return list(_uax29(text))


def is_word(piece: str) -> bool:
    """Whether a piece holds a letter or a number (and is not just a space or a mark)."""
    return any(c.isalnum() for c in piece)
