"""`/assist`: asking the co-writer, and what a person does with what it proposes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from bot.arguments import Int, Pick, Ref, Text
from bot.cards import Reply, note
from bot.commands import Commands, Growing
from bot.context import Context, Shop
from bot.errors import NotFound, UserError, WriterError
from bot.faces import proposals as faces
from bot.handlers.acting import act, the_story
from bot.handlers.extending import put_in
from bot.sentences import Marked, say
from bot.settings import Price
from bot.story import pitching, text
from bot.story.books import Books
from bot.story.guards import require_writer
from bot.story.house_rules import in_force
from bot.story.moments import Mark, Moment, Outcome
from bot.story.passages import Draft, MachineText
from bot.story.snapshot import Snapshot
from bot.writing import budget
from bot.writing.briefs import Mode, Written
from bot.writing.prompting import IDEAS, Library, Prompted, compose
from bot.writing.sameness import numbered_ideas

commands = Commands()
MODES = tuple(mode.value for mode in Mode if mode not in (Mode.PITCHES, Mode.PROMPT))
LEASE = timedelta(minutes=5)
"""After this long a text that is still being written counts as interrupted."""
SAVE_EVERY = timedelta(seconds=2)
TEXT = Annotated[str, Ref()]


@dataclass(frozen=True, slots=True)
class _Begun:
    """A request on its way."""

    text: MachineText
    prompted: Prompted


@commands.add("assist", keeps="request")
async def assist(
    ctx: Context,
    mode: Annotated[str, Pick("What the co-writer shall do", MODES)],
    request: Annotated[str, Text("What you want, in your words", most=500)] = "",
) -> AsyncIterator[Growing | Reply]:
    """Ask the co-writer; it proposes, privately, and never decides."""
    async for out in _ask(ctx, Mode(mode), request):
        yield out


async def _ask(ctx: Context, mode: Mode, request: str) -> AsyncIterator[Growing | Reply]:
    """Begin (one write), write (no transaction), end (one write)."""
    begun: list[_Begun] = []

    def begin(books: Books, moment: Moment) -> _Begun:
        return _begin(
            ctx,
            books,
            moment,
            mode,
            text.fit(request, "request", argument="request") if request.strip() else "",
        )

    def note_begun(found: _Begun) -> Reply:
        begun.append(found)
        return Reply.of(note(say("assist.in_between")))

    await ctx.begin(begin, note_begun)
    asked = begun[0]
    so_far, written, saved_at = "", None, ctx.clock.now()
    failure: WriterError | None = None
    try:
        async with aclosing(ctx.shop.writer.write(asked.prompted.brief)) as stream:
            async for piece in stream:
                if isinstance(piece, Written):
                    written = piece
                    continue
                so_far += piece
                yield Growing(so_far, label=asked.text.label)
                if ctx.clock.now() - saved_at >= SAVE_EVERY:
                    saved_at = ctx.clock.now()
                    await ctx.write(partial(_save, asked.text.id, so_far))
    except WriterError as error:
        failure = error
    yield await ctx.finish(
        lambda books, moment: _end(books, moment, asked, so_far, written, failure), lambda reply: reply
    )


def _begin(ctx: Context, books: Books, moment: Moment, mode: Mode, request: str) -> _Begun:
    room = books.snapshot()
    story = the_story(room)
    require_writer(room, moment)
    able = ctx.shop.writer.capabilities
    if able.remote:
        if in_force(room.room).machine == "never":
            raise UserError("assist.humans_only")
        if room.room.machine_on_at is None:
            raise UserError("assist.off")
    text_id = moment.new_id()
    begun = books.machine_text(text_id)
    library = library_of(books, room)
    if begun is not None:
        library = replace(library, story=replace(story, deals=story.deals - 1))
    prompted = compose(library, mode, request, remote=able.remote, max_tokens=ctx.shop.max_tokens)
    if begun is not None:  # the same call, taken up again after a crash
        return _Begun(begun, prompted)
    orphans = _orphans(books, story.id, moment)
    if able.remote:
        cap = budget.cap_cents(room.room, ctx.shop.budget.room_month)
        mine = books.machine_texts(story.id, limit=500)
        asked = sum(
            m.cost_micros
            for m in mine
            if m.asker == moment.key and budget.month(m.at) == budget.month(moment.now)
        )
        worst = budget.worst_micros(prompted.brief, price_of(ctx.shop))
        budget.check(room.room, moment.now, worst, asked, cap, ctx.shop.budget.person_share)
    pen = room.pens.get(story.id)
    tail = room.tail_of(story.id)
    made = MachineText(
        text_id, room.room.id, story.id, moment.actor, mode.value, able.provider, "", "", able.label, request, "",
        tuple((s.kind, s.id, s.revision) for s in prompted.brief.shown), "writing", "", moment.now,
        base_passage_id=tail[-1].id if tail else "", pitch_id=pen.pitch_id if pen else None, lease_until=moment.now + LEASE,
    )  # fmt: skip
    counted = replace(story, deals=story.deals + 1)
    return act(books, moment, lambda _: Outcome(_Begun(made, prompted), (made, counted, *orphans)))


def _orphans(books: Books, story_id: str, moment: Moment) -> tuple[MachineText, ...]:
    """The asker's texts whose writing a crash cut off: interrupted from now on. Raises UserError while one is written."""
    open_ = [m for m in books.machine_texts(story_id, states=("writing",)) if m.asker == moment.key]
    if any(m.lease_until is not None and m.lease_until > moment.now for m in open_):
        raise UserError("assist.busy")
    return tuple(replace(m, state="interrupted", lease_until=None) for m in open_)


