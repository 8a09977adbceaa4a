"""Calls of a message's menu: whose words they carry, and where the message waits while a form is open.

A token carries ids only, so the message of a call that still lacks something is parked in a row of its own, which
only its caller can take up and which is emptied when it was used, or a day later. Another person's words are not the
caller's: they never become the caller's draft, and the desk does not keep them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot.arguments import Text
from bot.calls import Call
from bot.cards import Action, button
from bot.commands import MENU, Command
from bot.context import Incoming
from bot.errors import NotFound
from bot.sentences import say
from bot.story.asks import Held
from bot.story.books import Books
from bot.story.moments import Due, Moment, Outcome
from bot.story.passages import Draft
from bot.story.text import LIMITS, clean

WAITS = timedelta(hours=24)
"""So long does a message wait for its form."""
HELD = "held"


def own_words(incoming: Incoming, command: Command | None) -> str:
    """The caller's own words in a call: what they typed, and a message's only where it is theirs."""
    args = incoming.call.args
    if command is None:
        return args.get("text", "")
    argument = command.text_argument
    typed = "" if argument is None else args.get(argument.name, "")
    if not command.menu:
        return typed
    if typed.strip() and argument is not None and isinstance(argument.kind, Text) and argument.kind.long:
        return typed
    return args.get("text", "") if args.get("author") == incoming.person.key else ""


def desk_args(incoming: Incoming, command: Command | None) -> dict[str, str]:
    """What the desk keeps of a call: everything but another person's words."""
    theirs = command is not None and command.menu and incoming.call.args.get("author") != incoming.person.key
    return {k: v for k, v in incoming.call.args.items() if not (theirs and k == "text")}


def again(incoming: Incoming, command: Command, words: str) -> Call | None:
    """The call that opens the form of a refused call again; None where there is none to open."""
    args = incoming.call.args
    if command.menu:
        return Call(command.name, {HELD: args[HELD]}) if HELD in args else None
    return Call(command.name, {k: v for k, v in args.items() if v != words})


def onward(draft: Draft) -> tuple[Action, ...]:
    """What else words that did not go in may become, where they can stand as an idea."""
    barred = draft.reason.startswith("rules.")  # the house rules say no to this person: to an idea of theirs, too
    if barred or draft.kind not in ("pitch", "passage") or draft.story_id is None or len(draft.text) > LIMITS["pitch"]:
        return ()
    return (
        button(say("kernel.pitch_next"), "draft next", draft=draft.id),
        button(say("kernel.to_drawer"), "draft drawer", draft=draft.id),
    )


def park(books: Books, incoming: Incoming, moment: Moment) -> Call:
    """Put a menu's message into a row, and give the call that names it instead."""
    args = incoming.call.args
    if HELD in args:
        return Call(incoming.call.command, {k: v for k, v in args.items() if k not in MENU})
    author = args.get("author", "")
    held = Held(
        moment.new_id(), books.snapshot().room.id, incoming.person.key, args.get("message", ""), author,
        clean(incoming.people.get(author, "")).text[:80], clean(args.get("text", "")).text, moment.now,
    )  # fmt: skip
    books.keep(Outcome(None, (held,), dues=(Due("held", held.id, moment.now + WAITS),)), moment)
    return Call(incoming.call.command, {HELD: held.id, **{k: v for k, v in args.items() if k not in MENU}})


def take_up(books: Books, incoming: Incoming) -> Incoming:
    """The call with its parked message in it again. Raises NotFound where it is not the caller's, or gone."""
    held = books.held(incoming.call.args[HELD])
    if held is None or held.person != incoming.person.key or held.state != "open":
        raise NotFound("messages.held_gone")
    message = {"message": held.message, "author": held.author, "text": held.text}
    people: Mapping[str, str] = {held.author: held.name, **incoming.people} if held.name else incoming.people
    return replace(incoming, call=incoming.call.with_args(**message), people=people)


def use(books: Books, incoming: Incoming, moment: Moment) -> None:
    """A call that went through empties the row that its message waited in."""
    held = books.held(incoming.call.args[HELD]) if HELD in incoming.call.args else None
    if held is not None and held.person == incoming.person.key and held.state == "open":
        used = replace(held, state="used", text="", name="")
        books.keep(Outcome(None, (used,), dues=(Due("held", held.id, None),)), moment)


def expire(books: Books, held_id: str) -> Outcome[None]:
    """Time acts: a form that nobody sent is closed, and its message is forgotten."""
    held = books.held(held_id)
    return Outcome(None, () if held is None else (replace(held, state="gone", text="", name=""),))
