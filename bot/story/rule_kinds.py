"""What may stand in a line of the house rules: each kind reads what people type, writes it back the shortest
way, and says it in plain words. What cannot stand there is refused with a sentence that names what can."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.errors import UserError
from bot.sentences import Marked, say
from bot.story.hours import Length, parse_hours
from bot.story.zones import zone_named

_OFF = frozenset({"off", "none", "no", "never", "0"})
_UNIT = re.compile(
    r"(\d{1,5})\s*(room\s*days?|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)?", re.IGNORECASE
)
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}


class Kind(Protocol):
    """A kind of value. `key` is the line's key, so that a refusal can name it."""

    def read(self, key: str, given: str) -> Any:
        """The value that was typed. Raises UserError when it cannot stand here."""

    def write(self, value: Any) -> str:
        """The value as it is typed; reading it gives the same value."""

    def words(self, key: str, value: Any) -> Marked:
        """The value in plain words."""

    @property
    def allowed(self) -> str:
        """What may be typed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words; each has its own plain words in the catalogue as `rules.<key>_<word>`."""

    options: tuple[str, ...]
    also: tuple[tuple[str, str], ...] = ()
    """Other ways to type an option: (typed, option)."""

    def read(self, key: str, given: str) -> str:
        """One of the options, whatever its case."""
        word = "-".join(given.casefold().split())
        word = dict(self.also).get(word, word)
        if word not in self.options:
            raise _refused(key, given, self.allowed)
        return word

    def write(self, value: str) -> str:
        """The option itself."""
        return value

    def words(self, key: str, value: str) -> Marked:
        """The catalogue's words for the option."""
        return say(f"rules.{_name(key)}_{_name(value)}")

    @property
    def allowed(self) -> str:
        """The options."""
        return ", ".join(self.options)


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""

    def read(self, key: str, given: str) -> bool:
        """Yes, true and on; no, false and off."""
        word = given.strip().casefold()
        if word in ("on", "yes", "true", "1"):
            return True
        if word in _OFF or word == "false":
            return False
        raise _refused(key, given, self.allowed)

    def write(self, value: bool) -> str:
        """On or off."""
        return "on" if value else "off"

    def words(self, key: str, value: bool) -> Marked:
        """The catalogue's words for on and off of this line."""
        return say(f"rules.{_name(key)}_{self.write(value)}")

    @property
    def allowed(self) -> str:
        """On, off."""
        return "on, off"


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number; `off` lets 0 be typed as off, and words stand for special numbers."""

    least: int
    most: int
    special: tuple[tuple[str, int], ...] = ()
    """Words for numbers outside the range: (word, number)."""

    def read(self, key: str, given: str) -> int:
        """A number of the range, or one of the words."""
        word = given.strip().casefold()
        special = dict(self.special)
        if word in special:
            return special[word]
        if "off" in special and word in _OFF:
            return special["off"]
        digits = word.removesuffix("%").removeprefix("$").strip()
        if not digits.isdecimal() or len(digits) > 9 or not self.least <= int(digits) <= self.most:
            raise _refused(key, given, self.allowed)
        return int(digits)

    def write(self, value: int) -> str:
        """The number, or its word."""
        return {number: word for word, number in self.special}.get(value, str(value))

    def words(self, key: str, value: int) -> Marked:
        """The catalogue's words for the number, or for its word."""
        special = {number: word for word, number in self.special}
        if value in special:
            return say(f"rules.{_name(key)}_{_name(special[value])}")
        return say(f"rules.{_name(key)}_number", n=value)

    @property
    def allowed(self) -> str:
        """The range and the words."""
        return ", ".join(
            (
                str(say("rules.allowed_number", least=self.least, most=self.most)),
                *(w for w, _ in self.special),
            )
        )


@dataclass(frozen=True, slots=True)
class Lasting:
    """A length of time: minutes, hours, days, room days, or none (it has no end, or does not happen)."""

    room_days: bool = True
    most_minutes: int = 60 * 24 * 60

    def read(self, key: str, given: str) -> Length:
        """A length such as 90, 90 min, 24h, 3d, 1 room day."""
        word = " ".join(given.casefold().replace("-", " ").split())
        if word in _OFF:
            return Length()
        read = _UNIT.fullmatch(word)
        if read is None:
            raise _refused(key, given, self.allowed)
        number, unit = int(read[1]), (read[2] or "m")
        if unit.startswith("room"):
            if not self.room_days or not 1 <= number <= 60:
                raise _refused(key, given, self.allowed)
            return Length(room_days=number)
        minutes = number * _MINUTES[unit[0]]
        if not 0 < minutes <= self.most_minutes:
            raise _refused(key, given, self.allowed)
        return Length(minutes=minutes)

    def write(self, value: Length) -> str:
        """As short as it can be typed."""
        if value.room_days:
            return f"{value.room_days} room day{'s' if value.room_days > 1 else ''}"
        if not value.minutes:
            return "none"
        return f"{value.minutes // 60}h" if value.minutes % 60 == 0 else f"{value.minutes}m"

    def words(self, key: str, value: Length) -> Marked:
        """The length in plain words inside the line's own sentence."""
        if not value:
            return say(f"rules.{_name(key)}_none")
        return say(f"rules.{_name(key)}_length", length=in_words(value))

    @property
    def allowed(self) -> str:
        """Examples of what can be typed."""
        return ", ".join(
            (str(say("rules.allowed_length")), *(["1 room day"] if self.room_days else []), "none")
        )


