"""What a co-writer is asked for a prompt: its kind, its genre, what this room stays away from.

The room's story goes along as for `/assist`, by the same walls of consent; answers to prompts never do.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.story.prompts import Genre, Kind
from bot.writing.briefs import Block, Brief, Mode, Turn
from bot.writing.prompting import ASKS, RULES, Library, Prompted, compose

LONGEST = 700
"""Characters of a prompt that a co-writer may write; a longer text is no prompt."""

_KINDS: dict[Kind, str] = {
    "spark": "It may begin anywhere: with a person, a thing, a mistake.",
    "first-line": "Write nothing but a first line, which the writers will begin with, word for word.",
    "dialogue": "The answer will be dialogue and nothing else: set up who talks and what neither says outright.",
    "constraint": "It binds the form: a length, a letter to do without, a number of sentences; say exactly what is bound.",
    "voice": "The writers tell known matter in another voice: say what is told, and by whom.",
    "image": "Give one image, in words, for the senses, and no explanation.",
    "break": "Name a rule of the craft, in quotation marks, and ask for it to be broken on purpose and to good effect.",
    "villain": "The writers continue the room's story as its villain lives it, or whoever stands in its people's way.",
}


def brief(
    library: Library | None, kind: Kind, genre: Genre, lines: Sequence[str], *, remote: bool, max_tokens: int
) -> Prompted:  # fmt: skip
    """The brief for one prompt. `lines` are the room's content lines.

    Without a library (the room has no story) nothing of the room goes along. Raises WriterError when something private
    would still be sent.
    """
    ask = _ask(kind, genre, lines)
    if library is not None:
        return compose(library, Mode.PROMPT, ask, remote=remote, max_tokens=max_tokens)
    tail = Block(f"{ASKS[Mode.PROMPT]}\n\n{ask}")
    return Prompted(Brief(Mode.PROMPT, (Block(RULES),), (Turn("user", (tail,)),), (), max_tokens, ask=ask))


def _ask(kind: Kind, genre: Genre, lines: Sequence[str]) -> str:
    parts = [f"At most {LONGEST} characters.", _KINDS[kind]]
    if genre != "any":
        parts.append(f"The genre is {genre.replace('-', ' ')}.")
    if lines:
        parts.append(f"Stay away from: {', '.join(lines)}.")
    return "\n".join(parts)


def fitting(text: str) -> str:
    """A co-writer's answer as a prompt; empty for what is none."""
    bare = text.strip()
    if len(bare) > 1 and bare[0] == '"' and bare[-1] == '"':
        bare = bare[1:-1].strip()
    return bare if 0 < len(bare) <= LONGEST else ""
