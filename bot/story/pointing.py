"""What a message's menu points at: one's own words, another person's, or a card that the bot posted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.errors import UserError
from bot.story.moments import Moment
from bot.story.naming import is_key
from bot.story.people import Person
from bot.story.snapshot import Snapshot
from bot.story.text import LIMITS, clean, shorten


@dataclass(frozen=True, slots=True)
class Pointed:
    """A message as its menu hands it in, looked at."""

    whose: Literal["mine", "theirs", "ours"]
    """Ours is the bot's."""
    message: str
    author: str
    name: str
    """The author's display name."""
    text: str


def point(
    snapshot: Snapshot, message: str, author: str, text: str, people: Mapping[str, str], moment: Moment
) -> Pointed:
    """Whose message it is. Raises UserError for the author that no platform named: a bot, a webhook, a forgery."""
    words = clean(text).text
    if not author:
        return Pointed("ours", message, "", "", words)
    if author == moment.key:
        return Pointed("mine", message, author, moment.name, words)
    here, member = moment.person, snapshot.member(author) if is_key(author) else None
    if here is None or not message or not is_key(author) or (member is None and author not in people):
        raise UserError("messages.stranger")
    who = Person.of(author)
    if (who.platform, who.space) != (here.platform, here.space):
        raise UserError("messages.stranger")
    name = shorten(clean(people.get(author, "")).text, LIMITS["name"])
    return Pointed("theirs", message, author, name or (member.name if member else who.user), words)


def require_words(pointed: Pointed) -> Pointed:
    """Refuse a message without words (only a picture, a sticker, a file)."""
    if not pointed.text.strip():
        raise UserError("messages.no_words")
    return pointed
