"""`/room ...` on Slack: the registry's own reading, with what Slack writes into a line said as it was typed."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.commands import COMMAND, call_of, menu_call, shortcut_of, shortcuts
from adapters.slack.guarding import escaped
from bot.arguments import Int, Text
from bot.calls import Call
from bot.cards import Reply
from bot.commands import Commands
from bot.context import Context
from bot.errors import UserError
from bot.handlers import registry
from tests.unit.test_slack_markup import TRICKY

REGISTRY = registry()
"""The registry as people use it."""


def read(text: str) -> tuple[Call, dict[str, str]]:
    """The call of a line and the names in it."""
    people: dict[str, str] = {}
    return call_of(text, REGISTRY, people, team="T1"), people


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_alone_it_asks_for_help(text: str) -> None:
    assert read(text)[0] == Call("help")


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("help round", Call("help", {"topic": "round"})),
        ("pitch A door &amp; a bell &lt;3", Call("pitch", {"idea": "A door & a bell <3"})),
        ("/pitch A door", Call("pitch", {"idea": "A door"})),
        ("PITCH “Curly” – and — dashes…", Call("pitch", {"idea": "“Curly” – and — dashes…"})),
        ("vote 2 3", Call("vote", {"numbers": "2 3"})),
        ("round extend time: 3h", Call("round extend", {"time": "3h"})),
        ("pitch Then <@U1|ada> met <@U2> in <#C1|docks>", Call("pitch", {"idea": "Then ada met @U2 in #docks"})),
        ("pitch A door <not> & a <bell>", Call("pitch", {"idea": "A door <not> & a <bell>"})),
        ("pitch See <https://a.b|a.b> <!here>", Call("pitch", {"idea": "See a.b @here"})),
        ("extend One.\n\nTwo.", Call("extend", {"text": "One.\n\nTwo."})),
    ],
)  # fmt: skip
def test_a_line_is_read_as_it_was_typed(text: str, call: Call) -> None:
    assert read(text)[0] == call


def test_a_mentioned_person_is_named_by_their_key() -> None:
    call, people = read("showrunner roles give <@U1|ada lovelace> writer")
    assert call.args == {"what": "give", "name": "slack/T1/U1", "role": "writer"}
    assert people == {"slack/T1/U1": "ada lovelace"}


def test_an_unknown_word_is_answered_with_the_nearest() -> None:
    with pytest.raises(UserError) as refused:
        read("ptich A door")
    assert refused.value.key == "kernel.unknown_command"
    assert refused.value.values["near"] == "pitch"
    with pytest.raises(UserError) as quoted:
        read("round <@U1|ada>&amp;co")
    assert quoted.value.values["given"] == "ada&co"


@given(TRICKY | st.text(max_size=60))
def test_any_idea_comes_in_letter_by_letter(idea: str) -> None:
    plain = idea.replace("\0", "\ufffd").strip()
    call, people = read("extend x" + escaped(idea) + "x")
    assert call.args.get("text", "").strip() == ("x" + idea.replace("\0", "\ufffd") + "x").strip()
    assert people == {}
    assert plain in call.args["text"]


@given(st.text(max_size=60) | TRICKY)
def test_whatever_is_sent_is_read_or_refused(text: str) -> None:
    said = ""
    try:
        said = str(read(text)[0].args)
    except UserError as refusal:
        said = str(refusal)
    assert "\0" not in said


menus = Commands()


@menus.add("pitch")
async def pitch(ctx: Context, idea: Annotated[str, Text("idea")]) -> Reply:
    """Pitch an idea."""
    return Reply()


@menus.add("message note", button=True, menu="Give note")
async def note(
    ctx: Context,
    message: Annotated[str, Text("message")],
    author: Annotated[str, Text("author")],
    text: Annotated[str, Text("text")],
    number: Annotated[int, Int("number")] = 0,
) -> Reply:
    """Give a note on a passage."""
    return Reply()


def test_shortcuts_are_calls_of_the_registry() -> None:
    found = list(shortcuts(menus))
    assert [(s.type, s.name, s.callback_id) for s in found] == [
        ("global", "Pitch an idea", "pitch"),
        ("message", "Give note", "message.note"),
    ]
    assert shortcut_of("message.note", menus) == Call("message note")
    assert {s.name for s in shortcuts(REGISTRY)} >= {"Pitch an idea", "Open a round"}
    for forged in ("showrunner.rules", "x y", ""):
        with pytest.raises(UserError):
            shortcut_of(forged, menus)


def test_the_call_of_a_menu_carries_the_message() -> None:
    message: dict[str, Any] = {"ts": "17.01", "user": "U1", "text": "<@U2> &amp; the *lamp*"}
    call = menu_call(Call("message note"), message, {"U2": "ben"}, team="T1", ours=False)
    assert call.args == {"message": "17.01", "author": "slack/T1/U1", "text": "ben & the *lamp*"}
    ours = menu_call(Call("message note"), {"ts": "1", "bot_id": "B1"}, {}, team="T1", ours=True)
    assert ours.args == {"message": "1", "author": "", "text": ""}
    for other in ({"ts": "1", "bot_id": "B2", "user": "U9"}, {"ts": "1"}):
        with pytest.raises(UserError, match="not written by a person"):
            menu_call(Call("message note"), other, {}, team="T1", ours=False)


def test_there_is_one_command() -> None:
    assert COMMAND == "/room"