def price_of(shop: Shop) -> Price | None:
    """The price of the writer's model; the dearest there is for an unknown one, none on this machine."""
    able = shop.writer.capabilities
    if able.host.split(":")[0] in ("127.0.0.1", "localhost", "[", "::1"):
        return None
    known = shop.prices.get(able.label)
    return known or max(shop.prices.values(), key=lambda price: price.output, default=None)


def library_of(books: Books, room: Snapshot) -> Library:
    """What a request is made from: the room's story, less what is hidden or sealed."""
    story = the_story(room)
    pen = room.pens.get(story.id)
    chosen = books.pitch(pen.pitch_id) if pen is not None and pen.pitch_id else None
    recent = [
        p
        for r in room.rounds.values()
        if r.story_id == story.id
        for p in room.pitches_of(r.id)
        if p.status != "withdrawn" and not p.veil
    ]
    heard = [
        p
        for p in recent
        if not (room.rounds[p.round_id].terms.sealed and room.rounds[p.round_id].part == "ideas")
    ]
    found = books.passages(story.id, limit=2_000, last=True)
    veiled = {p.id for p, _ in found if p.veil}
    facts = tuple(f for f in books.facts(story.id, limit=500) if f.source_passage_id not in veiled)
    passages = tuple((p, v) for p, v in found if not p.veil)
    chosen = chosen if chosen is not None and not chosen.veil else None
    return Library(room, story, facts, passages, tuple(heard[-IDEAS:]), chosen)


def _save(text_id: str, words: str, books: Books, moment: Moment) -> None:
    found = books.machine_text(text_id)
    if found is not None and found.state == "writing":
        books.keep(Outcome(None, (replace(found, text=words, lease_until=moment.now + LEASE),)), moment)


def _end(
    books: Books,
    moment: Moment,
    asked: _Begun,
    so_far: str,
    written: Written | None,
    failure: WriterError | None,
) -> Reply:
    """What the request came to; a scene stopped meanwhile has dropped it."""
    found = books.machine_text(asked.text.id)
    room = books.snapshot()
    if found is None or found.state == "dropped":
        return Reply.of(note(say("assist.dropped")))
    cost = written.cost_micros if written else int(failure.values.get("cost_micros", 0)) if failure else 0  # type: ignore[call-overload]  # whole micros
    whole = (written.text if written is not None and written.text else so_far).strip()
    state: Any = "ready" if whole and failure is None else "failed"
    done = replace(found, text=whole, state=state, lease_until=None, cost_micros=cost)
    if written is not None:
        used = written.usage
        done = replace(
            done, stop=written.stop, model=written.model, input_tokens=used.input_tokens, cache_read_tokens=used.cache_read_tokens,
            cache_write_tokens=used.cache_write_5m_tokens + used.cache_write_1h_tokens, output_tokens=used.output_tokens,
        )  # fmt: skip
    rows: list[object] = [done]
    story = room.stories.get(found.story_id)
    if written is not None and written.dealt and story is not None:
        rows.append(replace(story, dealt=tuple(dict.fromkeys((*story.dealt, *written.dealt)))))
    if cost:
        rows.append(budget.spend(room.room, cost, moment.now))
    if state == "failed":
        if found.request:
            kept = Draft(
                moment.new_id(),
                found.room_id,
                found.story_id,
                found.asker,
                "request",
                found.request,
                "assist.failed_title",
                "kept",
                moment.now,
            )
            rows.append(kept)
        books.keep(Outcome(None, tuple(rows)), moment)
        why = failure.sentence if failure is not None else say("assist.stop_empty")
        return faces.failed(done, why, again=failure is None or failure.again)
    books.keep(Outcome(None, tuple(rows)), moment)
    return faces.made(done, books.snapshot(), asked.prompted.withheld)


# ---- what a person does with it


def _mine(books: Books, text_id: str, moment: Moment, *states: str) -> MachineText:
    """A co-writer's text that this person may use: their own, or one that was shown to the room."""
    found = books.machine_text(text_id)
    if found is None or (found.asker != moment.key and not found.public):
        raise NotFound("assist.gone")
    if found.veil:
        raise NotFound("assist.gone")
    if found.state not in (states or ("ready",)):
        raise NotFound("assist.stale_use" if found.state == "used" else "assist.gone")
    return found


