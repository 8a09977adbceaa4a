"""Receipts of pitches: private, with the number, what happens to the name, and a way to change or take it back."""

from __future__ import annotations

from bot.cards import Action, Call, Card, Part, Reply, Text, button, note
from bot.sentences import Marked, say
from bot.story.later import Later
from bot.story.pitching import Pitched, Withdrawn
from bot.story.rounds import Round


def _named(round_: Round) -> Marked:
    return say(
        {"shown": "pitch.name_shown", "result": "pitch.name_result", "hidden": "pitch.name_hidden"}[
            round_.terms.names
        ]
    )


def receipt(pitched: Pitched, replaced: int = 0) -> Reply:
    """The receipt of a new idea."""
    pitch, round_ = pitched.pitch, pitched.round
    if pitch.status == "waiting":
        where = say("pitch.waits", idea=pitch.text)
    elif pitch.number:
        where = say("pitch.in", number=pitch.number, idea=pitch.text)
    else:
        where = say("pitch.in_unnumbered", idea=pitch.text)
    parts: list[Part] = []
    if pitched.opened:
        parts.append(Text(say("pitch.opened", question=round_.question, story=pitched.story.title)))
    parts.append(Text(where))
    parts += [Text(say("pitch.alike", number=p.number or p.seq, idea=p.text)) for p in pitched.alike[:1]]
    parts.append(Text(say("pitch.terms", named=_named(round_))))
    if replaced:
        parts.append(Text(say("text.replaced", n=replaced)))
    return Reply.of(
        Card(
            parts=tuple(parts),
            actions=(*_change(pitched), button(say("pitch.take_back"), "pitch-card back", pitch=pitch.id)),
        )
    )


def _change(pitched: Pitched) -> tuple[Action, ...]:
    call = Call("pitch-card change", {"pitch": pitched.pitch.id, "version": str(pitched.pitch.version)})
    return (Action(say("pitch.change"), call),)


def changed(pitched: Pitched) -> Reply:
    """The receipt of a changed idea."""
    text = say("pitch.changed", number=pitched.pitch.number or pitched.pitch.seq, idea=pitched.pitch.text)
    back = button(say("pitch.take_back"), "pitch-card back", pitch=pitched.pitch.id)
    return Reply.of(Card(parts=(Text(text),), actions=(*_change(pitched), back)))


def later(kept: Later) -> Reply:
    """The receipt of an idea that waits for the next round, lies in the drawer, or waits no more."""
    if kept.where == "nowhere":
        return Reply.of(note(say("pitch.waits_no_more", idea=kept.pitch.text), Action(say("pitch.pitch_again"), Call("pitch"))))
    if kept.where == "drawer":
        return Reply.of(note(say("pitch.in_drawer", idea=kept.pitch.text)))
    back = button(say("pitch.take_back"), "pitch-card back", pitch=kept.pitch.id)
    return Reply.of(note(say("pitch.for_next", idea=kept.pitch.text), back))


def placed(found: Pitched | Later) -> Reply:
    """The receipt of an idea that went in, or waits for the next round."""
    return later(found) if isinstance(found, Later) else receipt(found)


def withdrawn(gone: Withdrawn | Later) -> Reply:
    """The receipt of an idea taken back."""
    if isinstance(gone, Later):
        return later(gone)
    again = Action(say("pitch.pitch_again"), Call("pitch"))
    return Reply.of(Card(parts=(Text(say("pitch.withdrawn", idea=gone.pitch.text)),), actions=(again,)))


def named(pitched: Pitched) -> Reply:
    """The receipt of `That was mine`."""
    return Reply.of(Card(parts=(Text(say("pitch.named", idea=pitched.pitch.text)),)))
