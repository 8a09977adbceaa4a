"""The table of house rules: one line a rule, with what the three kinds of room start from.

The columns are HOUSE_RULES: Community (Discord's default), Studio (Slack's), Table (the terminal's, and game
night). The figures are judgement, kept in this one place to be tuned by play. A column's value is written as
people would type it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.story.hours import Length
from bot.story.rooms import Preset
from bot.story.rounds import Method
from bot.story.rule_kinds import Choice, Kind, Lasting, Number, OpenHours, Phrases, Steps, Switch, Zone

Who = Literal["anyone", "members", "keepers", "roster"]
BY_REGULARS = -1
"""Quorum: a third of the regulars, at least 2, at most 7."""
BY_HALF = -2
"""Quorum: more than half of those not away."""
ASKS = -1
"""The room is asked: for its budget, or before words are taken out."""
SETTLED_REGULARS = 5
"""Newcomers wait to vote once a room has so many regulars."""
SETTLED_HOURS = 48
"""...and its server is so many hours old."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The house rules in force in a room, line by line of the table."""

    open_room: Who
    pitch: Who
    """Who may pitch and write."""
    vote: Who
    newcomers_hours: int
    """How long before a round opened its voters must have joined, in a settled room; 0 is no such rule."""
    decides: Literal["ballots", "showrunner"]
    method: Method
    parts: Literal["together", "two"]
    names: Literal["shown", "result", "hidden"]
    machine_pitches: Literal["off", "sealed", "request"]
    length: Length
    last_call: Length
    early_close: Length
    quorum: int
    """A fixed number, BY_REGULARS or BY_HALF."""
    below_quorum: Literal["repeat", "showrunner", "ask"]
    carries: int
    run_off_from: int
    """A tie is run off from this many ballots up; 0 is never."""
    tie: tuple[str, ...]
    """Steps after the run-off: people (before machine), showrunner, dice."""
    showrunner_time: Length
    """How long a round waits for the showrunner's word."""
    counts_from: int
    ideas_each: int
    ideas_most: int
    after_greenlight: Literal["pitcher", "showrunner", "anyone"]
    offer: Length
    pen: Length
    short_words: int
    """Texts of fewer words need no pen and land in order."""
    unwritten: Length
    unwritten_then: Literal["open", "showrunner"]
    machine_text: Literal["apart", "showrunner", "free"]
    call_back: Length
    machine: Literal["off", "never"]
    budget: int
    """US dollars a room and month; ASKS until the room is asked."""
    budget_share: int
    """The most of it that one person may spend, in percent."""
    undo: Literal["own", "showrunner"]
    stop: Literal["anyone"]
    take_out_days: int
    """How long people may take their words out; 0 is always, ASKS asks the showrunner."""
    limits: int
    """Changing calls a person and minute; 0 is no limit."""
    pings: Literal["daily", "none"]
    extend: Literal["open", "turns", "vote"]
    turn_order: Literal["round-robin", "lottery", "showrunner"]
    turn_length: Length
    form: Literal["free", "line", "word"]
    folded: bool
    timed: Length
    content_lines: tuple[str, ...]
    """What prompts of this room stay away from."""
    zone: str
    hours: str

    @property
    def pen_minutes(self) -> int:
        """The pen's time in minutes (a room day taken as a day); 0 is without end."""
        return self.pen.about_minutes

    @property
    def turn_minutes(self) -> int:
        """A turn's time in minutes (a room day taken as a day; a timed game sets it); 0 is without end."""
        return self.timed.about_minutes or self.turn_length.about_minutes

    @property
    def machine_in_a_row(self) -> bool:
        """Whether machine text may follow machine text."""
        return self.machine_text != "apart"

    @property
    def budget_cents(self) -> int | None:
        """The month's budget in US cents; None where the room is asked."""
        return None if self.budget == ASKS else self.budget * 100


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: its key as it is typed, its field of Rules, its kind, and the three columns."""

    key: str
    field: str
    kind: Kind
    community: str
    studio: str
    table: str
    terminal: str | None = None
    """The Table column in a terminal, where it differs from a chat's."""

    def column(self, preset: Preset, platform: str) -> str:
        """What a kind of room starts from on a platform."""
        if preset == "table":
            return self.terminal if platform == "terminal" and self.terminal is not None else self.table
        return self.community if preset == "community" else self.studio


_WHO = ("anyone", "members", "keepers")

