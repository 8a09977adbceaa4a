"""The manifest: made from the registry, with the least scopes, within the limits of its schema.

Slack publishes one (github.com/slackapi/manifest-schema, schemas/manifest.schema.2.0.0.json) and no package of npm's or
PyPI's holds it (`@slack/cli-hooks`, `slack-cli-hooks`, `@slack/types` and `@slack/web-api` do not), so that the fields
which this manifest uses are written down here, each at least as strict as there (compared at its commit 085a104).
`slack manifest validate` has the last word.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from adapters.slack.manifest import HISTORY, REASONS, manifest, scopes
from bot.commands import Commands
from bot.handlers import registry

REGISTRY = registry()


def string(least: int = 1, most: int = 255, pattern: str = "") -> dict[str, Any]:
    return {
        "type": "string",
        "minLength": least,
        "maxLength": most,
        **({"pattern": pattern} if pattern else {}),
    }


def thing(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": sorted(required),
        "additionalProperties": False,
    }


def many(items: dict[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": most, "uniqueItems": True}


BOOL = {"type": "boolean"}
URL = string(9, 3_000, "^https://")
SCHEMA = thing(
    {
        "display_information": thing(
            {"name": string(1, 35)},
            {
                "description": string(1, 140),
                "long_description": string(175, 4_000),
                "background_color": string(4, 7, "^#([0-9a-f]{3}|[0-9a-f]{6})$"),
            },
        ),
        "features": thing(
            {
                "bot_user": thing({"display_name": string(1, 80, "^[a-z0-9._-]+$")}, {"always_online": BOOL}),
                "slash_commands": many(
                    thing(
                        {"command": string(2, 32, "^/"), "description": string(1, 2_000)},
                        {"usage_hint": string(1, 1_000), "should_escape": BOOL, "url": URL},
                    ),
                    50,
                ),
                "shortcuts": many(
                    thing(
                        {
                            "type": {"type": "string", "enum": ["message", "global"]},
                            "name": string(1, 24),
                            "callback_id": string(1, 255),
                            "description": string(1, 150),
                        }
                    ),
                    10,
                ),
                "app_home": thing(
                    {
                        "home_tab_enabled": BOOL,
                        "messages_tab_enabled": BOOL,
                        "messages_tab_read_only_enabled": BOOL,
                    }
                ),
            }
        ),
        "oauth_config": thing({"scopes": thing({"bot": many(string(1, 50, "^[a-z_.]+(:[a-z_.]+)?$"), 255)})}),
        "settings": thing(
            {
                "event_subscriptions": thing({"bot_events": many(string(1, 50), 100)}, {"request_url": URL}),
                "interactivity": thing({"is_enabled": BOOL}, {"request_url": URL, "message_menu_options_url": URL}),
                "socket_mode_enabled": BOOL,
            },
            {"org_deploy_enabled": BOOL, "token_rotation_enabled": BOOL},
        ),
    },
    {"_metadata": thing({"major_version": {"type": "integer"}}, {"minor_version": {"type": "integer"}})},
)  # fmt: skip


def problems(value: Any, schema: dict[str, Any], at: str = "") -> list[str]:
    """What does not fit the schema (the part of JSON Schema that it uses)."""
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
    if not isinstance(value, kinds[schema["type"]]):
        return [f"{at}: not a {schema['type']}"]
    found: list[str] = []
    if isinstance(value, dict):
        found += [f"{at}.{key}: missing" for key in schema["required"] if key not in value]
        for key, inside in value.items():
            known = schema["properties"].get(key)
            found += [f"{at}.{key}: unknown"] if known is None else problems(inside, known, f"{at}.{key}")
    elif isinstance(value, list):
        if len(value) > schema["maxItems"] or len({json.dumps(one) for one in value}) < len(value):
            found.append(f"{at}: too many, or twice")
        for n, one in enumerate(value):
            found += problems(one, schema["items"], f"{at}[{n}]")
    elif isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**6):
            found.append(f"{at}: {len(value)} characters")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(f"{at}: {value!r}")
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{at}: {value!r}")
    return found


@pytest.mark.parametrize("request_url", [None, "https://room37.example/slack/events"])
@pytest.mark.parametrize("history", [False, True])
def test_the_manifest_fits_the_schema(request_url: str | None, history: bool) -> None:
    made = manifest(REGISTRY, name="Room 37", request_url=request_url, history=history)
    assert problems(made, SCHEMA) == []
    assert json.loads(json.dumps(made)) == made
    settings = made["settings"]
    assert settings["socket_mode_enabled"] is (request_url is None)
    assert ("request_url" in settings["interactivity"]) is (request_url is not None)
    assert ("url" in made["features"]["slash_commands"][0]) is (request_url is not None)


def test_the_schema_refuses_what_is_over_a_limit() -> None:
    made = manifest(REGISTRY, name="Room 37")
    made["display_information"]["name"] = "x" * 36
    made["features"]["shortcuts"] *= 6
    made["features"]["slash_commands"][0]["command"] = "room"
    made["surprise"] = 1
    assert len(problems(made, SCHEMA)) == 4


def test_one_command_and_its_shortcuts_are_made_from_the_registry() -> None:
    features = manifest(REGISTRY, name="Room 37")["features"]
    (command,) = features["slash_commands"]
    assert command["command"] == "/room"
    assert command["should_escape"] is True
    assert all(group in command["usage_hint"] for group in REGISTRY.groups())
    assert [s["name"] for s in features["shortcuts"]][:2] == ["Pitch an idea", "Open a round"]
    assert features["bot_user"]["display_name"] == "room-37"


def test_every_scope_has_its_reason_and_reading_is_asked_for_only_when_wanted() -> None:
    plain = manifest(REGISTRY, name="Room 37")["oauth_config"]["scopes"]["bot"]
    assert plain == list(REASONS)
    assert not [scope for scope in plain if "history" in scope]
    more = scopes(history=True)
    assert set(more) == set(REASONS) | set(HISTORY)
    assert all(len(reason) > 10 for reason in more.values())


def test_a_name_that_no_bot_can_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no bot"):
        manifest(Commands(), name="雨")
    assert manifest(Commands(), name="R" * 90)["display_information"]["name"] == "R" * 34 + "…"
