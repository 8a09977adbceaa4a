"""What a form asks: a question for each argument that a call lacks."""

from __future__ import annotations

from bot.arguments import Flag, Int, Pick, Ref
from bot.arguments import Text as TextArgument
from bot.calls import Call
from bot.cards import Form, Question
from bot.commands import Argument, Command

_SHORT = 200
"""Characters of an answer that is no text."""


def question(argument: Argument, prefill: str = "") -> Question:
    """The question that an argument asks."""
    kind = argument.kind
    return Question(
        argument.name, kind.about,
        hint=", ".join(kind.options) if isinstance(kind, Pick) else "",
        long=isinstance(kind, TextArgument) and kind.long,
        most=kind.most if isinstance(kind, TextArgument) else 20 if isinstance(kind, Int) else _SHORT,
        prefill=prefill,
        options=kind.options if isinstance(kind, Pick) else ("yes", "no") if isinstance(kind, Flag) else (),
        optional=not argument.required,
    )  # fmt: skip


def form_of(command: Command, call: Call) -> Form:
    """A form for everything that a call may still be given, for a call that comes from nowhere in particular."""
    asked = [a for a in command.arguments if a.name not in call.args and not isinstance(a.kind, Ref)]
    return Form(command.about, call, tuple(question(a) for a in asked))
