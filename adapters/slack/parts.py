"""What a card is made of on Slack: blocks, each with the words that say the same in a message's `text`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from adapters.fitting import clipped, size
from adapters.slack import blocks
from adapters.slack.blocks import Json, rich_text, section, weight
from adapters.slack.cutting import cut
from adapters.slack.guarding import escaped, mrkdwn_of
from adapters.slack.limits import ACTIONS, BLOCKS_WEIGHT, BUTTON_LABEL, CHECKBOXES, HEADER, OPTION
from adapters.slack.markup import prose, rich_of
from adapters.slack.runs import SHORT, Line, Run, Shape, lines_of, one_line
from bot.calls import Call
from bot.cards import Action, Card, Items, Option, Options, Prose, Small, Text
from bot.cards import Part as CardPart
from bot.markup import to_plain
from bot.sentences import say

CHOOSE = "choose:"
"""What a ballot's choice is called by, before the token of the call that it is for."""
SPARE = 200
"""Characters of a message's text that are kept free: a mention, the line that says where pages turn."""
PIECE = 3_000
"""What one block of text may cost."""
PIECES = 4
"""Blocks that one text may take; a longer one is its beginning and a file."""
_FEW, _LIGHT = 16, 200
"""So many lines, runs and characters fit into a block however they are written."""
_REVISIONS = ("version", "rev", "desk", "held")
_STYLES = {"plain": "", "main": "primary", "danger": "danger"}


@dataclass(frozen=True, slots=True)
class Part:
    """One block of a message."""

    block: Json
    text: str
    """What it says, as mrkdwn; empty where another part says it already."""
    tokens: tuple[str, ...] = ()
    """The action_ids in it: none may stand twice in a message."""

    @property
    def size(self) -> int:
        """Characters that it adds to a message's text."""
        return size(self.text) + 1 if self.text else 0

    @property
    def weight(self) -> int:
        """Characters that it adds to a message's blocks."""
        return weight(self.block) + 1


def all_of(part: Prose) -> str:
    """A text of people, whole."""
    return part.whole or part.text


# ---- a card's parts, top to bottom


def parts(card: Card, *, public: bool) -> tuple[list[Part], list[Prose]]:
    """The parts of a card, and the texts of people that did not go into them whole."""
    made: list[Part] = list(_title(card.title)) if card.title else []
    torn: list[Prose] = []
    for part in card.parts:
        if isinstance(part, Prose):
            found, whole = _prose(part)
            made += found
            torn += [] if whole else [part]
        else:
            made += _part(part, public)
    return made, torn


def _title(title: str) -> Iterator[Part]:
    """A header, or a bold line where a title is longer than a header may be."""
    words = " ".join(to_plain(title).split())
    if size(words) <= HEADER:
        yield Part(blocks.header(words, HEADER), mrkdwn_of([Line("text", one_line(title))]))
    else:
        yield from texts([Line("text", tuple(replace(run, bold=True) for run in one_line(title)))])


def _part(part: CardPart, public: bool) -> Iterator[Part]:
    match part:
        case Text(markup):
            yield from _known_text(markup) if len(markup) < SHORT else texts(lines_of(markup))
        case Small(markup):
            yield from _known_small(markup) if len(markup) < SHORT else small(markup)
        case Items(lines, numbered):
            shape: Shape = "text" if numbered else "bullet"
            yield from texts([Line(shape, one_line(line)) for line in lines])
        case Options(options, together):
            yield from _numbered(options) if public or together is None else _ballot(part, together)
        case _:
            raise TypeError(type(part).__name__)


# ---- texts


def texts(lines: Sequence[Line]) -> Iterator[Part]:
    """Lines of ours as rich text, in as many blocks as they need."""
    for group in _grouped(lines):
        elements = rich_of(group)
        if elements:
            yield Part(rich_text(elements), mrkdwn_of(group))


def small(markup: str) -> Iterator[Part]:
    """Small print. Plain text, in which nothing can mean anything, unless it holds a style or an instant."""
    for group in _grouped([line for line in lines_of(markup) if line.runs]):
        words = mrkdwn_of(group)
        if all(run == Run(run.text) and line.shape == "text" for line in group for run in line.runs):
            literal = "\n".join("".join(run.text for run in line.runs) for line in group)
            element: Json = {"type": "plain_text", "text": literal, "emoji": False}
        else:
            element = {"type": "mrkdwn", "text": words, "verbatim": True}
        yield Part({"type": "context", "elements": [element]}, words)


