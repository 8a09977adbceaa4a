"""Asking somebody whether their words may be used: they alone answer, once; silence and no leave nothing behind.

The words are kept only while the question is open. A yes lets them in as the author's own; the act's record names
who asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from bot.errors import NotAllowed, UserError
from bot.story import text as texts
from bot.story.asks import Ask, AskKind
from bot.story.canon import FactKind
from bot.story.canoneering import named
from bot.story.errands import errand, errand_id
from bot.story.guards import is_reader, require_writer
from bot.story.moments import Due, Mark, Moment, Outcome
from bot.story.opening import refuse_at_rest
from bot.story.pointing import Pointed
from bot.story.snapshot import Snapshot
from bot.story.storytelling import running_story, the_story

WAITS = timedelta(hours=24)
"""After this long without an answer a question lapses."""
OPEN_MOST = 5
"""Questions that one person may have open in a room."""
_FITS: dict[AskKind, str] = {"add": "passage", "pitch": "pitch", "canon": "fact"}
_ENTERS = ("passage.added", "pitch.added", "canon.added")

T = TypeVar("T")


def ask(
    snapshot: Snapshot, kind: AskKind, pointed: Pointed, moment: Moment, *, asks: Sequence[Ask],
    fact_kind: FactKind | None = None, name: str = "",
) -> Outcome[Ask]:  # fmt: skip
    """Ask the author of a message. `asks` are the room's open ones and all about this message.

    Refused, without anything being kept, where a yes could come to nothing.
    """
    require_writer(snapshot, moment)
    _refuse_in_vain(snapshot, kind, pointed)
    words = texts.fit(pointed.text, _FITS[kind])
    if kind == "canon":
        words, name = named(words, name)
    for other in asks:
        if (other.message, other.kind) == (pointed.message, kind) and other.state not in ("lapsed", "back"):
            raise UserError(f"asks.was_{other.state}", name=pointed.name)
    if sum(1 for other in asks if other.asker == moment.key and other.state == "open") >= OPEN_MOST:
        raise UserError("asks.enough", n=OPEN_MOST)
    made = Ask(
        moment.new_id(), snapshot.room.id, kind, moment.actor, pointed.author, pointed.name, words, pointed.message,
        moment.now, moment.now + WAITS, fact_kind=fact_kind, name=name,
    )  # fmt: skip
    told = errand(snapshot.room.id, "asked", made.id, made.author, moment.now)
    return Outcome(made, (made, told), (), (Mark("asked", made.id),), (Due("ask", made.id, made.until),))


def answer(snapshot: Snapshot, asked: Ask, moment: Moment, *, yes: bool) -> Outcome[Ask]:
    """The author's answer. With a yes the caller lets `asked.text` in, in the same transaction."""
    if asked.author != moment.key:
        raise NotAllowed("asks.only_author", name=asked.author_name)
    _refuse_settled(asked, moment)
    return _settled(snapshot, asked, "yes" if yes else "no", moment)


def take_back(snapshot: Snapshot, asked: Ask, moment: Moment) -> Outcome[Ask]:
    """The asker no longer wants to know."""
    if asked.asker != moment.key:
        raise NotAllowed("asks.only_asker", name=snapshot.name(asked.asker))
    _refuse_settled(asked, moment)
    return _settled(snapshot, asked, "back", moment)


def lapse(snapshot: Snapshot, asked: Ask, moment: Moment) -> Outcome[Ask]:
    """Time acts: a question that nobody answered is over."""
    if asked.state != "open":
        return Outcome(asked)
    if asked.until > moment.now:
        return Outcome(asked, dues=(Due("ask", asked.id, asked.until),))
    return _settled(snapshot, asked, "lapsed", moment)


def naming_asker(outcome: Outcome[T], asker: str | None) -> Outcome[T]:
    """The same, with who asked in the record of the act that let the words in."""
    if asker is None:
        return outcome
    acts = tuple(
        replace(act, detail={**act.detail, "asked_by": asker}) if act.kind in _ENTERS else act
        for act in outcome.acts
    )
    return replace(outcome, acts=acts)


def _settled(snapshot: Snapshot, asked: Ask, state: str, moment: Moment) -> Outcome[Ask]:
    over = replace(asked, state=state, text="", name="")  # type: ignore[arg-type]  # the callers' four words
    rows: list[object] = [over]
    if (waiting := snapshot.errands.get(errand_id("asked", asked.id))) is not None:
        rows.append(replace(waiting, done=True))
    if state in ("no", "lapsed"):
        rows.append(errand(snapshot.room.id, "answered", asked.id, asked.asker, moment.now))
    dues = () if state == "lapsed" else (Due("ask", asked.id, None),)
    return Outcome(over, tuple(rows), (), (Mark("asked", asked.id),), dues)


def _refuse_settled(asked: Ask, moment: Moment) -> None:
    if asked.state != "open" or asked.until <= moment.now:
        raise UserError("asks.is_lapsed" if asked.state == "open" else f"asks.is_{asked.state}")


def _refuse_in_vain(snapshot: Snapshot, kind: AskKind, pointed: Pointed) -> None:
    if is_reader(snapshot, pointed.author):
        raise UserError("asks.reads_only", name=pointed.name)
    story = running_story(snapshot) if kind == "add" else the_story(snapshot)
    if kind == "pitch":
        refuse_at_rest(snapshot, story)
    if kind == "canon" and story.status == "wrapped":
        raise UserError("stories.is_wrapped", title=story.title)
