"""The one registry: every command is declared once, with typed arguments, and every surface is made from it."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from bot.arguments import Carried, Kind, Ref, Text, nearest
from bot.calls import Call
from bot.cards import Reply
from bot.context import Context
from bot.errors import UserError
from bot.sentences import Marked

MENU = ("message", "author", "text")
"""What the call of a message's menu carries: the message's reference, its author's person key (empty for the bot's
own) and its text. Each is an argument of such a command."""

Keeps = Literal["", "pitch", "passage", "request", "edit", "said"]


@dataclass(frozen=True, slots=True)
class Growing:
    """A co-writer's text while it is written: all of it so far."""

    text: str
    done: bool = False
    label: str = ""


Handler = Callable[..., Awaitable[Reply] | AsyncIterator["Growing | Reply"]]
Prefill = Callable[[Context, dict[str, Any]], Awaitable[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a command: its name as typed (`base-passage`), its kind, whether a call may lack it."""

    name: str
    parameter: str
    kind: Kind
    required: bool
    default: object


@dataclass(frozen=True, slots=True)
class Command:
    """One leaf of the registry."""

    name: str
    handler: Handler
    about: str
    arguments: tuple[Argument, ...]
    button: bool
    """Only buttons make this call; nobody types it and help does not list it."""
    nameless: bool
    """Nothing that identifies the caller may be stored (`/stop`)."""
    changes: bool
    keeps: Keeps
    """As what kind of draft the call's text is kept when it is refused."""
    prefill: Prefill | None
    menu: str = ""
    """The label under which it stands in a message's menu; its call then carries that message (see `MENU`)."""
    redraws: bool = False
    """Pressed on a private card, its reply takes that card's place."""

    @property
    def group(self) -> str:
        """The first word of its name."""
        return self.name.split(" ", 1)[0]

    @property
    def text_argument(self) -> Argument | None:
        """The argument that holds people's text, if there is one (of a menu's form: the one for several lines)."""
        texts = [a for a in self.arguments if isinstance(a.kind, Text)]
        long = [a for a in texts if isinstance(a.kind, Text) and a.kind.long] if self.menu else []
        return next(iter([*long, *texts]), None)

    @property
    def usage(self) -> str:
        """How it is typed: `/round decide number [reason: ...]`."""
        words = [f"/{self.name}"]
        for argument in self.arguments:
            if isinstance(argument.kind, Ref | Carried):
                continue
            words.append(argument.name if argument.required else f"[{argument.name}]")
        return " ".join(words)


class Commands:
    """A table of commands. Files of handlers make one each; the app joins them."""

    def __init__(self) -> None:
        self._table: dict[str, Command] = {}

    def add(
        self,
        name: str,
        *,
        button: bool = False,
        nameless: bool = False,
        changes: bool = True,
        keeps: Keeps = "",
        prefill: Prefill | None = None,
        menu: str = "",
        redraws: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Declare a command: its arguments are the handler's annotated parameters after the context."""

        def declare(handler: Handler) -> Handler:
            if name in self._table:
                raise ValueError(f"{name!r} is declared twice")
            about = inspect.getdoc(handler)
            if not about:
                raise ValueError(f"{name!r} needs a docstring: it is what people read")
            self._table[name] = Command(
                name,
                handler,
                about.split("\n", 1)[0],
                tuple(_arguments(handler)),
                button,
                nameless,
                changes,
                keeps,
                prefill,
                menu,
                redraws,
            )
            return handler

        return declare

    def join(self, others: Iterable[Commands]) -> Commands:
        """One table of all. A word is a command or a group, never both."""
        joined = Commands()
        for table in (self, *others):
            for command in table:
                if command.name in joined._table:
                    raise ValueError(f"{command.name!r} is declared twice")
                joined._table[command.name] = command
        groups = {name.split(" ", 1)[0] for name in joined._table if " " in name}
        if both := groups & joined._table.keys():
            raise ValueError(f"both a command and a group: {sorted(both)}")
        return joined

    def __iter__(self) -> typing.Iterator[Command]:
        return iter(self._table.values())

    def find(self, name: str) -> Command | None:
        """The command of this name."""
        return self._table.get(name)

    @property
    def typed(self) -> tuple[Command, ...]:
        """The commands that people type, in their order."""
        return tuple(c for c in self._table.values() if not c.button)

    def groups(self) -> tuple[str, ...]:
        """First words that people type, in their order."""
        return tuple(dict.fromkeys(c.group for c in self.typed))

    def leaves(self, group: str) -> tuple[Command, ...]:
        """The typed commands of a group."""
        return tuple(c for c in self.typed if c.group == group)

    # ---- typed lines

    def parse(self, line: str) -> Call:
        """The call of a typed line (`/pitch An idea`, `/round close`). Raises UserError for an unknown command."""
        words = line.strip().removeprefix("/").split(None, 1)
        group = words[0].casefold() if words else ""
        rest = words[1] if len(words) > 1 else ""
        if group in self._table and not self._table[group].button:
            return Call(group, self._read_line(self._table[group], rest))
        leaves = self.leaves(group)
        if leaves:
            sub = rest.split(None, 1)
            name = f"{group} {sub[0].casefold()}" if sub else ""
            command = self._table.get(name)
            if command is None or command.button:
                raise UserError(
                    "kernel.which_of_group" if not sub else "kernel.unknown_of_group",
                    group=group,
                    given=sub[0][:40] if sub else "",
                    options=", ".join(c.name.split(" ", 1)[1] for c in leaves),
                    near=nearest(sub[0].casefold(), [c.name.split(" ", 1)[1] for c in leaves]) if sub else "",
                )
            return Call(name, self._read_line(command, sub[1] if len(sub) > 1 else ""))
        raise UserError("kernel.unknown_command", given=group[:40], near=nearest(group, self.groups()))

    @staticmethod
    def _read_line(command: Command, rest: str) -> dict[str, str]:
        """Arguments of a line: options (`name: value`) stand at its end; only the command's own names count."""
        typed = [a for a in command.arguments if not isinstance(a.kind, Ref)]
        rest, found = _options(typed, rest)
        places = [a for a in typed if a.name not in found]
        for index, argument in enumerate(places):
            rest = rest.lstrip(" \t") if not isinstance(argument.kind, Text) else rest.strip(" \t")
            if not rest:
                break
            later = places[index + 1 :]
            if argument.kind.greedy or (not later and isinstance(argument.kind, Text)):
                found[argument.name] = rest
                rest = ""
                break
            word, _, tail = rest.partition(" ")
            if not argument.required and not _fits(argument, word) and any(_fits(a, word) for a in later):
                continue
            found[argument.name] = word
            rest = tail
        if rest.strip():
            raise UserError(
                "kernel.too_much",
                command=command.name,
                usage=Marked(command.usage),
                given=rest.strip()[:60],
            )
        return found


def _fits(argument: Argument, word: str) -> bool:
    try:
        argument.kind.read(word, argument.name)
    except UserError:
        return False
    return True


def _options(arguments: list[Argument], rest: str) -> tuple[str, dict[str, str]]:
    """Cut `name: value` options off the end of a line, last first, while what they hold fits."""
    found: dict[str, str] = {}
    first = arguments[0].name if arguments else ""
    names = [a for a in arguments if a.name != first or not isinstance(a.kind, Text)]
    while names:
        last: tuple[int, int, Argument] | None = None
        for argument in names:
            for match in re.finditer(
                rf"(?:^|(?<=\s)){re.escape(argument.name)}:(?:\s+|$)", rest, re.IGNORECASE
            ):
                if last is None or match.start() > last[0]:
                    last = (match.start(), match.end(), argument)
        if last is None:
            break
        start, end, argument = last
        value = rest[end:].strip()
        if (
            argument.name in found
            or not value
            or (not argument.kind.greedy and (" " in value or not _fits(argument, value)))
        ):
            break
        found[argument.name] = value
        rest = rest[:start].rstrip()
        names = [a for a in names if a is not argument]
    return rest, found


def _arguments(handler: Handler) -> Iterable[Argument]:
    hints = typing.get_type_hints(handler, include_extras=True)
    for parameter in list(inspect.signature(handler).parameters.values())[1:]:
        annotated = hints[parameter.name]
        kind = next((m for m in getattr(annotated, "__metadata__", ()) if hasattr(m, "read")), None)
        if kind is None:
            raise ValueError(f"argument {parameter.name} of {handler!r} has no kind")
        required = parameter.default is inspect.Parameter.empty
        yield Argument(
            parameter.name.rstrip("_").replace("_", "-"),  # `in_` is typed `in`
            parameter.name,
            kind,
            required,
            None if required else parameter.default,
        )
