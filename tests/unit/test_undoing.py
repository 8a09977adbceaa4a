"""Undo and Put back: what each reverses, what they refuse, and that both together are the identity."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UserError
from bot.story import canoneering, extending, revising, roles, staging, storytelling, turn_taking, undoing
from bot.story.ledger import Act
from bot.story.moments import Outcome
from bot.story.people import Role
from bot.story.rounds import Ballot, Pitch, Round, Terms
from bot.story.turns import Pen
from tests.unit.tiny_room import TinyRoom, person

TERMS = Terms(
    "approval", False, False, "shown", "ballots", 2, 0, 0, None, 5, 15, 5, "ask", 0, False, False, 0
)  # fmt: skip


def a_round(room: TinyRoom) -> Round:
    return Round(
        "r", "room", room.story.id, "main", 1, "", "What next?", "together", TERMS, room.now, "", "seed"
    )


def a_pitch(room: TinyRoom, asked: Round, name: str) -> Pitch:
    """An idea that this person pitched, with its act."""
    pitch = Pitch(
        "p",
        "room",
        room.story.id,
        asked.id,
        1,
        "The ferry docks",
        person(name).key,
        name,
        "standing",
        room.now,
        1,
    )
    detail = {"changes": [["pitch", "p", "status", "withdrawn", "standing"]], "number": 1}
    act = Act("pitch.added", (room.story.id, "p"), person(name).key, pitch.text, detail)
    room.keep(Outcome(None, (pitch,), (act,)))
    return pitch


def undo(room: TinyRoom, name: str) -> undoing.Undone:
    return room.do(name, undoing.undo, room.deeds_of(name), shelf=room)


def put_back(room: TinyRoom, name: str) -> undoing.Undone:
    return room.do(name, undoing.put_back, room.deeds_of(name), shelf=room)


@pytest.fixture
def room() -> TinyRoom:
    room = TinyRoom("table", "w1", "w2", "w3")
    room.member("w3", Role.SHOWRUNNER)
    room.open("w1")
    return room


def test_undo_takes_ones_last_passage_out_and_says_so(room: TinyRoom) -> None:
    room.do("w1", extending.extend, "One.")
    room.do("w2", extending.extend, "Two rose.")
    news = undo(room, "w2")
    assert (news.kind, news.number, news.text, news.back) == ("passage.added", 2, "Two rose.", False)
    assert (room.text(), room.story.words) == (["One."], 1)
    assert room.deeds[0].entry.kind == "act.undone"


def test_put_back_brings_it_back_where_it_stood(room: TinyRoom) -> None:
    for text in ("One.", "Two."):
        room.do("w1", extending.extend, text)
    undo(room, "w1")
    assert put_back(room, "w1").back
    assert (room.text(), room.story.words) == (["One.", "Two."], 2)


def test_undo_after_undo_goes_further_back_and_undo_after_put_back_undoes_again(room: TinyRoom) -> None:
    for text in ("One.", "Two.", "Three."):
        room.do("w1", extending.extend, text)
    undo(room, "w1")
    undo(room, "w1")
    assert room.text() == ["One."]
    put_back(room, "w1")
    assert room.text() == ["One.", "Two."]
    undo(room, "w1")
    assert room.text() == ["One."]


def test_a_passage_that_someone_built_on_stays(room: TinyRoom) -> None:
    room.do("w1", extending.extend, "One.")
    room.do("w2", extending.extend, "Two.")
    with pytest.raises(UserError) as refusal:
        undo(room, "w1")
    assert refusal.value.key == "passages.built_on"
    assert "w2" in str(refusal.value)
    undo(room, "w2")
    undo(room, "w1")
    assert room.text() == []


def test_a_fix_is_undone_by_a_version_with_the_words_before(room: TinyRoom) -> None:
    passage = room.write("w1", "The lamp went out.").passage
    room.do("w1", revising.fix, *room.found(passage.id), "The lamp died.", seen_version=1)
    undo(room, "w1")
    assert room.text() == ["The lamp went out."]
    assert room.all_passages[passage.id].version == 3
    put_back(room, "w1")
    assert room.text() == ["The lamp died."]
    assert [v.text for v in room.versions(passage.id)][:2] == ["The lamp went out.", "The lamp died."]


def test_what_someone_changed_since_is_not_undone(room: TinyRoom) -> None:
    room.do("w1", storytelling.rename, "The Ferry")
    room.do("w3", storytelling.rename, "The Boat")
    with pytest.raises(UserError) as refusal:
        undo(room, "w1")
    assert refusal.value.key == "passages.undo_changed_since"
    assert room.story.title == "The Boat"


def test_others_acts_are_not_undone_by_a_writer(room: TinyRoom) -> None:
    room.do("w1", extending.extend, "One.")
    with pytest.raises(UserError) as refusal:
        room.do("w2", undoing.undo, room.deeds, shelf=room)
    assert refusal.value.key == "passages.undo_nothing"


def test_a_showrunner_may_undo_the_storys_last_act(room: TinyRoom) -> None:
    room.do("w1", extending.extend, "One.")
    news = room.do("w3", undoing.undo, room.deeds, shelf=room)
    assert (news.whose, room.text()) == ("w1", [])
    assert undoing.may_undo_the_storys(room.snapshot, room.by("w3"))
    assert not undoing.may_undo_the_storys(room.snapshot, room.by("w1"))


def test_in_a_community_even_the_showrunner_undoes_only_their_own() -> None:
    room = TinyRoom("community", "w1", "w3")
    room.member("w3", Role.SHOWRUNNER)
    room.open("w1")
    room.do("w1", extending.extend, "One.")
    with pytest.raises(UserError):
        room.do("w3", undoing.undo, room.deeds, shelf=room)


def test_a_story_nobody_wrote_in_can_be_unmade_and_one_with_a_passage_cannot(room: TinyRoom) -> None:
    first = room.story
    undo(room, "w1")
    assert room.snapshot.story is None
    put_back(room, "w1")
    assert room.story.id == first.id
    room.do("w2", extending.extend, "One.")
    with pytest.raises(UserError) as refusal:
        undo(room, "w1")
    assert refusal.value.key == "passages.undo_story_written"


@pytest.mark.parametrize("rule", [storytelling.pause, storytelling.wrap])
def test_pausing_and_wrapping_are_undone(room: TinyRoom, rule: object) -> None:
    story = room.story
    room.do("w1", rule)  # type: ignore[arg-type]  # each of these is a rule
    undo(room, "w1")
    assert room.all_stories[story.id] == replace(story, status="open")


def test_a_wrap_is_not_undone_once_another_story_is_open(room: TinyRoom) -> None:
    room.do("w1", storytelling.wrap)
    room.open("w2", "Two")
    with pytest.raises(UserError) as refusal:
        undo(room, "w1")
    assert refusal.value.key == "stories.one_open"


def test_a_scene_is_undone_while_nothing_stands_in_it(room: TinyRoom) -> None:
    first = room.scene
    room.do("w1", staging.add, "Below deck")
    undo(room, "w1")
    assert room.scene == first
    put_back(room, "w1")
    assert room.scene.title == "Below deck"
    room.do("w2", extending.extend, "One.")
    with pytest.raises(UserError) as refusal:
        undo(room, "w1")
    assert refusal.value.key == "passages.undo_scene_written"


def test_a_scene_that_was_taken_out_comes_back_with_its_passages(room: TinyRoom) -> None:
    room.do("w1", extending.extend, "One.")
    room.do("w1", staging.add, "Two")
    room.do("w1", extending.extend, "Two.")
    room.do("w3", staging.remove, 2, [p for p, _ in room.passages(room.story.id)])
    assert room.text() == ["One."]
    undo(room, "w3")
    assert (room.text(), room.scene.number, room.story.words) == (["One.", "Two."], 2, 2)


def test_a_revised_and_a_locked_scene_are_undone(room: TinyRoom) -> None:
    room.do("w1", staging.revise, 1, title="The deck", place="the ferry")
    undo(room, "w1")
    assert (room.scene.title, room.scene.place) == ("", "")
    room.do("w3", staging.lock, 1)
    undo(room, "w3")
    assert room.scene.status == "open"


def test_a_fact_and_a_role_are_undone(room: TinyRoom) -> None:
    room.do("w1", canoneering.add, "character: Orla keeps the purse", standing=[])
    undo(room, "w1")
    assert room.facts() == []
    put_back(room, "w1")
    assert [f.name for f in room.facts()] == ["Orla"]
    room.do("w3", roles.give, person("w2").key, Role.READER)
    undo(room, "w3")
    member = room.snapshot.member(person("w2"))
    assert member is not None
    assert member.role is Role.NONE


def test_an_idea_that_is_frozen_or_whose_round_is_closed_is_not_undone(room: TinyRoom) -> None:
    asked = a_round(room)
    pitch = a_pitch(room, asked, "w1")
    room.snapshot = room.snapshot.with_rows((asked, replace(pitch, frozen=True)))
    with pytest.raises(UserError) as refusal:
        undo(room, "w1")
    assert refusal.value.key == "passages.undo_frozen"
    room.snapshot = room.snapshot.with_rows((replace(asked, part="closed"), pitch))
    with pytest.raises(UserError) as refusal:
        undo(room, "w1")
    assert refusal.value.key == "passages.undo_round_closed"


def test_an_idea_is_taken_back_and_put_back_while_nobody_voted(room: TinyRoom) -> None:
    asked = a_round(room)
    room.keep(Outcome(None, (asked,)))
    pitch = a_pitch(room, asked, "w1")
    undo(room, "w1")
    assert room.snapshot.ideas(asked.id) == ()
    put_back(room, "w1")
    assert [p.id for p in room.snapshot.ideas(asked.id)] == [pitch.id]
    assert room.snapshot.rounds[asked.id].last_idea_at == room.now


def test_a_chosen_idea_waits_for_a_writer_again_when_its_passage_is_undone(room: TinyRoom) -> None:
    asked = a_round(room)
    room.keep(Outcome(None, (asked,)))
    a_pitch(room, asked, "w3")
    room.snapshot = room.snapshot.with_rows((Pen(room.story.id, "room", None, None, None, "p"),))
    assert room.write("w1", "The ferry docked.").pitch_id == "p"
    assert room.snapshot.pens[room.story.id].pitch_id is None
    undo(room, "w1")
    assert room.snapshot.pens[room.story.id].pitch_id == "p"
    put_back(room, "w1")
    assert room.snapshot.pens[room.story.id].pitch_id is None


def test_where_a_vote_was_the_last_thing_undo_says_how_it_is_taken_back(room: TinyRoom) -> None:
    room.do("w1", extending.extend, "One.")
    asked = a_round(room)
    room.later(seconds=5)
    ballot = Ballot("b", "room", asked.id, person("w1").key, ("x",), room.now, room.now)
    room.snapshot = room.snapshot.with_rows((asked, ballot))
    with pytest.raises(UserError) as refusal:
        undo(room, "w1")
    assert refusal.value.key == "passages.undo_vote"
    room.later(seconds=5)
    room.do("w1", extending.extend, "Two.")
    undo(room, "w1")
    assert room.text() == ["One."]


def test_passing_a_turn_is_not_undone_and_says_so() -> None:
    room = TinyRoom("table", "w1", "w2", rules={"extending": "turns"})
    room.open("w1")
    room.do("w1", turn_taking.start)
    room.do("w1", turn_taking.pass_turn)
    with pytest.raises(UserError) as refusal:
        undo(room, "w1")
    assert refusal.value.key == "passages.undo_turn"


def test_a_turn_that_moved_on_with_a_passage_does_not_bar_its_undo() -> None:
    room = TinyRoom("table", "w1", "w2", rules={"extending": "turns"})
    room.open("w1")
    room.do("w1", extending.extend, "One.")
    undo(room, "w1")
    assert room.text() == []


def test_a_locked_scene_keeps_its_passages(room: TinyRoom) -> None:
    room.do("w1", extending.extend, "One.")
    room.do("w3", staging.lock, 1)
    with pytest.raises(UserError) as refusal:
        undo(room, "w1")
    assert refusal.value.key == "stories.scene_locked"


def test_nothing_to_undo_and_nothing_to_put_back_are_said() -> None:
    room = TinyRoom("table", "w1", "w2")
    room.open("w1")
    with pytest.raises(UserError) as refusal:
        undo(room, "w2")
    assert refusal.value.key == "passages.undo_nothing"
    with pytest.raises(UserError) as refusal:
        put_back(room, "w2")
    assert refusal.value.key == "passages.put_back_nothing"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["w1", "w2", "w3"]),
        st.sampled_from(["write", "fix", "cut", "scene", "rename", "undo", "back"]),
    ),
    max_size=14,
)  # fmt: skip


def play(room: TinyRoom, who: str, step: str, number: int) -> None:
    """One step of a session; what the rules refuse changes nothing."""
    story = room.snapshot.story
    mine = [(p, v) for p, v in room.passages(story.id) if p.author == person(who).key] if story else []
    try:
        match step:
            case "write":
                room.do(who, extending.extend, f"Line {number} of {who}.")
            case "fix" if mine:
                room.do(
                    who, revising.fix, *mine[-1], f"Other words {number}.", seen_version=mine[-1][0].version
                )
            case "cut" if mine:
                room.do(who, revising.cut, *mine[-1])
            case "scene":
                room.do(who, staging.add, f"Scene {number}")
            case "rename":
                room.do(who, storytelling.rename, f"Title {number}")
            case "undo":
                undo(room, who)
            case "back":
                put_back(room, who)
            case _:
                pass
    except UserError:
        pass


def state(room: TinyRoom, story_id: str) -> tuple[list[str], int, str, str, str]:
    story = room.all_stories[story_id]
    return room.text(story_id), story.words, story.title, story.scene_id, story.status


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, who=st.sampled_from(["w1", "w2", "w3"]))
def test_undo_then_put_back_is_the_identity_on_the_story(steps: list[tuple[str, str]], who: str) -> None:
    room = TinyRoom("table", "w1", "w2", "w3")
    id_ = room.open("w1").id
    for number, (name, step) in enumerate(steps):
        room.later(seconds=1)
        play(room, name, step, number)
    before = state(room, id_)
    assert before[1] == sum(p.words for p, _ in room.passages(id_))
    try:
        undo(room, who)
    except UserError:
        assert state(room, id_) == before
        return
    put_back(room, who)
    assert state(room, id_) == before


def test_an_outcome_of_undo_names_the_act_it_reverses(room: TinyRoom) -> None:
    room.do("w1", extending.extend, "One.")
    added = room.deeds[0].entry.id
    outcome: Outcome[undoing.Undone] = undoing.undo(room.snapshot, room.deeds_of("w1"), room.by("w1"), room)
    assert outcome.value.act_id == added
    assert outcome.acts[0].detail["reverses"] == added
