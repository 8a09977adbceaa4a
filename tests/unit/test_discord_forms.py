"""Forms on Discord: any form within every limit, and its answers read back, whatever somebody sends for them."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from discord import ui
from hypothesis import assume, given
from hypothesis import strategies as st

from adapters.discord.forms import SHOWN, Answers, answers, modal
from bot.calls import Call, from_token
from bot.cards import Form, Question
from bot.errors import UserError
from bot.handlers import registry
from bot.sentences import literal
from tests.unit.discord_rules import Json, of_modal, walk
from tests.unit.test_discord_markup import TRICKY

ANY = st.text(max_size=150) | TRICKY
NAMES = st.sampled_from(("text", "idea", "base-passage", "kind", "rev", "words"))


def sent(form: ui.Modal, **texts: str) -> Json:
    """What Discord sends when a form is filled in: these texts, else what stood there."""
    components = []
    for part in form.to_dict()["components"]:
        if part["type"] != 18:
            components.append({"type": part["type"], "id": 1})
            continue
        field = part["component"]
        given = texts.get(field["custom_id"], field.get("value", ""))
        held: Json = {"values": [given] if given else []} if field["type"] in (3, 19) else {"value": given}
        components.append(
            {
                "type": 18,
                "id": 2,
                "component": {"type": field["type"], "custom_id": field["custom_id"], **held},
            }
        )
    return {"custom_id": form.custom_id, "components": components}


def fields(form: ui.Modal) -> dict[str, Json]:
    """The fields of a form by custom_id."""
    return {c["custom_id"]: c for c in walk(form.to_dict()["components"]) if "custom_id" in c}


QUESTIONS = st.builds(
    Question, NAMES, ANY.map(literal), ANY.map(literal), st.booleans(), st.integers(1, 100_000),
    ANY | st.integers(0, 9000).map(lambda n: "雨x\n" * (n // 3)), st.booleans(),
    st.lists(st.text(min_size=1, max_size=30).filter(str.strip), max_size=27, unique=True).map(tuple),
)  # fmt: skip


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """A form of anything."""
    questions = draw(st.lists(QUESTIONS, min_size=1, max_size=6, unique_by=lambda q: q.argument))
    args = draw(
        st.dictionaries(st.sampled_from(("round", "letter", "version", "title", "place")), ANY, max_size=4)
    )
    return Form(
        draw(ANY.map(literal)), Call("passage-card fix", args), tuple(questions), draw(ANY.map(literal))
    )


@given(forms())
async def test_any_form_is_taken_by_discord(form: Form) -> None:
    made = modal(form)
    assert of_modal(made.to_dict()) == []
    assert from_token(made.custom_id).command == "passage-card fix"
    assert made.is_finished()


@given(forms())
async def test_what_stands_in_a_form_comes_back_when_it_is_sent(form: Form) -> None:
    made = modal(form)
    given_back = answers(sent(made))
    typed = {name for name, field in fields(made).items() if field["type"] == 4}
    for question in form.questions:
        if question.argument in typed:
            assert given_back.texts.get(question.argument, "") == question.prefill
    for name, value in form.call.args.items():  # what a token cannot carry stands in the form
        held = from_token(made.custom_id).args.get(name, given_back.texts.get(name, ""))
        assert held == value or len(fields(made)) >= 2


async def test_a_long_text_can_be_typed_or_sent_as_a_file() -> None:
    made = modal(
        Form(
            "Write what happens next",
            Call("extend"),
            (Question("text", "The words", long=True, most=100_000),),
        )
    )
    found = fields(made)
    assert (found["text"]["style"], found["text"]["max_length"], found["text"]["required"]) == (
        2,
        4000,
        False,
    )
    assert found["file:text"]["required"] is False
    assert answers(sent(made, text="So.")) == Answers({"text": "So."}, {})
    assert answers(sent(made, **{"file:text": "77"})) == Answers({}, {"text": "77"})


async def test_a_prefill_too_long_for_a_field_asks_for_a_file() -> None:
    call = Call("passage-card fix", {"passage": "p", "version": "3"})
    made = modal(
        Form("Fix", call, (Question("text", "The words", long=True, most=100_000, prefill="x" * 4001),))
    )
    assert list(fields(made)) == ["file:text"]
    assert fields(made)["file:text"]["required"] is True
    assert "4,001" in made.to_dict()["components"][0]["content"]
    assert made.custom_id == call.token


async def test_a_prefill_over_the_limit_of_its_text_can_still_be_shortened() -> None:
    made = modal(
        Form(
            "Change it",
            Call("pitch", {"desk": "d"}),
            (Question("idea", "Your idea", most=1000, long=True, prefill="x" * 1200),),
        )
    )
    assert fields(made)["idea"]["max_length"] == 1200


async def test_few_answers_stand_beside_each_other_and_more_in_a_menu() -> None:
    few, many = ("approval", "ranked", "single"), tuple(f"mode-{n}" for n in range(12))
    made = modal(
        Form(
            "Ask",
            Call("assist"),
            (
                Question("method", "How", options=few, prefill="ranked"),
                Question("mode", "What", options=many),
                Question("on", "Now?", options=("yes", "no")),
            ),
        )
    )
    found = fields(made)
    assert [(o["value"], o.get("default", False)) for o in found["method"]["options"]] == [
        ("approval", False),
        ("ranked", True),
        ("single", False),
    ]
    assert (found["mode"]["type"], len(found["mode"]["options"])) == (3, 12)
    assert [o["label"] for o in found["on"]["options"]] == ["Yes", "No"]
    assert answers(sent(made, method="single", mode="mode-3", on="no")).texts == {
        "method": "single",
        "mode": "mode-3",
        "on": "no",
    }


async def test_more_questions_than_fit_are_asked_later() -> None:
    questions = tuple(Question(name, "What?") for name in "abcdefg")
    assert list(fields(modal(Form("Much", Call("x"), questions, lead="First.")))) == ["a", "b", "c", "d"]


async def test_phones_cannot_mistake_one_prefill_for_another() -> None:
    def token(prefill: str, **args: str) -> str:
        return modal(
            Form(
                "Change",
                Call("draft edit", {"draft": "01J", **args}),
                (Question("text", "It", prefill=prefill),),
            )
        ).custom_id

    assert token("one") != token("two")
    assert token("one") == token("one")
    assert token("") == "draft.edit;draft=01J"
    assert SHOWN in from_token(token("one")).args
    assert token("one", version="2") == "draft.edit;draft=01J;version=2"


async def test_what_was_typed_already_stands_in_the_form() -> None:
    made = modal(
        Form(
            "Ask",
            Call("assist", {"request": "a way out, please", "letter": "a"}),
            (Question("mode", "What", options=("a", "b")),),
        )
    )
    assert made.custom_id == "assist;letter=a"
    assert answers(sent(made, mode="a")).texts == {"mode": "a", "request": "a way out, please"}


def _question(kind: Any, name: str) -> Question:
    about = str(kind.about)
    return Question(
        name,
        about,
        long=bool(getattr(kind, "long", False)),
        most=getattr(kind, "most", 20),
        options=getattr(kind, "options", ()),
    )


async def test_every_command_can_be_asked_for_in_a_form() -> None:
    for command in registry():
        questions = tuple(_question(a.kind, a.name) for a in command.arguments)
        if questions:
            assert of_modal(modal(Form(command.about, Call(command.name), questions)).to_dict()) == [], (
                command.name
            )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from((18, 1, 4, 3, 19, 21, "text", "file:text")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("type", "component", "components", "custom_id", "value", "values")), inner, max_size=6),
    max_leaves=25,
)  # fmt: skip


@given(JSON)
def test_forged_answers_are_refused_in_words(data: Any) -> None:
    assume(isinstance(data, dict))
    with contextlib.suppress(UserError):
        found = answers(data)
        assert all([*found.texts.values(), *found.uploads.values()])


@pytest.mark.parametrize("custom_id", ["", "file:", "Text", "a b", "../x", "x" * 40])
def test_a_field_that_is_no_argument_is_refused(custom_id: str) -> None:
    data = {"components": [{"type": 18, "component": {"type": 4, "custom_id": custom_id, "value": "x"}}]}
    with pytest.raises(UserError):
        answers(data)
