"""Words of a text as Unicode divides them (UAX #29), losslessly."""

from __future__ import annotations

import re
from functools import lru_cache

from uniseg.wordbreak import words as _uax29

UAX_LIMIT = 20_000
"""Characters up to which UAX #29 is applied; it costs about 30 microseconds a character in pure Python."""

_FAST = re.compile(
    r"\w+(?:(?:(?<=[^\W\d_])['’‘.:](?=[^\W\d_])|(?<=\d)['’‘.,;](?=\d))\w+)*"  # UAX #29's WB5 to WB13
    r"| +|\s|[^\w\s]"
)
_PLAIN = re.compile("[\x20-\x7e\n\t\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f’‘“”„«»–—…]*")
_ALONE = "\u3001-\u3002\u300c-\u300f\u3041-\u3096\u3400-\u4dbf\u4e00-\u9fff"
"""Chinese characters, hiragana and their marks: nothing is ever joined to what stands before one of them."""
_SPACES = " \u1680\u2000-\u2006\u2008-\u200a\u205f\u3000"
_STRETCH = re.compile(f"(?:[{_SPACES}]+|[\n{_ALONE}]|)[^{_SPACES}\n{_ALONE}]+|[{_SPACES}]+|[\n{_ALONE}]")
"""A stretch of text that begins where two words certainly meet: at spaces, a line's end, or one of those characters."""
_SHORT = 64


def words(text: str) -> list[str]:
    """The words of a text and all that stands between them: joined they give the text back.

    Prose in Latin letters is divided by a regular expression that agrees with UAX #29 on it (a test compares the
    two); everything else by UAX #29 itself, unless it is over 20,000 characters: then the expression serves as an
    approximation, which counts each Chinese or Japanese run as one word.
    """
    if len(text) > UAX_LIMIT or _PLAIN.fullmatch(text):
        return _FAST.findall(text)
    return list(_divided(text))


@lru_cache(maxsize=16)
def _divided(text: str) -> tuple[str, ...]:
    """One text is divided several times while it is taken in: to count it, and to see whose words are in it."""
    if "\r\n" in text:
        return tuple(_uax29(text))
    found: list[str] = []
    for stretch in _STRETCH.findall(text):
        if len(stretch) == 1:
            found.append(stretch)
        else:
            found += _in_short(stretch) if len(stretch) <= _SHORT else _uax29(stretch)
    return tuple(found)


@lru_cache(maxsize=4_096)
def _in_short(stretch: str) -> tuple[str, ...]:
    """Words come again and again."""
    return tuple(_FAST.findall(stretch) if _PLAIN.fullmatch(stretch) else _uax29(stretch))


def is_word(piece: str) -> bool:
    """Whether a piece holds a letter or a number (and is not just a space or a mark)."""
    return any(c.isalnum() for c in piece)
