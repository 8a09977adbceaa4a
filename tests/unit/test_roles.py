"""Roles: given and taken, and a room that named its showrunner keeps one."""

from __future__ import annotations

import pytest

from bot.errors import NotAllowed, NotFound, UserError
from bot.story import roles
from bot.story.people import Role
from tests.unit.tiny_room import TinyRoom, person


@pytest.fixture
def room() -> TinyRoom:
    room = TinyRoom("table", "w1", "w2", "run")
    room.open("w1")
    room.member("run", Role.SHOWRUNNER)
    return room


def role(room: TinyRoom, name: str) -> Role:
    member = room.snapshot.member(person(name))
    assert member is not None
    return member.role


def test_a_showrunner_gives_and_takes_roles(room: TinyRoom) -> None:
    assert room.do("run", roles.give, person("w1").key, Role.READER).was is Role.NONE
    assert role(room, "w1") is Role.READER
    room.do("run", roles.give, person("w1").key, Role.NONE)
    assert role(room, "w1") is Role.NONE


@pytest.mark.parametrize("given", [Role.SHOWRUNNER, Role.WRITER])
def test_nobody_promotes_themselves(room: TinyRoom, given: Role) -> None:
    room.member("w1", Role.READER)
    with pytest.raises(NotAllowed):
        room.do("w1", roles.give, person("w1").key, given)
    assert role(room, "w1") is Role.READER


def test_anyone_may_choose_to_read_only(room: TinyRoom) -> None:
    room.do("w1", roles.give, person("w1").key, Role.READER)
    assert role(room, "w1") is Role.READER


def test_the_last_showrunner_names_another_before_stepping_down(room: TinyRoom) -> None:
    with pytest.raises(UserError) as refusal:
        room.do("run", roles.give, person("run").key, Role.NONE)
    assert refusal.value.key == "roles.last_showrunner"
    room.do("run", roles.give, person("w2").key, Role.SHOWRUNNER)
    room.do("run", roles.give, person("run").key, Role.NONE)
    assert roles.roster(room.snapshot).showrunners == ("w2",)


def test_a_keeper_of_the_platform_may_replace_a_showrunner(room: TinyRoom) -> None:
    for name, given in (("w2", Role.SHOWRUNNER), ("run", Role.NONE)):
        moment = room.by("mod", keeper=True)
        room.keep(roles.give(room.snapshot, person(name).key, given, moment))
    assert roles.roster(room.snapshot).showrunners == ("w2",)


def test_someone_the_room_never_saw_gets_no_role(room: TinyRoom) -> None:
    with pytest.raises(NotFound) as refusal:
        room.do("run", roles.give, person("ghost").key, Role.WRITER)
    assert "ghost" in str(refusal.value)


def test_the_same_role_again_changes_nothing(room: TinyRoom) -> None:
    with pytest.raises(UserError) as refusal:
        room.do("run", roles.give, person("run").key, Role.SHOWRUNNER)
    assert refusal.value.key == "roles.same"
