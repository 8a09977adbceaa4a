"""Server roles that count as room roles: exactly like a role given by hand, and weaker than it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed, NotFound, UserError
from bot.story import guards, house_rules, pitching, regulars, roles, turn_taking
from bot.story.people import Member, Role, Standing
from bot.story.role_map import MAPPED_MOST, STRENGTH, group_named, role_of, strongest
from bot.story.rooms import Room
from tests.unit.tiny_room import START, TinyRoom, person

ROLES = st.sampled_from(list(Role))
MAPS = st.dictionaries(st.sampled_from("abcdef"), ROLES.filter(lambda r: r is not Role.NONE), max_size=6)


def a_room(mapping: dict[str, Role]) -> Room:
    rows = tuple(sorted((id_, id_, role.value) for id_, role in mapping.items()))
    return Room("room", "terminal", "test", "hall", "", START, role_map=rows)


@given(MAPS, st.lists(st.sampled_from("abcdefxyz"), max_size=9), ROLES)
def test_the_hand_wins_else_the_strongest_mapped_one(mapping: dict[str, Role], held: list[str], by_hand: Role) -> None:
    member = Member("m", "room", "terminal/test/ada", "ada", by_hand, groups=tuple(held))
    got = role_of(a_room(mapping), member)
    if by_hand is not Role.NONE:
        assert got is by_hand
        return
    counts = [mapping[h] for h in held if h in mapping]
    assert got is strongest(counts)
    assert got in (*counts, Role.NONE)
    assert all(STRENGTH.index(got) >= STRENGTH.index(role) for role in counts)
    assert role_of(a_room(mapping), None, held) is got
    assert role_of(a_room(mapping), member, ()) is Role.NONE


@given(st.lists(ROLES), st.randoms())
def test_the_strongest_does_not_depend_on_order(given: list[Role], chance: object) -> None:
    shuffled = list(given)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert strongest(given) is strongest(shuffled)


@pytest.fixture
def room() -> TinyRoom:
    room = TinyRoom("table", "ada", "ben", "run")
    room.open("ada")
    room.member("run", Role.SHOWRUNNER)
    room.do("run", roles.map_group, ("1", "Readers"), Role.READER)
    room.do("run", roles.map_group, ("2", "Mods"), Role.SHOWRUNNER)
    return room


def holding(room: TinyRoom, name: str, *groups: str) -> None:
    """A member who held these server roles when last seen."""
    room.snapshot = room.snapshot.with_rows((replace(room.member(name), groups=groups),))


def test_a_mapped_reader_cannot_write_and_takes_no_turns(room: TinyRoom) -> None:
    holding(room, "ben", "1")
    moment = replace(room.by("ben"), standing=Standing(roles=("1",)))
    with pytest.raises(NotAllowed):
        pitching.pitch(room.snapshot, "A door", moment)
    assert guards.is_reader(room.snapshot, person("ben").key)
    assert person("ben").key not in {m.person for m in regulars.roster(room.snapshot, room.now)}
    room.snapshot = room.snapshot.with_rows((replace(room.snapshot.room, rules={"extending": "turns"}),))
    turn = room.do("run", turn_taking.start).turn
    assert person("ben").key not in turn_taking.eligible(room.snapshot, turn)


def test_a_mapped_showrunner_runs_the_room_as_long_as_the_server_says_so(room: TinyRoom) -> None:
    holding(room, "ben", "1", "2")
    now = replace(room.by("ben"), standing=Standing(roles=("2", "1")))
    assert house_rules.is_showrunner(room.snapshot, now)
    assert person("ben").key in house_rules.showrunners(room.snapshot)
    assert not house_rules.is_showrunner(room.snapshot, replace(now, standing=Standing(roles=())))


def test_only_a_showrunner_maps(room: TinyRoom) -> None:
    with pytest.raises(NotAllowed):
        room.do("ben", roles.map_group, ("9", "Friends"), Role.SHOWRUNNER)


def test_none_takes_it_out_and_the_same_again_is_refused(room: TinyRoom) -> None:
    with pytest.raises(UserError):
        room.do("run", roles.map_group, ("1", "Readers"), Role.READER)
    room.do("run", roles.map_group, ("1", "Readers"), Role.NONE)
    assert [row[0] for row in room.snapshot.room.role_map] == ["2"]
    with pytest.raises(UserError):
        room.do("run", roles.map_group, ("1", "Readers"), Role.NONE)


def test_a_map_has_an_end(room: TinyRoom) -> None:
    for number in range(MAPPED_MOST - 2):
        room.do("run", roles.map_group, (f"x{number}", f"x{number}"), Role.WRITER)
    with pytest.raises(UserError):
        room.do("run", roles.map_group, ("one more", "one more"), Role.WRITER)


def test_seen_remembers_the_server_roles_that_a_person_holds(room: TinyRoom) -> None:
    room.later(days=1)
    for held in (("1",), ("1", "2"), ()):
        rows = house_rules.seen(room.snapshot, replace(room.by("ben"), standing=Standing(roles=held)), True)
        room.snapshot = room.snapshot.with_rows(rows)
        member = room.snapshot.member(person("ben"))
        assert member is not None
        assert member.groups == held
    assert room.now - START == timedelta(days=1)


def test_a_server_role_is_meant_by_key_id_or_name(room: TinyRoom) -> None:
    here, people = room.snapshot.room, {"@77": "Story Editors", "terminal/test/ada": "ada"}
    for meant in ("@77", "77", "story editors", "@Story Editors"):
        assert group_named(here, meant, people, ()) == ("77", "Story Editors")
    assert group_named(here, "mods", {}, ()) == ("2", "Mods")
    assert group_named(here, "123456789012345678", {}, ()) == ("123456789012345678", "123456789012345678")
    assert group_named(here, "e", {}, ("e",)) == ("e", "e")
    for wrong in ("", "@", "nobody", "ada", "terminal/test/ada"):
        with pytest.raises(NotFound):
            group_named(here, wrong, people, ())
