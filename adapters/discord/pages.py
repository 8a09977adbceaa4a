"""Long answers a page at a time: each page is one message that turns in place.

A page's buttons carry the call that made the answer and the page's number (`page=3`); turning asks again, so that the
page shows what is so now. Only calls that change nothing and whose arguments are ids can be asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapters.discord import components
from adapters.discord.cards import Drawn
from adapters.discord.components import Layout
from bot.calls import Call
from bot.cards import Reply, note
from bot.markup import to_plain
from bot.sentences import say

ARGUMENT = "page"
AT_ONCE = 5
"""Messages of an answer that cannot be turned; Discord takes five in two seconds."""


def page_in(call: Call) -> tuple[Call, int | None]:
    """The call without its page, and the page; None when it turns none."""
    given = call.args.get(ARGUMENT)
    if given is None:
        return call, None
    rest = {name: value for name, value in call.args.items() if name != ARGUMENT}
    return Call(call.command, rest), int(given) if given.isdecimal() and len(given) < 5 else 1


def paged(messages: Sequence[Drawn], call: Call, page: int, *, changes: bool) -> Sequence[Drawn]:
    """The messages to send now: all of a short answer, one page of a long one."""
    if len(messages) <= 1:
        return messages
    if changes or not _can_turn(call):
        return messages[:AT_ONCE] if len(messages) <= AT_ONCE else [*messages[: AT_ONCE - 1], _more()]
    page = min(max(page, 1), len(messages))
    return [_with_turning(messages[page - 1], call, page, len(messages))]


def _can_turn(call: Call) -> bool:
    try:
        return bool(call.with_args(**{ARGUMENT: "9999"}).token)
    except ValueError:
        return False


def _with_turning(message: Drawn, call: Call, page: int, pages: int) -> Drawn:
    """The page with its two buttons, which say where they lead."""
    turns = [
        components.button(to_plain(say(key)), call.with_args(**{ARGUMENT: str(to)}).token)
        for key, to in (("discord.previous_page", page - 1), ("discord.next_page", page + 1))
        if 1 <= to <= pages
    ]
    above = message.view.components if message.view is not None else []
    where = components.text("-# " + to_plain(say("discord.page_of", page=page, pages=pages)))
    return replace(message, view=Layout([*above, where, components.row(turns)]))


def _more() -> Drawn:
    from adapters.discord.cards import drawn_private  # noqa: PLC0415

    return drawn_private(Reply.of(note(say("discord.more_pages"))))[0]
