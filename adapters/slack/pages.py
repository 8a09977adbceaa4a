"""Long private answers a page at a time: each page is one message that turns in place.

A page's buttons carry the call that made the answer and the page's number (`page=3`); turning asks again, so that the
page shows what is so now. Only calls that change nothing and whose arguments are ids can be asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapters.slack import blocks
from adapters.slack.cards import Drawn, drawn_private
from adapters.slack.parts import said_buttons, small
from bot.calls import Call
from bot.cards import Reply, note
from bot.markup import to_plain
from bot.sentences import say

ARGUMENT = "page"
AT_ONCE = 5
"""Messages of an answer that cannot be turned: a response_url takes five
(https://docs.slack.dev/interactivity/handling-user-interaction#message_responses)."""


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
        more = drawn_private(Reply.of(note(say("slack.more_pages"))))
        return messages[:AT_ONCE] if len(messages) <= AT_ONCE else [*messages[: AT_ONCE - 1], more[0]]
    page = min(max(page, 1), len(messages))
    return [_with_turning(messages[page - 1], call, page, len(messages))]


def _can_turn(call: Call) -> bool:
    try:
        return bool(call.with_args(**{ARGUMENT: "9999"}).token)
    except ValueError:
        return False


def _with_turning(message: Drawn, call: Call, page: int, pages: int) -> Drawn:
    """The page with its two buttons, which say where they lead; one that the page holds already is not there twice."""
    turns = [
        (to_plain(say(key)), token)
        for key, to in (("slack.previous_page", page - 1), ("slack.next_page", page + 1))
        if 1 <= to <= pages and (token := call.with_args(**{ARGUMENT: str(to)}).token) not in message.tokens
    ]
    (line,) = small(say("slack.page_of", page=page, pages=pages))
    row = [blocks.actions([blocks.button(label, token) for label, token in turns])] if turns else []
    said = [message.text, line.text, *([said_buttons(tuple(label for label, _ in turns))] if turns else [])]
    return replace(message, text="\n".join(said), blocks=[*message.blocks, line.block, *row])
