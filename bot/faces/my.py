"""One's own things across one's rooms, as a direct message shows them: every button leads back to its room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards import Card, Items, Reply, Small, Text, button, note
from bot.sentences import Marked, literal, say
from bot.story.passages import Draft
from bot.story.people import Consent
from bot.story.text import first_words, shorten

DRAFTS = 20
"""Drafts of one room that are looked at."""
_SHOWN = 10
_BUTTONS = 10
_ROWS = 20


@dataclass(frozen=True, slots=True)
class MyRoom:
    """A room in a list of one's own."""

    id: str
    story: str
    """The title of its story; empty where there is none, or the person is not there any more."""
    there: bool

    @property
    def name(self) -> Marked:
        """What the list calls it."""
        if self.story:
            return literal(shorten(self.story, 60))
        return say("my.room_unnamed" if self.there else "my.room_left")


def turns(found: Sequence[tuple[MyRoom, tuple[Marked, ...]]]) -> Reply:
    """What waits, room by room."""
    busy = [(room, rows) for room, rows in found if rows]
    if not busy:
        return Reply.of(note(say("my.nothing_anywhere")))
    lines = [say("my.room_turns", story=room.name, what=row) for room, rows in busy for row in rows]
    actions = tuple(
        button(say("my.open_room", story=room.name), "my turns", room=room.id) for room, _ in busy[:_BUTTONS]
    )
    return Reply.of(Card(say("my.turns_title"), (Items(_within(lines)),), actions))


def rooms(title: Marked, command: str, found: Sequence[tuple[MyRoom, tuple[Marked, ...]]]) -> Reply:
    """What a command says in each room; each button makes it there."""
    if not found:
        return Reply.of(note(say("my.no_rooms")))
    lines = [say("my.room_turns", story=room.name, what=row) for room, rows in found for row in rows]
    if not lines:
        return Reply.of(note(say("my.nothing_anywhere")))
    actions = tuple(
        button(say("my.open_room", story=room.name), command, room=room.id) for room, _ in found[:_BUTTONS]
    )
    return Reply.of(Card(title, (Items(_within(lines)),), actions))


def drafts(found: Sequence[tuple[MyRoom, tuple[Draft, ...]]]) -> Reply:
    """One's drafts of all rooms, the latest first."""
    all_ = sorted(((d, room) for room, rows in found for d in rows), key=lambda row: (row[0].at, row[0].id), reverse=True)
    if not all_:
        return Reply.of(note(say("my.no_drafts_anywhere")))
    shown = all_[:_SHOWN]
    lines = tuple(
        say("my.draft_in", number=n, words=first_words(d.text, 100), story=room.name) for n, (d, room) in enumerate(shown, 1)
    )
    actions = tuple(
        button(say("my.open_draft", number=n), "draft show", draft=d.id, room=room.id)
        for n, (d, room) in enumerate(shown, 1)
    )
    more = len(all_) - len(shown)
    rest = (Small(say("my.more_drafts", n=more)),) if more else ()
    return Reply.of(Card(say("my.drafts_title"), (Items(lines), *rest), actions))


def consent(found: Sequence[tuple[MyRoom, Consent, bool]], choice: str) -> Reply:
    """What the machine may see, room by room; with a choice, for which room it shall hold."""
    if not found:
        return Reply.of(note(say("my.no_rooms")))
    lines = [
        say(
            "my.ai_in", story=room.name, choice=say(f"my.choose_{now.value}"),
            machine=say("my.machine_on" if on else "my.machine_off"),
        )
        for room, now, on in found
    ]  # fmt: skip
    if choice:
        word = say(f"my.choose_{choice}")
        actions = tuple(
            button(say("my.choose_in", choice=word, story=room.name), "my ai", choice=choice, room=room.id)
            for room, _, _ in found[:_BUTTONS]
        )
        return Reply.of(Card(say("my.ai_rooms_title"), (Text(say("my.ai_which")), Items(_within(lines))), actions))
    actions = tuple(
        button(say("my.change_in", story=room.name), "my ai", room=room.id) for room, _, _ in found[:_BUTTONS]
    )
    return Reply.of(Card(say("my.ai_rooms_title"), (Items(_within(lines)),), actions))


def _within(lines: Sequence[Marked]) -> tuple[Marked, ...]:
    """As many lines as a card holds."""
    kept: list[Marked] = []
    for line in lines[:_ROWS]:
        if sum(map(len, kept)) + len(line) > 2_800:
            break
        kept.append(line)
    return (*kept, Marked("…")) if len(kept) < len(lines) else tuple(kept)
