"""One sitting at the keyboard: whose line it is, what is asked beside the room, and how people leave.

A line is `NAME: text`; without a name it is the last person's. A name that is new is confirmed once. In a long text
everything is text until a line with only `.`, but for lines of people who are known here; a paste is text to its end.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.history import History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output

from adapters.completion import DiscreetHistory, RoomCompleter
from adapters.forms import Filling
from adapters.paper import Paper
from adapters.screen import NAME_LINE, Speaker, speaker
from adapters.table import CANCEL, Table
from adapters.text import visible
from bot.cards import Question
from bot.chat import Inbox
from bot.markup import to_plain
from bot.sentences import Marked, say
from bot.story.people import Person, Place
from bot.story.text import shorten

QUIT = "/quit"
EDITOR = "e"
_EXAMPLE = 40

Carry = Callable[[Awaitable[None]], Awaitable[None]]


class Sitting:
    """Those who sit at one keyboard now, and who of them speaks. `carry` runs a line and prints what came of it."""

    def __init__(self, inbox: Inbox, place: Place, table: Table, paper: Paper, carry: Carry) -> None:
        self._inbox = inbox
        self._place = place
        self._table = table
        self._paper = paper
        self._carry = carry
        self._people: dict[Person, Speaker] = {}
        self._id = secrets.token_hex(10)
        self._lines = 0
        self.speaking: Speaker | None = None

    @property
    def people(self) -> Sequence[Speaker]:
        """Everybody who spoke in this sitting."""
        return list(self._people.values())

    @property
    def filling(self) -> Filling | None:
        """The form that the one who speaks is answering."""
        return None if self.speaking is None else self._table.filling(self.speaking.person)

    def named(self, name: str) -> Speaker | None:
        """Who speaks in a line with this name, or without one."""
        return self._people.get(speaker(name, self._place).person) if name else self.speaking

    async def serve(self, keys: Keys) -> None:
        """Read lines until `/quit` or the end of input; forms that are open then are left, their text kept."""
        while True:
            try:
                text = await keys.line()
                if text.strip().casefold() == QUIT:
                    break
                if self.speaking is not None and self._wants_editor(text):
                    await self._written(self.speaking, await keys.editor())
                else:
                    await self._typed(text, keys)
            except KeyboardInterrupt:
                self._paper.aside(say("console.leave_hint"))
            except EOFError:
                break
        for person in self._table.open_forms:
            await self._says(self._people[person], CANCEL)

    async def _typed(self, text: str, keys: Keys) -> None:
        """One line, a paste of one text, or a paste of several people's lines."""
        if self.filling is None:
            lines = [line for line in text.split("\n") if line.strip()]
            if not lines or (len(lines) == 1 and text.startswith("#")):
                return
            if len(lines) > 1 and all(line.startswith("#") or NAME_LINE.fullmatch(line) for line in lines):
                for line in lines:
                    await self._typed(line, keys)
                return
        who, said = await self._attributed(text, keys)
        if who is not None:
            await self._says(who, said)

    async def _attributed(self, text: str, keys: Keys) -> tuple[Speaker | None, str]:
        """Whose line this is, and what of it is said."""
        named = None if text.startswith("/") else NAME_LINE.fullmatch(text)
        candidate = None if named is None else speaker(named[1], self._place)
        if named is not None and candidate is not None and not self._is_pasted_prose(text, candidate):
            if candidate.person in self._people:
                return self._people[candidate.person], named[2]
            if self.filling is None:
                if await self._table.meet(candidate.person) or await keys.confirmed(candidate):
                    self._people[candidate.person] = candidate
                    return candidate, named[2]
                if self.speaking is None:
                    self._paper.aside(say("console.not_new", line=_example(text)))
                    return None, ""
        if self.speaking is None:
            self._paper.aside(say("console.who_speaks", line=_example(text)))
        return self.speaking, text

    def _is_pasted_prose(self, text: str, candidate: Speaker) -> bool:
        """Whether somebody's paste into a form merely begins like a line of another person."""
        mine = self.speaking is not None and candidate.person == self.speaking.person
        return self.filling is not None and "\n" in text and not mine

    def _wants_editor(self, text: str) -> bool:
        asked = None if self.filling is None else self.filling.question
        return asked is not None and asked.long and not (self.filling and self.filling.lines) and text.strip() == EDITOR

    async def _says(self, who: Speaker, said: str) -> None:
        self.speaking = who
        await self._carry(self._table.says(who, said, source_id=self._delivery()))

    async def _written(self, who: Speaker, text: str) -> None:
        await self._carry(self._table.written(who, text, source_id=self._delivery()))

    def _delivery(self) -> str:
        self._lines += 1
        return f"term:{self._id}:{self._lines}"


