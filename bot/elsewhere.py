"""Calls made in a direct message that mean one of the caller's rooms: `room=<room id>`.

The id grants nothing. The caller must be known in that room, and the platform must say how they stand there now;
then the call's place becomes that room's, before anything else is looked at. Whoever is not there any more still
comes to what is their own: their drafts, and what the machine may see of their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.calls import TOKEN_LIMIT, Call
from bot.cards import CARD_LIMIT, COMPONENT_LIMIT, Action, Card, Option, Options, Part, Reply, Small
from bot.context import Incoming, There
from bot.errors import NotAllowed, NotFound
from bot.ports import House, Store
from bot.sentences import say
from bot.story.books import Books
from bot.story.people import Place, Standing

ROOM = "room"
ROOMS_MOST = 50
"""Rooms of a person that are looked through for one reply."""
OWN = frozenset(
    {
        "my drafts", "my ai", "my notify", "my export", "my forget", "my-card forget", "my-card ask",
        "draft show", "draft keep", "draft drop", "draft edit",
    }
)  # fmt: skip
"""What stays open to a person in a room that they are not in any more: their own rows."""
_NOBODY = Standing(can_post=False)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The room that a call from a direct message means."""

    room_id: str
    story: str
    """The title of its story; empty where there is none, or the caller is not there any more."""

    def marked(self, reply: Reply) -> Reply:
        """The reply with every call leading back to the room, and its story named."""
        cards = tuple(self._card(card) for card in reply.cards)
        form = reply.form
        if form is not None:
            form = replace(form, call=form.call.with_args(room=self.room_id))
        if cards and self.story:
            named = Small(say("kernel.in_story", story=self.story))
            first = cards[0]
            if _fits(first, named):
                cards = (first.with_parts(named), *cards[1:])
        return replace(reply, cards=cards, form=form)

    def _card(self, card: Card) -> Card:
        actions = tuple(a for action in card.actions if (a := self._action(action)) is not None)
        parts: tuple[Part, ...] = tuple(
            self._options(part) if isinstance(part, Options) else part for part in card.parts
        )
        return replace(card, actions=actions, parts=parts)

    def _action(self, action: Action) -> Action | None:
        """The button that leads back; none where its token would be too long (a command is typed in the room then)."""
        call = self._call(action.call)
        return None if call is None else replace(action, call=call)

    def _options(self, part: Options) -> Options:
        rows: list[Option] = []
        for option in part.options:
            call = self._call(option.call)
            rows.append(option if call is None else replace(option, call=call))
        return replace(part, options=tuple(rows), together=self._call(part.together) if part.together else None)

    def _call(self, call: Call) -> Call | None:
        there = call.with_args(room=self.room_id)
        return there if len(call.token) + len(f";{ROOM}={self.room_id}") <= TOKEN_LIMIT else None


async def resolved(incoming: Incoming, house: House, store: Store) -> tuple[Incoming, Elsewhere | None]:
    """The call in the room that it names. Raises NotFound for no room of the caller's, NotAllowed where they cannot be."""
    room_id = incoming.call.args.get(ROOM)
    if room_id is None:
        return incoming, None
    bare = replace(
        incoming, call=Call(incoming.call.command, {k: v for k, v in incoming.call.args.items() if k != ROOM})
    )
    place = await house.place_of(room_id)
    if place == incoming.place:
        return bare, None
    if place is None or not incoming.private:
        raise NotFound("kernel.no_such_room")
    known, story = await store.read(place, lambda books: _known(books, incoming.person.key))
    if not known:
        raise NotFound("kernel.no_such_room")
    standing = await incoming.elsewhere(place) if incoming.elsewhere is not None else None
    if standing is None and incoming.call.command not in OWN:
        raise NotAllowed("kernel.not_there")
    there = replace(bare, place=place, standing=standing or _NOBODY, private=False)
    return there, Elsewhere(room_id, story if standing is not None else "")


async def rooms_of(incoming: Incoming, house: House) -> Sequence[There]:
    """The caller's rooms, those they were in last first, with how they stand in each (None: not there any more)."""
    places = await house.rooms_of(incoming.person.key, limit=ROOMS_MOST)
    return [There(place, await _standing(incoming, place)) for place in places]


async def _standing(incoming: Incoming, place: Place) -> Standing | None:
    if place == incoming.place:
        return incoming.standing
    return await incoming.elsewhere(place) if incoming.elsewhere is not None else None


def _known(books: Books, person: str) -> tuple[bool, str]:
    room = books.snapshot()
    known = room.member(person) is not None or bool(books.drafts(person, limit=1))
    return known, room.story.title if room.story is not None else ""


def _fits(card: Card, part: Small) -> bool:
    pieces = len(card.parts) + len(card.actions) + (1 if card.title else 0)
    return card.length + len(part.markup) <= CARD_LIMIT and pieces < COMPONENT_LIMIT
