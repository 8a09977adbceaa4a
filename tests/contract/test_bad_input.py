"""Whatever people send: one clear sentence, nothing lost, nothing broken, nothing in another room."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calls import Call
from bot.story.books import Books
from tests.contract.conftest import AnyRoom
from tests.rig import Room, open_room, text_of


async def texts(room: AnyRoom, person: str) -> list[str]:
    """Everything of a person that is kept anywhere in the room: drafts, pitches, passages."""

    def gather(books: Books) -> list[str]:
        story = books.snapshot().story
        kept = [d.text for d in books.drafts(room.key(person), limit=500)]
        kept += [p.text for p in books.snapshot().pitches.values()]
        return kept + ([v.text for _, v in books.passages(story.id, limit=500)] if story else [])

    found: list[str] = await room.look(gather)
    return found


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("/pich A door", "/pitch"),
        ("/round", "close"),
        ("/round clsoe", "close"),
        ("/read seven", "seven"),
        ("/vote 99", "99"),
        ("/scene remove 44", "44"),
        ("/story frobnicate", "frobnicate"),
        ("/turn claim", ""),
        ("/my ai perhaps", "never"),
        ("/showrunner rules set quorom 2", "quorum"),
    ],
)
async def test_a_mistake_gets_a_sentence_that_names_what_to_do(table: Room, line: str, named: str) -> None:
    room = table
    await room.says("w1", "/story new Mistakes")
    await room.says("w1", "/pitch A door")
    reply = await room.says("w1", line)
    assert named.casefold() in reply.casefold()
    assert len(reply) > 20


async def test_a_vote_on_a_closed_round_says_so(room: AnyRoom) -> None:
    await room.says("w1", "/story new Closed")
    await room.says("w1", "/pitch A door")
    await room.says("w1", "/vote 1")
    await room.says("w1", "/round close")
    assert "round" in (await room.says("w1", "/vote 1")).casefold()


async def test_the_vote_button_of_a_closed_round_says_so(room: AnyRoom) -> None:
    await room.says("w1", "/story new Stale")
    await room.says("w1", "/pitch A door")
    (round_id,) = await room.look(lambda b: b.snapshot().rounds)
    await room.says("w1", "/vote 1")
    await room.says("w1", "/round close")
    assert "That round is closed" in await room.calls("w1", Call("vote", {"round": round_id}))


async def test_a_press_on_a_card_of_another_room_does_nothing_there(room: AnyRoom) -> None:
    await room.says("w1", "/story new Here")
    await room.says("w1", "/pitch A door")
    pitch = next(iter((await room.look(lambda b: b.snapshot().pitches)).values()))
    attic = room.elsewhere("attic")
    await attic.says("w1", "/story new There")
    for call in (
        Call("vote-card toggle", {"round": pitch.round_id, "number": "1"}),
        Call("vote-card back", {"round": pitch.round_id}),
        Call("pitch-card back", {"pitch": pitch.id}),
        Call("pitch-card change", {"pitch": pitch.id, "idea": "stolen", "version": "1"}),
        Call("pitch-card mine", {"pitch": pitch.id}),
        Call("round-card force", {"round": pitch.round_id}),
    ):
        assert room.house.inbox.commands.find(call.command) is not None, call.command
        reply = await attic.calls("w1", call)
        assert "not" in reply or "no " in reply or "isn't" in reply, reply
    after = (await room.look(lambda b: b.snapshot().pitches))[pitch.id]
    assert after == pitch


async def test_a_forged_token_is_refused_in_a_sentence(room: AnyRoom) -> None:
    await room.says("w1", "/story new Forged")
    for call in (
        Call("vote-card toggle", {"round": "nonsense", "number": "1"}),
        Call("no such", {"x": "1"}),
        Call("draft show", {"draft": "x"}),
    ):
        assert len(await room.calls("w1", call)) > 20


async def test_mentions_and_markdown_are_shown_as_typed(room: AnyRoom) -> None:
    await room.says("w1", "/story new *Bold* `claims`")
    reply = await room.says("w1", "/pitch @everyone **look** | [x](y) ||z||")
    assert "@everyone **look** | [x](y) ||z||" in reply


async def test_right_to_left_combining_and_emoji_text_come_back_as_they_went_in(room: AnyRoom) -> None:
    await room.says("w1", "/story new שלום")
    for text in ("مرحبا بالعالم", "e\u0301tude", "👩‍👩‍👧‍👦 dinner", "\u202eabc"):
        await room.says("👻", f"/extend {text}")
        assert text in await texts(room, "👻")


async def test_control_characters_are_replaced_and_that_is_said(room: AnyRoom) -> None:
    await room.says("w1", "/story new Controls")
    await room.says("w1", "/extend a\x00b\x1b[31mc")
    assert "a\ufffdb\ufffd[31mc" in await texts(room, "w1")


async def test_empty_text_asks_for_it(room: AnyRoom) -> None:
    await room.says("w1", "/story new Empty")
    for line in ("/pitch", "/pitch    ", "/extend"):
        await room.says("w1", line)
        assert room.asked("w1")
    reply = await room.fills("w1", "   ")
    assert reply


async def test_a_hundred_thousand_characters_are_kept_whatever_happens(room: AnyRoom) -> None:
    await room.says("w1", "/story new Long")
    text = "word " * 19_999 + "end"
    await room.says("w1", f"/extend {text}")
    assert text in await texts(room, "w1")


async def test_too_many_characters_are_kept_as_a_draft(table: Room) -> None:
    await table.says("w1", "/story new Long")
    text = "word " * 20_000 + "end"
    await table.says("w1", f"/pitch {text}")
    await table.says("w1", f"/extend {text}")
    drafts = await table.look(lambda books: books.drafts(table.key("w1")))
    assert [d.text for d in drafts] == [text, text]


WRITING = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=300).filter(
    lambda t: t.strip() and not t.lstrip().startswith("/")
)


@settings(max_examples=40)
@given(text=WRITING, command=st.sampled_from(["/pitch", "/extend", "/canon add", ""]))
async def test_any_text_is_in_the_room_or_in_the_drafts(
    tmp_path_factory: pytest.TempPathFactory, text: str, command: str
) -> None:
    folder: Path = tmp_path_factory.mktemp("any")
    async with open_room(f"sqlite:///{folder}/house.db") as room:
        await room.says("w1", "/story new Any")
        argument = {"/pitch": "idea", "/extend": "text", "/canon add": "fact", "": "text"}[command]
        name = {"": "said"}.get(command, command.removeprefix("/"))
        found = room.house.inbox.commands.find(name)
        assert found is not None
        texts_of = found.text_argument
        assert texts_of is not None
        reply = await room.calls("w1", Call(name, {texts_of.name: text}))
        assert reply
        kept = await texts(room, "w1")

        def facts(books: Books) -> list[str]:
            story = books.snapshot().story
            return [f.text for f in books.facts(story.id)] if story else []

        kept += await room.house.store.read(room.place, facts)
        cleaned = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
        lines = cleaned.split("\n")
        while lines and not lines[0].strip():
            lines.pop(0)
        assert any("\n".join(lines) in one or one in cleaned for one in kept), (
            argument,
            kept,
            text_of(room.last["w1"]),
        )
