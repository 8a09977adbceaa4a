"""Filling a card with what a story has: its people, places, things and open threads, worded as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from bot.writing.briefs import Materials
from bot.writing.cards import HOLE

MOST = 80
"""Characters of a name or phrase of the story that go into a card; the rest is cut at a word."""
_DETERMINERS = (
    "a an the this that these those his her their its my our your one two three four five six seven eight"
    " nine ten some every each no all both der die das le la les el los las il lo gli den det de het een"
)
_DETERMINED = frozenset(_DETERMINERS.split())
_PREPOSITIONS = (
    "above across along around at behind below beneath beside between by from in inside into near off on outside"
    " over past through to under up with within without"
)
_WHEREABOUTS = frozenset(_PREPOSITIONS.split())
"""What opens a whereabouts, as in "under the stairs": that is no name, and no card has room for it."""
_QUOTES = '“”"„«» '


def pools(materials: Materials) -> dict[str, list[str]]:
    """What can go into each hole, worded as it stands inside a sentence."""
    return {
        "cast": _names(materials.cast),
        "place": [_with_article(name) for name in _names(materials.places) if not _whereabouts(name)],
        "thing": [_with_article(name) for name in _names(materials.things) if not _whereabouts(name)],
        "thread": _names(materials.threads),
    }


def offers(materials: Materials) -> frozenset[str]:
    """The holes that this story can fill."""
    found = pools(materials)
    filled = {hole for hole, pool in found.items() if pool}
    return frozenset(filled | {"other"} if len(found["cast"]) > 1 else filled)


def worded(text: str, borrowed: dict[str, str]) -> str:
    """The text with its holes filled; what opens a sentence gets its capital."""
    pieces, at = [], 0
    for hole in HOLE.finditer(text):
        before, name = text[: hole.start()].rstrip(" "), borrowed[hole[1]]
        opens = not before or before[-1] in ".!?"
        pieces += [text[at : hole.start()], name[0].upper() + name[1:] if opens else name]
        at = hole.end()
    return "".join(pieces) + text[at:]


def _names(names: Iterable[str]) -> list[str]:
    """Names on one line each, cut at a word where they are long, without blanks and repetitions."""
    kept: dict[str, str] = {}
    for given in names:
        name = _bare(" ".join(given.split()))
        if len(name) > MOST:
            cut = name[: MOST - 1]
            name = (cut.rpartition(" ")[0] or cut) + "…"
        if any(c.isalnum() for c in name):
            kept.setdefault(name.casefold(), name)
    return list(kept.values())


def _bare(phrase: str) -> str:
    """A phrase that can stand inside a sentence: no full stop or quotation marks of its own, `The deck` small.

    `The Last Ferry` keeps its capital: what goes on in capitals is a title.
    """
    bare = phrase.strip(_QUOTES).rstrip(".,;: ").strip(_QUOTES) or phrase
    first, _, rest = bare.partition(" ")
    opens = rest and rest.islower() and first.casefold() in _DETERMINED | _WHEREABOUTS
    return f"{first.lower()} {rest}" if opens else bare


def _whereabouts(name: str) -> bool:
    first, _, rest = name.partition(" ")
    return bool(rest) and first in _WHEREABOUTS


def _with_article(name: str) -> str:
    """`lantern` and `a lantern` as `the lantern`: the story knows it by now. Proper names stay as they are."""
    first, _, rest = name.partition(" ")
    if rest and first in ("a", "an"):
        return f"the {rest}"
    known = first.casefold() in _DETERMINED or "'" in first or "’" in first
    return name if known or not name[0].islower() else f"the {name}"
