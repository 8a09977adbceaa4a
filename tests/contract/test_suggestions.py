"""Completions: by what is typed anywhere in a label, at most 25, of this room only."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.handlers.suggesting import LABEL_MOST, MOST
from bot.story.people import Place
from tests.rig import Room, open_room


@pytest.fixture
def room(table: Room) -> Room:
    """At a table: the rig says there who calls, with what standing, and what the platform knows."""
    return table



async def offered(room: Room, command: str, argument: str, begun: str = "", name: str = "ada") -> list[tuple[str, str]]:
    """What is suggested, each within the limits."""
    found = await room.house.inbox.suggest(room.place, room.incoming(name).person, command, argument, begun)
    assert len(found) <= MOST
    assert all(0 < len(value) <= LABEL_MOST and len(label) <= LABEL_MOST for value, label in found)
    return list(found)


async def filled(room: Room) -> None:
    """Something of everything."""
    for line in (
        "/story new The Last Ferry", "/scene revise 1 The quay", "/scene add The engine room",
        "/extend The ferry came in without its captain.", "/pitch The ferry never docks", "/pitch A stowaway sings",
        "/canon add character: Ines, the night attendant, has never lost a sock",
        "/canon add place: The Meridian, a car ferry",
        "/notes give 1 Whose ferry is it?",
    ):  # fmt: skip
        await room.says("ada", line)
    await room.says("Ben Okri", "a line without a command")


@pytest.mark.parametrize(
    ("command", "argument", "begun", "values"),
    [
        ("story status", "number", "ferry", ["1"]),
        ("scene view", "number", "", ["1", "2"]),
        ("scene view", "number", "ENGINE", ["2"]),
        ("read", "scene", "quay", ["1"]),
        ("scene restore", "number", "", []),
        ("vote", "numbers", "sings", ["2"]),
        ("round decide", "number", "1", ["1"]),
        ("round results", "number", "", ["1"]),
        ("notes resolve", "number", "whose", ["1"]),
        ("notes give", "passage", "captain", ["1"]),
        ("showrunner rules", "key", "quorum", ["quorum", "below-quorum"]),
        ("showrunner rules", "value", "extending", ["open", "turns", "vote"]),
        ("showrunner roles", "name", "ada", ["ada"]),
        ("turn order", "names", "ada, b", []),
        ("turn order", "names", "x, AD", ["x, ada"]),
        ("canon retcon", "fact-number", "meridian", ["2"]),
        ("canon cast", "character", "ines", ["Ines"]),
        ("pitch", "idea", "", []),
        ("no such", "nothing", "", []),
    ],
)
async def test_what_is_suggested(room: Room, command: str, argument: str, begun: str, values: list[str]) -> None:
    await filled(room)
    assert [value for value, _ in await offered(room, command, argument, begun)] == values


async def test_ones_own_drafts_and_nobody_elses(room: Room) -> None:
    await filled(room)
    assert await offered(room, "draft show", "draft") == []
    own = await offered(room, "draft show", "draft", "without", name="Ben Okri")
    assert [label for _, label in own] == ["a line without a command"]


async def test_nothing_of_another_room_and_nothing_before_there_is_any(room: Room) -> None:
    await filled(room)
    attic = room.at(Place("terminal", "local", "attic"))
    for command, argument in (
        ("story status", "number"), ("scene view", "number"), ("vote", "numbers"), ("notes list", "number"),
        ("canon retcon", "fact-number"), ("showrunner roles", "name"), ("draft show", "draft"), ("notes give", "passage"),
    ):  # fmt: skip
        assert await offered(attic, command, argument) == []


async def test_a_sealed_part_and_a_folded_story_stay_closed(room: Room) -> None:
    await room.says("ada", "/story new Sealed")
    await room.says("ada", "/round open What now? sealed: yes")
    await room.says("ben", "/pitch Quicksilver")
    assert await offered(room, "vote", "numbers") == []
    await room.says("ada", "/showrunner rules set folded on")
    await room.says("ada", "/extend Quicksilver, said nobody.")
    await room.says("ben", "/extend And nobody laughed.")
    assert "Quicksilver" not in str(await offered(room, "notes give", "passage"))


async def test_several_rounds_go_by_letters(room: Room) -> None:
    await room.says("ada", "/story new Letters")
    await room.says("ada", "/round open Who is it?")
    await room.says("ada", "/round open Where are we?")
    await room.says("ada", "/pitch letter: b The pier")
    await room.says("ada", "/pitch The pier letter: b")
    assert [v for v, _ in await offered(room, "round close", "letter", "where")] == ["b"]
    assert [v for v, _ in await offered(room, "vote", "numbers", "pier")][-1:] == ["B1"]


@settings(max_examples=25)
@given(begun=st.text(max_size=120), long=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=180))
async def test_whatever_is_typed_the_limits_hold(tmp_path_factory: pytest.TempPathFactory, begun: str, long: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    async with open_room(f"sqlite:///{folder}/house.db") as room:
        await room.says("ada", f"/story new T{long}")  # a title of nothing that shows is refused
        for number in range(30):
            await room.says("ada", f"/scene add {long}{number}")
        for command, argument in (("story status", "number"), ("scene view", "number"), ("turn order", "names"), ("x", "story")):
            await offered(room, command, argument, begun)
            assert await offered(room, command, argument, "") != []
