"""A room played from a file: the same lines, seed and clock print the same room, byte for byte.

Each line has a delivery id made of the play (how often this file was begun in this database), a hash of all lines up
to it, and its number. A transcript that was cut short, or that grew at its end, is therefore resumed exactly:
lines up to the last one that the desk holds are not done again, only forms that are still open are gone through.
The clock is a second later at each line, and each line's ids and dice follow from seed, play and line number.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TextIO

from adapters.paper import Board, PlainPaper
from adapters.screen import Screen, Speaker, speaker
from adapters.table import Table
from adapters.text import visible
from adapters.transcript_lines import Line, read_line, read_lines
from bot.cards import Card, note
from bot.chat import Inbox
from bot.errors import OperatorError
from bot.sentences import Marked, say
from bot.story.people import Person, Place
from bot.story.text import shorten

__all__ = ["Page", "Player", "TranscriptClock", "read_lines"]

_TICK = timedelta(seconds=1)
_QUIT = "/quit"
_WRONG = 2


class TranscriptClock:
    """A clock that a transcript moves: a second at each line, and to where `@` lines say."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The room's time."""
        return self._now

    def tick(self) -> None:
        """A line passes."""
        self._now += _TICK

    def move(self, to: datetime) -> bool:
        """Set the clock; false, and nothing happens, when that would be back."""
        at = to.astimezone(UTC)
        if at < self._now:
            return False
        self._now = at
        return True


