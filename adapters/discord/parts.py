"""What a card is made of on Discord: texts, a ballot's menu, rows of buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from adapters.discord import components
from adapters.discord.components import Json
from adapters.discord.limits import BUTTON_LABEL, OPTION, OPTIONS, PLACEHOLDER, ROW
from adapters.discord.markup import discord as written
from adapters.discord.markup import one_line, prose
from adapters.fitting import clipped, size
from bot.cards import Action, Card, Items, Option, Options, Prose, Small, Text
from bot.cards import Part as CardPart
from bot.markup import to_plain
from bot.sentences import say

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Block:
    """A text of a card; `prose` when it is people's, which is to go as it is."""

    text: str
    joint: str = "\n"
    """What stands between it and the text before it."""
    prose: Prose | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A component of a layout, and how much of a message's room it takes."""

    component: Json
    size: int = 0
    """Characters that are shown."""
    count: int = 1
    """Components, nested ones included."""
    tokens: tuple[str, ...] = ()
    """The custom_ids in it: none may stand twice in a message."""
    file_name: str = ""


def all_of(part: Prose) -> str:
    """A text of people, whole."""
    return prose(part.whole or part.text)


# ---- texts


def blocks(card: Card, *, public: bool, notifies: bool) -> list[Block]:
    """The texts of a card, top to bottom. A title is a heading, but bold where a notification would show the mark."""
    made: list[Block] = []
    if title := one_line(card.title, notifies=notifies):
        made.append(Block(_bold(title) if notifies else f"### {title}"))
    for part in card.parts:
        made += _blocks(part, public, notifies)
    made = [block for block in made if block.text]
    if title and len(made) > 1:
        made[1] = replace(made[1], joint="\n")
    return made


def _blocks(part: CardPart, public: bool, notifies: bool) -> list[Block]:
    match part:
        case Text(markup):
            return [Block(written(markup, notifies=notifies), "\n\n")]
        case Small(markup):
            lines = written(markup, notifies=notifies).split("\n")
            return [Block("\n".join("-# " + line.strip() for line in lines if line.strip()))]
        case Items(lines, numbered):
            mark = "" if numbered else "- "
            return [Block("\n".join(mark + one_line(line, notifies=notifies) for line in lines))]
        case Prose():
            said = [Block(f"-# {one_line(part.by, notifies=notifies)}", "\n\n")] if part.by else []
            return [*said, Block(all_of(part), "\n" if part.by else "\n\n", part)]
        case Options() if public or part.together is None:
            return [Block("\n".join(_numbered(option, notifies) for option in part.options), "\n\n")]
        case Options():
            return []


def _bold(line: str) -> str:
    """A line in bold, unless some of it is already."""
    return line if "**" in line else f"**{line}**"


def _numbered(option: Option, notifies: bool) -> str:
    """Number n is idea n, and what is chosen says so."""
    line = f"**{option.number}** {one_line(option.markup, notifies=notifies)}"
    return f"{line} ({written(say('discord.chosen'))})" if option.chosen else line


def text(markdown: str) -> Part:
    """A text in a layout."""
    return Part(components.text(markdown), size(markdown))


def file(name: str) -> Part:
    """A file that goes with the message; a layout shows only the files that it names."""
    return Part(components.file(name), file_name=name)


# ---- what can be pressed and chosen


def buttons(card: Card, *, public: bool) -> list[Json]:
    """The buttons of a card, no token twice; a public ballot's first one opens one's own ballot."""
    found: dict[str, Action] = {}
    for action in _actions(card, public):
        found.setdefault(action.call.token, action)
    return [components.button(_label(action.label), token, action.style) for token, action in found.items()]


def _actions(card: Card, public: bool) -> list[Action]:
    ballots = [
        part.together for part in card.parts if isinstance(part, Options) and part.together is not None
    ]
    vote = [Action(say("discord.vote"), call, "main") for call in ballots] if public else []
    taken = set() if public else {call.token for call in ballots}  # the menu has it
    return vote + [action for action in card.actions if not taken or action.call.token not in taken]


@lru_cache(512)
def _label(markup: str) -> str:
    return clipped(to_plain(markup), BUTTON_LABEL) or "…"


def label_size(card: Card) -> int:
    """Characters of all buttons of a card."""
    return sum(size(_label(action.label)) for action in _actions(card, public=True))


def rows(card: Card, *, public: bool, after: bool) -> list[Part]:
    """Menus and buttons, below a line when something stands above them."""
    menus = [] if public else [p for p in card.parts if isinstance(p, Options) and p.together and p.options]
    pressed = buttons(card, public=public)
    made = [_menu(part) for part in menus]
    made += [_row(row) for row in in_rows(pressed)]
    line = [Part(components.line())] if made and after else []
    return line + made


def in_rows(pressed: Sequence[T]) -> list[Sequence[T]]:
    """As few rows as hold all, about equally long: six are three and three, and not five and a lonely one."""
    count = -(-len(pressed) // ROW)
    ends = [-(-len(pressed) * n // count) for n in range(count + 1)] if count else []
    return [pressed[start:end] for start, end in pairwise(ends)]


def _row(row: Sequence[Json]) -> Part:
    tokens = tuple(button["custom_id"] for button in row)
    return Part(components.row(row), sum(size(button["label"]) for button in row), 1 + len(row), tokens)


def _menu(part: Options) -> Part:
    """A ballot's menu. It keeps the numbers as values; what is chosen is said in the card's words too."""
    token = part.together.token if part.together else ""
    options = part.options[:OPTIONS]
    most = min(part.most or len(options), len(options))
    chosen = [option.number for option in options if option.chosen][:most]
    hint = clipped(to_plain(say("discord.choose_one" if most == 1 else "discord.choose")), PLACEHOLDER)
    menu = components.menu(token, hint, [_choice(option, option.number in chosen) for option in options], most)
    return Part(components.row([menu]), count=2, tokens=(token,))


def _choice(option: Option, chosen: bool) -> Json:
    """An option: its number and the idea, what does not fit into the label below it."""
    line = f"{option.number} · " + " ".join(to_plain(option.markup).split())
    label, rest = line, ""
    if size(line) > OPTION:
        label = clipped(line, OPTION)
        rest = "…" + line[len(label) - 1 :].lstrip()
    return components.option(label.strip(), str(option.number), clipped(rest, OPTION), chosen=chosen)
