"""The day's prompt: its public card, the card of its pick, and receipts of asking, closing and the room's list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.calls import Call
from bot.cards import Action, Card, Items, Part, Prose, Reply, Small, Text, button, note
from bot.faces.passages import pieces
from bot.faces.times import dates_words, when
from bot.sentences import Marked, literal, say
from bot.story.answering import readable
from bot.story.books import Books
from bot.story.picking import Closed
from bot.story.prompt_list import Listed
from bot.story.prompts import Answer, Prompt, PromptIdea, Wish
from bot.story.scheduling import KEPT
from bot.story.snapshot import Snapshot
from bot.story.text import first_words, shorten

LINES = 8
"""Answers that a public card shows the beginnings of."""
NAMES = 12
_OPENING = 70
_LIST = 2_600
"""Characters of the room's list on one card."""


def draw(kind: str, subject: str, books: Books, now: datetime) -> Card | None:
    """The public card of a prompt, or of its pick, as it shall show now."""
    prompt = books.prompt(subject)
    if prompt is None or prompt.veil == "erased" or prompt.status == "missed":
        return None
    room, answers = books.snapshot(), books.answers(prompt.id)
    if prompt.veil:
        return note(say("prompt.hidden", number=prompt.number)) if kind == "prompt" else None
    if kind == "prompt":
        return _asked(room, prompt, answers, now, whence(prompt, books))
    if prompt.status == "voting":
        return _shown(prompt, answers)
    picks = [a for a in answers if a.id in prompt.picks and readable(prompt, a, None)]
    if prompt.picks and not picks:
        return note(say("prompt.pick_hidden", number=prompt.number))
    return _picked(prompt, answers, picks, books.answer_texts(picks))


def is_stale(prompt: Prompt | None, now: datetime) -> bool:
    """Whether a schedule's prompt is over: if nobody was shown it, nobody is any more (the bot was down meanwhile)."""
    if prompt is None or prompt.schedule_id is None or prompt.answers:
        return False
    return prompt.status == "closed" or (prompt.closes_at is not None and prompt.closes_at <= now)


def _asked(room: Snapshot, prompt: Prompt, answers: Sequence[Answer], now: datetime, where: Marked | None) -> Card:
    """The prompt itself: what is asked, by whose words, who has answered, until when."""
    parts: list[Part] = [Prose(prompt.text, name=f"prompt-{prompt.number}"), Text(say(f"prompt.kind_{prompt.kind}"))]
    if prompt.source == "list":
        parts.pop()
    if prompt.genre != "any":
        parts.append(Text(say(f"prompt.genre_{prompt.genre}")))
    if where:
        parts.append(Small(where))
    if prompt.missed:
        days = dates_words([date.fromisoformat(day) for day in prompt.missed])
        key = "prompt.missed_many" if len(prompt.missed) == KEPT else "prompt.missed"
        parts.append(Small(say(key, n=len(prompt.missed), days=days)))
    parts += _answers(prompt, answers)
    parts.append(Small(_terms(room, prompt, len(answers), now)))
    return Card(say("prompt.title", number=prompt.number), tuple(parts), _actions(prompt, answers), notify=True)


def whence(prompt: Prompt, books: Books) -> Marked | None:
    """Whose words a prompt is made of, where that is to be said: the room's list, its story, a machine; and why the deck."""
    if prompt.instead:
        return say(f"prompt.instead_{prompt.instead}")
    match prompt.source:
        case "list":
            idea = books.prompt_idea(prompt.idea_id) if prompt.idea_id else None
            return say("prompt.from_list", name=books.snapshot().name(idea.by)) if idea is not None else None
        case "story":
            return say("prompt.from_story")
        case "co-writer":
            made = books.machine_text(prompt.machine_text_id) if prompt.machine_text_id else None
            by_ai = made is None or made.provider != "recording"
            return say("prompt.from_machine" if by_ai else "prompt.from_recording", label=prompt.label)
        case _:
            return None


def _answers(prompt: Prompt, answers: Sequence[Answer]) -> list[Part]:
    """Who has answered, and how their answers begin where everybody may read them."""
    if not answers:
        return [Text(say("prompt.nobody_yet"))] if prompt.status == "open" else []
    if prompt.status == "open" and prompt.blind:
        return [Text(say("prompt.answered", n=len(answers), names=_names([a.name for a in answers])))]
    rest = len(answers) - LINES
    more = (Small(say("prompt.more_lines", n=rest)),) if rest > 0 else ()
    return [Items(tuple(line(a) for a in answers[:LINES]), numbered=True), *more]


def line(answer: Answer) -> Marked:
    """One answer in a list: its number, its writer, how it begins."""
    if answer.veil:
        return say("prompt.line_hidden", number=answer.number, name=answer.name)
    opening = shorten(answer.opening, _OPENING)
    return say("prompt.line", number=answer.number, name=answer.name, opening=opening, words=say("prompt.words", n=answer.words))


def _names(names: Sequence[str]) -> Marked:
    shown = ", ".join(literal(name) for name in names[:NAMES])
    rest = len(names) - NAMES
    return say("prompt.names_more", names=Marked(shown), n=rest) if rest > 0 else Marked(shown)


def _terms(room: Snapshot, prompt: Prompt, n: int, now: datetime) -> Marked:
    if prompt.status == "voting":
        if prompt.closes_at is None:
            return say("prompt.voting_open")
        return say("prompt.voting", when=when(prompt.closes_at, room.room, now))
    if prompt.status == "closed":
        return say("prompt.closed", n=n) if n else say("prompt.closed_none")
    ends = (
        say("prompt.closes", when=when(prompt.closes_at, room.room, now))
        if prompt.closes_at is not None
        else say("prompt.closed_by_command")
    )
    return Marked(f"{say('prompt.blind')} {ends}") if prompt.blind else ends


