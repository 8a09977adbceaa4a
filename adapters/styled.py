"""The live room's paper: the same cards as plain text, with titles, small print and prose told apart by style.

With NO_COLOR, a dumb terminal or an output that is no terminal, the live room uses the plain paper instead.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TextIO

from rich.console import Console as RichConsole
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text as Styled

from adapters.paper import WIDTH, file_lines
from adapters.text import draw
from bot.cards import Card, note
from bot.sentences import Marked, say

_WIDEST = 100
_BAR = "▎ "


def wants_style(out: TextIO) -> bool:
    """Whether an output takes styles and its owner has not said no."""
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


class StyledPaper:
    """Rich text: bold titles, dim small print, prose beside a bar."""

    def __init__(self, out: TextIO, *, width: int | None = None) -> None:
        self._rich = RichConsole(file=out, force_terminal=True, highlight=False, markup=False, emoji=False, width=width)

    def heard(self, line: str) -> None:
        """Nothing: what was typed stands in the terminal already."""

    def only(self, name: str, cards: Sequence[Card]) -> None:
        """Beside the margin, under "only NAME sees"."""
        if not cards:
            return
        width = self._width - 2
        heading = Styled(draw(note(say("console.only", name=name)), width).strip("\n"), style="italic dim")
        self._print(Padding(Group(heading, *(_styled(card, width) for card in cards)), (0, 0, 1, 2)))

    def file(self, name: str, text: str) -> None:
        """The whole text between two headings."""
        top, body, end = file_lines(name, text)
        self._print(Group(Styled(top.strip(), style="bold"), Styled(body), Styled(end.strip() + "\n", style="dim")))

    def public(self, card: Card, *, changed: bool = False) -> None:
        """The card, from the left margin."""
        if changed:
            self._print(Styled(str(say("console.changed")), style="dim"))
        self._print(Padding(_styled(card, self._width), (0, 0, 1, 0)))

    def aside(self, sentence: Marked) -> None:
        """The sentence, dim."""
        self._print(Padding(Styled(draw(note(sentence), self._width).strip("\n"), style="dim"), (0, 0, 1, 0)))

    @property
    def _width(self) -> int:
        return max(20, min(self._rich.width, _WIDEST)) if self._rich.width else WIDTH

    def _print(self, shown: RenderableType) -> None:
        self._rich.print(shown, soft_wrap=False)
