"""The pages of a room's books that hold what people do against the clock: sprints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.story.sprints import Runner, Sprint


class TimeBooks(Protocol):
    """What one unit of work may read of one room's sprints."""

    def sprint(self, sprint_id: str) -> Sprint | None:
        """A sprint by its id."""

    def last_sprint(self) -> Sprint | None:
        """The sprint of the highest number."""

    def sprint_of(self, person: str) -> Sprint | None:
        """The latest sprint that this person is in."""

    def runners(self, sprint_id: str) -> Sequence[Runner]:
        """Everybody who is or was in a sprint, by their coming."""

    def runs_before(self, number: int, people: Sequence[str]) -> Sequence[tuple[Sprint, Runner]]:
        """What these people said in sprints of lower numbers, newest first; at most a thousand."""
