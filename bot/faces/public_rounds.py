"""Public cards of rounds: the ballot that is edited in place, and the short posts that notify."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cards import Card, Text
from bot.faces import ballots, results
from bot.sentences import say
from bot.story.books import Books
from bot.story.rounds import Round
from bot.story.settling import Closed, Kind, face
from bot.story.snapshot import Snapshot


def draw(kind: str, subject: str, books: Books, now: datetime) -> Card | None:
    """The card of a round's post as it shall show now; None when there is no such round in this room.

    Each turn that a round takes is a message of its own: its subject is the round's id, and behind a colon which turn.
    """
    room = books.snapshot()
    round_id = subject.partition(":")[0]
    round_ = room.rounds.get(round_id) or books.round(round_id)
    if round_ is None or round_.story_id not in room.stories:
        return None
    if round_id not in room.rounds:
        room = with_round(books, room, round_)
    match kind:
        case "ballot":
            return ballots.ballot(room, round_, now) if round_.part != "closed" else _folded(round_)
        case "opened":
            return results.opened(room, round_, now)
        case "last_call":
            return results.last_call(room, round_, now) if round_.part != "closed" else None
        case "decided":
            return results.decided(_now(room, round_), room, now)
        case _:
            return results.undecided(_now(room, round_), room, now)


def with_round(books: Books, room: Snapshot, round_: Round) -> Snapshot:
    """A room with one of its rounds of long ago and that round's ideas, for the card that shows how it ended."""
    those = {p.id: p for p in books.pitches(round_.id)}
    return replace(room, rounds={**room.rounds, round_.id: round_}, pitches={**room.pitches, **those})


def _folded(round_: Round) -> Card:
    """A closed round's ballot, folded into one line: the result is a post of its own."""
    return Card(parts=(Text(say("ballot.folded", question=ballots.name_of(round_))),))


def _now(room: Snapshot, round_: Round) -> Closed:
    """A round as it stands."""
    kind: Kind = "nothing"
    if round_.winner_id is not None:
        kind = "chosen"
    elif round_.part in ("runoff", "showrunner"):
        kind = "runoff" if round_.part == "runoff" else "showrunner"
    elif round_.part != "closed":
        kind = (
            "waiting" if round_.result == "undecided" else "repeated" if round_.repeats else "voting_opened"
        )
    return face(room, round_, kind)
