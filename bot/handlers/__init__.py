"""Every command of the house, joined into one registry, and what time does."""

from __future__ import annotations

from collections.abc import Mapping

from bot.commands import Commands
from bot.handlers import (
    answers,
    asking,
    assist,
    canon,
    digest,
    drafts,
    erasing,
    extending,
    forgetting,
    help,  # noqa: A004  # the command's own name
    machine,
    messages,
    moderation,
    my,
    notes,
    own_time,
    pitching,
    prompts,
    reading,
    rounds,
    scenes,
    schedules,
    showrunner,
    sprints,
    stopping,
    stories,
    turns,
    undoing,
    voting,
)
from bot.sweeping import DueRule


def registry() -> Commands:
    """All commands. The order is the order of help."""
    files = (
        pitching, voting, extending, assist, reading, undoing, stories, rounds, turns, scenes, canon, notes, schedules,
        sprints, stopping, my, own_time, forgetting, showrunner, digest, moderation, erasing, machine, drafts, messages,
        asking, prompts, answers,
    )  # fmt: skip
    whole: list[Commands] = []
    tables = [file.commands for file in files]
    tables.insert(6, help.commands_for(lambda: whole[0]))
    whole.append(Commands().join(tables))
    return whole[0]


def due_rules() -> Mapping[str, DueRule]:
    """What happens when something is due, by kind."""
    return {
        **rounds.DUES, **turns.DUES, **asking.DUES, **prompts.DUES, **schedules.DUES, **sprints.DUES, **own_time.DUES,
        **digest.DUES,
    }  # fmt: skip
