"""Cards of taking one's words out, and the file that one takes along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from bot.calls import Call
from bot.cards import Action, Card, Items, Part, Reply, Small, Text, button, note
from bot.markup import to_plain
from bot.sentences import Marked, say
from bot.story.reports import Report
from bot.story.taking_out import Own, Plan, TakenOut


def _counts(own: Own) -> list[Marked]:
    counted = (
        ("passages", own.passages), ("pitches", own.pitches), ("drafts", own.drafts),
        ("requests", own.machine_texts), ("facts", own.facts), ("notes", own.notes),
        ("answers", own.answers), ("prompt_ideas", own.prompt_ideas),
    )  # fmt: skip
    return [say(f"forget.{key}", n=len(things)) for key, things in counted if things]


def what(own: Own) -> Marked:
    """What of someone there is, in one line."""
    *first, last = _counts(own) or [Marked("-")]
    return say("forget.and", first=Marked(", ".join(first)), last=last) if first else last


def before(plan: Plan) -> Reply:
    """What it would do, before it is done."""
    if plan.own.empty:
        key = "forget.nothing_within" if plan.older else "forget.nothing"
        return Reply.of(note(say(key, n=plan.days)))
    parts: list[Part] = [Text(say("forget.lead")), Items(tuple(_counts(plan.own)))]
    if plan.built_on:
        parts.append(Text(say("forget.built_on", n=plan.built_on)))
    if plan.older:
        parts.append(Text(say("forget.older", n=plan.older, days=plan.days)))
    parts.append(Small(say("forget.for_good")))
    export = button(say("forget.export_first"), "my export")
    if plan.asks:
        parts.append(Text(say("forget.asks")))
        ask = Action(say("forget.ask"), Call("my-card ask"), "main")
        return Reply.of(Card(say("forget.title"), tuple(parts), (export, ask)))
    take = button(say("forget.take_out"), "my-card forget", "danger", rev=plan.revision)
    return Reply.of(Card(say("forget.title"), tuple(parts), (export, take)))


def to_allow(plan: Plan, request: Report) -> Reply:
    """What a keeper allows, before it is done."""
    reply = before(replace(plan, asks=False))
    card = reply.cards[0]
    if plan.own.empty:
        return reply
    allow = button(
        say("forget.allow"), "moderate-card allow", "danger", report=request.id, rev=plan.revision
    )
    leave = Action(say("forget.decline"), Call("moderate-card decline", {"report": request.id}))
    title = say("forget.title_of", name=request.author_name)
    return Reply.of(Card(title, card.parts, (allow, leave)))


def done(taken: TakenOut) -> Reply:
    """The receipt."""
    return Reply.of(note(say("forget.done", what=what(taken.plan.own))))


def allowed(taken: TakenOut) -> Reply:
    """The keeper's receipt."""
    return Reply.of(note(say("forget.allowed", name=taken.name, what=what(taken.plan.own))))


def export(own: Own, name: str) -> Reply:
    """One's own words as a file."""
    if own.empty:
        return Reply.of(note(say("forget.export_nothing")))
    return Reply((note(say("forget.export_ready", file=name, what=what(own))),), file=(name, "".join(_file(own))))


def _file(own: Own) -> Iterator[str]:
    yield to_plain(say("forget.export_title")) + "\n"
    for head, versions in own.passages:
        yield _heading("file_passage", number=head.number, state=head.veil or head.status)
        for version in versions:
            yield _under("file_version", version=version.version, at=_at(version.at))
            yield f"{version.text or version.hidden_text}\n"
    for pitch in own.pitches:
        yield _heading("file_pitch", at=_at(pitch.at), state=pitch.veil or pitch.status)
        yield f"{pitch.hidden_text or pitch.text}\n"
    for draft in own.drafts:
        yield _heading("file_draft", at=_at(draft.at), state=draft.state)
        yield f"{draft.text}\n"
    for asked in own.machine_texts:
        yield _heading("file_request", at=_at(asked.at), mode=asked.mode)
        yield f"{asked.request}\n"
        yield _under("file_answer")
        yield f"{asked.text or asked.hidden_text}\n"
    for fact in own.facts:
        yield _heading("file_fact", number=fact.number, kind=fact.kind)
        yield f"{fact.text}\n"
    for answer, texts in own.answers:
        yield _heading("file_answered", at=_at(answer.at), state=answer.veil or answer.status.replace("_", " "))
        for written in texts:
            yield _under("file_version", version=written.version, at=_at(written.at))
            yield f"{written.text or written.hidden_text}\n"
    for idea in own.prompt_ideas:
        yield _heading("file_idea", number=idea.number, state=idea.status)
        yield f"{idea.text}\n"
    for given in own.notes:
        yield _heading("file_note", number=given.number, state=given.state)
        yield f"{given.text}\n"
    for report in own.reports:
        yield _heading("file_report", at=_at(report.at))
        yield f"{report.reason}\n"


def _heading(key: str, **values: object) -> str:
    line = to_plain(say(f"forget.{key}", **values))
    return f"\n{line}\n{'-' * len(line)}\n"


def _under(key: str, **values: object) -> str:
    return f"\n[{to_plain(say(f'forget.{key}', **values))}]\n"


def _at(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
