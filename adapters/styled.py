"""The live room's paper: the same cards as plain text, with titles, small print, prose and keys told apart by style.

With NO_COLOR, a dumb terminal or an output that is no terminal, the live room uses the plain paper instead.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import TextIO

from rich.console import Console as RichConsole
from rich.text import Text as Styled

from adapters.paper import file_lines
from adapters.text import draw
from bot.cards import Card, Options, Part, Prose, Small, note
from bot.sentences import Marked, say

_WIDEST = 100
_PROSE = "    "
_BAR = "  ▎ "


def wants_style(out: TextIO) -> bool:
    """Whether an output takes styles and its owner has not said no."""
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


class StyledPaper:
    """Rich text: bold titles, dim small print, prose beside a bar, keys in colour. `width` None is the terminal's."""

    def __init__(self, out: TextIO, *, width: int | None = None) -> None:
        self._rich = RichConsole(file=out, force_terminal=True, highlight=False, markup=False, emoji=False, width=width)

    def heard(self, line: str) -> None:
        """Nothing: what was typed stands in the terminal already."""

    def only(self, name: str, cards: Sequence[Card]) -> None:
        """Beside the margin, under "only NAME sees"."""
        if not cards:
            return
        width = self._width - 2
        heading = Styled(_indented(draw(note(say("console.only", name=name)), width), "  "), style="italic dim")
        blocks = Styled("\n\n").join(_styled(card, width, "  ") for card in cards)
        self._print(Styled.assemble(heading, "\n", blocks))

    def file(self, name: str, text: str) -> None:
        """The whole text between two headings."""
        top, body, end = file_lines(name, text)
        self._print(Styled.assemble((top, "bold"), "\n\n", body, "\n\n", (end, "dim")))

    def public(self, card: Card, *, changed: bool = False) -> None:
        """The card, from the left margin."""
        heading = Styled(f"{say('console.changed')}\n", style="dim") if changed else Styled()
        self._print(Styled.assemble(heading, _styled(card, self._width, "")))

    def aside(self, sentence: Marked) -> None:
        """The sentence, dim."""
        self._print(Styled(draw(note(sentence), self._width), style="dim"))

    @property
    def _width(self) -> int:
        return min(self._rich.width, _WIDEST)

    def _print(self, shown: Styled) -> None:
        self._rich.print(shown, soft_wrap=True, end="\n\n")


def _styled(card: Card, width: int, margin: str) -> Styled:
    """A card with its parts told apart; what it says is what the plain text says, in the same order."""
    blocks: list[Styled] = []
    if card.title:
        blocks.append(Styled(_indented(draw(Card(card.title), width), margin), style="bold"))
    blocks += [_part(part, width, margin) for part in card.parts]
    if card.actions:
        choices = tuple(part for part in card.parts if isinstance(part, Options))  # with these, buttons are letters
        buttons = draw(Card(parts=choices, actions=card.actions), width).rsplit("\n\n", 1)[-1]
        blocks.append(Styled(_indented(buttons, margin)))
        blocks[-1].highlight_regex(r"\[\w{1,2}\]", "bold cyan")
    return Styled("\n\n").join(blocks)


def _part(part: Part, width: int, margin: str) -> Styled:
    text = draw(Card(parts=(part,)), width)
    match part:
        case Prose() if part.rest:
            said = _part(replace(part, rest=""), width, margin), _part(Small(part.rest), width, margin)
            return Styled("\n\n").join(said)
        case Prose(_, by):
            lines = text.split("\n")
            barred = [line if by and n == 0 else (_BAR + line.removeprefix(_PROSE)).rstrip() for n, line in enumerate(lines)]
            styled = Styled(_indented("\n".join(barred), margin))
            styled.highlight_regex("(?m)^ *▎", "cyan")
            return styled
        case Small():
            return Styled(_indented(text, margin), style="dim")
        case Options():
            styled = Styled(_indented(text, margin))
            styled.highlight_regex(r"(?m)^ *\*? *\d{1,2}(?=  )", "bold cyan")
            return styled
        case _:
            return Styled(_indented(text, margin))


def _indented(text: str, margin: str) -> str:
    return textwrap.indent(text, margin)
