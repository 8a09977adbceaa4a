"""What waits for a person in all their rooms, as values: a platform's home page draws it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import Action
from bot.sentences import Marked
from bot.story.people import Place


@dataclass(frozen=True, slots=True)
class HomeRow:
    """One thing that waits, the room it is in, and what can be done about it there."""

    words: Marked
    place: Place
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Home:
    """A person's turns, ballots, drafts, stories and choices, the room they were in last first."""

    turns: tuple[HomeRow, ...] = ()
    ballots: tuple[HomeRow, ...] = ()
    drafts: tuple[HomeRow, ...] = ()
    stories: tuple[HomeRow, ...] = ()
    settings: tuple[HomeRow, ...] = ()

    def with_room(self, more: Home) -> Home:
        """This and what waits in another room."""
        return Home(
            self.turns + more.turns, self.ballots + more.ballots, self.drafts + more.drafts,
            self.stories + more.stories, self.settings + more.settings,
        )  # fmt: skip
