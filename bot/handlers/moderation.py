"""`/showrunner moderate`: reports and their answers, hiding, blocking; and the buttons of their cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, cast

from bot.arguments import Int, Pick, Ref, Text, Who
from bot.cards import Reply
from bot.commands import Commands
from bot.context import Context
from bot.errors import UserError
from bot.faces import moderation as faces
from bot.handlers import erasing
from bot.handlers.acting import act
from bot.handlers.things import KINDS, Kind, about, passage_id, pitch_id, thing
from bot.story import blocking, hiding, moderating, naming, prompt_hiding
from bot.story.books import Books
from bot.story.house_rules import is_showrunner
from bot.story.moderating import Answered, Reported
from bot.story.moments import Moment, Outcome
from bot.story.passages import MachineText, Passage
from bot.story.prompts import Answer, Prompt
from bot.story.reports import About
from bot.story.rounds import Pitch
from bot.story.snapshot import Snapshot

commands = Commands()
KIND = Annotated[str, Pick("What kind of thing", KINDS)]
REPORT = Annotated[str, Ref()]
REASON = Annotated[str, Text("What is wrong with it", most=500, long=True)]
WHAT = ("reports", "report", "hide", "show", "block", "unblock", "blocked", "answer", "erase")


# ---- the one leaf that people type


@commands.add("showrunner moderate", keeps="said")
async def moderate(
    ctx: Context,
    what: Annotated[str, Pick("What to do", WHAT)] = "reports",
    passage: Annotated[int, Int("The passage's number", 1)] = 0,
    idea: Annotated[int, Int("The idea's number on the ballot", 1, 99)] = 0,
    report: Annotated[int, Int("The report's number", 1)] = 0,
    name: Annotated[str, Who("Whom")] = "",
    value: Annotated[str, Text("Why, or what you answer", most=500)] = "",
) -> Reply:
    """Report something to the keepers; keepers answer reports, hide, block and erase."""
    match what:
        case "report":
            return await _report_typed(ctx, passage, idea, f"{name} {value}".strip())
        case "hide" | "show" | "erase":
            return await _to_a_thing(ctx, what, passage, idea)
        case "block" | "unblock":
            return await _to_a_person(ctx, what, name, value)
        case "blocked":
            return await ctx.read(_blocked)
        case "answer":
            return await _answer_typed(ctx, report or passage, f"{name} {value}".strip())
        case _:
            return await ctx.read(_reports)


def _reports(books: Books, moment: Moment) -> Reply:
    """A keeper sees what waits; everyone else what they reported themselves."""
    room = books.snapshot()
    if is_showrunner(room, moment):
        return faces.waiting(room, moment.now)
    return faces.own(books.reports(reporter=moment.actor, limit=10))


def _blocked(books: Books, moment: Moment) -> Reply:
    room = books.snapshot()
    moderating.require_keeper(room, moment)
    return faces.blocked_list(room, blocking.blocked(room), moment.now)


def _chosen(books: Books, what: str, passage: int, idea: int) -> tuple[Kind, str]:
    if bool(passage) == bool(idea):
        raise UserError("moderation.what_thing", argument="passage", what=what)
    return ("passage", passage_id(books, passage)) if passage else ("pitch", pitch_id(books, idea))


async def _report_typed(ctx: Context, passage: int, idea: int, why: str) -> Reply:
    if not why or bool(passage) == bool(idea):
        raise UserError("moderation.report_what", argument="value")
    return await _report(ctx, lambda books, moment: about(books, *_chosen(books, "report", passage, idea), moment), why)


async def _report(ctx: Context, find: Callable[[Books, Moment], About], why: str) -> Reply:
    def work(books: Books, moment: Moment) -> Reported:
        return act(
            books, moment, lambda room: moderating.report(room, find(books, moment), why, moment), acted=False
        )

    return await ctx.act(work, faces.reported)


async def _answer_typed(ctx: Context, number: int, words: str) -> Reply:
    if not number or not words:
        raise UserError("moderation.answer_what", argument="value")

    def rule(room: Snapshot, moment: Moment) -> Outcome[Answered]:
        moderating.require_keeper(room, moment)
        return moderating.answer(room, moderating.report_numbered(room, number).id, words, moment)

    return await _settle(ctx, rule)


async def _to_a_thing(ctx: Context, what: str, passage: int, idea: int) -> Reply:
    find = await ctx.read(lambda books, _: _chosen(books, what, passage, idea))
    if what == "erase":
        return await erasing.before(ctx, *find)
    return await _veil(ctx, *find, hide=what == "hide")


async def _to_a_person(ctx: Context, what: str, name: str, value: str) -> Reply:
    if not name:
        name, _, value = value.strip().partition(" ")
    name = name.removeprefix("@")
    if not name or (what == "block" and not value.strip()):
        raise UserError(f"moderation.{what}_what", argument="name")

    def work(books: Books, moment: Moment) -> blocking.Blocked:
        def rule(room: Snapshot) -> Outcome[blocking.Blocked]:
            moderating.require_keeper(room, moment)
            met = naming.meet(room, (name,), moment, ctx.people)
            here, person = room.with_rows(met.rows), met.value[0]
            if what == "unblock":
                return blocking.unblock(here, person, moment)
            return met.then(blocking.block(here, person, here.name(person), value, moment))

        return act(books, moment, rule)

    return await ctx.act(work, faces.blocked)


# ---- buttons


@commands.add("report-card send", button=True, keeps="said")
async def send_report(
    ctx: Context,
    reason: REASON,
    passage: Annotated[str, Ref()] = "",
    pitch: Annotated[str, Ref()] = "",
    text: Annotated[str, Ref()] = "",
    answer: Annotated[str, Ref()] = "",
    prompt: Annotated[str, Ref()] = "",
) -> Reply:
    """Report this to the keepers; only they see by whom."""
    given = dict(zip(KINDS, (passage, pitch, text, answer, prompt), strict=True))
    kind: Kind = next((k for k, id_ in given.items() if id_), "passage")
    return await _report(ctx, lambda books, moment: about(books, kind, given[kind], moment), reason)


@commands.add("report-card passage", button=True, keeps="said")
async def report_passage(
    ctx: Context, number: Annotated[int, Int("The passage's number", 1)], reason: REASON
) -> Reply:
    """Report a passage to the keepers; only they see by whom."""
    return await _report(ctx, lambda books, moment: about(books, "passage", passage_id(books, number), moment), reason)


@commands.add("moderate-card hide", button=True)
async def hide(ctx: Context, kind: KIND, id: Annotated[str, Ref()]) -> Reply:  # the argument's name in tokens
    """Hide something at once; it can be shown again."""
    return await _veil(ctx, cast(Kind, kind), id, hide=True)


@commands.add("moderate-card show", button=True)
async def show(ctx: Context, kind: KIND, id: Annotated[str, Ref()]) -> Reply:  # the argument's name in tokens
    """Show something again that was hidden."""
    return await _veil(ctx, cast(Kind, kind), id, hide=False)


async def _veil(ctx: Context, kind: Kind, id_: str, *, hide: bool) -> Reply:
    def work(books: Books, moment: Moment) -> hiding.Veiled:
        return act(books, moment, lambda room: _veiling(books, room, kind, id_, moment, hide=hide))

    return await ctx.act(work, faces.veiled)


def _veiling(
    books: Books, room: Snapshot, kind: Kind, id_: str, moment: Moment, *, hide: bool
) -> Outcome[hiding.Veiled]:
    moderating.require_keeper(room, moment)
    match thing(books, kind, id_):
        case Passage() as passage:
            rule = hiding.hide_passage if hide else hiding.show_passage
            return rule(room, passage, books.versions(passage.id), moment)
        case Pitch() as pitch:
            in_round = books.round(pitch.round_id)
            pitched = hiding.hide_pitch if hide else hiding.show_pitch
            return pitched(room, pitch, moment, in_round=in_round)
        case Answer() as answer:
            veiling = prompt_hiding.hide_answer if hide else prompt_hiding.show_answer
            return veiling(room, answer, books.answer_versions(answer.id), moment)
        case Prompt() as prompt:
            return (prompt_hiding.hide_prompt if hide else prompt_hiding.show_prompt)(room, prompt, moment)
        case MachineText() as text:
            return (hiding.hide_machine if hide else hiding.show_machine)(room, text, moment)


@commands.add("moderate-card block", button=True, keeps="said")
async def block(
    ctx: Context, report: REPORT, note: Annotated[str, Text("Why: they are shown this", most=500, long=True)]
) -> Reply:
    """Block who wrote what was reported; they go on reading."""

    def work(books: Books, moment: Moment) -> blocking.Blocked:
        def rule(room: Snapshot) -> Outcome[blocking.Blocked]:
            moderating.require_keeper(room, moment)
            made = moderating.open_report(room, report)
            if made.author is None:
                raise UserError("moderation.block_nobody")
            name = made.author_name or room.name(made.author)
            done = blocking.block(room, made.author, name, note, moment)
            there = room.with_rows(done.rows)
            return done.then(moderating.settle(there, made, "", moment, "tidings.acted")).answering(done.value)

        return act(books, moment, rule)

    return await ctx.act(work, faces.blocked)


@commands.add("moderate-card answer", button=True, keeps="said")
async def answer(
    ctx: Context, report: REPORT, words: Annotated[str, Text("Your answer", most=500, long=True)]
) -> Reply:
    """Answer a report; whoever made it is told privately."""
    return await _settle(ctx, lambda room, moment: moderating.answer(room, report, words, moment))


@commands.add("moderate-card leave", button=True)
async def leave(ctx: Context, report: REPORT) -> Reply:
    """Leave what was reported as it is."""
    return await _settle(ctx, lambda room, moment: moderating.leave(room, report, moment))


async def _settle(ctx: Context, rule: Callable[[Snapshot, Moment], Outcome[Answered]]) -> Reply:
    def work(books: Books, moment: Moment) -> Answered:
        return act(books, moment, lambda room: rule(room, moment))

    return await ctx.act(work, faces.answered)

