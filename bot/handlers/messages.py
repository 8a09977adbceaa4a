"""The menu of a message: add to story, save as pitch, make canon, give note, report.

On one's own message it happens at once; another person is asked first; on a card of the bot's it depends on what
the card shows. The platform hands the message in (see `bot.commands.MENU`); what it needs beside is asked in a form.
"""

from __future__ import annotations

from typing import Annotated, Any, cast

from bot.arguments import Carried, Pick, Text
from bot.cards import Reply, note
from bot.commands import Commands
from bot.context import Context
from bot.errors import UserError
from bot.faces import asking as faces
from bot.faces import moderation, pitches
from bot.handlers import canon as canon_handlers
from bot.handlers.acting import act, the_story
from bot.handlers.assist import taken
from bot.handlers.extending import put_in
from bot.handlers.notes import give_note
from bot.handlers.things import about as about_thing
from bot.sentences import Marked, say
from bot.story import asking, canoneering, moderating, pitching
from bot.story.asks import Ask, AskKind
from bot.story.books import Books, Post
from bot.story.canon import FactKind
from bot.story.canoneering import FactNews
from bot.story.moderating import Reported
from bot.story.moments import Moment, Outcome
from bot.story.passages import Passage, PassageVersion
from bot.story.pitching import Pitched
from bot.story.pointing import Pointed, point, require_words
from bot.story.reports import About
from bot.story.snapshot import Snapshot
from bot.story.text import shorten

commands = Commands()
MESSAGE = Annotated[str, Carried("The message")]
AUTHOR = Annotated[str, Carried("Who wrote it")]
WORDS = Annotated[str, Carried("Its words", most=200_000)]
_SUGGESTED = 400
"""Characters of a long passage that a form for a fact begins with."""


def _pointed(ctx: Context, books: Books, moment: Moment, message: str, author: str, text: str) -> Pointed:
    return point(books.snapshot(), message, author, text, ctx.people, moment)


def _post(books: Books, pointed: Pointed) -> Post:
    """The card of the bot's that a message is. Raises UserError for a message that is none of this room's."""
    found = books.post_with_ref(pointed.message) if pointed.message else None
    if found is None:
        raise UserError("messages.stranger")
    return found


def _passage(books: Books, post: Post) -> tuple[Passage, PassageVersion] | None:
    found = books.passage(post.subject) if post.kind == "passage" else None
    if found is not None and found[0].status != "standing":
        raise UserError("messages.passage_out", number=found[0].number)
    return found


def _asked(
    books: Books, moment: Moment, kind: AskKind, pointed: Pointed, *, fact_kind: FactKind | None = None, name: str = ""
) -> Ask:
    """Ask the author of somebody else's message."""
    asks = books.asks(pointed.message)

    def rule(room: Snapshot) -> Outcome[Ask]:
        words = require_words(pointed)
        return asking.ask(room, kind, words, moment, asks=asks, fact_kind=fact_kind, name=name)

    return act(books, moment, rule)


def _kind_word(post: Post) -> Marked:
    """One sentence for a card of the bot's that this menu has no use for."""
    return say("messages.in_story") if post.kind == "passage" else say("messages.a_card")


@commands.add("message add", button=True, keeps="passage", menu="Add to story")
async def add(ctx: Context, message: MESSAGE = "", author: AUTHOR = "", text: WORDS = "") -> Reply:
    """Put a message's words into the story; another person is asked first."""

    def work(books: Books, moment: Moment) -> Reply:
        pointed = _pointed(ctx, books, moment, message, author, text)
        if pointed.whose == "mine":
            return put_in(books, moment, require_words(pointed).text)
        if pointed.whose == "theirs":
            return faces.receipt(_asked(books, moment, "add", pointed))
        post = _post(books, pointed)
        if post.kind == "proposal":
            return taken(books, moment, post.subject)
        if (found := _passage(books, post)) is not None:
            return Reply.of(note(say("messages.stands", number=found[0].number)))
        return Reply.of(note(_kind_word(post)))

    return await ctx.act(work, lambda reply: reply)


@commands.add("message pitch", button=True, keeps="pitch", menu="Save as pitch")
async def pitch(ctx: Context, message: MESSAGE = "", author: AUTHOR = "", text: WORDS = "") -> Reply:
    """Pitch a message's words as an idea; another person is asked first."""

    def work(books: Books, moment: Moment) -> Reply:
        pointed = _pointed(ctx, books, moment, message, author, text)
        if pointed.whose == "mine":
            idea = require_words(pointed).text

            def rule(room: Snapshot) -> Outcome[Pitched]:
                return pitching.pitch(room, idea, moment)

            return pitches.receipt(act(books, moment, rule))
        if pointed.whose == "theirs":
            return faces.receipt(_asked(books, moment, "pitch", pointed))
        post = _post(books, pointed)
        _passage(books, post)
        return Reply.of(note(_kind_word(post)))

    return await ctx.act(work, lambda reply: reply)


