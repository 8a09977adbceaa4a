"""`/stop`: anyone may stop a scene, nameless, no reason asked; and how the room goes on."""

from __future__ import annotations

from typing import Annotated, cast

from bot.arguments import Pick
from bot.cards import Reply, note
from bot.commands import Commands
from bot.context import Context
from bot.faces import stopping as faces
from bot.handlers.acting import act
from bot.sentences import say
from bot.story import stopping
from bot.story.books import Books
from bot.story.moments import Moment
from bot.story.stopping import OneMore, Stopped, Way, WentOn

commands = Commands()

@commands.add("stop", nameless=True)
async def stop(ctx: Context) -> Reply:
    """Stop the scene. Nobody is named, no reason is needed."""

    def work(books: Books, moment: Moment) -> Stopped:
        room = books.snapshot()
        who = Moment(moment.now, moment.ids, ctx.person, "", ctx.standing)
        in_flight = books.machine_texts(room.story.id, states=("writing",)) if room.story is not None else ()
        return books.keep(stopping.stop(room, who, ctx.shop.nameless, in_flight), moment)

    def face(done: Stopped) -> Reply:
        ctx.shop.nameless.add(done.remember)
        if done.already:
            return Reply.of(note(say("stop.already"), *faces.ways()))
        return Reply.of(note(say("stop.done")))

    return await ctx.act(work, face)


@commands.add("stop-card go", button=True)
async def go_on(ctx: Context, way: Annotated[str, Pick("How to go on", faces.WAYS)]) -> Reply:
    """Choose how to go on after a stop."""

    def work(books: Books, moment: Moment) -> WentOn | OneMore:
        return act(books, moment, lambda room: stopping.go_on(room, cast(Way, way), moment))

    def face(done: WentOn | OneMore) -> Reply:
        if isinstance(done, OneMore):
            return Reply.of(note(say("stop.one_more")))
        return Reply.of(note(say(f"stop.went_{done.way}", number=done.cut_number)))

    return await ctx.act(work, face)
