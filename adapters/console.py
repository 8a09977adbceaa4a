"""The live room: a ChatAdapter for one terminal that several people share.

Public cards are printed when they are new, above the prompt if somebody is typing, and after the private reply of
the line that caused them. One that changes in place is not printed again unless it should notify (see `Board`):
`/round ballot` shows the ballot as it stands.
"""

from __future__ import annotations

import contextlib
import secrets
import shlex
import sys
from collections.abc import Awaitable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

from prompt_toolkit.application import get_app_or_none, run_in_terminal
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.patch_stdout import patch_stdout

from adapters.paper import Board, Paper, PlainPaper
from adapters.screen import Screen
from adapters.sitting import Keys, Sitting
from adapters.styled import StyledPaper, wants_style
from adapters.table import Table
from bot.cards import Card, Small, Text
from bot.chat import Inbox
from bot.errors import OperatorError
from bot.sentences import say
from bot.story.people import Person, Place


class Console:
    """One terminal as a platform.

    `database` is what follows `--db` in the command that brings people back; the history of lines is kept beside
    the file `path`, and only in memory where there is none. `keyboard`, `display` and `out` replace the terminal.
    """

    def __init__(
        self, place: Place, *, database: str, path: Path | None = None,
        keyboard: Input | None = None, display: Output | None = None, out: TextIO | None = None,
    ) -> None:  # fmt: skip
        self._place = place
        self._database = database
        self._history = None if path is None else path.with_name(path.name + ".history")
        self._keyboard = keyboard
        self._display = display
        self._real = out is None
        self._out = sys.stdout if out is None else out
        self._paper: Paper = StyledPaper(self._out) if wants_style(self._out) else PlainPaper(self._out, echo=False)
        self._screen = Screen()
        self._id = secrets.token_hex(10)
        self._board = Board(self._screen, self._paper, self._id)
        self._busy = False

    async def run(self, inbox: Inbox) -> None:
        """Serve those at the keyboard until they leave."""
        table = Table(inbox, self._place, self._screen, self._paper, long_hint="console.how_long_live")
        sitting = Sitting(inbox, self._place, table, self._paper, partial(self._carry, inbox))
        keys = Keys(sitting, inbox, self._place, self._history, self._keyboard, self._display)
        with self._tidy():
            await self._greet(inbox)
            await sitting.serve(keys)
            self._goodbye()

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """Print a public card, after the reply that is being printed if there is one."""
        refs = self._board.post(card)
        await self._refresh()
        return refs

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Take a public card's new form; printed only as far as people would want it."""
        kept = self._board.edit(refs, card)
        await self._refresh()
        return kept

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """What an earlier session printed has scrolled away: it is printed again."""
        return ()

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """What was printed stays on the paper; its card is not offered any more."""
        self._board.remove(refs)

    async def _refresh(self) -> None:
        """Print what waits, above the prompt if somebody is typing."""
        if self._busy:
            return
        app = get_app_or_none()
        if app is not None and app.is_running:
            await run_in_terminal(self._show)
        else:
            self._show()

    def _show(self) -> None:
        self._board.show()
        self._out.flush()

    async def _carry(self, inbox: Inbox, doing: Awaitable[None]) -> None:
        """Print a line's reply, then what became public through it."""
        self._busy = True
        try:
            await doing
            await inbox.settled(self._place)
        except OperatorError as error:
            self._paper.aside(say("console.posts_wait", why=error))
        finally:
            self._busy = False
            self._show()

    @contextlib.contextmanager
    def _tidy(self) -> Iterator[None]:
        """While people type, whatever else prints (a log) goes above the prompt."""
        if not self._real:
            yield
            return
        with patch_stdout(raw=True):
            yield

    async def _greet(self, inbox: Inbox) -> None:
        """What this is, to a new room; where it was left, to one that is known."""
        nobody = Person(self._place.platform, self._place.space, "")
        earlier = [card for audience, card in await inbox.lately(self._place, nobody) if audience == "public"]
        if earlier:
            if self._screen.current(nobody) is None:  # else what was just posted shows where the room stands
                self._screen.post(f"{self._id}.earlier", earlier[-1])
                self._paper.public(earlier[-1])
            self._paper.public(Card(say("console.back_title"), (Text(say("console.back")),)))
        else:
            example = say("console.welcome_try", example=say("console.welcome_example"))
            parts = (Text(say("console.welcome")), Text(example), Small(say("console.welcome_more")))
            self._paper.public(Card(say("console.welcome_title"), parts))
        self._out.flush()

    def _goodbye(self) -> None:
        self._paper.aside(say("console.goodbye"))
        self._out.write(f"  {shlex.join(['room37', 'try', '--db', self._database])}\n")
        self._out.flush()
