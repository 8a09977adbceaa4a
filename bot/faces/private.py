"""Direct messages: what one person asked to be told of one room. Each button leads back to that room."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.calls import Call
from bot.cards import Action, Card, Reply, Small, Text
from bot.elsewhere import Elsewhere
from bot.faces.streaks import streak_of
from bot.faces.times import in_zone, when
from bot.sentences import say
from bot.story.books import Books
from bot.story.own_time import zone_of
from bot.story.pinging import private_of
from bot.story.snapshot import Snapshot
from bot.story.text import first_words

_WORDS = 300


def draw(kind: str, subject: str, books: Books, now: datetime) -> Card | None:
    """The message as it shall be sent now; None when it is of no use any more."""
    what, about, person = private_of(subject)
    room = books.snapshot()
    match what:
        case "evening":
            card = _evening(room, books, about, person, now)
        case "vote":
            card = _vote(room, about, person, now)
        case _:
            card = _turn(room, about, person, again=what == "reminder")
    if card is None:
        return None
    return replace(Elsewhere(room.room.id, "").marked(Reply.of(card)).cards[0], to=person)


def _turn(room: Snapshot, notice: str, person: str, *, again: bool) -> Card | None:
    story_id, _, number = notice.partition(":")
    turn, story = room.turns.get(story_id), room.stories.get(story_id)
    if turn is None or story is None or turn.current != person or str(turn.number) != number:
        return None
    text = Text(say("own.turn_again" if again else "own.turn", story=story.title))
    actions = (
        Action(say("story.write"), Call("extend"), "main"), Action(say("turn.pass"), Call("turn pass")),
    )  # fmt: skip
    return Card(parts=(text, Small(say("own.why_told"))), actions=actions, notify=True)


def _vote(room: Snapshot, round_id: str, person: str, now: datetime) -> Card | None:
    round_ = room.rounds.get(round_id)
    story = room.stories.get(round_.story_id) if round_ is not None else None
    if round_ is None or story is None or round_.closes_at is None or round_.closes_at <= now:
        return None
    if any(b.person == person and b.choices for b in room.ballots_of(round_id)):
        return None
    text = say(
        "own.vote", question=round_.question, story=story.title,
        when=when(round_.closes_at, room.room, now, relative=True),
    )  # fmt: skip
    actions = (Action(say("round.vote"), Call("vote", {"round": round_.id}), "main"),)
    return Card(parts=(Text(text), Small(say("own.why_told"))), actions=actions, notify=True)


def _evening(room: Snapshot, books: Books, prompt_id: str, person: str, now: datetime) -> Card | None:
    prompt = books.prompt(prompt_id)
    if prompt is None or prompt.status != "open" or prompt.veil:
        return None
    words = first_words(prompt.text, _WORDS)
    key = "own.evening" if room.story is not None else "own.evening_plain"
    parts = [Text(say(key, story=room.story.title if room.story is not None else "", words=words))]
    if prompt.closes_at is not None:
        parts.append(Text(say("own.evening_until", until=in_zone(prompt.closes_at, zone_of(room.room, room.member(person)), now))))
    if days := streak_of(books, person, now).days:
        parts.append(Text(say("own.evening_streak", n=days)))
    write = Action(say("prompt.write"), Call("prompt-card write", {"prompt": prompt.id}), "main")
    return Card(parts=(*parts, Small(say("own.why_told"))), actions=(write,), notify=True)

