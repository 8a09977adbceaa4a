"""What a bare number or letter means, person by person, and how a form is asked line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.forms import Filling
from adapters.screen import NAME_LINE, Screen, Speaker, speaker
from bot.calls import Call
from bot.cards import Card, Form, Option, Options, Question, button, note
from bot.errors import UserError
from bot.sentences import Marked
from tests.unit.small_room import PLACE

W1 = speaker("w1", PLACE)
W2 = speaker("w2", PLACE)


def plain(name: str, *labels: str) -> Card:
    return Card(name, actions=tuple(button(label, f"{name} {label}") for label in labels))


def ballot(*ideas: str) -> Card:
    options = tuple(Option(n, Marked(idea), Call("vote toggle", {"pitch": idea})) for n, idea in enumerate(ideas, 1))
    return Card("ballot", (Options(options),), (button("read", "ballot read"), button("rules", "ballot rules")))


def pressed(screen: Screen, who: Speaker, typed: str) -> str:
    call = screen.pressed(who, typed)
    return "" if call is None else call.token


def test_a_number_presses_that_action_of_the_card_shown_last() -> None:
    screen = Screen()
    screen.post("1", plain("first", "yes", "no"))
    screen.post("2", plain("second", "up", "down"))
    assert pressed(screen, W1, "2") == "second.down"


def test_a_private_card_is_in_front_of_its_person_only() -> None:
    screen = Screen()
    screen.post("1", plain("public", "yes"))
    screen.show(W1.person, [plain("private", "drop")])
    assert pressed(screen, W1, "1") == "private.drop"
    assert pressed(screen, W2, "1") == "public.yes"


def test_a_card_without_buttons_does_not_cover_one_that_has_them() -> None:
    screen = Screen()
    screen.show(W1.person, [plain("private", "drop")])
    screen.show(W1.person, [note(Marked("Done."))])
    screen.post("1", note(Marked("A passage.")))
    assert pressed(screen, W1, "1") == "private.drop"


def test_on_a_ballot_a_number_is_an_idea_and_a_letter_is_a_button() -> None:
    screen = Screen()
    screen.post("1", ballot("ferry", "captain"))
    assert pressed(screen, W1, "2") == "vote.toggle;pitch=captain"
    assert pressed(screen, W1, "a") == "ballot.read"
    assert pressed(screen, W1, " B ") == "ballot.rules"


def test_a_letter_is_only_text_where_no_ballot_lies() -> None:
    screen = Screen()
    screen.post("1", plain("public", "yes"))
    assert screen.pressed(W1, "a") is None
    assert screen.pressed(W1, "2 3") is None
    assert screen.pressed(W1, "٣") is None


@pytest.mark.parametrize(("typed", "named"), [("3", "1, 2"), ("0", "1, 2"), ("c", "b rules")])
def test_what_a_ballot_has_not_is_answered_with_what_it_has(typed: str, named: str) -> None:
    screen = Screen()
    screen.post("1", ballot("ferry", "captain"))
    with pytest.raises(UserError) as refused:
        screen.pressed(W1, typed)
    assert named in refused.value.sentence


def test_a_number_that_is_on_no_button_is_answered_with_the_buttons() -> None:
    screen = Screen()
    screen.post("1", plain("public", "yes", "no"))
    with pytest.raises(UserError) as refused:
        screen.pressed(W1, "3")
    assert "1 yes, 2 no" in refused.value.sentence


def test_a_number_without_any_card_says_where_to_find_one() -> None:
    with pytest.raises(UserError) as refused:
        Screen().pressed(W1, "1")
    assert "/help" in refused.value.sentence


def test_redrawing_a_card_changes_its_numbers_but_brings_it_not_to_the_front() -> None:
    screen = Screen()
    screen.post("1", ballot("ferry"))
    screen.show(W1.person, [plain("receipt", "change")])
    unseen = screen.redraw("1", ballot("ferry", "captain"))
    assert [option.number for option in unseen] == [2]
    assert pressed(screen, W1, "1") == "receipt.change"
    assert pressed(screen, W2, "2") == "vote.toggle;pitch=captain"


def test_a_public_card_that_lost_its_buttons_uncovers_the_one_before() -> None:
    screen = Screen()
    screen.post("1", plain("house", "pitch"))
    screen.post("2", ballot("ferry"))
    screen.redraw("2", note(Marked("Closed.")))
    assert pressed(screen, W1, "1") == "house.pitch"


def test_a_card_of_an_earlier_session_still_counts_until_a_newer_one_is_shown() -> None:
    screen = Screen()
    screen.meet(W1.person, [("public", ballot("ferry")), ("private", plain("receipt", "change"))])
    assert pressed(screen, W1, "1") == "receipt.change"
    screen.post("9", plain("result", "write"))
    assert pressed(screen, W1, "1") == "result.write"


def test_a_ballot_of_an_earlier_session_follows_its_redrawing() -> None:
    screen = Screen()
    screen.meet(W1.person, [("public", ballot("ferry"))])
    screen.redraw("unknown", ballot("ferry", "captain"))
    assert pressed(screen, W1, "2") == "vote.toggle;pitch=captain"


def test_letters_case_and_the_way_an_accent_is_typed_make_no_other_person() -> None:
    assert speaker("Zoe\u0308", PLACE).person == speaker("ZOË", PLACE).person
    assert speaker("Zoe\u0308", PLACE).name == "Zoë"
    assert speaker("w\x1b1", PLACE).name == "w\ufffd1"


@given(st.text(max_size=40))
def test_a_name_holds_no_space_and_no_colon(line: str) -> None:
    said = NAME_LINE.fullmatch(line)
    if said is not None:
        assert 1 <= len(said[1]) <= 32
        assert not any(c.isspace() or c == ":" for c in said[1])
        assert f"{said[1]}: {said[2]}" == line


# ---- forms

LONG = Question("idea", "Your idea", long=True)
SHORT = Question("title", "A title")
OPTIONAL = Question("reason", "Why", optional=True)


def test_questions_are_answered_one_after_the_other() -> None:
    filling = Filling(Form("New", Call("story new", {"kind": "x"}), (SHORT, LONG)))
    assert filling.take(" The Ferry ")
    assert not filling.take("One.")
    assert not filling.take("")
    assert not filling.take("..")
    assert filling.take(".")
    assert filling.question is None
    assert filling.call == Call("story new", {"kind": "x", "title": "The Ferry", "idea": "One.\n\n."})


def test_an_optional_question_may_be_left_empty() -> None:
    filling = Filling(Form("Decide", Call("round decide"), (OPTIONAL,)))
    assert filling.take("")
    assert filling.question is None
    assert filling.call.args == {}


def test_a_question_that_needs_an_answer_is_asked_again() -> None:
    filling = Filling(Form("New", Call("story new"), (SHORT, LONG)))
    with pytest.raises(UserError):
        filling.take("  ")
    assert filling.question == SHORT
    filling.take("x")
    with pytest.raises(UserError):
        filling.take(".")
    assert filling.question == LONG


def test_a_dot_at_once_keeps_what_stands_there() -> None:
    filling = Filling(Form("Edit", Call("edit"), (Question("idea", "Your idea", long=True, prefill="As it was."),)))
    assert filling.take(".")
    assert filling.call.args == {"idea": "As it was."}


def test_only_a_dot_at_the_end_of_a_paste_ends_it() -> None:
    filling = Filling(Form("Pitch", Call("pitch"), (LONG,)))
    assert not filling.take("One.\n.\nTwo.")
    assert filling.take("Three.\n.\n")
    assert filling.call.args == {"idea": "One.\n.\nTwo.\nThree."}


def test_a_form_that_is_left_gives_back_all_that_was_typed() -> None:
    filling = Filling(Form("New", Call("story new"), (SHORT, LONG)))
    filling.take("The Ferry")
    filling.take("It never docks.")
    assert filling.typed == "The Ferry\nIt never docks."


def test_a_long_text_that_stands_there_is_shown_in_part_and_kept_whole() -> None:
    text = "word " * 10_000
    filling = Filling(Form("Edit", Call("edit"), (Question("idea", "Your idea", long=True, prefill=text),)))
    assert filling.card().length < 3_800
    filling.take(".")
    assert filling.call.args["idea"] == text
