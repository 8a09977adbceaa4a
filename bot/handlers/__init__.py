"""Every command of the house, joined into one registry, and what time does."""

from __future__ import annotations

from collections.abc import Mapping

from bot.commands import Commands
from bot.dispatch import DueRule
from bot.handlers import (
    assist,
    canon,
    drafts,
    extending,
    help,  # noqa: A004  # the command's own name
    machine,
    my,
    pitching,
    reading,
    rounds,
    scenes,
    showrunner,
    stopping,
    stories,
    turns,
    undoing,
    voting,
)


def registry() -> Commands:
    """All commands. The order is the order of help."""
    files = (
        pitching, voting, extending, assist, reading, undoing, help, stories, rounds, turns, scenes, canon, stopping,
        my, showrunner, machine, drafts,
    )  # fmt: skip
    return Commands().join(file.commands for file in files)


def due_rules() -> Mapping[str, DueRule]:
    """What happens when something is due, by kind."""
    return {**rounds.DUES, **turns.DUES}
