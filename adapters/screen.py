"""What is in front of people who share one terminal: the card that a bare number or letter means, person by person.

Both the live room and the player of transcripts use this, so that a line means the same in either. A card's
buttons are numbered; on a ballot number n IS idea n, and the buttons are letters.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.calls import Call
from bot.cards import Card, Option
from bot.errors import UserError
from bot.sentences import Marked
from bot.story.people import Person, Place
from bot.story.text import clean

NAME_LINE = re.compile(r"([^\s:]{1,32}): (.*)", re.DOTALL)
"""`NAME: text`: a name has 1 to 32 characters, no space and no colon."""

_NUMBER = re.compile(r"[0-9]{1,4}")
_REMEMBERED = 50


@dataclass(frozen=True, slots=True)
class Speaker:
    """One of those who share the terminal, and the name they are shown by."""

    person: Person
    name: str


def speaker(name: str, place: Place) -> Speaker:
    """Who is meant by a typed name: letters' case and the way an accent is typed make no other person."""
    shown = unicodedata.normalize("NFC", clean(name).text)
    return Speaker(Person(place.platform, place.space, unicodedata.normalize("NFC", shown.casefold())), shown)


@dataclass(frozen=True, slots=True)
class _Shown:
    turn: int
    card: Card


class Screen:
    """The cards that were shown, and which of them is in front of whom.

    A person's current card is the one with buttons or choices that was shown last, of those they can see: public
    ones and their own. Redrawing a public card in place does not bring it to the front; it only changes what its
    numbers mean.
    """

    def __init__(self) -> None:
        self._turn = 0
        self._own: dict[Person, _Shown] = {}
        self._public: dict[str, _Shown] = {}
        self._met: set[Person] = set()

    def knows(self, person: Person) -> bool:
        """Whether this person's earlier cards were asked for already."""
        return person in self._met

    def meet(self, person: Person, lately: Sequence[tuple[str, Card]]) -> None:
        """Put a person's card of an earlier session (the latest last) before them, behind all that was shown since."""
        self._met.add(person)
        if lately and person not in self._own:
            self._own[person] = _Shown(0, lately[-1][1])

    def show(self, person: Person, cards: Sequence[Card]) -> None:
        """These cards were shown to one person; the last one with buttons is in front of them now."""
        for card in cards:
            if _has_keys(card):
                self._own[person] = self._now(card)

    def post(self, ref: str, card: Card) -> None:
        """This card was shown to everybody under this reference."""
        self._public.pop(ref, None)
        self._public[ref] = self._now(card)
        while len(self._public) > _REMEMBERED:
            del self._public[next(iter(self._public))]

    def redraw(self, ref: str, card: Card) -> tuple[Option, ...]:
        """A public card changed in place. Gives back the choices that people here have not seen on it yet."""
        old = self._public.get(ref)
        if old is not None:
            self._public[ref] = _Shown(old.turn, card)
            return _unseen(old.card, card)
        for person, shown in self._own.items():  # a card of an earlier session: its reference was not kept here
            if shown.turn == 0 and _tokens(shown.card) & _tokens(card):
                self._own[person] = _Shown(0, card)
        return ()

    def forget(self, ref: str) -> None:
        """This card is offered no more."""
        self._public.pop(ref, None)

    def current(self, person: Person) -> Card | None:
        """The card in front of a person."""
        seen = [shown for shown in self._public.values() if _has_keys(shown.card)]
        if person in self._own:
            seen.append(self._own[person])
        latest = max(seen, key=lambda shown: shown.turn, default=None)
        return None if latest is None or not _has_keys(latest.card) else latest.card

    def pressed(self, who: Speaker, typed: str) -> Call | None:
        """The call that a bare number or letter presses; None when the text is none.

        Raises UserError, naming what there is, when the card has no such number or letter.
        """
        key = typed.strip()
        card = self.current(who.person)
        if _NUMBER.fullmatch(key):
            if card is None:
                raise UserError("console.no_card", name=who.name)
            return _by_number(who, card, int(key))
        if card is not None and card.options and len(key) == 1 and key.casefold() in string.ascii_lowercase:
            index = string.ascii_lowercase.index(key.casefold())
            if index < len(card.actions):
                return card.actions[index].call
            raise _no_option(who, card, key)
        return None

    def _now(self, card: Card) -> _Shown:
        self._turn += 1
        return _Shown(self._turn, card)


def _by_number(who: Speaker, card: Card, number: int) -> Call:
    if card.options:
        for option in card.options:
            if option.number == number:
                return option.call
        raise _no_option(who, card, str(number))
    if 1 <= number <= len(card.actions):
        return card.actions[number - 1].call
    actions = ", ".join(f"{n} {action.label}" for n, action in enumerate(card.actions, 1))
    raise UserError("console.no_such_action", name=who.name, given=number, actions=Marked(actions))


def _no_option(who: Speaker, card: Card, given: str) -> UserError:
    numbers = ", ".join(str(option.number) for option in card.options)
    if not card.actions:
        return UserError("console.no_such_option_alone", name=who.name, given=given, numbers=numbers)
    lettered = zip(string.ascii_lowercase, card.actions, strict=False)
    actions = Marked(", ".join(f"{letter} {action.label}" for letter, action in lettered))
    return UserError("console.no_such_option", name=who.name, given=given, numbers=numbers, actions=actions)


def _has_keys(card: Card) -> bool:
    return bool(card.actions or card.options)


def _tokens(card: Card) -> frozenset[str]:
    return frozenset(
        [action.call.token for action in card.actions] + [option.call.token for option in card.options]
    )


def _unseen(old: Card, new: Card) -> tuple[Option, ...]:
    before = {(option.number, option.markup) for option in old.options}
    return tuple(option for option in new.options if (option.number, option.markup) not in before)
