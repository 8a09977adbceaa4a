"""Rounds and pitches: a question, its ideas, the ballot, the result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.story.hours import Length
from bot.story.veiling import Veil

Method = Literal["approval", "ranked", "single"]
PitchStatus = Literal["standing", "waiting", "withdrawn", "chosen", "drawer", "carried"]
Part = Literal["together", "ideas", "votes", "runoff", "showrunner", "closed"]


@dataclass(frozen=True, slots=True)
class Terms:
    """The house rules of a round, fixed when it opened and printed on its ballot."""

    method: Method
    two_parts: bool
    sealed: bool
    names: Literal["shown", "result", "hidden"]
    """Shown at once; shown at the result; hidden (then only the winner is named)."""
    decides: Literal["ballots", "showrunner"]
    quorum: int
    minutes: int
    """Length of each part; 0 is no deadline (closed by command)."""
    last_call_minutes: int
    early_close_minutes: int | None
    """Close this long after all not away have voted; None is never."""
    ideas_each: int
    ideas_most: int
    counts_from: int
    """Counts are shown from this many ballots up; below only the order of the first two."""
    below_quorum: Literal["repeat", "showrunner", "ask"]
    runoff_from: int
    """A tie is run off when there are this many ballots; 0 is never."""
    tie_people_first: bool
    tie_showrunner: bool
    vote_hours: int
    """Voters must have been in the space this many hours before it opened; 0 is no such rule."""
    kind: Literal["ideas", "texts"] = "ideas"
    """Ideas for what happens next, or whole texts of which one goes in."""
    room_days: int = 0
    """Length of each part in room days, beside its minutes."""
    carries: int = 2
    """How often ideas move on to the next round before they go to the drawer."""
    showrunner_minutes: int = 720
    showrunner_room_days: int = 0
    """How long the round waits for the showrunner's word."""
    machine: bool = False
    """Ideas of a machine may stand on the ballot, which says so."""

    @property
    def length(self) -> Length:
        """Length of each part; empty is no deadline."""
        return Length(self.minutes, self.room_days)

    @property
    def showrunner_time(self) -> Length:
        """How long the round waits for the showrunner's word."""
        return Length(self.showrunner_minutes, self.showrunner_room_days)


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a story. `letter` is empty unless several are open."""

    id: str
    room_id: str
    story_id: str
    branch: str
    number: int
    letter: str
    question: str
    part: Part
    terms: Terms
    opened_at: datetime
    opened_by: str
    seed: str
    """For recorded dice."""
    closes_at: datetime | None = None
    """When the present part ends by itself (in the showrunner's part: until when their word is waited for).
    """
    early_close_at: datetime | None = None
    """When it closes because all who are not away have voted."""
    repeats: int = 0
    """How often it was given the same length once more."""
    last_idea_at: datetime | None = None
    last_ballot_at: datetime | None = None
    finalists: tuple[str, ...] = ()
    """Pitch ids of a run-off, or of a tie that waits for the showrunner's word."""
    result: Literal["", "chosen", "none", "below_quorum", "cancelled", "undecided"] = ""
    """`undecided` is the only one that an open round can have: its time is over, and its closer is to be
    asked."""
    winner_id: str | None = None
    runner_up_id: str | None = None
    tally: tuple[tuple[str, int], ...] = ()
    """(pitch id or "none", votes of the deciding count), highest first."""
    ballots: int = 0
    decided_how: str = ""
    """Catalogue key of how a tie or decision fell: votes, run-off, people before machine, showrunner, dice.
    """
    decided_by: str | None = None
    reason: str = ""
    closed_at: datetime | None = None
    closed_by: str | None = None
    aside_after: datetime | None = None
    """Ballots of people who joined the server after this instant are set aside."""


@dataclass(frozen=True, slots=True)
class Pitch:
    """An idea for what happens next (or a whole text, in a round of texts)."""

    id: str
    room_id: str
    story_id: str
    round_id: str
    number: int
    """Its number on the ballot; 0 while it waits or is sealed (one that gave way to another keeps the number
    it had)."""
    text: str
    author: str | None
    """Person key; None for machine ideas."""
    author_name: str
    status: PitchStatus
    at: datetime
    seq: int
    """Arrival in its round, from 1."""
    frozen: bool = False
    carries: int = 0
    carried_from: str | None = None
    """The pitch of an earlier round that this one carries on."""
    machine_text_id: str | None = None
    draft_id: str | None = None
    """The draft that holds the whole text, in a round of texts."""
    named: bool = False
    """Its author said so, or it won."""
    version: int = 1
    content_note: str = ""
    veil: Veil = ""
    hidden_text: str = ""
    """The words while it is hidden; `text` says then that it is."""
    veiled_from: str = ""
    """The status that it had when it was hidden."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """One person's ballot of one round; `id` is round id + person key, so there can be only one."""

    id: str
    room_id: str
    round_id: str
    person: str
    choices: tuple[str, ...]
    """Pitch ids in order of preference (the order counts in ranked rounds); ("none",) is None of these."""
    cast_at: datetime
    first_at: datetime
    part: Literal["votes", "runoff"] = "votes"
    set_aside: bool = False


NONE = "none"
NEXT = "next"
"""The round of ideas that wait for one that has not opened yet."""


def ballot_id(round_id: str, person: str) -> str:
    """The id of a person's ballot of a round."""
    return f"{round_id}/{person}"
