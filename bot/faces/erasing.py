"""Cards of erasing: what it would do, and the receipt."""

from __future__ import annotations

from bot.cards import Card, Part, Reply, Small, Text, button
from bot.sentences import say
from bot.story.erasing import Erased, Swept, version_of
from bot.story.passages import MachineText, Passage
from bot.story.prompts import Answer, Prompt
from bot.story.rounds import Pitch
from bot.story.text import shorten


def before(thing: Passage | Pitch | MachineText | Answer | Prompt, kind: str, name: str, words: str, versions: int) -> Reply:
    """What erasing does, before it is done; hiding is offered first."""
    number = 0 if isinstance(thing, MachineText) else thing.number
    parts: list[Part] = [
        Text(say(f"erase.what_{kind}", number=number, name=name, words=shorten(words, 200))),
        Text(say(f"erase.does_{kind}", n=max(1, versions))),
        Small(say(f"erase.keeps_{kind}")),
    ]
    actions = [] if thing.veil else [button(say("erase.hide_instead"), "moderate-card hide", "main", kind=kind, id=thing.id)]
    erase = button(
        say("erase.for_good"), "moderate-card erase", "danger", kind=kind, id=thing.id, rev=version_of(thing)
    )
    return Reply.of(Card(say("erase.title"), tuple(parts), (*actions, erase)))


def done(erased: Erased, swept: Swept) -> Reply:
    """The receipt of an erasure."""
    parts: list[Part] = [Text(say(f"erase.done_{erased.kind}", number=erased.number))]
    if also := len(swept.ids) - 1:
        parts.append(Small(say("erase.also", n=also)))
    if erased.answered:
        parts.append(Small(say("moderation.answers", n=erased.answered)))
    return Reply.of(Card(parts=tuple(parts)))
