"""Menus of messages: one's own at once, another person's with their yes, the bot's by what it shows."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calls import Call
from bot.commands import MENU
from bot.story.books import Books
from bot.story.moments import Ids, Moment
from bot.story.people import Place, Standing
from bot.writing.briefs import Brief, Capabilities, Written
from bot.writing.silent import Silent
from memory import migrate
from tests.clock import START
from tests.rig import Room, open_room, plain


@pytest.fixture
def room(table: Room) -> Room:
    """At a table: the rig says there who calls, with what standing, and what the platform knows."""
    return table


ADA, BEN = "terminal/local/ada", "terminal/local/ben"
WORDS = "The tide came in twice that night, and nobody wrote it down."


class OneLine(Silent):
    """A writer on this machine that always writes the same line."""

    LINE = "The bell answered itself."

    @property
    def capabilities(self) -> Capabilities:
        """Prose, and nothing leaves this machine."""
        return Capabilities("recording", "one line", prose=True)

    async def write(self, brief: Brief) -> AsyncGenerator[str | Written, None]:
        """The line."""
        yield self.LINE
        yield Written(self.LINE, "end", "one-line")


async def look(room: Room, work: Any) -> Any:
    return await room.house.store.read(room.place, work)


def story_of(books: Books) -> list[tuple[str, str]]:
    """(author, words) of what stands."""
    story = books.snapshot().story
    return [(p.author, v.text) for p, v in books.passages(story.id)] if story else []


async def everything(room: Room) -> str:
    """Every row of every table, as text."""

    def rows(connection: Any) -> str:
        names = [
            row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return "\n".join(
            f"{name}: {row}" for name in names for row in connection.exec_driver_sql(f"SELECT * FROM {name}")  # noqa: S608  # our own tables
        )

    return await migrate.on_connection(room.settings.database.url, rows)


async def begun(room: Room) -> None:
    await room.says("ada", "/story new Menus")
    await room.says("ben", "/extend It began with a bell.")


def test_the_five_menus_have_their_labels_and_take_a_message() -> None:
    from bot.handlers import registry

    menus = {c.menu: c for c in registry() if c.menu}
    assert set(menus) == {"Add to story", "Save as pitch", "Make canon", "Give note", "Report"}
    for command in menus.values():
        assert command.button
        assert command.changes
        assert {a.name for a in command.arguments} >= set(MENU)


# ---- one's own


async def test_ones_own_message_goes_into_the_story_at_once(room: Room) -> None:
    await begun(room)
    reply = await room.menu("ada", "message add", WORDS, author="ada")
    assert "passage 2" in reply
    assert (await look(room, story_of))[-1] == (ADA, WORDS)


async def test_ones_own_message_is_pitched_at_once(room: Room) -> None:
    await begun(room)
    await room.menu("ada", "message pitch", "A door", author="ada")
    pitches = await look(room, lambda books: [(p.author, p.text) for p in books.snapshot().pitches.values()])
    assert pitches == [(ADA, "A door")]


async def test_a_refused_message_of_ones_own_is_in_ones_drafts_word_for_word(room: Room) -> None:
    await begun(room)
    long = "x" * 1001
    await room.menu("ada", "message pitch", long, author="ada")
    assert room.last["ada"].refused
    await room.says("ada", "/story pause")
    await room.menu("ada", "message add", WORDS, author="ada", message="m2")
    drafts = await look(room, lambda books: [(d.kind, d.text) for d in books.drafts(ADA)])
    assert drafts == [("passage", WORDS), ("pitch", long)]


async def test_ones_own_message_becomes_canon_by_a_form_that_begins_with_it(room: Room) -> None:
    await begun(room)
    await room.menu("ada", "message canon", "Mara never learned to swim.", author="ada")
    form = room.last["ada"].form
    assert form is not None
    assert set(form.call.args) == {"held"}
    assert len(form.call.token) <= 100
    assert [(q.argument, q.prefill) for q in form.questions] == [
        ("kind", ""), ("name", "Mara"), ("fact", "Mara never learned to swim."),
    ]  # fmt: skip
    await room.fills("ada", "character", "Mara", "Mara never learned to swim.")
    facts = await look(room, lambda books: books.facts(books.snapshot().story.id))
    assert [(f.kind, f.name, f.text, f.by, f.source_message) for f in facts] == [
        ("character", "Mara", "Mara never learned to swim.", ADA, "m1")
    ]


# ---- another person's


async def test_another_person_is_asked_and_their_yes_lets_it_in_as_theirs(room: Room) -> None:
    await begun(room)
    receipt = await room.menu("ben", "message add", WORDS, author="ada")
    assert "ada" in receipt
    assert len(await look(room, story_of)) == 1
    post = room.card("would like to put")
    assert "ben would like to put ada's message into the story" in plain(post)
    assert "Only ada can answer" in plain(post)
    assert not post.notify
    for name in ("ben", "cleo"):
        assert "only ada can answer" in await room.presses_on(name, "would like to put", "Yes")
    assert len(await look(room, story_of)) == 1
    assert "passage 2" in await room.presses_on("ada", "would like to put", "Yes")
    assert (await look(room, story_of))[-1] == (ADA, WORDS)
    deeds = await look(room, lambda books: books.deeds(person=ADA))
    added = next(d for d in deeds if d.entry.kind == "passage.added")
    assert added.detail["asked_by"] == BEN
    assert "ada let it into the story" in room.wall.text or "ada let it into the story" in plain(room.card("let it"))
    await room.says("ada", "/undo")
    assert len(await look(room, story_of)) == 1


async def test_a_second_yes_puts_nothing_in_twice(room: Room) -> None:
    await begun(room)
    await room.menu("ben", "message add", WORDS, author="ada")
    yes = next(a.call for a in room.card("would like to put").actions if a.label.startswith("Yes"))
    await room.calls("ada", yes)
    await room.calls("ada", yes)
    assert room.last["ada"].refused
    assert len(await look(room, story_of)) == 2


async def test_the_question_is_offered_privately_at_the_authors_next_act_once(room: Room) -> None:
    await begun(room)
    await room.menu("ben", "message pitch", "A door that was not there", author="ada")
    assert "May your words be used?" not in await room.says("ben", "/extend And on.")
    assert "May your words be used?" in await room.says("ada", "/pitch A bell")
    await room.presses("ada", "Yes, pitch it")
    pitches = await look(room, lambda books: [(p.author, p.text) for p in books.snapshot().pitches.values()])
    assert (ADA, "A door that was not there") in pitches
    assert "May your words be used?" not in await room.says("ada", "/extend Again.")


async def test_no_leaves_nothing_and_the_asker_hears_it_privately(room: Room) -> None:
    await begun(room)
    secret = "Quicksilver " * 30
    await room.menu("ben", "message add", secret, author="ada")
    await room.presses_on("ada", "would like to put", "No")
    assert not any("would like to put" in plain(card) for card in room.wall.shown.values())
    assert "would rather not" in await room.says("ben", "/extend And then.")
    assert "would rather not" not in await room.says("ben", "/extend And so on.")
    assert len(await look(room, story_of)) == 3
    assert secret.strip() not in await everything(room)
    assert "would rather not" in await room.menu("ben", "message add", secret, author="ada")
    assert room.last["ben"].refused


async def test_after_a_day_it_lapses_and_may_be_asked_once_more(room: Room) -> None:
    await begun(room)
    secret = "Quicksilver " * 30
    await room.menu("ben", "message add", secret, author="ada")
    yes = next(a.call for a in room.card("would like to put").actions if a.label.startswith("Yes"))
    await room.later(hours=25)
    assert secret.strip() not in await everything(room)
    assert not any("would like to put" in plain(card) for card in room.wall.shown.values())
    assert "A day passed" in await room.calls("ada", yes)
    assert "did not answer" in await room.says("ben", "/extend And then.")
    await room.menu("ben", "message add", secret, author="ada")
    assert not room.last["ben"].refused


async def test_one_open_question_a_message_and_kind(room: Room) -> None:
    await begun(room)
    await room.menu("ben", "message add", WORDS, author="ada")
    assert "asked that already" in await room.menu("cleo", "message add", WORDS, author="ada")
    await room.menu("cleo", "message pitch", WORDS, author="ada")
    assert not room.last["cleo"].refused


async def test_the_asker_takes_a_question_back(room: Room) -> None:
    await begun(room)
    await room.menu("ben", "message add", WORDS, author="ada")
    await room.presses("ben", "Take it back")
    assert not any("would like to put" in plain(card) for card in room.wall.shown.values())
    assert WORDS not in await everything(room)


async def test_anothers_words_never_become_the_callers_draft(room: Room) -> None:
    await begun(room)
    await room.says("ada", "/story pause")
    for command in ("message add", "message pitch"):
        await room.menu("ben", command, WORDS, author="ada")
        assert room.last["ben"].refused
    assert await look(room, lambda books: books.drafts(BEN)) == []
    assert WORDS not in await everything(room)


async def test_anothers_message_becomes_canon_by_their_yes(room: Room) -> None:
    await begun(room)
    await room.menu("ben", "message canon", "She never learned to swim.", author="ada")
    form = room.last["ben"].form
    assert form is not None
    assert [q.argument for q in form.questions] == ["kind", "name"]
    await room.fills("ben", "character", "Mara")
    assert await look(room, lambda books: books.facts(books.snapshot().story.id)) == []
    await room.presses_on("ada", "would like to make canon", "Yes")
    (fact,) = await look(room, lambda books: books.facts(books.snapshot().story.id))
    assert (fact.name, fact.text, fact.by, fact.source_message) == (
        "Mara", "Mara: She never learned to swim.", ADA, "m1",
    )  # fmt: skip


async def test_a_yes_that_cannot_be_carried_out_leaves_the_question_open(room: Room) -> None:
    await begun(room)
    await room.menu("ben", "message add", WORDS, author="ada")
    await room.says("ada", "/story pause")
    await room.presses_on("ada", "would like to put", "Yes")
    assert room.last["ada"].refused
    await room.calls("ada", Call("story-card resume"))
    await room.presses_on("ada", "would like to put", "Yes")
    assert (await look(room, story_of))[-1] == (ADA, WORDS)


# ---- the bot's own


async def test_a_passages_message_says_where_it_stands(room: Room) -> None:
    await begun(room)
    ref = room.ref("It began with a bell.")
    assert "passage 1" in await room.menu("ada", "message add", "", message=ref)
    assert "passage of the story" in await room.menu("ada", "message pitch", "", message=ref)


async def test_a_passage_becomes_canon_with_its_source_and_its_writer(room: Room) -> None:
    await begun(room)
    await room.menu("ada", "message canon", "1 - ben\nIt began with a bell.", message=room.ref("It began with a bell."))
    form = room.last["ada"].form
    assert form is not None
    assert {q.argument: q.prefill for q in form.questions}["fact"] == "It began with a bell."
    await room.fills("ada", "thing", "The bell", "The bell rang before anything else.")
    (fact,) = await look(room, lambda books: books.facts(books.snapshot().story.id))
    passage = await look(room, lambda books: books.passage_numbered(books.snapshot().story.id, 1))
    assert (fact.name, fact.by, fact.source_passage_id, fact.made_from) == ("The bell", ADA, passage[0].id, (BEN,))


class Listener(OneLine):
    """A writer elsewhere that remembers what it was sent."""

    def __init__(self) -> None:
        self.sent = ""

    @property
    def capabilities(self) -> Capabilities:
        """Text leaves this machine."""
        return Capabilities("recording", "elsewhere", prose=True, remote=True, host="elsewhere.example")

    async def write(self, brief: Brief) -> AsyncGenerator[str | Written, None]:
        """Remember it all."""
        self.sent = str(brief)
        yield Written(self.LINE, "end", "elsewhere")


async def test_a_fact_made_of_a_private_writers_passage_is_not_sent(tmp_path: Path) -> None:
    writer = Listener()
    async with open_room(f"sqlite:///{tmp_path}/house.db", writer=writer) as room:
        await begun(room)
        ref = room.ref("It began with a bell.")
        for fact in ("Rings at noon", "Rings at dusk"):
            await room.menu("ada", "message canon", "", message=ref)
            await room.fills("ada", "thing", "Chime", fact)
        await room.says("ada", "/canon add thing: Harbour, where boats sleep")
        await room.says("ada", "/showrunner ai")
        await room.presses("ada", "Turn it on")
        await room.says("ada", "/my ai read")
        await room.says("ben", "/my ai never")
        await room.says("ada", "/assist continue")
        assert "boats sleep" in writer.sent
        assert "at noon" not in writer.sent
        assert "at dusk" not in writer.sent


async def test_a_passage_that_was_taken_out_is_left_alone(room: Room) -> None:
    await begun(room)
    ref = room.ref("It began with a bell.")
    await room.says("ben", "/undo")
    for command in ("message add", "message pitch", "message canon"):
        assert "taken out" in await room.menu("ada", command, "x", message=ref)


async def test_a_draft_that_was_shown_is_taken_as_its_own_button_does(tmp_path: Path) -> None:
    async with open_room(f"sqlite:///{tmp_path}/house.db", writer=OneLine()) as room:
        await begun(room)
        await room.says("ada", "/assist continue")
        await room.presses("ada", "Show the room")
        ref = room.ref(OneLine.LINE)
        await room.menu("ben", "message add", "", message=ref)
        assert not room.last["ben"].refused
        assert (await look(room, story_of))[-1] == (BEN, OneLine.LINE)
        await room.menu("ada", "message add", "", message=ref)
        assert room.last["ada"].refused
        assert len(await look(room, story_of)) == 2


@pytest.mark.parametrize("command", ["message add", "message pitch", "message canon"])
async def test_a_card_a_stranger_and_a_picture_get_one_clear_sentence(room: Room, command: str) -> None:
    await begun(room)
    await room.says("ada", "/pitch A door")
    ballot = next(ref for ref, card in room.wall.shown.items() if card.options)
    assert "own buttons" in await room.menu("ben", command, "x", message=ballot)
    assert "neither" in await room.menu("ben", command, "I am a webhook", message="nobody's")
    assert "neither" in await room.menu("ben", command, "forged", message="")
    assert "picture" in await room.menu("ben", command, " ", author="ben")
    assert "picture" in await room.menu("ben", command, "", author="ada")
    for author in ("slack/x/y", "nonsense", "terminal/local/never-named", "terminal/local/"):
        reply = await room.calls("ben", Call(command, {"message": "m", "author": author, "text": "x"}))
        assert "neither" in reply or "picture" in reply
    assert len(await look(room, story_of)) == 1


async def test_a_report_reaches_the_keepers_and_tells_nobody_else(room: Room) -> None:
    await begun(room)
    for message, author in (("m1", "ada"), (room.ref("It began with a bell."), "")):
        await room.menu("cleo", "message report", "Quicksilver insult", author=author, message=message)
        form = room.last["cleo"].form
        assert form is not None
        assert [q.argument for q in form.questions] == ["reason"]
        before = len(room.wall.messages)
        assert "keepers have it" in await room.fills("cleo", f"It insults somebody ({message[:3]}).")
        assert len(room.wall.messages) == before
    drafts = await look(room, lambda books: [d.text for d in books.drafts("terminal/local/cleo")])
    assert drafts == []
    first, second = await look(room, lambda books: books.snapshot().waiting_reports())
    assert (first.about, first.words, first.author) == ("message", "Quicksilver insult", ADA)
    assert (second.about, second.words, second.author) == ("passage", "It began with a bell.", BEN)
    shown = await room.says("ada", "/showrunner moderate")
    assert "It insults somebody (m1)." in shown


async def test_what_is_reported_is_what_the_message_shows(room: Room) -> None:
    from bot.handlers.messages import _reported
    from bot.story.pointing import Pointed

    await begun(room)

    async def about(whose: Any, message: str, author: str = "", text: str = "seen") -> Any:
        return await look(room, lambda books: _reported(books, Pointed(whose, message, author, "ada", text), Moment(START, Ids("m"))))

    passage = await about("ours", room.ref("It began with a bell."))
    assert (passage.kind, passage.words, passage.author, passage.number) == ("passage", "It began with a bell.", BEN, 1)
    assert (await about("theirs", "m1", ADA)).author == ADA
    webhook = await about("ours", "a webhook's")
    assert (webhook.kind, webhook.subject, webhook.words, webhook.author) == ("message", "a webhook's", "seen", None)


# ---- forms, forgeries, other rooms


async def test_a_parked_message_is_its_callers_alone_and_is_forgotten(room: Room) -> None:
    await begun(room)
    await room.menu("ben", "message canon", "Quicksilver is the name.", author="ada")
    form = room.last["ben"].form
    assert form is not None
    stolen = form.call.with_args(kind="thing", name="Quicksilver")
    assert "too long" in await room.calls("cleo", stolen)
    attic = room.at(Place("terminal", "local", "attic"))
    await attic.says("ben", "/story new Elsewhere")
    assert "too long" in await attic.calls("ben", stolen)
    await room.later(hours=25)
    assert "too long" in await room.calls("ben", stolen)
    assert "Quicksilver" not in (await everything(room)).replace("name=Quicksilver", "").split("desk")[0]


async def test_a_ref_of_another_room_is_a_strangers(room: Room) -> None:
    await begun(room)
    ref = room.ref("It began with a bell.")
    attic = room.at(Place("terminal", "local", "attic"))
    await attic.says("ada", "/story new Elsewhere")
    assert "neither" in await attic.menu("ada", "message add", "", message=ref)
    await room.menu("ben", "message add", WORDS, author="ada")
    yes = next(a.call for a in room.card("would like to put").actions if a.label.startswith("Yes"))
    assert "not of this room" in await attic.calls("ada", yes)
    assert await look(attic, story_of) == []


async def test_a_reader_and_a_muted_person_cannot_use_them(room: Room) -> None:
    await begun(room)
    await room.menu("dan", "message add", WORDS, author="dan", standing=Standing(can_post=False))
    assert room.last["dan"].refused
    await room.menu("dan", "message add", WORDS, author="ada", standing=Standing(can_post=False))
    assert room.last["dan"].refused
    assert len(await look(room, story_of)) == 1


async def test_a_delivery_that_comes_twice_asks_once(room: Room) -> None:
    await begun(room)
    room.people[ADA] = "ada"
    call = Call("message add", {"message": "m1", "author": ADA, "text": WORDS})
    first = await room.calls("ben", call, source="twice")
    assert await room.calls("ben", call, source="twice") == first
    assert len(await look(room, lambda books: books.asks("m1"))) == 1


@settings(max_examples=30)
@given(text=st.text(min_size=1, max_size=200), own=st.booleans(), command=st.sampled_from(["message add", "message pitch"]))
async def test_whatever_a_message_holds_own_words_are_kept_and_others_are_not_taken(
    tmp_path_factory: pytest.TempPathFactory, text: str, own: bool, command: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    async with open_room(f"sqlite:///{folder}/house.db") as room:
        await begun(room)
        assert await room.menu("ben", command, text, author="ben" if own else "ada")

        def kept(books: Books) -> list[str]:
            room_ = books.snapshot()
            return [d.text for d in books.drafts(BEN)] + [p.text for p in room_.pitches.values()] + [
                words for _, words in story_of(books)[1:]
            ]

        found = await look(room, kept)
        if not own:
            assert found == []
        elif not room.last["ben"].refused:
            assert len(found) == 1