def _actions(prompt: Prompt, answers: Sequence[Answer]) -> tuple[Action, ...]:
    write = Action(say("prompt.write"), Call("prompt-card write", {"prompt": prompt.id}), "main")
    read = button(say("prompt.read"), "prompt-card read", prompt=prompt.id)
    vote = button(say("prompt.vote"), "prompt-card ballot", prompt=prompt.id)
    some = bool(answers)
    if prompt.status == "open":
        return (write, *((read,) if some else ()), *((vote,) if some and not prompt.blind else ()))
    return ((read,) if some else ()) + ((vote,) if prompt.status == "voting" else ())


def _shown(prompt: Prompt, answers: Sequence[Answer]) -> Card:
    """A blind prompt's answers are open now."""
    read = button(say("prompt.read"), "prompt-card read", prompt=prompt.id)
    vote = button(say("prompt.vote"), "prompt-card ballot", "main", prompt=prompt.id)
    parts: tuple[Part, ...] = (Text(say("prompt.shown", n=len(answers))), *_answers(prompt, answers))
    return Card(say("prompt.shown_title", number=prompt.number), parts, (read, vote), notify=True)


def _picked(prompt: Prompt, answers: Sequence[Answer], picks: Sequence[Answer], texts: Mapping[str, str]) -> Card:
    """The room's pick, or that nothing was picked and why."""
    read = (button(say("prompt.read"), "prompt-card read", prompt=prompt.id),) if answers else ()
    if not picks:
        why = (
            say("prompt.not_picked_few", n=prompt.ballots) if prompt.ballots else say("prompt.not_picked_none")
        )
        return Card(say("prompt.not_picked_title", number=prompt.number), (Text(why),), read, notify=True)
    parts: list[Part] = []
    for pick in picks[:3]:
        text = texts.get(pick.id, "")
        shown = pieces(text)[0] if len(picks) == 1 else shorten(text, 600)
        by = say("prompt.picked_by", number=pick.number, name=pick.name)
        whole = "" if shown == text else text
        rest = say("prompt.picked_rest", words=f"{pick.words:,}") if whole else ""
        parts.append(Prose(shown, by, whole, rest, f"answer-{prompt.number}-{pick.number}"))
    if len(picks) > 1:
        parts.append(Text(say("prompt.picked_level", n=len(picks))))
    parts.append(Small(say("prompt.picked_ballots", n=prompt.ballots)))
    return Card(say("prompt.picked_title", number=prompt.number), tuple(parts), read, notify=True)


# ---- receipts


def asked(prompt: Prompt, wish: Wish) -> Reply:
    """To who asked: it is up, and what of their wish could not be."""
    parts: list[Part] = [Text(say("prompt.asked", number=prompt.number))]
    if prompt.instead:
        parts.append(Small(say(f"prompt.instead_{prompt.instead}")))
    if prompt.source == "list" and (wish.kind, wish.genre) != ("any", "any"):
        parts.append(Small(say("prompt.list_as_it_is")))
    return Reply.of(Card(parts=tuple(parts)))


def closed(done: Closed) -> Reply:
    """To who closed it."""
    if done.prompt.status == "voting":
        return Reply.of(note(say("prompt.revealed_receipt", number=done.prompt.number)))
    return Reply.of(note(say("prompt.closed_receipt", number=done.prompt.number, n=done.answers)))


def added(idea: PromptIdea) -> Reply:
    """A prompt came onto the list."""
    return Reply.of(note(say("prompt.added", number=idea.number, words=first_words(idea.text, 100))))


def removed(idea: PromptIdea) -> Reply:
    """A prompt went off the list."""
    return Reply.of(note(say("prompt.removed", number=idea.number, words=first_words(idea.text, 100))))


def imported(done: Listed) -> Reply:
    """An import, counted back."""
    parts: list[Part] = []
    if done.added:
        first, last = done.added[0].number, done.added[-1].number
        parts.append(Text(say("prompt.imported", n=len(done.added), first=first, last=last)))
    else:
        parts.append(Text(say("prompt.imported_none")))
    if done.doubles:
        parts.append(Text(say("prompt.imported_doubles", n=done.doubles)))
        parts.append(Items(tuple(say("prompt.imported_there", line=at, number=same) for at, same in done.there)))
    if done.too_long:
        lines = ", ".join(str(at) for at in done.too_long[:10]) + ("…" if len(done.too_long) > 10 else "")
        parts.append(Text(say("prompt.imported_long", lines=Marked(lines))))
    if done.left:
        parts.append(Text(say("prompt.imported_left", n=done.left)))
    parts.append(Small(say("prompt.imported_standing", n=done.standing)))
    return Reply.of(Card(parts=tuple(parts)))


def listed(room: Snapshot, ideas: Sequence[PromptIdea], now: datetime) -> Reply:
    """The room's own list, in the order in which it is asked."""
    if not ideas:
        return Reply.of(note(say("prompt.list_none")))
    rows: list[Marked] = []
    for idea in ideas:
        key = "prompt.list_used" if idea.used_at is not None else "prompt.list_line"
        at = when(idea.used_at, room.room, now) if idea.used_at is not None else ""
        row = say(key, number=idea.number, words=shorten(idea.text, 160), name=room.name(idea.by), when=at)
        if sum(map(len, rows)) + len(row) > _LIST or len(rows) == 40:
            break
        rows.append(row)
    rest = len(ideas) - len(rows)
    more = (Small(say("prompt.list_more", n=rest)),) if rest else ()
    return Reply.of(
        Card(say("prompt.list_title"), (Items(tuple(rows), numbered=True), *more, Small(say("prompt.list_how"))))
    )
