"""Forms on Slack: every modal is one that Slack takes, and no letter of an answer is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.answers import answers, errors_of, focused, held, suggestions
from adapters.slack.forms import modal
from adapters.slack.reading import seen
from bot.arguments import Int, Pick, Ref, Text, Who
from bot.calls import Call
from bot.cards import Form, Question, Reply
from bot.commands import Commands
from bot.context import Context
from bot.errors import UserError
from tests.unit.slack_blocks import check_modal, units
from tests.unit.test_slack_markup import TRICKY

commands = Commands()
Json = dict[str, Any]


@commands.add("extend")
async def extend(
    ctx: Context, text: Annotated[str, Text("What happens next", most=100_000, long=True)]
) -> Reply:
    """Write what happens next."""
    return Reply()


@commands.add("roles")
async def roles(
    ctx: Context,
    name: Annotated[str, Who("Whom")],
    key: Annotated[str, Text("The line", most=60, suggested=True)],
    number: Annotated[int, Int("Which", suggested=True)],
    role: Annotated[str, Pick("What", ("writer", "reader"))],
    round: Annotated[str, Ref()] = "",
) -> Reply:
    """Who is what."""
    return Reply()


def asked(prefill: str = "", **more: Any) -> Form:
    """A form that asks for a passage."""
    fields = {"long": True, "most": 100_000} | more
    return Form("Extend", Call("extend"), (Question("text", "What happens next", prefill=prefill, **fields),))


def blocks_of(view: Json) -> dict[str, Json]:
    return {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}


def sent(view: Json, given: Mapping[str, Any] | None = None) -> Json:
    """The view as Slack hands it in: as it stood there, but for what was given, by block."""
    values: Json = {}
    for block_id, block in blocks_of(view).items():
        element = block["element"]
        kind, action = element["type"], element["action_id"]
        said = (given or {}).get(block_id, element.get("initial_value"))
        match kind:
            case "plain_text_input":
                held_: Json = {"value": said or None}
            case "file_input":
                held_ = {"files": said or []}
            case "users_select":
                held_ = {"selected_user": said}
            case "conversations_select":
                held_ = {"selected_conversation": said}
            case _:
                option = next((o for o in element.get("options", ()) if o["value"] == said), None)
                option = {"value": said} if said and kind == "external_select" else option
                held_ = {"selected_option": option or element.get("initial_option")}
        values[block_id] = {action: {"type": kind, **held_}}
    return {**view, "state": {"values": values}}


@given(st.one_of(TRICKY, st.text(max_size=50)), st.sampled_from([1, 40, 400, 2_000]))
def test_what_stands_in_a_form_comes_back_letter_by_letter(text: str, times: int) -> None:
    form = asked(text * times)
    view = modal(form, commands)
    check_modal(view)
    fields = [name for name in blocks_of(view) if not name.endswith(":file")]
    if fields:
        assert answers(sent(view), team="T1").texts == ({"text": text * times} if text else {})
        pieces = [blocks_of(view)[name]["element"].get("initial_value", "") for name in fields]
        assert all(units(piece) <= 3_000 for piece in pieces)
    else:
        assert units(text * times) > 11_000
        assert "characters long" in "\n".join(map(seen, view["blocks"]))


def test_a_long_text_has_a_further_field_and_a_file_beside_it() -> None:
    view = modal(asked(), commands)
    assert list(blocks_of(view)) == ["text", "text:2", "text:file"]
    assert all(block["optional"] for block in blocks_of(view).values())
    two = answers(sent(view, {"text": "One.", "text:2": "Two."}), team="T1")
    assert two.texts == {"text": "One.\n\nTwo."}
    assert answers(sent(view), team="T1").texts == {}
    file = {"id": "F1", "name": "a.md", "size": 9, "url_private_download": "https://files/a"}
    handed = answers(sent(view, {"text:file": [file]}), team="T1")
    assert handed.uploads["text"].url == "https://files/a"
    with pytest.raises(UserError, match="a text and a file") as both:
        answers(sent(view, {"text": "One.", "text:file": [file]}), team="T1")
    assert errors_of(both.value, sent(view)) == {"text": str(both.value)}


def test_a_short_question_is_one_field_with_its_own_limit() -> None:
    view = modal(asked("So", long=False, most=1_000, hint="One line"), commands)
    (block,) = blocks_of(view).values()
    assert block["element"]["max_length"] == 1_000
    assert block["element"]["multiline"] is False
    assert block["hint"]["text"] == "One line"
    assert not block["optional"]


def test_an_edit_of_a_text_in_two_fields_keeps_the_space_at_the_cut() -> None:
    text = "a" * 2_900 + "\n\n\n" + "b" * 400
    view = modal(asked(text), commands)
    assert list(blocks_of(view)) == ["text", "text:2", "text:3", "text:file"]
    changed = answers(sent(view, {"text:2": "B"}), team="T1")
    assert changed.texts["text"] == "a" * 2_900 + "\n\n\nB"
    assert answers(sent(view, {"text": ""}), team="T1").texts["text"] == "b" * 400


def test_each_kind_of_answer_has_its_own_field() -> None:
    form = Form(
        "Who is what, and for how long shall it stay so",
        Call("roles", {"round": "01ABC"}),
        (
            Question("name", "Whom"),
            Question("key", "The line"),
            Question("number", "Which", prefill="3"),
            Question("role", "What", options=("writer", "reader"), prefill="reader"),
            Question("sealed", "Sealed?", options=("yes", "no"), optional=True),
            Question("many", "Which of many", options=tuple(f"n{n}" for n in range(40))),
            Question("round", "Long options", options=("x" * 80, "y")),
        ),
        lead="What is said *first*.",
    )
    view = modal(form, commands, at={"channel": "C1", "thread": "1.2"}, ask_where=True)
    check_modal(view)
    kinds = {name: block["element"]["type"] for name, block in blocks_of(view).items()}
    assert kinds == {
        "where": "conversations_select", "name": "users_select", "key": "external_select", "number": "external_select",
        "role": "radio_buttons", "sealed": "radio_buttons", "many": "static_select", "round": "plain_text_input",
    }  # fmt: skip
    assert "Who is what, and for how long shall it stay so" in seen(view["blocks"][0])
    assert view["title"]["text"] == "Writers' room"
    given = {"where": "C9", "name": "U7", "key": "length", "many": "n7", "round": "y"}
    got = answers(sent(view, given), team="T1")
    assert got.where == "C9"
    assert got.texts == {
        "name": "slack/T1/U7", "key": "length", "number": "3", "role": "reader", "many": "n7", "round": "y",
    }  # fmt: skip
    assert held(view).call == Call("roles", {"round": "01ABC"})
    assert held(view).at == {"channel": "C1", "thread": "1.2"}


def test_what_was_typed_before_the_form_opened_is_not_lost() -> None:
    typed = {"round": "01ABC", "reason": "It’s <late> & *dark*", "note": "x " * 2_000}
    form = Form("Decide", Call("roles", typed), (Question("key", "The line"),))
    view = modal(form, commands)
    check_modal(view)
    call = held(view).call
    got = answers(sent(view, {"key": "k"}), team="T1").texts
    assert {**call.args, **got} == {**typed, "key": "k"}


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=4_000))
def test_any_form_is_one_that_slack_takes(title: str, label: str, lead: str) -> None:
    form = Form(title, Call("extend"), (Question("text", label, hint=title, prefill=lead[:5]),), lead=lead)
    check_modal(modal(form, commands))


@pytest.mark.parametrize(
    "view",
    [
        {},
        {"private_metadata": "x"},
        {"private_metadata": "[]"},
        {"private_metadata": '{"call": "A B"}'},
        {"private_metadata": '{"call": "extend", "joints": {"a": 3}}'},
        {"private_metadata": '{"call": "extend"}'},
        {"private_metadata": '{"call": "extend"}', "state": {"values": {"A B": {"x": {}}}}},
        {"private_metadata": '{"call": "extend"}', "state": {"values": {"text": {"x": {"type": "evil"}}}}},
        {
            "private_metadata": '{"call": "extend"}',
            "state": {"values": {"text": {"x": {"type": "plain_text_input", "value": 3}}}},
        },
        {
            "private_metadata": '{"call": "extend"}',
            "state": {"values": {"text": {"x": {"type": "file_input", "files": [1]}}}},
        },
    ],
)
def test_what_has_not_the_shape_of_a_form_is_refused(view: Json) -> None:
    with pytest.raises(UserError):
        answers(view, team="T1")


def test_a_refusal_stands_on_the_field_that_it_is_about() -> None:
    view = sent(modal(asked(), commands))
    refusal = UserError("kernel.not_a_number", argument="text", name="text", given="*x*")
    assert errors_of(refusal, view) == {
        "text": '"*x*" is not a number. For text, give a whole number such as 3.'
    }
    assert errors_of(UserError("kernel.crashed"), view) is None
    assert errors_of(UserError("kernel.crashed", argument="other"), view) is None


def test_completions_offer_what_was_typed_too() -> None:
    found = [("length", "length"), ("x" * 80, "too long for Slack")]
    options = suggestions(found, "len")["options"]
    assert [option["value"] for option in options] == ["length", "len"]
    assert len(suggestions([(str(n), str(n)) for n in range(300)])["options"]) == 100
    form = Form("Roles", Call("roles"), (Question("key", "The line"),))
    view = modal(form, commands)
    assert focused({"view": view, "action_id": "key", "value": "le"}) == ("roles", "key", "le")
    with pytest.raises(UserError):
        focused({"view": {}, "action_id": "key"})
