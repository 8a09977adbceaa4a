"""What `room37 doctor` finds when it asks a platform."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.markup import to_plain
from bot.sentences import say


@dataclass(slots=True)
class Findings:
    """What is so, and what is wrong with what to do about it."""

    found: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def so(self, key: str, **values: object) -> None:
        """Something that is as it should be."""
        self.found.append(to_plain(say(key, **values)))

    def amiss(self, key: str, **values: object) -> None:
        """Something to mend."""
        self.wrong.append(to_plain(say(key, **values)))
