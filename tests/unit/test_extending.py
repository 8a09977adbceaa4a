"""Extending: who may, what form it takes, five hands at once, the machine's text, what stands afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed, NotFound, Stale, UserError
from bot.story import extending, pens, revising, staging
from bot.story.extending import Extended, StoryMovedOn, ToTheVote
from bot.story.moments import Mark
from bot.story.passages import MachineText
from bot.story.people import Role
from bot.story.provenance import covers
from bot.story.rounds import Pitch
from bot.story.turns import Pen
from tests.unit.tiny_room import TinyRoom, person

LONG = "The lamp swung and " + "the water rose " * 30 + "to the door."
MACHINE = "The captain had been dead since Tuesday, and nobody had told him. " * 8


def opened(*people: str, preset: str = "table", **rules: str) -> TinyRoom:
    room = TinyRoom(preset, *people, rules=rules)  # type: ignore[arg-type]  # the test names one of the presets
    if people:
        room.open(people[0])
    return room


def machine_text(room: TinyRoom, asker: str, **more: object) -> MachineText:
    draft = MachineText(
        room.ids.new(room.now), "room", room.story.id, person(asker).key, "continue", "recording", "m", "",
        "a recording", "", MACHINE, (), "ready", "end", room.now,
    )  # fmt: skip
    return replace(draft, **more)  # type: ignore[arg-type]  # the test names fields of MachineText


def test_a_passage_goes_into_the_current_scene() -> None:
    room = opened("w1", "w2")
    news = room.write("w2", "Nobody had told the captain. He stood at the wheel.")
    assert (news.passage.number, news.passage.words, news.by) == (1, 10, "w2")
    assert news.passage.scene_id == room.scene.id
    assert (room.story.passages, room.story.words) == (1, 10)
    assert {Mark("passage", news.passage.id), Mark("scene", room.scene.id)} <= set(room.marks)
    assert room.deeds[0].entry.kind == "passage.added"


def test_passages_stand_in_the_order_in_which_they_came() -> None:
    room = opened("w1", "w2", "w3")
    for number in range(12):
        room.do(f"w{number % 3 + 1}", extending.extend, f"Line {number}.")
    assert room.text() == [f"Line {number}." for number in range(12)]


@pytest.mark.parametrize("text", ["", "   \n\t"])
def test_an_empty_text_is_refused(text: str) -> None:
    room = opened("w1")
    with pytest.raises(UserError) as refusal:
        room.do("w1", extending.extend, text)
    assert refusal.value.argument == "text"


def test_a_reader_is_told_who_can_change_that() -> None:
    room = opened("w1", "w2")
    room.member("w2", Role.READER)
    with pytest.raises(NotAllowed) as refusal:
        room.do("w2", extending.extend, "A line.")
    assert "showrunner" in str(refusal.value)


def test_a_locked_scene_takes_nothing_and_says_what_to_do() -> None:
    room = opened("w1", "w2")
    room.member("w1", Role.SHOWRUNNER)
    room.do("w1", staging.lock, None)
    with pytest.raises(UserError) as refusal:
        room.do("w2", extending.extend, "A line.")
    assert "/scene add" in str(refusal.value)


def test_control_characters_are_replaced_and_counted() -> None:
    room = opened("w1")
    news = room.write("w1", "The lamp\x00 went\x07 out.")
    assert (news.replaced, news.version.text) == (2, "The lamp\ufffd went\ufffd out.")


# ---- five hands at once


def test_long_text_written_while_others_wrote_is_asked_about_once_and_kept() -> None:
    room = opened("w1", "w2", "w3")
    base = room.write("w1", "One.").passage.id
    room.do("w2", extending.extend, "Two came in.")
    room.do("w3", extending.extend, "Three.")
    news = room.do("w1", extending.extend, LONG, base_passage_id=base)
    assert isinstance(news, StoryMovedOn)
    assert [(s.name, s.opening) for s in news.since] == [("w2", "Two came in."), ("w3", "Three.")]
    assert room.drafts[news.draft.id].text == LONG.strip()
    assert room.text() == ["One.", "Two came in.", "Three."]
    landed = room.do("w1", extending.extend, LONG, base_passage_id=base, answer="after", draft=news.draft)
    assert isinstance(landed, Extended)
    assert room.drafts[news.draft.id].state == "used"
    assert len(room.text()) == 4


def test_short_text_lands_in_order_whatever_came_between() -> None:
    room = opened("w1", "w2")
    base = room.write("w1", "One.").passage.id
    room.do("w2", extending.extend, "Two.")
    room.do("w1", extending.extend, "Three.", base_passage_id=base)
    assert room.text() == ["One.", "Two.", "Three."]


def test_ones_own_passages_in_between_ask_nothing() -> None:
    room = opened("w1")
    base = room.write("w1", "One.").passage.id
    room.do("w1", extending.extend, "Two.")
    assert isinstance(room.do("w1", extending.extend, LONG, base_passage_id=base), Extended)


def test_a_base_that_was_cut_is_still_a_base() -> None:
    room = opened("w1", "w2")
    base = room.write("w1", "One.").passage
    room.later(seconds=1)
    room.do("w1", revising.cut, *room.found(base.id))
    assert isinstance(room.do("w1", extending.extend, LONG, base_passage_id=base.id), Extended)
    room.later(seconds=1)
    room.do("w2", extending.extend, "Two.")
    assert isinstance(room.do("w1", extending.extend, LONG, base_passage_id=base.id), StoryMovedOn)


def test_an_empty_story_that_got_its_first_passage_meanwhile_moved_on() -> None:
    room = opened("w1", "w2")
    room.do("w2", extending.extend, "One.")
    assert isinstance(room.do("w1", extending.extend, LONG, base_passage_id=""), StoryMovedOn)


# ---- the pen


def test_long_text_waits_for_the_pen_and_short_text_needs_none() -> None:
    room = opened("w1", "w2")
    room.do("w1", pens.take)
    with pytest.raises(NotAllowed) as refusal:
        room.do("w2", extending.extend, LONG)
    assert "w1" in str(refusal.value)
    assert "12:03" in str(refusal.value)
    room.do("w2", extending.extend, "A short one.")
    room.later(minutes=4)
    room.do("w2", extending.extend, LONG)
    assert len(room.text()) == 2


def test_the_holders_long_text_puts_the_pen_down() -> None:
    room = opened("w1", "w2")
    room.do("w1", pens.take)
    room.do("w1", extending.extend, LONG)
    assert room.snapshot.pens[room.story.id].holder is None
    assert ("pen", room.story.id) not in room.dues


def test_the_passage_of_a_chosen_idea_names_it_once() -> None:
    room = opened("w1", "w2")
    room.snapshot = room.snapshot.with_rows((Pen(room.story.id, "room", None, None, None, pitch_id="idea"),))
    assert room.write("w2", "The ferry never docked.").passage.pitch_id == "idea"
    assert room.write("w1", "It went on.").passage.pitch_id is None


def test_an_idea_offered_to_its_pitcher_is_not_anothers_to_write() -> None:
    room = opened("w1", "w2")
    offer = Pen(room.story.id, "room", None, None, None, "idea", person("w1").key, room.now.replace(hour=14))
    room.snapshot = room.snapshot.with_rows((offer,))
    assert room.write("w2", "Meanwhile, rain.").passage.pitch_id is None
    assert room.write("w1", "The ferry never docked.").passage.pitch_id == "idea"


# ---- forms


def test_line_by_line_a_passage_is_one_line() -> None:
    room = opened("w1", "w2", form="line")
    with pytest.raises(UserError) as refusal:
        room.do("w1", extending.extend, "One.\nTwo.")
    assert refusal.value.key == "passages.one_line"
    with pytest.raises(UserError):
        room.do("w1", extending.extend, "x" * 301)
    room.do("w1", extending.extend, "One.")
    assert room.text() == ["One."]


def test_word_by_word_a_passage_is_one_word() -> None:
    room = opened("w1", "w2", form="word")
    with pytest.raises(UserError) as refusal:
        room.do("w1", extending.extend, "two words")
    assert refusal.value.key == "passages.one_word"
    room.do("w1", extending.extend, "Once,")
    room.do("w2", extending.extend, "upon")
    assert room.text() == ["Once,", "upon"]


def test_where_texts_are_voted_on_the_text_goes_to_the_vote() -> None:
    room = opened("w1", "w2", extending="vote")
    assert isinstance(room.do("w1", extending.extend, "A text."), ToTheVote)
    assert room.text() == []


def test_a_text_that_a_vote_chose_goes_in_as_its_writers_when_time_closes_the_round() -> None:
    room = opened("w1", "w2", extending="vote")
    pitch = Pitch(
        "p", "room", room.story.id, "r", 1, "A text.", person("w2").key, "w2", "chosen", room.now, 1
    )
    news = room.do(None, extending.extend, "A text.", chosen=pitch)
    assert isinstance(news, Extended)
    assert (news.by, news.passage.author, news.passage.pitch_id) == ("w2", person("w2").key, "p")
    assert room.text() == ["A text."]


# ---- the machine's text


def test_a_draft_taken_as_it_is_stands_as_the_machines_taken_by_a_person() -> None:
    room = opened("w1")
    draft = machine_text(room, "w1")
    news = room.write("w1", draft.text, machine=draft)
    assert (news.passage.machine, news.passage.author) == (True, person("w1").key)
    assert [(s.kind, s.machine_text_id) for s in news.version.spans] == [("ai", draft.id)]
    assert room.machine_texts[draft.id].state == "used"
    with pytest.raises(UserError) as refusal:
        room.do("w1", extending.extend, draft.text, machine=room.machine_texts[draft.id])
    assert refusal.value.key == "passages.draft_used"


def test_anothers_draft_is_taken_only_once_it_was_shown_to_the_room() -> None:
    room = opened("w1", "w2")
    draft = machine_text(room, "w1")
    with pytest.raises(NotFound):
        room.do("w2", extending.extend, draft.text, machine=draft)
    news = room.write("w2", draft.text, machine=replace(draft, public=True))
    assert news.passage.author == person("w2").key


@pytest.mark.parametrize("state", ["writing", "failed", "dropped"])
def test_a_draft_that_is_not_ready_is_not_taken(state: str) -> None:
    room = opened("w1")
    with pytest.raises(UserError) as refusal:
        room.do("w1", extending.extend, MACHINE, machine=machine_text(room, "w1", state=state))
    assert refusal.value.key == "passages.draft_not_ready"


def test_in_a_community_the_machine_never_writes_twice_in_a_row() -> None:
    room = opened("w1", "w2", preset="community")
    first, second = machine_text(room, "w1"), machine_text(room, "w2")
    room.do("w1", extending.extend, first.text, machine=first)
    base = room.snapshot.tail_of(room.story.id)[-1].id
    with pytest.raises(UserError) as refusal:
        room.do("w2", extending.extend, second.text, machine=second, base_passage_id=base)
    assert refusal.value.key == "passages.machine_twice"
    room.do("w2", extending.extend, "A person wrote this.")
    room.do("w2", extending.extend, second.text, machine=second, answer="after")
    assert [p.machine for p in room.snapshot.tail_of(room.story.id)] == [True, False, True]


def test_the_machines_words_pasted_as_ones_own_are_known() -> None:
    room = opened("w1")
    news = room.write("w1", MACHINE, ai_texts=[machine_text(room, "w1")])
    assert news.passage.machine


# ---- fixing and cutting


def test_a_fix_is_a_new_version_and_the_old_one_stays() -> None:
    room = opened("w1")
    passage = room.write("w1", "The lamp went out.").passage
    found = room.found(passage.id)
    news = room.do("w1", revising.fix, *found, "The lamp went out at last.", seen_version=1)
    assert (news.passage.version, room.story.words) == (2, 6)
    assert [v.text for v in room.versions(passage.id)] == ["The lamp went out.", "The lamp went out at last."]


def test_a_stale_fix_changes_nothing() -> None:
    room = opened("w1")
    passage = room.write("w1", "One.").passage
    found = room.found(passage.id)
    room.do("w1", revising.fix, *found, "Two.", seen_version=1)
    found = room.found(passage.id)
    with pytest.raises(Stale):
        room.do("w1", revising.fix, *found, "Three.", seen_version=1)
    assert room.text() == ["Two."]


def test_anothers_passage_is_not_fixed() -> None:
    room = opened("w1", "w2")
    passage = room.write("w1", "One.").passage
    found = room.found(passage.id)
    with pytest.raises(NotAllowed):
        room.do("w2", revising.fix, *found, "Two.", seen_version=1)


def test_a_passage_that_someone_built_on_is_not_cut_by_its_writer() -> None:
    room = opened("w1", "w2")
    room.member("w9", Role.SHOWRUNNER)
    passage = room.write("w1", "One.").passage
    room.do("w2", extending.extend, "Two.")
    found = room.found(passage.id)
    with pytest.raises(UserError) as refusal:
        room.do("w1", revising.cut, *found)
    assert refusal.value.key == "passages.built_on"
    room.do("w9", revising.cut, *found)
    assert (room.text(), room.story.words) == (["Two."], 1)
    back = room.found(passage.id)
    room.do("w9", revising.put_back, *back)
    assert (room.text(), room.story.words) == (["One.", "Two."], 2)


@given(st.text(max_size=1_000))
def test_opening_and_closing_fit_their_limits(text: str) -> None:
    assert len(extending.opening_of(text)) <= extending.OPENING
    assert len(extending.closing_of(text)) <= extending.CLOSING
    assert "\n" not in extending.closing_of(text)


@given(st.lists(st.sampled_from(["word", "lamp\n", "…", "  rope"]), min_size=1, max_size=200).map(" ".join))
def test_a_story_counts_the_words_that_stand(text: str) -> None:
    room = opened("w1")
    try:
        room.do("w1", extending.extend, text)
    except UserError:
        assert room.story.words == 0
        return
    assert room.story.words == room.snapshot.tail_of(room.story.id)[0].words
    assert all(covers(v.text, v.spans) for v in room.all_versions.values())
