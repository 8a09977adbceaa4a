"""Cards of moderation: reports as keepers see them, receipts of hiding and blocking, and what is told once, privately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.calls import Call
from bot.cards import Action, Card, Items, Part, Prose, Reply, Small, Text, button, note
from bot.faces.times import when
from bot.sentences import Marked, say
from bot.story.blocking import Blocked
from bot.story.hiding import Veiled
from bot.story.moderating import Answered, Reported
from bot.story.people import Member
from bot.story.reports import About, Report, Tiding
from bot.story.snapshot import Snapshot
from bot.story.text import shorten

CARDS_MOST = 4
"""Report cards of one reply."""
_WORDS = 1_500


def what(report: Report) -> Marked:
    """What a report is about, in words."""
    name = report.author_name or say("moderation.unnamed")
    return say(f"moderation.about_{report.about}", number=report.subject_number, name=name)


def ask_to_report(about: About) -> Action:
    """The button that reports a thing: its form asks for the reason."""
    name = {"machine": "text"}.get(about.kind, about.kind)
    return Action(say("moderation.report"), Call("report-card send", {name: about.subject}))


def reported(done: Reported) -> Reply:
    """The receipt of a report."""
    return Reply.of(note(say("moderation.reported", number=done.report.number, what=what(done.report))))


def waiting(room: Snapshot, now: datetime) -> Reply:
    """The reports that wait, oldest first, each with what may be done."""
    found = room.waiting_reports()
    if not found:
        return Reply.of(note(say("moderation.none_waiting")))
    cards = [one(room, report, now) for report in found[:CARDS_MOST]]
    if len(found) > CARDS_MOST:
        cards.insert(0, note(say("moderation.more_waiting", n=len(found) - CARDS_MOST)))
    return Reply(tuple(cards))


def one(room: Snapshot, report: Report, now: datetime) -> Card:
    """A report as keepers see it."""
    parts: list[Part] = [Text(say("moderation.card_about", what=what(report)))]
    if report.words:
        parts.append(Prose(shorten(report.words, _WORDS)))
    if report.reason:
        parts.append(Text(say("moderation.card_reason", reason=report.reason)))
    by = say("moderation.card_by", name=room.name(report.reporter), when=when(report.at, room.room, now))
    parts.append(Small(by))
    actions: list[Action] = []
    if report.about == "words_out":
        actions += [
            button(say("forget.see"), "moderate-card allow", "main", report=report.id),
            Action(say("forget.decline"), Call("moderate-card decline", {"report": report.id})),
        ]
        return Card(say("moderation.card_title", number=report.number), tuple(parts), tuple(actions))
    if report.about != "message":
        hide = {"kind": report.about, "id": report.subject}
        actions.append(button(say("moderation.hide"), "moderate-card hide", "main", **hide))
    if report.author is not None:
        actions.append(Action(say("moderation.block"), Call("moderate-card block", {"report": report.id})))
    actions.append(Action(say("moderation.answer"), Call("moderate-card answer", {"report": report.id})))
    actions.append(button(say("moderation.leave"), "moderate-card leave", report=report.id))
    if report.about != "message":
        erase = Call("moderate-card erase", {"kind": report.about, "id": report.subject})
        actions.append(Action(say("erase.erase"), erase))
    return Card(say("moderation.card_title", number=report.number), tuple(parts), tuple(actions))


def own(reports: Sequence[Report]) -> Reply:
    """What someone reported, and what came of it."""
    if not reports:
        return Reply.of(note(say("moderation.own_none")))
    rows = [
        say("moderation.own_open", number=r.number, what=what(r))
        if r.state == "open"
        else say(
            "moderation.own_answered", number=r.number, what=what(r), answer=r.answer or say("moderation.looked_at")
        )
        for r in reports
    ]
    return Reply.of(Card(say("moderation.own_title"), (Items(tuple(shorten(row, 300) for row in rows)),)))


def answered(done: Answered) -> Reply:
    """The receipt of an answer."""
    parts: list[Part] = [Text(say("moderation.answered"))]
    more: tuple[Action, ...] = ()
    if done.left:
        parts.append(Text(say("moderation.left", n=done.left)))
        more = (button(say("moderation.see_reports"), "showrunner moderate"),)
    return Reply.of(Card(parts=tuple(parts), actions=more))


def veiled(done: Veiled) -> Reply:
    """The receipt of hiding, or of showing again; each offers the opposite."""
    key = f"moderation.{'hidden' if done.hidden else 'shown'}_{done.kind}"
    parts: list[Part] = [Text(say(key, number=done.number, name=done.name))]
    if done.answered:
        parts.append(Small(say("moderation.answers", n=done.answered)))
    label, command = ("show", "moderate-card show") if done.hidden else ("hide", "moderate-card hide")
    again = button(say(f"moderation.{label}"), command, kind=done.kind, id=done.id)
    return Reply.of(Card(parts=tuple(parts), actions=(again,)))


def blocked(done: Blocked) -> Reply:
    """The receipt of a block, or of its end."""
    if not done.blocked:
        return Reply.of(note(say("moderation.unblock_done", name=done.name)))
    return Reply.of(note(say("moderation.block_done", name=done.name, note=done.note)))


def blocked_list(room: Snapshot, those: Sequence[Member], now: datetime) -> Reply:
    """Who is blocked, and why."""
    if not those:
        return Reply.of(note(say("moderation.nobody_blocked")))
    rows = [
        say(
            "moderation.blocked_line", name=m.name, when=when(m.blocked_at or now, room.room, now),
            by=room.name(m.blocked_by), note=shorten(m.block_note, 160),
        )
        for m in those[:10]
    ]  # fmt: skip
    return Reply.of(Card(say("moderation.blocked_title"), (Items(tuple(rows)),)))


def told(tidings: Sequence[Tiding]) -> Card:
    """What happened while someone was elsewhere."""
    rows = tuple(Marked(shorten(say(t.key, **t.fields), 280)) for t in tidings)
    return Card(say("tidings.title"), (Items(rows),))


def reports_wait(count: int) -> Card:
    """What a keeper is told once: that reports wait."""
    see = button(say("moderation.see_reports"), "showrunner moderate")
    return Card(say("moderation.wait_title"), (Text(say("moderation.wait", n=count)),), (see,))
