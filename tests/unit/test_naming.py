"""Who is meant: keys before names, and nobody that the platform does not know."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotFound
from bot.story import naming
from tests.unit.tiny_room import TinyRoom, person


@pytest.fixture
def room() -> TinyRoom:
    room = TinyRoom("table", "ada", "ben")
    room.open("ada")
    return room


NEW = "terminal/test/cleo"


def called(room: TinyRoom, name: str, shown: str) -> None:
    """A member with this display name."""
    room.snapshot = room.snapshot.with_rows((replace(room.member(name), name=shown),))


def meet(room: TinyRoom, *given: str, people: dict[str, str] | None = None) -> tuple[str, ...]:
    return room.do("ada", naming.meet, given, people=people or {})


def test_a_name_is_found_whatever_its_case(room: TinyRoom) -> None:
    assert meet(room, "BEN", "@ada") == (person("ben").key, person("ada").key)


def test_a_key_that_the_platform_named_becomes_a_member_under_its_display_name(room: TinyRoom) -> None:
    assert meet(room, NEW, people={NEW: "Cleo\x00 M."}) == (NEW,)
    member = room.snapshot.member(NEW)
    assert member is not None
    assert (member.name, member.first_at) == ("Cleo\ufffd M.", None)


def test_a_key_is_meant_before_a_display_name_that_looks_like_it(room: TinyRoom) -> None:
    called(room, "mallory", person("ben").key)
    assert meet(room, person("ben").key) == (person("ben").key,)


@pytest.mark.parametrize(
    "given",
    [NEW, "slack/test/cleo", "terminal/other/cleo", "terminal//cleo", "a/b", "//", "nobody", "", "terminal/test/c d"],
)
def test_a_key_of_nobody_is_refused_with_those_who_are_here(room: TinyRoom, given: str) -> None:
    people = {} if given == NEW else {given: "Cleo"}
    with pytest.raises(NotFound) as refusal:
        meet(room, given, people=people)
    assert "ada, ben" in str(refusal.value)


def test_names_with_spaces_are_parted_by_commas(room: TinyRoom) -> None:
    called(room, "grace", "Grace Hopper")
    assert naming.divided(room.snapshot, "ada, Grace Hopper") == ("ada", "Grace Hopper")
    assert naming.divided(room.snapshot, "Grace Hopper") == ("Grace Hopper",)
    assert naming.divided(room.snapshot, "ada ben") == ("ada", "ben")
    assert naming.divided(room.snapshot, " ") == ()


@given(st.text(max_size=40))
def test_whatever_is_typed_someone_is_meant_or_it_is_refused(given: str) -> None:
    room = TinyRoom("table", "ada")
    room.open("ada")
    try:
        (key,) = meet(room, given)
    except NotFound:
        return
    assert key == person("ada").key