@commands.add("assist-card use", button=True)
async def use(ctx: Context, text: TEXT) -> Reply:  # the argument's name in tokens
    """Take a draft into the story as it is."""

    return await ctx.act(lambda books, moment: taken(books, moment, text), lambda reply: reply)


def taken(books: Books, moment: Moment, text_id: str) -> Reply:
    """A co-writer's draft into the story as it is, by who asked for it, or, once it was shown, by anyone who writes."""
    found = _mine(books, text_id, moment)
    return put_in(books, moment, found.text, machine=found)


async def _prefill(ctx: Context, values: dict[str, Any]) -> dict[str, str]:
    return {
        "words": await ctx.read(lambda books, moment: _mine(books, str(values.get("text", "")), moment).text)
    }


@commands.add("assist-card edit", button=True, keeps="edit", prefill=_prefill)
async def edit(
    ctx: Context,
    text: TEXT,
    words: Annotated[str, Text("The draft, as it shall go into the story", most=100_000, long=True)],
) -> Reply:
    """Change a draft, and take it into the story."""

    def work(books: Books, moment: Moment) -> Reply:
        return put_in(books, moment, words, machine=_mine(books, text, moment))

    return await ctx.act(work, lambda reply: reply)


@commands.add("assist-card another", button=True)
async def another(ctx: Context, text: TEXT) -> AsyncIterator[Growing | Reply]:
    """Ask for another one."""
    found = await ctx.read(
        lambda books, moment: _mine(books, text, moment, "ready", "failed", "interrupted", "used", "writing")
    )
    async for out in _ask(ctx, Mode(found.mode), found.request):
        yield out


@commands.add("assist-card why", button=True, changes=False)
async def why(ctx: Context, text: TEXT) -> Reply:
    """What the co-writer was shown."""

    def look(books: Books, moment: Moment) -> Reply:
        found = _mine(books, text, moment, "ready", "used", "failed", "interrupted")
        rows: list[Marked] = []
        for kind, id_, revision in found.shown:
            if kind == "passage" and (passage := books.passage(id_)) is not None:
                rows.append(say("assist.why_passage", number=passage[0].number, version=revision))
            elif kind == "fact" and (fact := books.fact(id_)) is not None:
                rows.append(say("assist.why_fact", number=fact.number, text=fact.text[:80]))
            elif kind == "idea" and (pitch := books.pitch(id_)) is not None:
                rows.append(say("assist.why_idea", text=pitch.text[:80]))
        return faces.why(found, tuple(rows))

    return await ctx.read(look)


@commands.add("assist-card read", button=True, changes=False)
async def read_all(ctx: Context, text: TEXT) -> Reply:
    """Read all of a long draft."""
    return await ctx.read(
        lambda books, moment: faces.whole(_mine(books, text, moment, "ready", "used", "failed", "interrupted"))
    )


@commands.add("assist-card rate", button=True)
async def rate(ctx: Context, text: TEXT, opinion: Annotated[str, Pick("What you think of it", faces.OPINIONS)]) -> Reply:
    """Say whether a draft helps."""

    def work(books: Books, moment: Moment) -> None:
        found = books.machine_text(text)
        if found is None or found.asker != moment.key or found.veil:
            raise NotFound("assist.gone")
        return act(books, moment, lambda _: Outcome(None, (replace(found, reason=opinion),)), acted=False)

    return await ctx.act(work, lambda _: Reply.of(note(say("assist.rated"))))


@commands.add("assist-card drop", button=True)
async def drop(ctx: Context, text: TEXT) -> Reply:
    """Drop a draft."""

    def work(books: Books, moment: Moment) -> None:
        found = _mine(books, text, moment)
        return act(books, moment, lambda _: Outcome(None, (replace(found, state="dropped"),)), acted=False)

    return await ctx.act(work, lambda _: Reply.of(note(say("assist.dropped"))))


@commands.add("assist-card show", button=True)
async def show(ctx: Context, text: TEXT) -> Reply:
    """Show a draft to the room."""

    def work(books: Books, moment: Moment) -> None:
        found = _mine(books, text, moment)
        return act(
            books,
            moment,
            lambda _: Outcome(None, (replace(found, public=True),), marks=(Mark("proposal", found.id),)),
        )

    return await ctx.act(work, lambda _: Reply.of(note(say("assist.shown"))))


@commands.add("assist-card pitch", button=True)
async def pitch(ctx: Context, text: TEXT, idea: Annotated[int, Int("idea", 1, 10)]) -> Reply:
    """Pitch one of the machine's ideas."""

    def work(books: Books, moment: Moment) -> Reply:
        found = _mine(books, text, moment)
        ideas = numbered_ideas(found.text)
        if idea > len(ideas):
            raise NotFound("assist.gone")

        def rule(room: Snapshot) -> Any:
            return pitching.pitch(
                room,
                ideas[idea - 1],
                moment,
                machine_text_id=found.id,
                machine=True,
                machine_name=found.label,
            )

        pitched = act(books, moment, rule)
        return faces.pitched(pitched.pitch.number or pitched.pitch.seq, ideas[idea - 1])

    return await ctx.act(work, lambda reply: reply)
