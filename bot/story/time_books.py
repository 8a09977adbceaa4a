"""The pages of a room's books that hold what people do against the clock: sprints, goals, words by the day; and when the house was away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.story.digest import Digest
from bot.story.goals import Goal, Piece
from bot.story.sprints import Runner, Sprint
from bot.story.streaks import Away


class TimeBooks(Protocol):
    """What one unit of work may read of them. All are the room's, but for `away`."""

    def sprint(self, sprint_id: str) -> Sprint | None:
        """A sprint by its id."""

    def last_sprint(self) -> Sprint | None:
        """The sprint of the highest number."""

    def sprint_of(self, person: str) -> Sprint | None:
        """The sprint that this person's words are for: one that waits for them, else the latest that has begun."""

    def runners(self, sprint_id: str) -> Sequence[Runner]:
        """Everybody who is or was in a sprint, by their coming."""

    def runs_before(self, number: int, people: Sequence[str]) -> Sequence[tuple[Sprint, Runner]]:
        """What these people said in sprints of lower numbers, newest first; at most a thousand."""

    def runs_of(self, person: str, *, since: datetime | None = None) -> Sequence[tuple[Sprint, Runner]]:
        """The sprints of one person that they said words for, newest first; at most a thousand."""

    def goals(self, person: str) -> Sequence[Goal]:
        """What one person has set themselves here."""

    def pieces_of(self, person: str, *, since: datetime | None = None) -> Sequence[Piece]:
        """One person's standing passages here that are not mostly a machine's, newest first; at most 20,000."""

    def answered_by(self, people: Sequence[str]) -> Sequence[tuple[str, str]]:
        """(person key, prompt id) of these people's standing answers, newest first; at most 20,000."""

    def away(self, since: datetime) -> Sequence[Away]:
        """When the house itself was away, since then: instants only, the same for every room; at most a thousand."""

    def digest(self) -> Digest | None:
        """When this room's weekly card comes."""

    def words_since(self, since: datetime, until: datetime) -> Sequence[tuple[str, int, int]]:
        """(person key, passages, words) of what came into the room's stories and stands, most words first."""

    def rounds_closed(self, since: datetime, until: datetime) -> Sequence[tuple[str, str]]:
        """(round id, id of the idea that won) of rounds that chose something in this time, oldest first."""

    def sprints_since(self, since: datetime, until: datetime) -> tuple[int, int]:
        """How many sprints ended in this time with words said, and how many words."""