class Page:
    """The platform that a transcript is: it prints what the poster posts, after the reply of the line that caused it."""

    def __init__(self, out: TextIO) -> None:
        self.screen = Screen()
        self.paper = PlainPaper(out)
        self.board = Board(self.screen, self.paper)
        self._out = out

    async def run(self, inbox: Inbox) -> None:
        """Nobody is waited for: the Player brings the lines."""

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """Take a public card; it is printed once the line is done."""
        return self.board.post(card)

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Take the new form of a public card."""
        return self.board.edit(refs, card)

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """Nothing of an earlier run is on this page, so it is printed again."""
        return ()

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """What was printed stays on the page; its card is not offered any more."""
        self.board.remove(refs)

    def flush(self) -> None:
        """Let the reader have what was printed."""
        self._out.flush()


class Player:
    """Plays lines into the room. `seed` None leaves ids and dice to the system; `sweep` does what is due by now."""

    def __init__(
        self, inbox: Inbox, place: Place, clock: TranscriptClock, sweep: Callable[[], Awaitable[None]], page: Page,
        lines: Iterable[str], *, seed: int | str | None = None, resume: bool = False, errors: TextIO | None = None,
    ) -> None:  # fmt: skip
        self._inbox = inbox
        self._place = place
        self._page = page
        self._clock = clock
        self._sweep = sweep
        self._lines = lines
        self._seed = seed
        self._resume = resume
        self._errors = sys.stderr if errors is None else errors
        self._table = Table(inbox, place, page.screen, page.paper)
        self._people: dict[Person, Speaker] = {}
        self._last: Speaker | None = None
        self._play = 1
        self._held = _Held()

    async def play(self) -> int:
        """Play all lines and give the exit status: 0, or 2 for a line that is none (and is then named)."""
        if self._resume:
            self._lines = list(self._lines)
            await self._look_up(self._lines)
        prefix = hashlib.sha256()
        for number, raw in enumerate(self._lines, 1):
            self._clock.tick()
            digest = _prefix(prefix, raw)
            line = read_line(raw)
            if number <= self._held.until:
                await self._skip(number, line, digest)
            elif wrong := await self._do(number, line, digest):
                self._page.flush()
                self._errors.write(wrong + "\n")
                return _WRONG
        for person, filling in self._table.open_forms.items():
            who = self._people[person]
            title = Marked(filling.form.title)
            self._page.paper.only(who.name, [note(say("console.unfinished", name=who.name, title=title))])
        self._page.flush()
        return 0

    # ---- one line

    async def _do(self, number: int, line: Line, digest: str) -> str:
        """Carry out a line; a sentence when it is none that can be here."""
        self._page.board.begin(self._ref(number, digest))
        if line.kind == "clock" and line.at is not None:
            if not self._clock.move(line.at):
                now, to = self._clock.now().isoformat(), line.at.isoformat()
                return _plain("console.clock_back", number=number, now=now, to=to)
            self._page.paper.heard(line.raw)
            await self._sweep()
            await self._settle()
        elif line.kind == "said":
            self._last = self._person(line.name)
            await self._speak(number, self._last, line, digest)
        elif line.kind in ("raw", "blank"):
            writer = self._writer(line)
            if writer is not None:
                await self._speak(number, writer, line, digest)
            elif line.kind == "raw":
                return _plain("console.line_unknown", number=number, line=shorten(visible(line.raw), 60))
        return ""

    async def _speak(self, number: int, who: Speaker, line: Line, digest: str) -> None:
        self._page.paper.heard(line.raw)
        source_id = self._source(number, digest)
        if not self._resume:
            while await self._inbox.answered(self._place, source_id) is not None:
                self._play += 1
                source_id = self._source(number, digest)
            self._page.board.begin(self._ref(number, digest))
        if line.text.strip().casefold() == _QUIT:
            self._page.paper.only(who.name, [note(say("console.quit_in_transcript", name=who.name))])
        else:
            seed = None if self._seed is None else f"{self._seed}:{self._play}:{number}"
            await self._table.says(who, line.text, source_id=source_id, seed=seed)
        self._page.flush()
        await self._settle()

    async def _settle(self) -> None:
        """Print what became public."""
        try:
            await self._inbox.settled(self._place)
        except OperatorError as error:
            self._page.paper.aside(say("console.posts_wait", why=error))
        self._page.board.show()
        self._page.flush()

    async def _skip(self, number: int, line: Line, digest: str) -> None:
        """Pass a line of the earlier run: clock, names and open forms come back, nothing is done again.

        What that run left unposted when it stopped is printed after the last of them.
        """
        if line.kind == "clock" and line.at is not None:
            self._clock.move(line.at)
        elif line.kind == "said":
            self._last = self._person(line.name)
        who = self._last if line.kind == "said" else self._writer(line)
        if who is not None and number > self._held.of.get(who.person, 0):
            await self._table.recall(who, line.text)
        if number == self._held.until:
            self._page.board.begin(self._ref(number, digest) + ".again")
            await self._settle()

    def _writer(self, line: Line) -> Speaker | None:
        """Whose form a line without a name goes on with."""
        filling = None if self._last is None else self._table.filling(self._last.person)
        asked = None if filling is None else filling.question
        takes = asked is not None and (line.kind == "raw" or (line.kind == "blank" and asked.long))
        return self._last if takes else None

    def _person(self, name: str) -> Speaker:
        """Who speaks; a person keeps the name as it was first written."""
        who = speaker(name, self._place)
        return self._people.setdefault(who.person, who)

    # ---- what an earlier run did

    def _ref(self, number: int, digest: str) -> str:
        """How references of cards posted at this line begin: the same when it is played again, and no other's."""
        return f"{digest[:12]}.{self._play}.{number}"

    def _source(self, number: int, digest: str) -> str:
        return f"tr:{self._play}:{digest}:{number}"

    async def _look_up(self, lines: Sequence[str]) -> None:
        """Find the latest play of these lines in this database and how far it came."""
        found = _Held()
        while True:
            held = await self._held_of(lines)
            if not held.until:
                break
            found = held
            self._play += 1
        self._play = max(self._play - 1, 1)
        self._held = found

    async def _held_of(self, lines: Sequence[str]) -> _Held:
        """The last line of this play that the desk holds, in all and of each person."""
        prefix = hashlib.sha256()
        owned: list[tuple[int, Person, str]] = []
        last: Person | None = None
        for number, raw in enumerate(lines, 1):
            digest = _prefix(prefix, raw)
            line = read_line(raw)
            if line.kind == "said":
                last = speaker(line.name, self._place).person
            if last is not None and line.kind in ("said", "raw"):
                owned.append((number, last, self._source(number, digest)))
        waiting = {person for _, person, _ in owned}
        held = _Held()
        for number, person, source_id in reversed(owned):
            if not waiting:
                break
            if person in waiting and await self._inbox.answered(self._place, source_id) is not None:
                waiting.discard(person)
                held.of[person] = number
                held.until = max(held.until, number)
        return held


@dataclass(slots=True)
class _Held:
    """How far an earlier run came: the last line that the desk holds, and the last of each person."""

    until: int
    of: dict[Person, int]

    def __init__(self) -> None:
        self.until = 0
        self.of = {}


def _prefix(prefix: hashlib._Hash, raw: str) -> str:
    """Add a line to the hash of all lines so far."""
    prefix.update(raw.encode("utf-8", "surrogatepass") + b"\n")
    return prefix.hexdigest()[:24]


def _plain(key: str, **values: object) -> str:
    """A sentence for the operator's stream: plain text, no markup."""
    return str(say(key, **{name: Marked(str(value)) for name, value in values.items()}))
