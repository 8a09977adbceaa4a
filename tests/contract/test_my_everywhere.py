"""`/my` in a direct message: one's own rows of all one's rooms, and buttons that lead back to the right one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls import TOKEN_LIMIT, Call
from bot.cards import Card, Option, Options, Reply, button, note
from bot.elsewhere import ROOM, Elsewhere
from bot.story.people import Place, Standing
from tests.rig import Room, plain


@pytest.fixture
def room(table: Room) -> Room:
    """At a table: the rig says there who calls, with what standing, and what the platform knows."""
    return table


ADA = "terminal/local/ada"
TABLE, ATTIC = Place("terminal", "local", "table"), Place("terminal", "local", "attic")


async def look(room: Room, work: Any) -> Any:
    return await room.house.store.read(room.place, work)


async def room_id(room: Room) -> str:
    return str(await look(room, lambda books: books.snapshot().room.id))


async def two_rooms(room: Room) -> Room:
    """The table's and the attic's stories; ada has a draft in each, ben only in the attic."""
    attic = room.at(ATTIC)
    await room.says("ada", "/story new The Ferry")
    await attic.says("ben", "/story new The Attic")
    await attic.says("ada", "/extend Dust.")
    await room.says("ada", "words for the ferry")
    await attic.says("ada", "words for the attic")
    await attic.says("ben", "ben's secret words")
    return attic


async def test_drafts_of_all_rooms_are_listed_with_their_stories(room: Room) -> None:
    await two_rooms(room)
    listed = await room.direct().says("ada", "/my drafts")
    assert '"words for the attic" (The Attic)' in listed
    assert '"words for the ferry" (The Ferry)' in listed
    assert "secret" not in listed
    assert listed.index("attic") < listed.index("ferry")


async def test_a_draft_is_opened_and_written_into_its_own_room(room: Room) -> None:
    attic = await two_rooms(room)
    direct = room.direct()
    await direct.says("ada", "/my drafts")
    opened = await direct.presses("ada", "Open 2")
    assert "words for the ferry" in opened
    assert "In The Ferry." in opened
    written = await direct.presses("ada", "Write it")
    assert "It is in The Ferry" in written
    stands = await look(room, lambda books: [v.text for _, v in books.passages(books.snapshot().story.id)])
    assert stands == ["words for the ferry"]
    assert await look(attic, lambda books: len(books.passages(books.snapshot().story.id))) == 1
    assert "It is in" not in await direct.says("ada", "/my drafts")


async def test_a_form_in_a_direct_message_leads_back_too(room: Room) -> None:
    await two_rooms(room)
    direct = room.direct()
    await direct.says("ada", "/my drafts")
    await direct.presses("ada", "Open 1")
    await direct.presses("ada", "Change it")
    form = direct.last["ada"].form
    assert form is not None
    assert form.call.args[ROOM] == await room_id(room.at(ATTIC))
    await direct.fills("ada", "better words for the attic")
    drafts = await look(room.at(ATTIC), lambda books: [d.text for d in books.drafts(ADA)])
    assert drafts == ["better words for the attic"]


async def test_turns_of_all_rooms_are_listed(room: Room) -> None:
    attic = await two_rooms(room)
    await attic.says("ben", "/pitch A trunk")
    listed = await room.direct().says("ada", "/my turns")
    assert "The Attic: You have not voted yet" in listed
    assert "The Ferry: One draft of yours" in listed
    assert "Nothing waits" in await room.direct().says("nobody", "/my turns")


async def test_consent_is_shown_and_chosen_room_by_room(room: Room) -> None:
    attic = await two_rooms(room)
    direct = room.direct()
    assert "The Ferry: Never" in await direct.says("ada", "/my ai")
    await direct.says("ada", "/my ai quote")
    await direct.presses("ada", "Quote in The Attic")
    consents = [
        await look(where, lambda books: books.snapshot().member(ADA).consent) for where in (room, attic)
    ]
    assert [c.value if c else None for c in consents] == [None, "quote"]


async def test_words_in_a_room_where_one_only_has_a_draft_are_found(room: Room) -> None:
    await room.says("ada", "/story new The Ferry")
    await room.says("cleo", "only ever said this")
    direct = room.direct()
    assert "only ever said this" in await direct.says("cleo", "/my drafts")
    assert "only ever said this" in await direct.presses("cleo", "Open 1")


# ---- rights


async def test_forged_ids_are_answered_kindly_and_do_nothing(room: Room) -> None:
    attic = await two_rooms(room)
    direct = room.direct()
    secret = (await look(attic, lambda books: books.drafts("terminal/local/ben")))[0]
    here = await room_id(room)
    for who, args in (
        ("ada", {"draft": secret.id, "room": await room_id(attic)}),
        ("ben", {"draft": secret.id, "room": here}),
        ("cleo", {"draft": secret.id, "room": await room_id(attic)}),
        ("ada", {"draft": secret.id, "room": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}),
        ("ada", {"draft": secret.id, "room": "' OR 1=1"}),
        ("ada", {"draft": secret.id, "room": ""}),
    ):
        reply = await direct.calls(who, Call("draft show", args))
        assert direct.last[who].refused or "not here" in reply
        assert "secret" not in reply
        assert len(reply) > 20
    assert "Attic" not in await direct.calls("cleo", Call("read", {"room": await room_id(attic)}))


async def test_a_room_id_counts_only_in_a_direct_message(room: Room) -> None:
    attic = await two_rooms(room)
    await room.calls("ada", Call("extend", {"text": "Smuggled in.", "room": await room_id(attic)}))
    assert room.last["ada"].refused
    assert "Smuggled in." in str(await look(room, lambda books: [d.text for d in books.drafts(ADA)]))
    assert await look(attic, lambda books: len(books.passages(books.snapshot().story.id))) == 1
    await attic.calls("ada", Call("extend", {"text": "Its own id is fine.", "room": await room_id(attic)}))
    assert await look(attic, lambda books: len(books.passages(books.snapshot().story.id))) == 2


async def test_rights_are_those_that_the_platform_says_they_have_there_now(room: Room) -> None:
    await two_rooms(room)
    muted = room.direct(table=Standing(can_post=False))
    await muted.says("ada", "/my drafts")
    await muted.presses("ada", "Open 2")
    await muted.presses("ada", "Write it")
    assert muted.last["ada"].refused
    assert await look(room, lambda books: len(books.passages(books.snapshot().story.id))) == 0


async def test_whoever_left_a_room_keeps_their_own_words_and_sees_nothing_else(room: Room) -> None:
    attic = await two_rooms(room)
    await attic.says("ben", "/pitch A trunk full of letters")
    gone = room.direct(attic=None)
    listed = await gone.says("ada", "/my drafts")
    assert "words for the attic" in listed
    assert "The Attic" not in listed
    shown = await gone.presses("ada", "Open 1")
    assert "words for the attic" in shown
    assert "The Attic" not in shown
    await gone.presses("ada", "Write it")
    assert gone.last["ada"].refused
    assert "Attic" not in await gone.says("ada", "/my turns")
    for command in ("read", "round ballot", "canon list", "notes list", "story status"):
        reply = await gone.calls("ada", Call(command, {"room": await room_id(attic)}))
        assert "not in that room any more" in reply
    assert len(await look(attic, lambda books: books.drafts(ADA))) == 1
    await gone.calls("ada", Call("my ai", {"choice": "never", "room": await room_id(attic)}))
    assert not gone.last["ada"].refused


async def test_without_word_from_the_platform_only_ones_own_is_reached(room: Room) -> None:
    await two_rooms(room)
    direct = room.direct()
    direct.standings = None
    assert "words for the ferry" in await direct.says("ada", "/my drafts")
    await direct.presses("ada", "Open 2")
    await direct.presses("ada", "Write it")
    assert direct.last["ada"].refused


async def test_words_of_a_refused_call_to_another_room_are_kept(room: Room) -> None:
    await two_rooms(room)
    direct = room.direct()
    await direct.calls("ada", Call("extend", {"text": "A heart.", "room": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}))
    assert "A heart." in await direct.says("ada", "/my drafts")


# ---- the calls themselves

IDS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)


@given(IDS, st.lists(IDS, unique=True, max_size=12), st.text(max_size=300))
def test_every_button_leads_back_or_is_left_out(room_id: str, ids: list[str], story: str) -> None:
    actions = tuple(button("x", "draft write", draft=i, answer="after") for i in ids)
    long = button("y", "pitch-card change", pitch="P" * 26, version=1, desk="D" * 26)
    options = Options(tuple(Option(n, "z", Call("vote-card toggle", {"round": i, "number": str(n)})) for n, i in enumerate(ids)))
    card = Card(parts=(options,), actions=(*actions, long))
    marked = Elsewhere(room_id, story).marked(Reply((card,)))
    for action in marked.cards[0].actions:
        assert action.call.args[ROOM] == room_id
        assert len(action.call.token) <= TOKEN_LIMIT
    assert len(marked.cards[0].actions) == len(ids)
    assert all(o.call.args[ROOM] == room_id for o in marked.cards[0].options)


@pytest.mark.parametrize("size", [10, 3_790])
def test_the_story_is_named_where_there_is_room(size: int) -> None:
    marked = Elsewhere("R", "The Ferry").marked(Reply.of(note("x" * size)))
    assert ("The Ferry" in plain(marked.cards[0])) == (size == 10)