class Keys:
    """The keyboard: lines with completion and history, questions without either."""

    def __init__(
        self, sitting: Sitting, inbox: Inbox, place: Place, history: Path | None,
        keyboard: Input | None, display: Output | None,
    ) -> None:  # fmt: skip
        self._sitting = sitting
        kept: History = InMemoryHistory() if history is None else DiscreetHistory(history)
        completer = RoomCompleter(inbox, place, lambda: sitting.people, sitting.named)
        self._lines: PromptSession[str] = PromptSession(
            history=kept, completer=completer, complete_while_typing=False, enable_open_in_editor=True,
            bottom_toolbar=self._toolbar, tempfile_suffix=".txt", input=keyboard, output=display,
        )  # fmt: skip
        self._answers: PromptSession[str] = PromptSession(
            history=InMemoryHistory(), enable_open_in_editor=True, bottom_toolbar=self._toolbar,
            tempfile_suffix=".txt", input=keyboard, output=display,
        )  # fmt: skip
        self._offered: Question | None = None

    async def line(self) -> str:
        """The next line: of the room, or of the form that is open."""
        filling, who = self._sitting.filling, self._sitting.speaking
        if filling is None:
            return await self._lines.prompt_async(f"{visible(who.name)} > " if who is not None else "> ")
        asked = filling.question
        default = ""
        if asked is not None and asked is not self._offered:  # what stands there already is offered once
            self._offered = asked
            default = "" if asked.long else asked.prefill
        return await self._answers.prompt_async("… ", default=default)

    async def editor(self) -> str:
        """A whole long answer, written in `$EDITOR` (in the prompt itself where there is no editor)."""
        asked = None if self._sitting.filling is None else self._sitting.filling.question
        buffer = self._answers.default_buffer

        def open_editor() -> None:
            buffer.open_in_editor(validate_and_handle=True)

        return await self._answers.prompt_async(
            "… ", default="" if asked is None else asked.prefill, pre_run=open_editor
        )

    async def confirmed(self, who: Speaker) -> bool:
        """Whether a new name is meant as one."""
        while True:
            given = await self._answers.prompt_async(_plain("console.new_here", name=visible(who.name)) + " ")
            if given.strip().casefold() in ("y", "yes"):
                return True
            if given.strip().casefold() in ("n", "no"):
                return False

    def _toolbar(self) -> str:
        """Who speaks, and the way out."""
        who, filling = self._sitting.speaking, self._sitting.filling
        if who is None:
            return f" {_plain('console.nobody_speaks')}  ·  {_plain('console.toolbar_more')}"
        name = visible(who.name)
        if filling is None:
            return f" {_plain('console.speaking', name=name)}  ·  {_plain('console.toolbar_more')}"
        title = shorten(visible(to_plain(filling.form.title)), _EXAMPLE)
        return f" {_plain('console.answering', name=name, title=title)}  ·  {_plain('console.toolbar_form')}"


def _example(text: str) -> str:
    return shorten(visible(text), _EXAMPLE)


def _plain(key: str, **values: object) -> str:
    """A sentence as plain text, for the prompt and the line below it."""
    return str(say(key, **{name: Marked(str(value)) for name, value in values.items()}))
