"""The desk: how a call is written down, what is kept of it when it is refused, and the answer that it got."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from bot import holding
from bot.calls import Call
from bot.cards import Action, Card, Reply, Text, from_json, note, to_json
from bot.commands import Command
from bot.context import Incoming
from bot.errors import StorageFull, UserError
from bot.sentences import say
from bot.story.books import Books, DeskEntry
from bot.story.moments import Moment, Outcome
from bot.story.passages import Draft
from bot.story.text import clean, first_words


@dataclass(frozen=True, slots=True)
class Held:
    entry: DeskEntry


def entry_of(incoming: Incoming, command: Command | None, moment: Moment) -> DeskEntry:
    return DeskEntry(
        moment.new_id(),
        incoming.source_id,
        incoming.person.key,
        incoming.call.command,
        holding.desk_args(incoming, command),
        moment.now,
        "open",
    )


def keep_text(
    books: Books,
    incoming: Incoming,
    command: Command | None,
    refusal: UserError,
    entry_id: str,
    moment: Moment,
) -> Reply:
    """The reply to a refused call; its text becomes a draft (of the desk entry's id) that the card names."""
    text = holding.own_words(incoming, command)
    kept = clean(text).text
    if (
        not kept
        or (command is not None and not command.keeps)
        or "desk" in incoming.call.args
        or "draft" in incoming.call.args
    ):
        return Reply.of(note(refusal.sentence), refused=True)
    story = books.snapshot().story
    kind = cast(Any, command.keeps if command is not None else "said")
    again = holding.again(incoming, command, text) if command is not None else Call("said")
    token = _token(again) if again is not None else ""
    draft = Draft(
        entry_id, books.snapshot().room.id, story.id if story else None, incoming.person.key, kind, kept, refusal.key, "kept",
        moment.now, call=token,
    )  # fmt: skip
    books.keep(Outcome(None, rows=(draft,)), moment)
    actions = [*holding.onward(draft), Action(say("kernel.see_drafts"), Call("my drafts"))]
    if command is not None and again is not None and token:
        actions.insert(0, Action(say("kernel.change_it"), again.with_args(desk=entry_id)))
    return Reply(
        (
            Card(
                say("kernel.safe_title"),
                (Text(refusal.sentence), Text(say("kernel.in_drafts", words=first_words(kept)))),
                tuple(actions),
            ),
        ),
        refused=True,
    )


def _token(call: Call) -> str:
    try:
        return call.token
    except ValueError:
        return ""


def give_back(incoming: Incoming, command: Command | None, full: StorageFull) -> Reply:
    """Nothing can be stored: the text goes back to its author."""
    text = holding.own_words(incoming, command)
    card = note(say("kernel.disk_full", why=str(full)))
    if not text.strip():
        return Reply((card,), refused=True)
    return Reply((card,), refused=True, file=("your-words.txt", text))


def outcome_of(reply: Reply) -> dict[str, Any]:
    return {"cards": [to_json(card) for card in reply.cards], "refused": reply.refused}


def stored(entry: DeskEntry) -> Reply:
    if entry.outcome is None:
        return Reply.of(note(say("kernel.still_working")))
    return Reply(tuple(from_json(card) for card in entry.outcome["cards"]), refused=entry.outcome["refused"])