@dataclass(frozen=True, slots=True)
class Steps:
    """Some of these words in their printed order, and always the last one: what is tried one after the
    other."""

    options: tuple[str, ...]
    last: str

    def read(self, key: str, given: str) -> tuple[str, ...]:
        """The steps that were named; their order is fixed."""
        named = set(re.split(r"[\s,]+|\bthen\b", given.casefold())) - {"", "then"}
        if not named or named - {*self.options, self.last}:
            raise _refused(key, given, self.allowed)
        return (*(step for step in self.options if step in named), self.last)

    def write(self, value: tuple[str, ...]) -> str:
        """The steps with spaces."""
        return " ".join(value)

    def words(self, key: str, value: tuple[str, ...]) -> Marked:
        """Each step's words, in order."""
        return Marked(f"{say('rules.then')} ".join(say(f"rules.{_name(key)}_{step}") for step in value))

    @property
    def allowed(self) -> str:
        """The steps."""
        return ", ".join((*self.options, self.last))


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone of the IANA list."""

    examples: str = field(default="Europe/Berlin, America/New_York, UTC")

    def read(self, key: str, given: str) -> str:
        """A zone that exists; what may mean several is answered with their names."""
        return zone_named(given, argument="value")

    def write(self, value: str) -> str:
        """Its name."""
        return value

    def words(self, key: str, value: str) -> Marked:
        """Its name."""
        return say(f"rules.{_name(key)}_value", value=value)

    @property
    def allowed(self) -> str:
        """Examples."""
        return self.examples


@dataclass(frozen=True, slots=True)
class OpenHours:
    """Room hours, or always."""

    def read(self, key: str, given: str) -> str:
        """Hours as they are typed, each word with its capital; always is empty."""
        word = " ".join(given.split())
        if word.casefold() in ("always", "", *_OFF):
            return ""
        try:
            parse_hours(word)
        except UserError:
            raise _refused(key, given, self.allowed) from None
        return re.sub("[A-Za-z]+", lambda day: day[0].capitalize(), word)

    def write(self, value: str) -> str:
        """The hours, or always."""
        return value or "always"

    def words(self, key: str, value: str) -> Marked:
        """The hours."""
        return say(f"rules.{_name(key)}_value", value=value) if value else say(f"rules.{_name(key)}_always")

    @property
    def allowed(self) -> str:
        """An example."""
        return "Mon-Fri 09:00-18:00, always"


@dataclass(frozen=True, slots=True)
class Phrases:
    """Some words or phrases, parted by commas, or none."""

    most: int = 20
    longest: int = 60

    def read(self, key: str, given: str) -> tuple[str, ...]:
        """The phrases, without case and repetitions, by the alphabet."""
        if given.strip().casefold() in ("", *_OFF):
            return ()
        phrases = tuple(sorted({" ".join(p.casefold().split()) for p in given.split(",")} - {""}))
        if not phrases or len(phrases) > self.most or any(len(p) > self.longest for p in phrases):
            raise _refused(key, given, self.allowed)
        return phrases

    def write(self, value: tuple[str, ...]) -> str:
        """The phrases with their commas, or none."""
        return ", ".join(value) or "none"

    def words(self, key: str, value: tuple[str, ...]) -> Marked:
        """The phrases."""
        if not value:
            return say(f"rules.{_name(key)}_none")
        return say(f"rules.{_name(key)}_value", value=", ".join(value))

    @property
    def allowed(self) -> str:
        """An example, with the limit."""
        return f"spiders, hospital rooms (up to {self.most} phrases with commas between them), none"


def in_words(length: Length) -> Marked:
    """A length as people say it: 10 minutes, 24 hours, 3 days, 1 room day."""
    if length.room_days:
        return say("rules.room_days", n=length.room_days)
    if length.minutes >= 2 * 24 * 60 and length.minutes % (24 * 60) == 0:
        return say("rules.days", n=length.minutes // (24 * 60))
    if length.minutes and length.minutes % 60 == 0:
        return say("rules.hours_long", n=length.minutes // 60)
    return say("rules.minutes", n=length.minutes)


def _refused(key: str, given: str, allowed: str) -> UserError:
    return UserError("rules.bad_value", argument="value", key=key, given=given[:80], allowed=Marked(allowed))


def _name(key: str) -> str:
    return key.replace("-", "_")
