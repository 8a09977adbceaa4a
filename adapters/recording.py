"""A co-writer's part played from a recording, so that a newcomer without a key sees the whole loop.

No model runs and nothing leaves the machine; the label says so wherever a co-writer is named. What it plays
was written by hand and knows nothing of what the room wrote: it is a demonstration, not a default.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from importlib import resources
from typing import Any, Self

from bot.errors import WriterError
from bot.writing.briefs import Brief, Capabilities, Mode, Written

LABEL = "a recording (no AI is running)"
_WORDS = re.compile(r"\S+\s*")


class Recording:
    """Plays the replies of each mode in order, and starts over after the last.

    Where it starts follows from how many deals the story has had, so that a room that was closed and opened
    again goes on rather than repeats; within one such number each further request plays the next reply.
    """

    def __init__(self, replies: Mapping[Mode, tuple[str, ...]]) -> None:
        self._replies = replies
        self._played: Counter[tuple[Mode, str, int]] = Counter()

    @classmethod
    def shipped(cls) -> Self:
        """The recording that comes with the program: a ghost story on a ferry."""
        file = resources.files("adapters") / "recordings" / "demo.toml"
        return cls.parsed(file.read_text("utf-8"))

    @classmethod
    def parsed(cls, toml: str) -> Self:
        """A recording from its file's text. Raises ValueError for a mode that does not exist."""
        tables = tomllib.loads(toml)
        return cls({Mode(name): tuple(entry["text"].strip() for entry in tables[name]) for name in tables})

    @property
    def capabilities(self) -> Capabilities:
        """Prose and ideas, on this machine, under a name that claims nothing."""
        return Capabilities(provider="recording", label=LABEL, prose=True, ideas=True)

    async def write(self, brief: Brief) -> AsyncGenerator[str | Written, None]:
        """Play the next reply of the brief's mode, word by word and without waiting."""
        replies = self._replies.get(brief.mode, ())
        if not replies:
            raise WriterError("writer.not_recorded", again=False)
        place = (brief.mode, brief.seed, brief.materials.deals)
        text = replies[(brief.materials.deals + self._played[place]) % len(replies)]
        self._played[place] += 1
        for word in _WORDS.findall(text):
            yield word
        yield Written(text=text, stop="end", model=LABEL)

    async def answer(self, brief: Brief, schema: dict[str, Any]) -> dict[str, Any]:
        """Always WriterError: a recording cannot know what it is asked."""
        raise WriterError("writer.recording_only_plays", again=False)
