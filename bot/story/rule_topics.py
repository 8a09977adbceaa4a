"""The house rules by what they are about, so that nobody has to read all of them to find one."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from bot.errors import UserError
from bot.story.rule_lines import BY_KEY

ALL = "all"
TOPICS: Mapping[str, tuple[str, ...]] = {
    "people": ("open-room", "pitch", "vote", "newcomers"),
    "voting": ("decides", "method", "parts", "names", "length", "last-call", "early-close", "ideas-each", "ideas-most", "counts-from"),
    "results": ("quorum", "below-quorum", "carries", "run-off", "tie", "showrunner-time", "after-greenlight", "offer", "unwritten",
                "unwritten-then"),
    "writing": ("extending", "turn-order", "turn-length", "pen", "short", "form", "folded", "timed", "undo"),
    "machine": ("machine", "machine-pitches", "machine-text", "call-back", "budget", "budget-share"),
    "care": ("stop", "content-lines", "take-out", "limits", "pings", "zone", "hours"),
}  # fmt: skip
"""Each line of the table stands under one topic."""


def topic_of(asked: str) -> str:
    """The topic that is meant by its name or by the key of one of its lines; ALL for all lines.

    Raises UserError for anything else, naming the nearest.
    """
    word = "-".join(asked.casefold().replace("_", "-").split())
    if word == ALL or word in TOPICS:
        return word
    if word in BY_KEY:
        return next(topic for topic, keys in TOPICS.items() if word in keys)
    near = difflib.get_close_matches(word, [*TOPICS, *BY_KEY], n=1, cutoff=0.5)
    if near:
        raise UserError("rules.no_such_line_near", argument="key", given=asked[:80], near=near[0])
    raise UserError("rules.no_such_line", argument="key", given=asked[:80])