LINES: tuple[Line, ...] = (
    Line("open-room", "open_room", Choice(_WHO), "keepers", "members", "anyone"),
    Line("pitch", "pitch", Choice((*_WHO, "roster")), "anyone", "members", "anyone"),
    Line("vote", "vote", Choice((*_WHO, "roster")), "anyone", "roster", "anyone"),
    Line("newcomers", "newcomers_hours", Number(1, 720, (("off", 0),)), "24", "off", "off"),
    Line("decides", "decides", Choice(("ballots", "showrunner")), "ballots", "showrunner", "ballots"),
    Line("method", "method", Choice(("approval", "ranked", "single")), "approval", "approval", "approval"),
    Line("parts", "parts", Choice(("together", "two"), (("one", "together"), ("1", "together"),
         ("2", "two"))), "together", "two", "together"),
    Line("names", "names", Choice(("shown", "result", "hidden")), "hidden", "result", "shown"),
    Line("machine-pitches", "machine_pitches", Choice(("off", "sealed", "request")), "off", "off", "request"),
    Line("length", "length", Lasting(), "24h", "1 room day", "10m", "none"),
    Line("last-call", "last_call", Lasting(room_days=False), "1h", "none", "none"),
    Line("early-close", "early_close", Lasting(room_days=False), "none", "10m", "1m", "none"),
    Line("quorum", "quorum", Number(1, 50, (("regulars", BY_REGULARS), ("half", BY_HALF))),
         "regulars", "half", "2"),
    Line("below-quorum", "below_quorum", Choice(("repeat", "showrunner", "ask")),
         "repeat", "showrunner", "ask"),
    Line("carries", "carries", Number(1, 5, (("off", 0),)), "2", "2", "2"),
    Line("run-off", "run_off_from", Number(2, 100, (("off", 0),)), "7", "off", "off"),
    Line("tie", "tie", Steps(("people", "showrunner"), "dice"),
         "people showrunner dice", "showrunner dice", "dice"),
    Line("showrunner-time", "showrunner_time", Lasting(), "12h", "1 room day", "12h"),
    Line("counts-from", "counts_from", Number(1, 100), "5", "5", "5"),
    Line("ideas-each", "ideas_each", Number(1, 15), "2", "5", "5"),
    Line("ideas-most", "ideas_most", Number(2, 15), "10", "15", "15"),
    Line("after-greenlight", "after_greenlight", Choice(("pitcher", "showrunner", "anyone")),
         "pitcher", "showrunner", "anyone"),
    Line("offer", "offer", Lasting(), "2h", "2h", "2h"),
    Line("pen", "pen", Lasting(), "15m", "1 room day", "3m"),
    Line("short", "short_words", Number(1, 1000), "60", "60", "60"),
    Line("unwritten", "unwritten", Lasting(), "24h", "24h", "10m"),
    Line("unwritten-then", "unwritten_then", Choice(("open", "showrunner")), "open", "showrunner", "open"),
    Line("machine-text", "machine_text", Choice(("apart", "showrunner", "free")),
         "apart", "showrunner", "free"),
    Line("call-back", "call_back", Lasting(room_days=False), "1h", "none", "none"),
    Line("machine", "machine", Choice(("off", "never")), "off", "off", "off"),
    Line("budget", "budget", Number(0, 100_000, (("ask", ASKS),)), "5", "50", "ask"),
    Line("budget-share", "budget_share", Number(1, 100), "20", "100", "100"),
    Line("undo", "undo", Choice(("own", "showrunner")), "own", "showrunner", "showrunner"),
    Line("stop", "stop", Choice(("anyone",)), "anyone", "anyone", "anyone"),
    Line("take-out", "take_out_days", Number(1, 3650, (("always", 0), ("ask", ASKS))), "30", "ask", "always"),
    Line("limits", "limits", Number(5, 600, (("off", 0),)), "20", "60", "60", "off"),
    Line("pings", "pings", Choice(("daily", "none"), (("off", "none"),)), "daily", "daily", "none"),
    Line("extending", "extend", Choice(("open", "turns", "vote")), "open", "open", "open"),
    Line("turn-order", "turn_order", Choice(("round-robin", "lottery", "showrunner")),
         "round-robin", "round-robin", "round-robin"),
    Line("turn-length", "turn_length", Lasting(), "24h", "1 room day", "10m", "none"),
    Line("form", "form", Choice(("free", "line", "word")), "free", "free", "free"),
    Line("folded", "folded", Switch(), "off", "off", "off"),
    Line("timed", "timed", Lasting(room_days=False, most_minutes=24 * 60), "none", "none", "none"),
    Line("content-lines", "content_lines", Phrases(), "none", "none", "none"),
    Line("zone", "zone", Zone(), "", "", ""),
    Line("hours", "hours", OpenHours(), "", "", ""),
)  # fmt: skip
"""Every line. `zone` and `hours` are the room's own: they have no column."""

BY_KEY = {line.key: line for line in LINES}
OF_THE_ROOM = ("zone", "hours")
"""Lines that stand in the room itself, not in its changed lines."""
