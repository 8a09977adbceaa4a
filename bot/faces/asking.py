"""A question to the author of a message: the public post, the private offer, and what the asker hears."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Action, Card, Reply, Small, Text, button, note
from bot.sentences import say
from bot.story.asks import Ask
from bot.story.books import Books
from bot.story.snapshot import Snapshot
from bot.story.text import first_words


def draw(kind: str, subject: str, books: Books, now: datetime) -> Card | None:
    """The public post: it names who asks whom; answered with no, lapsed or taken back it goes away."""
    asked = books.ask(subject)
    if asked is None or asked.state in ("no", "lapsed", "back"):
        return None
    if asked.state == "yes":
        return note(say(f"asks.let_in_{asked.kind}", author=asked.author_name))
    asker = books.snapshot().name(asked.asker)
    text = say(
        f"asks.public_{asked.kind}", asker=asker, author=asked.author_name, words=first_words(asked.text, 100)
    )
    return Card(parts=(Text(text), Small(say("asks.only_they", author=asked.author_name))), actions=_answers(asked))


def question(room: Snapshot, asked: Ask) -> Card | None:
    """The same question, privately; None once it is settled. A desk keeps cards, so it quotes no more than the post."""
    if asked.state != "open":
        return None
    text = say(f"asks.private_{asked.kind}", asker=room.name(asked.asker), words=first_words(asked.text, 100))
    return Card(say("asks.title"), (Text(text), Small(say("asks.yours"))), _answers(asked))


def news(asked: Ask) -> Card | None:
    """What the asker hears at their next act when nothing came of it."""
    if asked.state not in ("no", "lapsed"):
        return None
    return note(say(f"asks.told_{asked.state}", author=asked.author_name))


def receipt(asked: Ask) -> Reply:
    """To the asker: it was asked, and until when it may be answered."""
    text = say("asks.receipt", author=asked.author_name)
    return Reply.of(note(text, button(say("asks.take_back"), "ask-card back", ask=asked.id)))


def _answers(asked: Ask) -> tuple[Action, ...]:
    return (
        button(say(f"asks.yes_{asked.kind}"), "ask-card yes", "main", ask=asked.id),
        button(say("asks.no"), "ask-card no", ask=asked.id),
    )
