"""One room's part of a person's home page: a home is nowhere in particular, so each of its buttons names the room."""

from __future__ import annotations

from dataclasses import replace

from bot.calls import Call
from bot.cards import Action, button
from bot.elsewhere import ROOM
from bot.faces.times import when
from bot.homes import Home, HomeRow
from bot.sentences import say
from bot.story import consent, pens, voting
from bot.story.books import Books
from bot.story.moments import Moment
from bot.story.people import Place
from bot.story.text import first_words

DRAFTS = 5


def gather(place: Place, moment: Moment, books: Books) -> Home:
    """What waits for who acts in this room."""
    room = books.snapshot()
    turns, ballots, stories = [], [], []
    write = Action(say("story.write"), Call("extend"), "main")
    for story in sorted(room.stories.values(), key=lambda s: s.number):
        turn, pen = room.turns.get(story.id), room.pens.get(story.id)
        if turn is not None and turn.current == moment.key:
            turns.append(HomeRow(say("my.turn", story=story.title), place, (write,)))
        if pen is not None and pens.holder(pen, moment.now) == moment.key and pen.until is not None:
            until = when(pen.until, room.room, moment.now)
            turns.append(HomeRow(say("my.pen", story=story.title, until=until), place, (write,)))
        for round_ in room.open_rounds(story.id):
            if round_.part in ("together", "votes", "runoff") and voting.my_ballot(room, round_, moment) is None:
                vote = button(say("ballot.vote_again"), "vote", "main", round=round_.id)
                ballots.append(HomeRow(say("my.vote", question=round_.question), place, (vote,)))
        if story.status == "open":
            size = say("story.size", n=story.passages, words=f"{story.words:,}", state=say(f"story.is_{story.status}"))
            read = Action(say("story.read"), Call("read"))
            stories.append(HomeRow(say("my.home_story", story=story.title, size=size), place, (read,)))
    drafts = tuple(
        HomeRow(
            say("my.home_draft", words=first_words(d.text, 100)), place,
            (Action(say("my.open_draft", number=n), Call("draft show", {"draft": d.id})),),
        )
        for n, d in enumerate(books.drafts(moment.actor, limit=DRAFTS), 1)
    )  # fmt: skip
    seen = consent.effective(room.member(moment.person), room.room)
    title = room.story.title if room.story is not None else ""
    mine = Action(say("story.my_words"), Call("my ai"))
    settings = (HomeRow(say(f"my.home_ai_{seen.value}", story=title), place, (mine,)),) if title else ()
    parts = (turns, ballots, drafts, stories, settings)
    return Home(*(tuple(_leading(row, room.room.id) for row in part) for part in parts))


def _leading(row: HomeRow, room_id: str) -> HomeRow:
    """The row with buttons that lead to this room, and whose answers lead back to it."""
    there = tuple(replace(action, call=action.call.with_args(**{ROOM: room_id})) for action in row.actions)
    return replace(row, actions=there)
