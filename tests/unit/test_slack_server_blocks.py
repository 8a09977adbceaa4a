"""The loopback Slack takes only blocks and views of Slack's own shapes, and points at what is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.slack_calls import (
    Api,
    Json,
    actions,
    button,
    calling,
    entry,
    menu,
    modal,
    mrkdwn,
    option,
    plain,
    section,
)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with calling() as api:
        yield api


WRONG: list[tuple[str, Json]] = [
    ("unsupported type: card [json-pointer:/blocks/0]", {"type": "card"}),
    ("missing required field: text or fields [json-pointer:/blocks/0]", {"type": "section"}),
    ("invalid additional property: colour [json-pointer:/blocks/0]", section(colour="red")),
    ("must be more than 0 characters [json-pointer:/blocks/0/text/text]", section("")),
    (
        "must be a valid enum value: plain_text [json-pointer:/blocks/0/text/type]",
        {"type": "header", "text": mrkdwn("Scene")},
    ),
    (
        "invalid additional property: emoji [json-pointer:/blocks/0/text]",
        {"type": "section", "text": {**mrkdwn("x"), "emoji": True}},
    ),
    (
        "missing required field: alt_text [json-pointer:/blocks/0]",
        {"type": "image", "image_url": "https://a.example/a.png"},
    ),
    (
        "must be a valid URL [json-pointer:/blocks/0/image_url]",
        {"type": "image", "image_url": "a.png", "alt_text": "a map"},
    ),
    ("no fewer than 1 items allowed [json-pointer:/blocks/0/elements]", actions()),
    ("missing required field: text [json-pointer:/blocks/0/elements/0]", actions(button(text=None))),
    (
        "must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]",
        actions(button(style="loud")),
    ),
    (
        "`action_id` vote:0 already exists for another action in this block [json-pointer:/blocks/0/elements/1/action_id]",
        actions(button(), button()),
    ),
    (
        "must provide exactly one of options and option_groups [json-pointer:/blocks/0/elements/0]",
        actions(menu(options=None)),
    ),
    (
        "the initial option is not among the options [json-pointer:/blocks/0/elements/0]",
        actions(menu(initial_option=option(7))),
    ),
    (
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0]",
        actions({"type": "plain_text_input", "action_id": "a"}),
    ),
    (
        "unsupported type: multi_static_select [json-pointer:/blocks/0/elements/0]",
        actions(menu(type="multi_static_select")),
    ),
    (
        "missing required field: confirm [json-pointer:/blocks/0/elements/0/confirm]",
        actions(button(confirm={"title": plain("?"), "text": plain("?"), "deny": plain("No")})),
    ),
    ("unsupported type: button [json-pointer:/blocks/0/element]", entry(element=button())),
    (
        "unsupported type: file_input [json-pointer:/blocks/0/element]",
        entry(element={"type": "file_input", "action_id": "a"}),
    ),
    (
        "unsupported type: poem [json-pointer:/blocks/0/elements/0]",
        {"type": "rich_text", "elements": [{"type": "poem"}]},
    ),
    (
        "missing required field: url [json-pointer:/blocks/0/elements/0/elements/0]",
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "link"}]}],
        },
    ),
]


@pytest.mark.parametrize(("words", "block"), WRONG, ids=[words[:40] for words, _ in WRONG])
async def test_a_wrong_block_is_refused_by_name(api: Api, words: str, block: Json) -> None:
    await api.post(block)
    assert (api.error, api.messages) == ("invalid_blocks", [f"[ERROR] {words}"])
    assert api.ada.sees(api.story) == [] and api.server.refused[-1].error == "invalid_blocks"
    await api.call("blocks.validate", blocks=[block])
    assert (api.error, api.messages) == ("invalid_blocks", [f"[ERROR] {words}"])


async def test_two_blocks_of_one_id_are_refused(api: Api) -> None:
    await api.post(section(block_id="scene"), section(block_id="scene"))
    assert api.messages == [
        "[ERROR] `block_id` scene already exists for another block [json-pointer:/blocks/1/block_id]"
    ]


async def test_blocks_of_every_kind_are_taken_and_read(api: Api) -> None:
    text = {"type": "text", "text": "fog & <rain>"}
    user = {"type": "user", "user_id": api.ada.user.id}
    parts = [{"type": "rich_text_section", "elements": [text, user]}]
    rating = {"text": plain("Good"), "value": "1"}
    await api.post(
        {"type": "header", "text": plain("Scene one")},
        section(
            "*Bold*",
            fields=[mrkdwn("Mood"), plain("Calm & dark")],
            accessory=button(accessibility_label="Vote for one"),
        ),
        {"type": "divider"},
        {"type": "image", "image_url": "https://a.example/a.png", "alt_text": "a map", "title": plain("Map")},
        {
            "type": "context",
            "elements": [
                mrkdwn("by Ada"),
                {"type": "image", "image_url": "https://a.example/a.png", "alt_text": "face"},
            ],
        },
        {"type": "markdown", "text": "**bold**"},
        {"type": "rich_text", "elements": parts},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]},
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "f",
                    "positive_button": rating,
                    "negative_button": {**rating, "text": plain("Bad")},
                }
            ],
        },
        entry("A line", hint=plain("One line.")),
        actions({"type": "overflow", "action_id": "o", "options": [option(1, description=plain("dark"))]}),
    )
    assert api.error == "", api.messages
    seen = api.ada.sees(api.story)[0]
    assert seen.words.splitlines() == [
        *("Hello.", "Scene one", "*Bold*", "Mood", "Calm & dark", "[Vote]", "Map", "(a map)"),
        *("by Ada (face)", "**bold**", "fog & <rain>@ada", "a | b", "[Good] [Bad]"),
        *("A line", "One line.", "Scene 1: dark"),
    ]
    assert seen.notifies == ("@ada",)
    assert (seen.buttons[0].spoken, seen.top) == ("Vote for one", "Hello.")
    assert all(block["block_id"] for block in seen.raw["blocks"])


@pytest.mark.parametrize(
    ("words", "view"),
    [
        ("missing required field: title [json-pointer:/view]", {"type": "modal", "blocks": []}),
        ("missing required field: submit [json-pointer:/view/submit]", modal(entry(), submit=None)),
        ("unsupported type: home [json-pointer:/view/type]", {"type": "home", "blocks": []}),
        (
            "unsupported type: markdown [json-pointer:/view/blocks/0]",
            modal({"type": "markdown", "text": "x"}),
        ),
        ("must be a boolean [json-pointer:/view/notify_on_close]", modal(section(), notify_on_close="yes")),
        (
            "must not be more than max_length [json-pointer:/view/blocks/0/element/min_length]",
            modal(
                entry(
                    element={"type": "plain_text_input", "action_id": "a", "min_length": 3, "max_length": 2}
                )
            ),
        ),
    ],
)
async def test_a_wrong_view_is_refused_by_name(api: Api, words: str, view: Json) -> None:
    await api.open(view)
    assert (api.error, api.messages) == ("invalid_arguments", [f"[ERROR] {words}"])
    assert api.ada.modal is None


@pytest.mark.parametrize(
    ("args", "word"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "  "}, "no_text"),
        ({"blocks": "[{"}, "invalid_blocks_format"),
        ({"blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"markdown_text": "x"}, "markdown_text_conflict"),
        ({"metadata": {"event_type": 1}}, "invalid_metadata_format"),
        ({"attachments": "fog"}, "invalid_attachments"),
        ({"attachments": [{"blocks": [{"type": "fog"}]}]}, "invalid_blocks"),
        ({"thread_ts": "1.000001"}, "thread_not_found"),
        ({"username": "Narrator"}, "missing_scope"),
    ],
)
async def test_a_wrong_message_is_refused(api: Api, args: Json, word: str) -> None:
    assert (await api.post(**args)).error == word
    assert api.ada.sees(api.story) == []
