"""The App Home: what waits for one person in all the rooms they write in, and what is theirs to decide.

https://docs.slack.dev/surfaces/app-home. A button here is pressed outside of any channel, so its call names the room that it
is for, and is answered in the person's own conversation with the bot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from adapters.fitting import clipped
from adapters.slack import blocks
from adapters.slack.blocks import Json, rich_text, section
from adapters.slack.limits import HEADER, VIEW_BLOCKS
from adapters.slack.markup import rich_of
from adapters.slack.parts import texts
from adapters.slack.runs import Line, Run, lines_of, one_line
from bot.cards import Action
from bot.markup import to_plain
from bot.sentences import say

ROWS = 6
"""Rows of a part; more are counted, and the command that lists them is said."""
BUTTONS = 5
"""Buttons of a row."""
_LENGTH = 600
"""Characters of a row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that waits: what it is, as markup, the room it is in, and what can be done about it."""

    words: str
    channel: str = ""
    thread: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What the home of one person shows, in this order. `more` counts rows beyond those given, by part."""

    bot: str = "room37"
    """What the bot is called, for who has to invite it."""
    turns: tuple[Row, ...] = ()
    ballots: tuple[Row, ...] = ()
    drafts: tuple[Row, ...] = ()
    stories: tuple[Row, ...] = ()
    schedule: tuple[Row, ...] = ()
    settings: tuple[Row, ...] = ()
    more: dict[str, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Nobody has written anything yet where this person is."""
        return not (self.turns or self.ballots or self.drafts or self.stories or self.schedule)


_PARTS = (
    ("turns", "home_turn", "turn status"),
    ("ballots", "home_ballots", "round ballot"),
    ("drafts", "home_drafts", "my drafts"),
    ("stories", "home_stories", "story list"),
    ("schedule", "home_schedule", "round status"),
    ("settings", "home_settings", "my"),
)


def home(facts: HomeFacts) -> Json:
    """The view to publish. Every part has a bound, so that it never has more blocks than Slack takes."""
    inside: list[Json] = []
    if facts.empty:
        inside += _onboarding(facts.bot)
    else:
        inside.append(blocks.header(to_plain(say("slack.home_title")), HEADER))
        inside += _said(say("slack.home_welcome"))
    for part, title, command in _PARTS:
        rows: tuple[Row, ...] = getattr(facts, part)
        inside += _part(rows, facts.more.get(part, 0), title, command)
    if not facts.settings:
        inside += [*_titled("home_settings"), *_said(say("slack.home_private"))]
    return {"type": "home", "blocks": list(_pressed_once(inside))[:VIEW_BLOCKS]}


def _pressed_once(inside: list[Json]) -> Iterator[Json]:
    """The blocks without a button that stands above already: an action_id is there once."""
    seen: set[str] = set()
    for block in inside:
        if block["type"] != "actions":
            yield block
            continue
        fresh = [element for element in block["elements"] if element["action_id"] not in seen]
        seen |= {element["action_id"] for element in fresh}
        if fresh:
            yield blocks.actions(fresh)


def _onboarding(bot: str) -> Iterator[Json]:
    """What to do first: three lines that anybody can follow."""
    yield blocks.header(to_plain(say("slack.home_empty_title")), HEADER)
    yield from _said(say("slack.home_empty"))
    steps = [one_line(say(f"slack.home_step_{step}", bot=bot)) for step in ("invite", "new", "pitch")]
    items = [item for step in steps for item in rich_of([Line("text", step)])]
    yield rich_text([{"type": "rich_text_list", "style": "ordered", "elements": items}])


def _part(rows: Sequence[Row], more: int, title: str, command: str) -> Iterator[Json]:
    if not rows:
        return
    yield from _titled(title)
    for row in rows[:ROWS]:
        yield from _row(row)
    left = more + max(len(rows) - ROWS, 0)
    if left:
        yield from _said(say("slack.home_more", n=left, command=f"/room {command}"))


def _titled(title: str) -> Iterator[Json]:
    yield {"type": "divider"}
    yield blocks.header(to_plain(say(f"slack.{title}")), HEADER)


def _said(markup: str) -> Iterator[Json]:
    return (part.block for part in texts(lines_of(markup)))


def _row(row: Row) -> Iterator[Json]:
    """One block of words (with the channel, which Slack shows by its name), one of buttons."""
    runs = one_line(row.words)
    if sum(len(run.text) for run in runs) > _LENGTH:  # the first words of a long one say enough here
        runs = (Run(clipped(to_plain(row.words), _LENGTH)),)
    words = [element for line in rich_of([Line("text", runs)]) for element in line["elements"]]
    if row.channel:
        where = blocks.piece(f" ({to_plain(say('slack.home_where'))} ")
        words += [where, {"type": "channel", "channel_id": row.channel}, blocks.piece(")")]
    if words:
        yield rich_text([section(words)])
    made = [_button(action) for action in row.actions[:BUTTONS]]
    if made:
        yield blocks.actions(made)


def _button(action: Action) -> Json:
    style = "danger" if action.style == "danger" else ""  # many rows: none of them is the main thing
    return blocks.button(to_plain(action.label), action.call.token, style)
