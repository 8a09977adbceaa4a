"""A person's home in Slack, out of what waits for them in their rooms."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.slack.callers import PLATFORM
from adapters.slack.home import ROWS, HomeFacts, Row
from bot.homes import Home, HomeRow

_PARTS = ("turns", "ballots", "drafts", "stories", "settings")


def facts_of(home: Home, team: str, bot: str) -> HomeFacts:
    """What is shown: the rooms of this workspace, so many rows of each part, and how many more there are."""
    shown: dict[str, tuple[Row, ...]] = {}
    more: dict[str, int] = {}
    for part in _PARTS:
        rows = _rows(getattr(home, part), team)
        shown[part] = rows[:ROWS]
        if len(rows) > ROWS:
            more[part] = len(rows) - ROWS
    return HomeFacts(bot, **shown, more=more)


def _rows(rows: Sequence[HomeRow], team: str) -> tuple[Row, ...]:
    return tuple(
        Row(row.words, row.place.channel, row.place.thread, row.actions)
        for row in rows
        if row.place.platform == PLATFORM and row.place.space == team
    )
