"""Answers to a prompt: receipts with what was counted, reading them, one's ballot, and the file of them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.calls import Call
from bot.cards import Action, Card, Items, Option, Options, Part, Prose, Reply, Small, Text, button, note
from bot.faces.passages import pieces
from bot.faces.prompts import line
from bot.faces.times import when
from bot.sentences import Marked, literal, say
from bot.story.answering import Answered, readable
from bot.story.constraints import Tally
from bot.story.picking import Picked
from bot.story.prompts import Answer, Prompt
from bot.story.snapshot import Snapshot
from bot.story.text import shorten
from bot.story.veiling import mark

CARDS = 5
"""Cards of a reading; more is a file."""
_BUTTONS = 15
_OPTION = 150
_PAGE = 3_000


def receipt(done: Answered) -> Reply:
    """An answer is in, or changed: its length, what its constraint counted, and that nothing was refused for it."""
    answer, prompt = done.answer, done.prompt
    words = say("prompt.words", n=answer.words)
    if done.changed:
        first = say("prompt.in_again", number=prompt.number, words=words, version=answer.version)
    else:
        first = say("prompt.in_first", number=prompt.number, words=words)
    parts: list[Part] = [Text(first), *(Text(tally(t)) for t in done.tallies)]
    if any(not t.kept for t in done.tallies):
        parts.append(Small(say("prompt.tally_note")))
    if done.replaced:
        parts.append(Text(say("text.replaced", n=done.replaced)))
    terms = say("prompt.in_terms")
    parts.append(Small(Marked(f"{say('prompt.in_blind')} {terms}") if prompt.blind else terms))
    return Reply.of(Card(parts=tuple(parts), actions=_own(answer)))


def tally(t: Tally) -> Marked:
    """What one measure found, in words."""
    if t.kept:
        return say(f"prompt.tally_{t.kind}_kept", wanted=t.wanted.replace(",", ", "), found=t.found)
    where = Marked(", ".join(f"“{literal(w)}”" for w in t.where))
    values: dict[str, object] = {"wanted": t.wanted, "found": t.found, "where": where, "n": t.found}
    if t.kind in ("words", "most"):
        over = t.found - int(t.wanted)
        values |= {"n": abs(over), "direction": say("prompt.too_many" if over > 0 else "prompt.too_few")}
    return say(f"prompt.tally_{t.kind}", **values)


def taken_back(done: Answered) -> Reply:
    """An answer was taken back."""
    again = Action(say("prompt.write"), Call("prompt-card write", {"prompt": done.prompt.id}))
    return Reply.of(note(say("prompt.taken_back", number=done.prompt.number), again))


def _own(answer: Answer) -> tuple[Action, ...]:
    return (
        Action(say("prompt.change"), Call("prompt-card write", {"prompt": answer.prompt_id})),
        button(say("prompt.take_back"), "prompt-card back", answer=answer.id),
    )


def reading(
    room: Snapshot, prompt: Prompt, answers: Sequence[Answer], texts: Mapping[str, str], reader: str | None, now: datetime
) -> Reply:
    """A prompt and everything of its answers that this person may read: on cards, or as a file when it is long."""
    title = say("prompt.read_title", number=prompt.number, when=when(prompt.asked_at, room.room, now))
    shown = [a for a in answers if readable(prompt, a, reader)]
    head: list[Part] = [Prose(str(mark(prompt.veil)) or prompt.text)]
    if not answers:
        return Reply.of(Card(title, (*head, Text(say("prompt.read_none"))), _write(prompt)))
    if prompt.blind and prompt.status == "open":
        key = "prompt.read_blind_own" if shown else "prompt.read_blind"
        head.append(Text(say(key, n=len(answers))))
    hidden = tuple(Small(line(a)) for a in answers if a.veil == "hidden")
    actions = (*(_open(a) for a in shown[:_BUTTONS]), *_write(prompt), *_vote(prompt, answers))
    pages = _pages(shown, texts)
    if len(pages) > CARDS:
        name = f"prompt-{prompt.number}.txt"
        listed = Items(tuple(line(a) for a in shown[:20]), numbered=True)
        card = Card(title, (*head, listed, Text(say("prompt.read_file", file=name))), actions)
        return Reply((card,), file=(name, whole(prompt, shown, texts)))
    if not pages:
        return Reply.of(Card(title, (*head, *hidden), actions))
    cards = [Card(title, tuple(head)), *(Card(parts=page) for page in pages)]
    cards[-1] = cards[-1].with_parts(*hidden[:5]).with_actions(*actions)
    return Reply(tuple(cards))


def _pages(shown: Sequence[Answer], texts: Mapping[str, str]) -> list[tuple[Part, ...]]:
    pages: list[list[Part]] = []
    size = _PAGE
    for answer in shown:
        for n, piece in enumerate(pieces(texts.get(answer.id, ""))):
            by = _by(answer) if not n else Marked("")
            if size + len(piece) + len(by) > _PAGE or len(pages[-1]) > 8:
                pages.append([])
                size = 0
            pages[-1].append(Prose(piece, by))
            size += len(piece) + len(by) + 20
    return [tuple(page) for page in pages]


def _by(answer: Answer) -> Marked:
    return say("prompt.answer_by", number=answer.number, name=answer.name, words=say("prompt.words", n=answer.words))


def _open(answer: Answer) -> Action:
    return button(say("prompt.open_answer", number=answer.number, name=shorten(answer.name, 40)), "prompt-card open", answer=answer.id)


def _write(prompt: Prompt) -> tuple[Action, ...]:
    if prompt.status != "open":
        return ()
    return (Action(say("prompt.write"), Call("prompt-card write", {"prompt": prompt.id})),)


def _vote(prompt: Prompt, answers: Sequence[Answer]) -> tuple[Action, ...]:
    if not any(readable(prompt, a, None) for a in answers) or prompt.status not in ("open", "voting"):
        return ()
    return (button(say("prompt.vote"), "prompt-card ballot", prompt=prompt.id),)


def one(
    prompt: Prompt, answer: Answer, text: str, *, mine: bool, story: bool, keeper: bool
) -> Reply:
    """One answer, whole, with what may be done with it."""
    shown = pieces(text)
    actions: list[Action] = []
    if story:
        label = say("prompt.pitch_it") if mine else say("prompt.ask_to_pitch", name=shorten(answer.name, 40))
        actions.append(button(label, "prompt-card pitch", answer=answer.id))
    if mine and prompt.status == "open":
        actions += _own(answer)
    if not mine:
        actions.append(Action(say("prompt.report"), Call("report-card send", {"answer": answer.id})))
    if keeper:
        actions.append(button(say("moderation.hide"), "moderate-card hide", kind="answer", id=answer.id))
        actions.append(Action(say("erase.erase"), Call("moderate-card erase", {"kind": "answer", "id": answer.id})))
    parts: list[Part] = [Prose(shown[0], _by(answer), name=f"answer-{prompt.number}-{answer.number}")]
    cards = [Card(say("prompt.answer_title", number=answer.number, prompt=prompt.number), tuple(parts))]
    cards += [Card(parts=(Prose(piece),)) for piece in shown[1:CARDS]]
    if mine and answer.version > 1:
        cards[-1] = cards[-1].with_parts(Small(say("prompt.answer_version", version=answer.version)))
    cards[-1] = cards[-1].with_actions(*actions)
    reply = Reply(tuple(cards))
    if len(shown) > CARDS:
        name = f"answer-{prompt.number}-{answer.number}.txt"
        cards[0] = cards[0].with_parts(Text(say("prompt.read_file", file=name))).with_actions(*actions)
        reply = Reply((cards[0],), file=(name, text))
    return reply


def whole(prompt: Prompt, shown: Sequence[Answer], texts: Mapping[str, str]) -> str:
    """A prompt and these answers as one plain text."""
    lines = [str(say("prompt.title", number=prompt.number)), "", prompt.text, ""]
    for answer in shown:
        lines += [f"{answer.number}. {answer.name}", "", texts.get(answer.id, ""), ""]
    return "\n".join(lines)


# ---- the ballot


def ballot(picked: Picked) -> Reply:
    """One's own ballot: a number is an answer, and toggles."""
    prompt = picked.prompt
    title = say("prompt.ballot_title", number=prompt.number)
    if not picked.votable:
        return Reply.of(Card(title, (Text(say("prompt.ballot_none")),)))
    parts: list[Part] = []
    if picked.chosen:
        parts.append(Text(say("prompt.counted", choices=_choices(picked.chosen))))
    actions = [button(say("prompt.vote_back"), "prompt-card unvote", prompt=prompt.id)] if picked.chosen else []
    if len(picked.votable) > _BUTTONS:
        parts += [Items(tuple(line(a) for a in picked.votable[:25]), numbered=True), Text(say("prompt.ballot_typed"))]
        actions.insert(0, Action(say("prompt.numbers"), Call("prompt-card vote", {"prompt": prompt.id}), "main"))
    else:
        held = {a.id for a in picked.chosen}
        rows = tuple(
            Option(
                a.number, say("ballot.idea_by", idea=shorten(a.opening, _OPTION), name=a.name),
                Call("prompt-card toggle", {"prompt": prompt.id, "number": str(a.number)}), a.id in held,
            )
            for a in picked.votable
        )  # fmt: skip
        parts.append(Options(rows, Call("prompt-card vote", {"prompt": prompt.id})))
    parts.append(Small(say("prompt.ballot_how")))
    return Reply.of(Card(title, tuple(parts), tuple(actions)))


def voted(picked: Picked) -> Reply:
    """The receipt of a vote: the ballot as it stands."""
    if picked.chosen:
        return ballot(picked)
    again = button(say("prompt.vote"), "prompt-card ballot", prompt=picked.prompt.id)
    return Reply.of(note(say("prompt.votes_back"), again))


def _choices(chosen: Sequence[Answer]) -> Marked:
    numbers = [str(a.number) for a in chosen]
    if len(numbers) == 1:
        return literal(numbers[0])
    return say("prompt.two", first=", ".join(numbers[:-1]), last=numbers[-1])
