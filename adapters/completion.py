"""What the live room's keyboard knows: completion of names, commands and arguments, and a history without secrets."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory

from adapters.screen import NAME_LINE, Speaker
from adapters.text import visible
from bot.arguments import Flag, Pick, Ref
from bot.chat import Inbox
from bot.commands import Argument, Command
from bot.story.people import Place

_SECRET = re.compile(r"(?:[^\s:]{1,32}: )?\s*(?:/(?:vote|my|stop)\b.*|[0-9]{1,4}|[a-zA-Z])\s*", re.DOTALL | re.IGNORECASE)


class DiscreetHistory(FileHistory):
    """The lines of earlier sessions, but no ballots and nothing of `/my` or `/stop`: many people share this keyboard."""

    def __init__(self, path: Path) -> None:
        with contextlib.suppress(OSError):  # a read-only folder: the history then lasts as long as the session
            os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        super().__init__(path)

    def append_string(self, string: str) -> None:
        """Remember a line, unless it is a secret."""
        if not _SECRET.fullmatch(string):
            super().append_string(string)

    def store_string(self, string: str) -> None:
        """Write a line down; where nothing can be written it is remembered for this session."""
        with contextlib.suppress(OSError):
            super().store_string(string.encode("utf-8", "replace").decode())


class RoomCompleter(Completer):
    """Completes what somebody begins: who speaks, a command, its second word, its arguments."""

    def __init__(
        self, inbox: Inbox, place: Place, people: Callable[[], Sequence[Speaker]], speaking: Callable[[str], Speaker | None]
    ) -> None:  # fmt: skip
        self._inbox = inbox
        self._place = place
        self._people = people
        self._speaking = speaking

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What can be said without asking the room."""
        _, begun = _divided(document.text_before_cursor)
        return self._words(begun)

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """Words of the registry first, then what the room suggests for an argument."""
        name, begun = _divided(document.text_before_cursor)
        for completion in self._words(begun):
            yield completion
        who = self._speaking(name)
        found = self._argument(begun)
        if who is None or found is None:
            return
        command, argument, word = found
        suggested = await self._inbox.suggest(self._place, who.person, command.name, argument.name, word)
        for value, label in suggested:
            yield Completion(visible(value), -len(word), display_meta=visible(label))

    def _words(self, begun: str) -> Iterable[Completion]:
        if not begun.startswith("/"):
            return [
                Completion(f"{one.name}: ", -len(begun), display=one.name)
                for one in self._people()
                if begun and one.name.casefold().startswith(begun.casefold())
            ]
        head, space, rest = begun[1:].partition(" ")
        commands = self._inbox.commands
        if not space:
            return [_word(f"/{group}", begun, "") for group in commands.groups() if group.startswith(head.casefold())]
        leaves = [leaf for leaf in commands.leaves(head.casefold()) if " " in leaf.name]
        if leaves and " " not in rest:
            words = [(leaf.name.split(" ", 1)[1], leaf.about) for leaf in leaves]
            return [_word(word, rest, about) for word, about in words if word.startswith(rest.casefold())]
        found = self._argument(begun)
        if found is None:
            return []
        command, argument, word = found
        values: tuple[str, ...] = ()
        if isinstance(argument.kind, Pick):
            values = argument.kind.options
        elif isinstance(argument.kind, Flag):
            values = ("yes", "no")
        names = [f"{other.name}:" for other in _typed(command) if not other.required]
        return [_word(value, word, "") for value in (*values, *names) if word and value.startswith(word.casefold())] or [
            _word(value, word, "") for value in values if not word
        ]

    def _argument(self, begun: str) -> tuple[Command, Argument, str] | None:
        """The argument that is being typed, and what there is of it."""
        words = begun.removeprefix("/").split(" ")
        if not begun.startswith("/") or len(words) < 2:
            return None
        commands = self._inbox.commands
        command, taken = commands.find(words[0].casefold()), 1
        if command is None:
            command, taken = commands.find(" ".join(words[:2]).casefold()), 2
        if command is None or command.button or len(words) <= taken:
            return None
        arguments = _typed(command)
        before, word = words[taken:-1], words[-1]
        named = next((a for a in arguments if before and before[-1].casefold() == f"{a.name}:"), None)
        if named is not None:
            return command, named, word
        given = [w for w in before if w]
        if not arguments or (len(given) >= len(arguments) and not arguments[-1].kind.greedy):
            return None
        return command, arguments[min(len(given), len(arguments) - 1)], word


def _typed(command: Command) -> list[Argument]:
    return [a for a in command.arguments if not isinstance(a.kind, Ref)]


def _word(word: str, begun: str, about: str) -> Completion:
    return Completion(word, -len(begun), display_meta=about)


def _divided(line: str) -> tuple[str, str]:
    """A line's name, if it has one, and the rest."""
    said = NAME_LINE.fullmatch(line)
    return (said[1], said[2].lstrip()) if said else ("", line.lstrip())
