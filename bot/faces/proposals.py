"""A co-writer's proposals: drafts in prose and dealt ideas, always labelled, with what can be done with them."""

from __future__ import annotations

from bot.calls import Call
from bot.cards import Action, Card, Items, Part, Prose, Reply, Small, Text, button, note
from bot.faces.passages import PIECE, pieces
from bot.sentences import Marked, keys, literal, say
from bot.story.passages import MachineText
from bot.story.snapshot import Snapshot
from bot.story.text import count_words
from bot.writing.briefs import Mode
from bot.writing.sameness import numbered_ideas

OPINIONS = ("good", "bad")


def _terms(text: MachineText, room: Snapshot, withheld: int, *, public: bool = False) -> Marked:
    """Words, who wrote it, what it cost, after which passage, and what the credits will say."""
    facts = [say("assist.words", n=count_words(text.text)), literal(text.label), _cost(text)]
    if after := next((p.number for p in room.tail_of(text.story_id) if p.id == text.base_passage_id), 0):
        facts.append(say("assist.after", number=after))
    credit = say("assist.credit_shown" if public else "assist.credit", name=room.name(text.asker))
    said = [Marked(" · ".join(facts) + "."), credit, *([say("assist.withheld", n=withheld)] if withheld else [])]
    return Marked(" ".join(said))


def _cost(text: MachineText) -> Marked:
    if not text.cost_micros:
        return say("assist.cost_nothing")
    cents = f"{max(text.cost_micros / 10_000, 0.1):.1f}".removesuffix(".0")
    return say("assist.cost", n=1 if cents == "1" else 2, cents=cents)


def proposal(text: MachineText, room: Snapshot, withheld: int = 0, *, public: bool = False) -> Card:
    """A draft in prose; not in the story until a person takes it."""
    parts: list[Part] = [_prose(text)]
    if (key := f"assist.stop_{text.stop}") in keys():
        parts.append(Text(say(key)))
    parts.append(Small(_terms(text, room, withheld, public=public)))
    actions = [
        button(say("assist.use"), "assist-card use", "main", text=text.id),
        Action(say("assist.edit"), Call("assist-card edit", {"text": text.id})),
        button(say("assist.another"), "assist-card another", text=text.id),
        button(say("assist.why"), "assist-card why", text=text.id),
        button(say("assist.drop"), "assist-card drop", text=text.id),
    ]
    if len(text.text) > PIECE:
        actions.insert(1, _read_all(text))
    if public:
        actions.append(Action(say("moderation.report"), Call("report-card send", {"text": text.id})))
    else:
        actions.append(button(say("assist.show"), "assist-card show", text=text.id))
    opinion = () if public else _opinion(text)
    return Card(say(_title(text), label=text.label), tuple(parts), tuple(actions), notify=public, opinion=opinion)


def _opinion(text: MachineText) -> tuple[Action, ...]:
    """What its asker can say of it; nothing comes of that but that it is known."""
    return tuple(button(say(f"assist.{said}"), "assist-card rate", text=text.id, opinion=said) for said in OPINIONS)


def _prose(text: MachineText) -> Prose:
    """The text, all of it where a platform can show that much; its beginning elsewhere, with where the rest is."""
    begins, *more = pieces(text.text)
    if not more:
        return Prose(begins)
    rest = say("assist.goes_on", words=f"{count_words(text.text):,}")
    return Prose(begins, whole=text.text, rest=rest, name="draft")


def _read_all(text: MachineText) -> Action:
    return button(say("assist.read_all"), "assist-card read", text=text.id)


def whole(text: MachineText) -> Reply:
    """All of a text, a card a piece."""
    first, *more = pieces(text.text)
    return Reply((Card(say(_title(text), label=text.label), (Prose(first),)), *(Card(parts=(Prose(p),)) for p in more)))


def _title(text: MachineText) -> str:
    return "assist.title_recording" if text.provider == "recording" else "assist.title"


def ideas(text: MachineText, room: Snapshot, withheld: int = 0) -> Card:
    """Ideas, each of which can be pitched; a deck says that it is a deck."""
    found = numbered_ideas(text.text)[:6]
    deck = text.provider == "deck"
    parts: list[Part] = [
        Items(tuple(say("assist.idea", number=n, idea=idea) for n, idea in enumerate(found, 1)), numbered=True)
    ]
    if (key := f"assist.stop_{text.stop}") in keys():
        parts.append(Text(say(key)))
    parts.append(
        Small(say("assist.deck_terms", label=text.label) if deck else _terms(text, room, withheld))
    )
    actions = []
    if text.mode != Mode.NAMES:
        actions = [
            button(say("assist.pitch", number=n), "assist-card pitch", text=text.id, idea=n)
            for n in range(1, len(found) + 1)
        ]
    actions += [
        button(say("assist.deal" if deck else "assist.another"), "assist-card another", text=text.id),
        button(say("assist.why"), "assist-card why", text=text.id),
        button(say("assist.drop"), "assist-card drop", text=text.id),
    ]
    title = (
        say("assist.deck_title")
        if deck
        else say(_title(text).replace("title", "ideas_title"), label=text.label)
    )
    return Card(title, tuple(parts), tuple(actions), opinion=() if deck else _opinion(text))


def made(text: MachineText, room: Snapshot, withheld: int = 0) -> Reply:
    """What a request came to."""
    return Reply.of(
        ideas(text, room, withheld) if Mode(text.mode).deals_ideas else proposal(text, room, withheld)
    )


def failed(text: MachineText, why: Marked, *, again: bool) -> Reply:
    """The co-writer could not; the room goes on, the request is kept, and what did arrive is shown."""
    parts: list[Part] = [Text(why)]
    if text.text:
        parts += [Text(say("assist.came_so_far")), _prose(text)]
    actions = [button(say("assist.try_again"), "assist-card another", text=text.id)] if again else []
    actions += [_read_all(text)] if len(text.text) > PIECE else []
    return Reply((Card(say("assist.failed_title"), tuple(parts), tuple(actions)),), refused=True)


def why(text: MachineText, rows: tuple[Marked, ...]) -> Reply:
    """What it was shown, which model, what it cost."""
    same = text.model in ("", text.label)
    head = (
        say("assist.why_by", label=text.label)
        if same
        else say("assist.why_head", label=text.label, model=text.model)
    )
    cost = say(
        "assist.why_cost",
        input=text.input_tokens + text.cache_read_tokens + text.cache_write_tokens,
        output=text.output_tokens,
    )
    parts: list[Part] = [Text(head)]
    if text.request:
        parts.append(Text(say("assist.why_ask", ask=text.request)))
    parts += [Text(say("assist.why_shown")), Items(rows[:40])] if rows else [Text(say("assist.why_nothing"))]
    if text.reason in OPINIONS:
        parts.append(Text(say(f"assist.why_{text.reason}")))
    if text.output_tokens:
        parts.append(Small(cost))
    return Reply.of(Card(say("assist.why_title"), tuple(parts)))


def pitched(number: int, idea: str) -> Reply:
    """The receipt of a machine's idea that a person pitched."""
    return Reply.of(note(say("assist.pitched", number=number, idea=literal(idea))))