async def _fact(ctx: Context, values: dict[str, Any]) -> dict[str, str]:
    """What stands in the form for a fact: the name it seems to be about, and, but for another person's words, the fact."""

    def look(books: Books, moment: Moment) -> dict[str, str]:
        pointed = _pointed(ctx, books, moment, *(str(values.get(k, "")) for k in ("message", "author", "text")))
        words = pointed.text
        if pointed.whose == "ours":
            found = _passage(books, _post(books, pointed))
            if found is None:
                raise UserError("messages.a_card")
            words = found[1].text
        elif not words.strip():
            raise UserError("messages.no_words")
        name = shorten(canoneering.parse(words)[1], 80)
        if pointed.whose == "theirs":
            return {"name": name, "lead": say("messages.asks_first", author=pointed.name)}
        return {"name": name, "fact": words if len(words) <= 500 else shorten(words, _SUGGESTED)}

    return await ctx.read(look)


@commands.add("message canon", button=True, keeps="said", menu="Make canon", prefill=_fact)
async def canon(
    ctx: Context,
    kind: Annotated[str, Pick("What kind of fact", tuple(canoneering.kinds()))],
    name: Annotated[str, Text("Whom or what it is about", most=80)],
    fact: Annotated[str, Text("The fact, in a line or two", most=500, long=True)] = "",
    message: MESSAGE = "",
    author: AUTHOR = "",
    text: WORDS = "",
) -> Reply:
    """Make canon of a message or a passage; another person is asked first."""
    fact_kind = cast(FactKind, kind)

    def work(books: Books, moment: Moment) -> Reply:
        pointed = _pointed(ctx, books, moment, message, author, text)
        if pointed.whose == "theirs":
            return faces.receipt(_asked(books, moment, "canon", pointed, fact_kind=fact_kind, name=name))
        found = _passage(books, _post(books, pointed)) if pointed.whose == "ours" else None
        if pointed.whose == "ours" and found is None:
            raise UserError("messages.a_card")
        words = fact.strip() or (found[1].text if found is not None else require_words(pointed).text)
        people = {found[0].author, *(s.person for s in found[1].spans if s.person)} if found is not None else set()
        standing = books.facts(the_story(books.snapshot()).id, limit=10_000)

        def rule(room: Snapshot) -> Outcome[FactNews]:
            return canoneering.add(
                room, words, moment, standing=standing, kind=fact_kind, name=name, made_from=tuple(people),
                source_passage_id=found[0].id if found is not None else None,
                source_message="" if found is not None else pointed.message,
            )  # fmt: skip

        return canon_handlers.receipt(act(books, moment, rule))

    return await ctx.act(work, lambda reply: reply)


async def _notable(ctx: Context, values: dict[str, Any]) -> dict[str, str]:
    """Refuse what takes no note before anybody writes one; say first where a note on talk will stand."""

    def look(books: Books, moment: Moment) -> dict[str, str]:
        pointed = _pointed(ctx, books, moment, *(str(values.get(k, "")) for k in ("message", "author", "text")))
        if pointed.whose != "ours":
            return {"lead": say("messages.note_on_talk")}
        if _passage(books, _post(books, pointed)) is None:
            raise UserError("messages.note_on_card")
        return {}

    return await ctx.read(look)


@commands.add("message note", button=True, keeps="said", menu="Give note", prefill=_notable)
async def note_on(
    ctx: Context,
    note: Annotated[str, Text("What you would say to its writer", most=2000, long=True)],
    message: MESSAGE = "",
    author: AUTHOR = "",
    text: WORDS = "",
) -> Reply:
    """Give a note on a passage; on any other message it stands on the story as a whole."""

    def work(books: Books, moment: Moment) -> Reply:
        pointed = _pointed(ctx, books, moment, message, author, text)
        if pointed.whose != "ours":
            return give_note(books, moment, note, message=pointed.message)
        found = _passage(books, _post(books, pointed))
        if found is None:
            raise UserError("messages.note_on_card")
        return give_note(books, moment, note, passage=found[0])

    return await ctx.act(work, lambda reply: reply)


@commands.add("message report", button=True, keeps="said", menu="Report")
async def report(
    ctx: Context,
    reason: Annotated[str, Text("What is wrong with it; only keepers see this", most=500, long=True)],
    message: MESSAGE = "",
    author: AUTHOR = "",
    text: WORDS = "",
) -> Reply:
    """Report a message to the keepers of this room; its writer is not asked and not told who did."""

    def work(books: Books, moment: Moment) -> Reported:
        pointed = _pointed(ctx, books, moment, message, author, text)
        about = _reported(books, pointed, moment)
        return act(books, moment, lambda room: moderating.report(room, about, reason, moment), acted=False)

    return await ctx.act(work, moderation.reported)


def _reported(books: Books, pointed: Pointed, moment: Moment) -> About:
    """What a report is about: a passage, a co-writer's text, a prompt, its pick, or any other message as it stands in the channel."""
    post = books.post_with_ref(pointed.message) if pointed.whose == "ours" and pointed.message else None
    if post is not None and post.kind == "passage":
        return about_thing(books, "passage", post.subject, moment)
    if post is not None and post.kind == "proposal":
        return about_thing(books, "machine", post.subject, moment)
    if post is not None and post.kind == "prompt":
        return about_thing(books, "prompt", post.subject, moment)
    if post is not None and post.kind == "picked":
        picked = books.prompt(post.subject)
        if picked is not None and len(picked.picks) == 1:
            return about_thing(books, "answer", picked.picks[0], moment)
    if not pointed.message:
        raise UserError("messages.stranger")
    return About("message", pointed.message, pointed.text, pointed.author or None, pointed.name)
