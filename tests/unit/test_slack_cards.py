"""Cards on Slack: every message is one that Slack takes, says in `text` all that it shows, and loses no letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.cards import Drawn, drawn_growing, drawn_private, drawn_public
from adapters.slack.commands import pressed
from adapters.slack.forms import modal
from adapters.slack.markup import source
from adapters.slack.pages import page_in, paged
from adapters.slack.parts import CHOOSE
from adapters.slack.reading import seen, shown
from bot.calls import Call
from bot.cards import Action, Card, Items, Option, Options, Prose, Reply, Small, Text, button, note
from bot.errors import UserError
from bot.sentences import instant, literal
from tests.clock import HandClock
from tests.rig import open_room
from tests.unit.played_rooms import LONG, played
from tests.unit.slack_blocks import check_message, check_modal, elements
from tests.unit.test_slack_markup import TRICKY

WORDS = st.one_of(TRICKY, st.text(max_size=60), st.just("The captain has been dead since Tuesday. " * 4))


def check(messages: Sequence[Drawn]) -> None:
    """Slack takes them, and their text says what they show."""
    assert messages
    for message in messages:
        check_message(message.text, message.blocks)
        heard = _letters(source(message.text) + shown(message.text))
        for block in message.blocks:
            if block["type"] in ("rich_text", "header", "context"):
                for line in seen(block).splitlines():
                    assert _letters(line.removeprefix("- ").removeprefix("> ")) in heard, line
            elif block["type"] == "actions":
                labels = [e["text"]["text"] for e in block["elements"] if e["type"] == "button"]
                assert all(_letters(label) in heard for label in labels)
        for handout in message.handouts:
            assert handout.about
            assert handout.name in message.text


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def words_of(messages: Sequence[Drawn]) -> str:
    """What a reader sees of the messages."""
    return "\n".join(seen(block) for message in messages for block in message.blocks)


def prose_of(messages: Sequence[Drawn]) -> str:
    """All literal text of the rich text blocks, joined without anything between."""
    return "".join(
        part.get("text", "")
        for message in messages
        for block in message.blocks
        if block["type"] == "rich_text"
        for element in block["elements"]
        if element["type"] == "rich_text_section"
        for part in element["elements"]
    )


def tick(messages: Sequence[Drawn], *numbers: str) -> Mapping[str, Any]:
    """The state of a message in which these boxes are ticked."""
    for block in (block for message in messages for block in message.blocks):
        for element in elements([block]):
            if element["action_id"].startswith(CHOOSE):
                chosen = [option for option in element["options"] if option["value"] in numbers]
                several = element["type"] in ("checkboxes", "multi_static_select")
                held = (
                    {"selected_options": chosen}
                    if several
                    else {"selected_option": chosen[0] if chosen else None}
                )
                return {
                    "values": {block["block_id"]: {element["action_id"]: {"type": element["type"], **held}}}
                }
    raise AssertionError("nothing to tick")


# ---- everything that can come up




async def test_every_face_of_the_product_is_drawn_as_slack_takes_it(tmp_path: Path) -> None:
    async with open_room(f"sqlite:///{tmp_path}/house.db") as room:
        evening = await played(room)
    assert len({card.digest for card in evening.public}) > 25
    forms = [reply.form for reply in evening.replies if reply.form is not None]
    assert len({form.call.command for form in forms}) > 5
    for card in {card.digest: card for card in evening.public}.values():
        check(drawn_public(card))
        assert len(drawn_public(card)) <= 2
    for reply in evening.replies:
        if reply.form is None:
            check(drawn_private(reply))
    for form in forms:
        check_modal(modal(form, evening.commands))
    long = next(card for card in evening.public if any(isinstance(p, Prose) and "2 · ada" in p.by for p in card.parts))
    (handout,) = drawn_public(long)[-1].handouts
    assert handout.text == LONG.strip()
    every = "\n".join(words_of(drawn_private(reply)) for reply in evening.replies if reply.form is None)
    assert "/room pitch" in every
    assert "Did you mean /room scene?" in every
    assert " /pitch" not in every


WHOLES = {"none": "", "long": LONG, "dear": "<&>" * 2_000, "blank": "\n" * 5_000, "quotes": '"' * 12_000}
MARKUP = st.one_of(WORDS, WORDS.map(literal), st.just("**a** *b* `c` <t:1772816400|today 17:00>\n> d\n- e"))


def _options(ideas: list[str], chosen: set[int], most: int) -> Options:
    return Options(
        tuple(Option(n, literal(idea), Call("t", {"n": str(n)}), n in chosen) for n, idea in enumerate(ideas)),
        Call("vote", {"round": "R"}),
        most,
    )


PARTS: st.SearchStrategy[Any] = st.one_of(
    MARKUP.map(Text),
    MARKUP.map(Small),
    st.lists(MARKUP, max_size=8).map(lambda lines: Items(tuple(lines))),
    st.builds(lambda text, by, whole: Prose(text, by, WHOLES[whole]), WORDS, MARKUP, st.sampled_from(sorted(WHOLES))),
    st.builds(
        _options, st.lists(WORDS, max_size=16), st.sets(st.integers(0, 15)), st.sampled_from([0, 1, 2])
    ),
)


STYLES: st.SearchStrategy[Literal["plain", "main", "danger"]] = st.sampled_from(["plain", "main", "danger"])


@st.composite
def cards(draw: st.DrawFn) -> Card:
    """Any card; too much of anything is left out, as a face would."""
    card = Card(draw(WORDS.map(lambda text: literal(text * 3)[:400])))
    for part in draw(st.lists(PARTS, max_size=8)):
        if isinstance(part, Options) and card.options:
            continue
        try:
            card = card.with_parts(part)
        except ValueError:
            break
    for n, label in enumerate(draw(st.lists(WORDS, max_size=6))):
        style = draw(STYLES)
        action = Action(literal(label)[:90] or "x", Call("b", {"n": str(n)}), style)
        try:
            card = card.with_actions(action)
        except ValueError:
            break
    return card


@given(cards())
def test_any_card_is_drawn_as_slack_takes_it(card: Card) -> None:
    for messages in (drawn_public(card), drawn_private(Reply.of(card))):
        check(messages)
        texts = [p.whole or p.text for p in card.parts if isinstance(p, Prose)]
        files = [handout.text for message in messages for handout in message.handouts]
        there = prose_of(messages)
        assert all(text in there or text in files for text in texts)


@given(st.lists(cards(), max_size=3), st.booleans())
def test_any_reply_is_drawn_as_slack_takes_it(some: list[Card], file: bool) -> None:
    messages = drawn_private(Reply(tuple(some), file=("story.md", LONG) if file else None))
    check(messages)
    assert not file or messages[-1].handouts[-1].text == LONG
    names = [handout.name for message in messages for handout in message.handouts]
    assert len(set(names)) == len(names)
    for page in range(1, len(messages) + 1):
        check(paged(messages, Call("read", {"scene": "1"}), page, changes=False))


# ---- what people see


def ballot(*ideas: str, most: int = 0, chosen: Sequence[int] = ()) -> Card:
    """A ballot."""
    options = tuple(
        Option(n, literal(idea), Call("vote-card toggle", {"number": str(n)}), n in chosen)
        for n, idea in [*enumerate(ideas, 1), (0, "None of these")]
    )
    return Card("What happens next?", (Options(options, Call("vote", {"round": "R"}), most),))


def test_a_public_ballot_is_numbered_lines_and_a_button() -> None:
    (message,) = drawn_public(ballot("A *door*", "A bell"))
    assert words_of([message]) == "What happens next?\n1 A *door*\n2 A bell\n0 None of these\n[Vote]"
    assert message.tokens == ("vote;round=R",)


def test_ones_own_ballot_is_boxes_and_a_button_that_counts_them() -> None:
    messages = drawn_private(Reply.of(ballot("A door", "A bell", chosen=[2])))
    assert "( ) 1 · A door\n(*) 2 · A bell\n( ) 0 · None of these\n[Change my vote]" in words_of(messages)
    assert "*2* A bell (chosen)" in messages[0].text
    box, vote = {"action_id": "choose:vote;round=R"}, {"action_id": "vote;round=R"}
    assert pressed(box, tick(messages, "1")) is None
    assert pressed(vote, tick(messages, "1", "2")) == Call("vote", {"round": "R", "numbers": "1 2"})
    with pytest.raises(UserError, match="Nothing was ticked"):
        pressed(vote, tick(messages))
    assert pressed(vote, {"values": {}}) == Call("vote", {"round": "R"})


@pytest.mark.parametrize(
    ("ideas", "most", "kind"),
    [
        (3, 0, "checkboxes"),
        (3, 1, "radio_buttons"),
        (3, 2, "multi_static_select"),
        (12, 0, "multi_static_select"),
        (12, 1, "static_select"),
    ],
)
def test_a_choice_has_the_widget_that_holds_it(ideas: int, most: int, kind: str) -> None:
    messages = drawn_private(Reply.of(ballot(*(f"idea {n}" for n in range(ideas)), most=most, chosen=[1])))
    assert kind in [e["type"] for message in messages for e in elements(message.blocks)]
    call = pressed({"action_id": "vote;round=R"}, tick(messages, "2"))
    assert call == Call("vote", {"round": "R", "numbers": "2"})


def test_a_long_idea_stands_whole_above_its_box() -> None:
    idea = "The captain has been dead since Tuesday, " * 5
    words = words_of(drawn_private(Reply.of(ballot(idea, "A bell"))))
    assert f"1 {idea.strip()}" in words
    assert "( ) 1 · The captain" in words


@pytest.mark.parametrize("forged", ["vote;round=R", "nonsense|", "a b", 7])
def test_a_forged_press_is_no_call(forged: object) -> None:
    evil = {"values": {"x": {"choose:vote;round=R": {"selected_options": [{"value": "DROP"}]}}}}
    with pytest.raises(UserError):
        pressed({"action_id": forged}, evil)


def test_one_main_button_and_a_question_before_what_is_not_asked_twice() -> None:
    card = Card(
        "T",
        (Text("x"),),
        (
            button("A", "a", "main"),
            button("B", "b", "main"),
            button("Erase", "erase", "danger"),
            button("Close anyway", "round-card force", "danger"),
        ),
    )
    (message,) = drawn_public(card)
    row = list(elements(message.blocks))
    assert [e.get("style") for e in row] == ["primary", None, "danger", "danger"]
    assert ["confirm" in e for e in row] == [False, False, True, False]


def test_only_whose_turn_it_is_is_mentioned() -> None:
    said = "Your turn, <@U2> @here"
    (message,) = drawn_public(Card("", (Text(literal(said)),), notify=True, ping="slack/T1/U1"))
    users = [part for block in message.blocks for part in block["elements"][0]["elements"] if part["type"] == "user"]
    assert users == [{"type": "user", "user_id": "U1"}]
    assert message.text == "<@U1>\nYour turn, &lt;@U2&gt; @here"
    (quiet,) = drawn_public(Card("", (Text("x"),), ping="table/t/ada"))
    assert "@" not in quiet.text


def test_small_print_is_plain_where_it_can_be() -> None:
    at = instant(HandClock().now(), literal("today 12:00 UTC"))
    (message,) = drawn_public(Card("", (Small(literal("*118* words")), Small(f"until {at}"))))
    assert [b["elements"][0]["type"] for b in message.blocks] == ["plain_text", "mrkdwn"]
    assert words_of([message]) == "*118* words\nuntil today 12:00 UTC"


def test_a_text_goes_on_in_further_messages_letter_by_letter() -> None:
    text = "A <lamp> & another.\n\n" * 300
    messages = drawn_public(Card("1 - ada", (Prose(text[:3_000], whole=text),), (button("Fix…", "fix"),)))
    assert len(messages) > 1
    assert prose_of(messages) == text
    assert "".join(source(message.text) for message in messages).count("<lamp>") == 300
    assert [bool(list(elements(message.blocks))) for message in messages][:-1] == [False] * (len(messages) - 1)
    check(messages)


def test_a_growing_text_is_literal() -> None:
    growing = drawn_growing("a *model*", "<!channel> *x*")
    assert growing.text.endswith("\n&lt;!channel&gt; *x*")
    assert "a *model*" in shown(growing.text), "whose it is stands above it"
    for drawn in (growing, drawn_growing("a model", ""), drawn_growing("a model", "&" * 600)):
        check_message(drawn.text, drawn.blocks)


def test_a_page_turns_and_its_buttons_ask_again() -> None:
    messages = drawn_private(Reply.of(*(note(literal(f"{n} " + "x " * 1_800)) for n in range(4))))
    (second,) = paged(messages, Call("scene view", {"number": "1"}), 2, changes=False)
    assert second.tokens == ("scene.view;number=1;page=1", "scene.view;number=1;page=3")
    assert page_in(Call("read", {"page": "3"})) == (Call("read"), 3)
    assert "Page 2 of 4" in second.text
    assert len(paged([*messages, *messages], Call("read"), 1, changes=True)) == 5
