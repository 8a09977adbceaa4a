"""The registry as Discord's commands: within every limit, in other languages, and back to calls."""

from __future__ import annotations

import contextlib
import copy
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adapters.discord.commands import FILE, call_of, digest, focused, payload
from bot.arguments import Flag, Int, Pick, Ranking, Ref, Text, When, Who
from bot.calls import Call
from bot.cards import Reply
from bot.commands import Commands
from bot.context import Context
from bot.errors import UserError
from bot.handlers import registry
from tests.unit.discord_rules import Json, of_commands

commands = Commands()


@commands.add("tell")
async def tell(
    ctx: Context,
    text: Annotated[str, Text("What happens", most=100_000, long=True)],
    size: Annotated[int, Int("How much", 1, 9, suggested=True)],
    who: Annotated[str, Who("Whom")] = "",
    loud: Annotated[bool, Flag("Loudly")] = False,
    round: Annotated[str, Ref()] = "",
) -> Reply:
    """Tell it."""
    raise NotImplementedError


@commands.add("pick one")
async def pick(
    ctx: Context,
    kind: Annotated[str, Pick("Which", ("a", "b"))],
    many: Annotated[str, Pick("Which of many", tuple(f"n{n}" for n in range(30)))] = "",
    numbers: Annotated[str, Ranking("In order")] = "",
    until: Annotated[str, When("Until when")] = "",
) -> Reply:
    """Pick *one* of them: a sentence that goes on for so long that no client of Discord's would ever show it whole to anybody."""
    raise NotImplementedError


@commands.add("message add", button=True, menu="Add to story")
async def add(ctx: Context, message: Annotated[str, Ref()]) -> Reply:
    """Add a message."""
    raise NotImplementedError


def named(made: list[Json], name: str) -> Json:
    """The command of this name."""
    return next(c for c in made if c["name"] == name)


def test_every_command_of_the_product_is_taken_by_discord() -> None:
    made = payload(registry())
    assert of_commands(made) == []
    found = {c["name"] for c in made if c["type"] == 1}
    assert found == set(registry().groups())
    for command in registry().typed:  # what people read is not cut
        assert len(command.about) <= 100, command.name
        assert all(len(a.kind.about) <= 100 for a in command.arguments), command.name


def test_arguments_become_options_of_their_kind() -> None:
    made = payload(commands)
    assert of_commands(made) == []
    options = named(made, "tell")["options"]
    assert [(o["name"], o["type"], o["required"]) for o in options] == [
        ("size", 4, True), ("text", 3, False), (FILE, 11, False), ("who", 6, False), ("loud", 5, False),
    ]  # fmt: skip
    assert (options[0]["min_value"], options[0]["max_value"], options[0]["autocomplete"]) == (1, 9, True)
    assert options[1]["max_length"] == 6000
    (one,) = named(made, "pick")["options"]
    assert one["description"].endswith("…")
    assert one["description"].startswith("Pick one of them")
    kind, many, *texts = one["options"]
    assert kind["choices"] == [{"name": "a", "value": "a"}, {"name": "b", "value": "b"}]
    assert many["autocomplete"] is True
    assert [t["type"] for t in texts] == [3, 3]
    menu = named(made, "Add to story")
    assert (menu["type"], menu["description"]) == (3, "")
    assert all((c["contexts"], c["integration_types"]) == ([0, 1], [0]) for c in made)


def test_other_languages_of_the_catalogue_are_given_too(tmp_path: Path) -> None:
    for language in ("de", "tlh", "en"):
        (tmp_path / language).mkdir()
    table = '"tell" = {name = "erzaehle", about = "Erzähle es."}\n"tell.size" = {name = "menge"}\n"pick" = {about = "Wähle."}\n"menu message add" = {name = "Zur Geschichte"}\n'
    (tmp_path / "de" / "commands.toml").write_text(table, "utf-8")
    (tmp_path / "tlh" / "commands.toml").write_text('"tell" = {name = "x"}', "utf-8")
    made = payload(commands, tmp_path)
    assert of_commands(made) == []
    tell = named(made, "tell")
    assert (tell["name_localizations"], tell["description_localizations"]) == (
        {"de": "erzaehle"},
        {"de": "Erzähle es."},
    )
    assert tell["options"][0]["name_localizations"] == {"de": "menge"}
    assert "description_localizations" not in tell["options"][0]
    assert named(made, "pick")["description_localizations"] == {"de": "Wähle."}
    assert named(made, "Add to story")["name_localizations"] == {"de": "Zur Geschichte"}
    assert not any("localizations" in key for key in named(payload(commands), "tell"))


def test_the_digest_tells_commands_apart_and_knows_what_discord_gives_back() -> None:
    made = payload(commands)
    back = copy.deepcopy(made)[::-1]
    for command in back:
        command |= {
            "id": "1",
            "application_id": "2",
            "version": "3",
            "default_member_permissions": None,
            "nsfw": False,
            "contexts": [1, 0],
        }
        command.setdefault("name_localizations", None)
    named(back, "tell")["options"][0]["min_value"] = 1.0
    del named(back, "tell")["options"][1]["required"]
    assert digest(back) == digest(made)
    named(back, "tell")["options"][0]["max_value"] = 8
    assert digest(back) != digest(made)
    assert digest(payload(registry())) == digest(payload(registry()))


def test_a_slash_command_becomes_a_call() -> None:
    people: dict[str, str] = {}
    data = {
        "id": "1", "name": "tell", "type": 1,
        "options": [
            {"name": "size", "type": 4, "value": 3}, {"name": "text", "type": 3, "value": "So\nit went"}, {"name": "loud", "type": 5, "value": True},
            {"name": "who", "type": 6, "value": "42"}, {"name": "server-role", "type": 8, "value": "7"}, {"name": FILE, "type": 11, "value": "99"},
        ],
        "resolved": {
            "users": {"42": {"username": "ana", "global_name": "Ana"}}, "members": {"42": {"nick": "Ana B"}},
            "roles": {"7": {"name": "Writers"}}, "attachments": {"99": {}},
        },
    }  # fmt: skip
    assert call_of(data, people) == Call(
        "tell",
        {
            "size": "3",
            "text": "So\nit went",
            "loud": "yes",
            "who": "discord/all/42",
            "server-role": "@7",
            FILE: "99",
        },
    )
    assert people == {"discord/all/42": "Ana B", "@7": "Writers"}


def test_a_command_of_a_group_is_named_whole() -> None:
    data = {
        "name": "pick",
        "options": [{"name": "one", "type": 1, "options": [{"name": "kind", "type": 3, "value": "a"}]}],
    }
    assert call_of(data, {}) == Call("pick one", {"kind": "a"})
    assert call_of({"name": "help"}, {}) == Call("help")


def test_what_is_being_typed_is_found() -> None:
    data = {
        "name": "pick",
        "options": [
            {
                "name": "one",
                "type": 1,
                "options": [
                    {"name": "kind", "type": 3, "value": "a"},
                    {"name": "many", "type": 3, "value": "n1", "focused": True},
                ],
            }
        ],
    }
    assert focused(data) == ("pick one", "many", "n1", False)
    with pytest.raises(UserError):
        focused({"name": "help", "options": []})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("type", "name", "options", "value", "focused", "resolved", "users")), inner, max_size=6),
    max_leaves=25,
)  # fmt: skip


@given(JSON)
def test_forged_data_is_refused_in_words(data: Any) -> None:
    assume(isinstance(data, dict))
    with contextlib.suppress(UserError):
        call_of(data, {})
    with contextlib.suppress(UserError):
        focused(data)