@lru_cache(maxsize=1024)
def _known_text(markup: str) -> tuple[Part, ...]:
    """A sentence of ours: it comes again and again, and nobody changes a part that is made."""
    return tuple(texts(lines_of(markup)))


@lru_cache(maxsize=1024)
def _known_small(markup: str) -> tuple[Part, ...]:
    return tuple(small(markup))


def _grouped(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines in groups that each fit into one block."""
    if _light(lines):
        if lines:
            yield list(lines)
        return
    group: list[Line] = []
    room, heavy = PIECE, BLOCKS_WEIGHT - 1_000
    for line in (short for long in lines for short in _shortened(long)):
        length, weighs = size(mrkdwn_of([line])) + 1, sum(weight(e) for e in rich_of([line])) + 8
        if group and (length > room or weighs > heavy):
            yield group
            group, room, heavy = [], PIECE, BLOCKS_WEIGHT - 1_000
        group.append(line)
        room, heavy = room - length, heavy - weighs
    if group:
        yield group


def _light(lines: Sequence[Line]) -> bool:
    """Whether lines fit into one block however much each character grows (seven-fold at most): most are never measured."""
    runs = [run for line in lines for run in line.runs]
    return len(lines) <= _FEW and len(runs) <= _FEW and sum(len(run.text) for run in runs) <= _LIGHT


def _shortened(line: Line) -> Iterator[Line]:
    """A line, in several where it would fill a block by itself."""
    held: list[Run] = []
    runs = [
        replace(run, text=text)
        for run in line.runs
        for text in (cut(run.text, 1_000, 1_000) if run.unix is None and run.text else [run.text])
    ]
    for run in runs:
        more = Line(line.shape, (*held, run))
        if held and (size(mrkdwn_of([more])) > PIECE or len(held) >= 60):
            yield Line(line.shape, tuple(held))
            held = []
        held.append(run)
    yield Line(line.shape, tuple(held))


def _prose(part: Prose) -> tuple[list[Part], bool]:
    """People's text, byte for byte, and whether all of it is there."""
    text = all_of(part)
    said = [Line("text", tuple(replace(run, bold=True) for run in one_line(part.by)))] if part.by else []
    above = [found for group in _grouped(said) if (found := Part(rich_text(rich_of(group)), mrkdwn_of(group)))]
    pieces = cut(text, PIECE, PIECE, pieces_most=PIECES + 1)
    whole = len(pieces) <= PIECES
    made = [Part(rich_text(prose(piece)), escaped(piece)) for piece in (pieces if whole else pieces[:1])]
    if not whole:
        made[0] = Part(rich_text([*prose(pieces[0]), *prose("…")]), escaped(pieces[0]) + " …")
    if len(above) == 1 and made and above[0].size + made[0].size < PIECE + 300:
        both = [*above[0].block["elements"], *made[0].block["elements"]]
        made[0] = Part(rich_text(both), f"{above[0].text}\n{made[0].text}")
        above = []
    return above + made, whole


# ---- choices


def _numbered(options: Sequence[Option]) -> Iterator[Part]:
    """Number n is idea n, and what is chosen says so."""
    return texts([_line(option) for option in options])


def _line(option: Option) -> Line:
    chosen = (Run(f" ({to_plain(say('slack.chosen'))})"),) if option.chosen else ()
    return Line("text", (Run(str(option.number), bold=True), Run(" "), *one_line(option.markup), *chosen))


def _ballot(part: Options, call: Call) -> Iterator[Part]:
    """One's own ballot: tick, then press one button. What is ticked already is said in words too.

    Ideas stand above it whole when one of them is too long for its box.
    """
    if not part.options:
        return
    made = [_choice(option) for option in part.options]
    options = [option for option, _ in made]
    words = mrkdwn_of([_line(option) for option in part.options])
    whole = all(fits for _, fits in made) and size(words) <= PIECE
    if weight(options) * 2 > BLOCKS_WEIGHT - 1_000:  # those that are ticked stand there twice
        options = [{k: v for k, v in option.items() if k != "description"} for option in options]
        whole = False
    if not whole:
        yield from _numbered(part.options)
    yield from _picked(part, call, options, words + "\n" if whole else "")


def _picked(part: Options, call: Call, options: list[Json], words: str) -> Iterator[Part]:
    """What is ticked and the button that counts it."""
    chosen = [option for option, of in zip(options, part.options, strict=True) if of.chosen]
    token, name = call.token, CHOOSE + call.token
    cast = Action(say("slack.cast_again" if chosen else "slack.cast"), call, "main")
    picker = _picker(options, chosen, part.most, name)
    if picker["type"] == "multi_static_select":  # not every surface takes it beside buttons
        hint = blocks.plain(to_plain(say("slack.choose")), HEADER)
        yield Part({"type": "section", "block_id": name, "text": hint, "accessory": picker}, words[:-1], (name,))
        yield Part(blocks.actions([_button(cast, token)]), _labels([cast]), (token,))
    else:
        row = blocks.actions([picker, _button(cast, token)], name)
        yield Part(row, words + _labels([cast]), (name, token))


def _picker(options: list[Json], chosen: list[Json], most: int, action_id: str) -> Json:
    """Boxes or buttons where there are few choices, else a menu."""
    few = len(options) <= CHECKBOXES
    if most == 1:
        made: Json = {"type": "radio_buttons" if few else "static_select"}
        made |= {"initial_option": chosen[0]} if chosen else {}
    else:
        few = few and not 0 < most < len(options)
        made = {"type": "checkboxes" if few else "multi_static_select"}
        made |= {"initial_options": chosen} if chosen else {}
        made |= {"max_selected_items": most} if 0 < most < len(options) else {}
    if not few:
        made["placeholder"] = blocks.placeholder(to_plain(say("slack.choose")))
    return made | {"action_id": action_id, "options": options}


def _choice(option: Option) -> tuple[Json, bool]:
    """An option: its number and the idea, what does not fit into the label below it; and whether all of it is there."""
    line = f"{option.number} · " + " ".join(to_plain(option.markup).split())
    label, rest = line, ""
    if size(line) > OPTION:
        label = clipped(line, OPTION)
        rest = "…" + line[len(label) - 1 :].lstrip()
    return blocks.option(label, str(option.number), rest), size(rest) <= OPTION


# ---- buttons


def buttons(card: Card, *, public: bool) -> Iterator[Part]:
    """The buttons of a card, no token twice; a public ballot's first one opens one's own ballot."""
    found: dict[str, Action] = {}
    for action in _actions(card, public):
        found.setdefault(action.call.token, action)
    row = list(found.items())
    for n in range(0, len(row), ACTIONS):
        some = row[n : n + ACTIONS]
        made = blocks.actions([_button(action, token) for token, action in some])
        yield Part(made, _labels([action for _, action in some]), tuple(token for token, _ in some))
    if card.opinion and not public:
        good, bad = ((to_plain(action.label), action.call.token) for action in card.opinion)
        yield Part(blocks.feedback(good, bad), _labels(card.opinion), (good[1],))


def _actions(card: Card, public: bool) -> list[Action]:
    ballots = [
        part.together for part in card.parts if isinstance(part, Options) and part.together is not None
    ]
    vote = [Action(say("slack.vote"), call, "main") for call in ballots] if public else []
    taken = set() if public else {call.token for call in ballots}  # the ballot has it
    return vote + [action for action in card.actions if not taken or action.call.token not in taken]


@lru_cache(512)
def said_buttons(labels: tuple[str, ...]) -> str:
    """What can be pressed, for who hears the message."""
    words = say("slack.buttons", n=len(labels), labels=", ".join(labels))
    return mrkdwn_of([Line("text", one_line(words))])


def _labels(row: Sequence[Action]) -> str:
    return said_buttons(tuple(_label(action.label) for action in row))


def _button(action: Action, token: str) -> Json:
    made = blocks.button(_label(action.label), token, _STYLES[action.style])
    if action.style == "danger" and not _second_step(action.call):
        title, text, no = (to_plain(say(f"slack.sure_{part}")) for part in ("title", "text", "no"))
        made["confirm"] = blocks.confirm(title, text, _label(action.label), no)
    return made


def _second_step(call: Call) -> bool:
    """Whether a card asked already: its calls are made by cards alone, or carry what they were shown."""
    return "-" in call.command.split(" ", 1)[0] or any(name in call.args for name in _REVISIONS)


@lru_cache(512)
def _label(markup: str) -> str:
    return clipped(to_plain(markup), BUTTON_LABEL) or "…"


def mention(user_id: str) -> Part:
    """The one thing of ours that notifies: the person whose turn it is."""
    return Part(rich_text([section([{"type": "user", "user_id": user_id}])]), f"<@{user_id}>")


