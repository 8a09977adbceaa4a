"""What a terminal room is printed on: the public cards plainly, what one person alone sees under a line that says so.

`PlainPaper` writes the same bytes for the same room, 80 columns wide and without any escape code; the live room has
a styled one beside it (adapters/styled.py). `Board` is the poster's side: it holds public cards back until the private
reply before them is on paper.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TextIO

from adapters.screen import Screen
from adapters.text import WIDTH, draw, visible, wrapped
from bot.cards import Card, Items, Small, Text, note
from bot.sentences import Marked, say
from bot.story.people import Person
from bot.story.text import shorten

_HEARD = 400
"""Characters of a line that are shown as it was heard; what a person wrote stands in full on its card."""


class Paper(Protocol):
    """Where a terminal room is shown."""

    def heard(self, line: str) -> None:
        """The line that somebody typed."""

    def only(self, name: str, cards: Sequence[Card]) -> None:
        """Cards for one person."""

    def file(self, name: str, text: str) -> None:
        """A file that is handed over, in full."""

    def public(self, card: Card, *, changed: bool = False) -> None:
        """A card for everybody."""

    def aside(self, sentence: Marked) -> None:
        """A line of the terminal itself."""


def file_lines(name: str, text: str) -> tuple[str, str, str]:
    """A file between its two headings, each as plain text."""
    top = draw(note(say("console.file", name=name)), WIDTH)
    end = draw(note(say("console.file_end", name=name)), WIDTH)
    return top, visible(text), end


class PlainPaper:
    """Plain text, 80 columns, the same every time."""

    def __init__(self, out: TextIO, *, echo: bool = True) -> None:
        self._out = out
        self._echo = echo

    def heard(self, line: str) -> None:
        """The line, cut when it is very long; nothing where it was typed on the same terminal."""
        if self._echo:
            self._out.write("\n".join(wrapped(shorten(visible(line), _HEARD), WIDTH, "", "    ")) + "\n")

    def only(self, name: str, cards: Sequence[Card]) -> None:
        """Indented under "only NAME sees"."""
        if not cards:
            return
        blocks = [draw(note(say("console.only", name=name)), WIDTH - 2), *(draw(card, WIDTH - 2) for card in cards)]
        shown = blocks[0].strip("\n") + "\n" + "\n\n".join(block.strip("\n") for block in blocks[1:])
        self._out.write(textwrap.indent(shown, "  ") + "\n\n")

    def file(self, name: str, text: str) -> None:
        """The whole text between two headings."""
        top, body, end = file_lines(name, text)
        self._out.write(f"{top.strip()}\n\n{body}\n\n{end.strip()}\n\n")

    def public(self, card: Card, *, changed: bool = False) -> None:
        """The card, from the left margin."""
        if changed:
            self._out.write(str(say("console.changed")) + "\n")
        self._out.write(draw(card, WIDTH).strip("\n") + "\n\n")

    def aside(self, sentence: Marked) -> None:
        """The sentence as it is."""
        self._out.write(draw(note(sentence), WIDTH).strip("\n") + "\n\n")


@dataclass(frozen=True, slots=True)
class _Pinned:
    ref: str
    card: Card
    again: bool


class Board:
    """Public cards on their way to the paper.

    A card that is edited in place (ballot, house, scene) is not printed again: a terminal cannot redraw what has
    scrolled away, and `/round ballot` shows it whenever somebody asks. Two things are: choices that were not on it
    when it was printed, in a few lines, and a card that should notify, in full under "changed:". What is for one person
    alone is printed as their replies are.
    """

    def __init__(self, screen: Screen, paper: Paper, prefix: str = "") -> None:
        self._screen = screen
        self._paper = paper
        self._prefix = prefix
        self._count = 0
        self._waiting: list[_Pinned] = []

    def begin(self, prefix: str) -> None:
        """References from now on begin with this; it must never have been used in this room before."""
        self._prefix, self._count = prefix, 0

    def post(self, card: Card) -> tuple[str, ...]:
        """Hold a new card until `show`, and give it its reference."""
        self._count += 1
        ref = f"{self._prefix}.{self._count}"
        self._waiting.append(_Pinned(ref, card, again=False))
        return (ref,)

    def edit(self, refs: Sequence[str], card: Card) -> tuple[str, ...]:
        """Hold the new form of a card until `show`."""
        self._waiting.append(_Pinned(refs[0], card, again=True))
        return tuple(refs)

    def remove(self, refs: Sequence[str]) -> None:
        """Drop cards that were not printed yet, and offer those that were no more."""
        self._waiting = [pinned for pinned in self._waiting if pinned.ref not in refs]
        for ref in refs:
            self._screen.forget(ref)

    def show(self) -> None:
        """Print what was held."""
        waiting, self._waiting = self._waiting, []
        for pinned in waiting:
            if pinned.card.to:
                person = Person.of(pinned.card.to)
                self._screen.show(person, [pinned.card])
                self._paper.only(person.user, [pinned.card])
            elif pinned.again and not pinned.card.notify:
                unseen = self._screen.redraw(pinned.ref, pinned.card)
                if unseen:
                    lines = tuple(f"{option.number} {option.markup}" for option in unseen)
                    self._paper.public(Card(parts=(Text(say("console.new_on_ballot")), Items(lines))))
            else:
                self._screen.post(pinned.ref, pinned.card)
                self._paper.public(pinned.card, changed=pinned.again)


def small(sentence: Marked) -> Card:
    """A card of small print."""
    return Card(parts=(Small(sentence),))
