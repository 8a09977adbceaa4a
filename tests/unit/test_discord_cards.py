"""Cards on Discord: every card of the product, and any other, within every limit; long texts whole and exact."""

from __future__ import annotations

import importlib
import inspect
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import discord
import hypothesis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord.cards import Drawn, drawn_private, drawn_public
from adapters.discord.forms import modal
from bot.calls import Call
from bot.cards import Action, Card, Form, Items, Option, Options, Part, Prose, Reply, Small, Text, button
from bot.markup import to_plain
from bot.sentences import literal
from tests.rig import Room, open_room
from tests.unit.discord_rules import of_message, of_modal, walk
from tests.unit.test_discord_markup import TRICKY

ROUND = "01KJQ6PSG200G09ZPYYG6CHHGA"
ANY = st.text(max_size=200) | TRICKY


def words(drawn: Drawn) -> str:
    """Everything that a message shows as text."""
    components = drawn.view.to_components() if drawn.view is not None else []
    return "\n".join([drawn.content, *(c["content"] for c in walk(components) if "content" in c)])


def buttons(drawn: Drawn) -> list[tuple[str, str]]:
    """(label, custom_id) of a message's buttons."""
    components = drawn.view.to_components() if drawn.view is not None else []
    return [(c["label"], c["custom_id"]) for c in walk(components) if c["type"] == 2]


def menu(drawn: list[Drawn]) -> dict[str, Any]:
    """The one menu of the messages."""
    (found,) = [c for d in drawn if d.view for c in walk(d.view.to_components()) if c["type"] == 3]
    return found


# ---- every card of the product


@dataclass
class Seen:
    """What a room showed."""

    replies: list[Reply] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)


class _Last(dict[str, Reply]):
    """A room's last replies, all of which are kept."""

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self._seen = seen

    def __setitem__(self, name: str, reply: Reply) -> None:
        super().__setitem__(name, reply)
        self._seen.replies.append(reply)


LINES = (
    "/help", "/help round", "/story new The *Last* Ferry", "/story list", "/story status", "/pitch", "/pitch The ferry never docks",
    "/pitch @everyone <@1> ||secret|| https://example.org/a_b_c :smile: # x", "/vote", "/vote 1", "/round status", "/round ballot",
    "/round close", "/round drawer", "/round results", "/extend", "/extend Nobody had told the *captain*.", "/read", "/previously",
    "/round open Who is it? method: ranked sealed: yes", "/pitch The cook", "/round extend 3h", "/round close", "/vote", "/round close",
    "/scene add The docks", "/scene list", "/scene view", "/scene revise", "/scene remove 2", "/turn status", "/turn order w1, w2", "/turn away",
    "/canon add", "/canon add character Ana: she has red hair", "/canon list", "/canon cast", "/my turns", "/my drafts", "/my ai",
    "/showrunner rules", "/showrunner rules set", "/showrunner roles", "/showrunner log", "/showrunner ai", "/showrunner ai on",
    "/showrunner budget", "/assist options", "/assist continue", "/assist names", "/stop", "/story wrap", "/story archive", "/story export",
    "/undo", "what is this", "/nonsense", "/story rename", "/round decide 1",
)  # fmt: skip


@pytest.fixture
async def played(tmp_path: Path) -> Seen:
    """A room in which everything was said once, and the contract's scenes."""
    seen = Seen()
    async for room in _rooms(tmp_path / "lines", seen):
        for name in ("w1", "w2"):
            for line in LINES:
                await room.says(name, line)
        await room.says("w1", "/extend " + "The rain went on. " * 900)
        await room.says("w2", "/read")
        _gather(room, seen)
    for module in ("test_the_loop", "test_bad_input"):
        scenes = importlib.import_module(f"tests.contract.{module}")
        for name, scene in inspect.getmembers(scenes, inspect.iscoroutinefunction):
            if name.startswith("test_") and list(inspect.signature(scene).parameters) == ["room"]:
                async for room in _rooms(tmp_path / name, seen):
                    await scene(room)
                    _gather(room, seen)
    return seen


async def _rooms(folder: Path, seen: Seen) -> AsyncIterator[Room]:
    folder.mkdir()  # noqa: ASYNC240  # a test's folder
    async with open_room(f"sqlite:///{folder}/house.db") as room:
        yield replace(room, last=_Last(seen))


def _gather(room: Room, seen: Seen) -> None:
    seen.cards += [card for _, card in room.wall.messages] + list(room.wall.shown.values())


async def test_every_card_of_the_product_is_taken_by_discord(played: Seen) -> None:
    assert len(played.cards) > 100
    assert len(played.replies) > 200
    for card in played.cards:
        for plain in (True, False):
            for drawn in drawn_public(card, plain=plain):
                assert of_message(drawn) == [], card
        assert [b for d in drawn_public(card)[:-1] for b in buttons(d)] == []
    for reply in played.replies:
        if reply.form is not None:
            assert of_modal(modal(reply.form).to_dict()) == [], reply.form
        else:
            for drawn in drawn_private(reply):
                assert of_message(drawn) == [], reply
    assert {part.__class__ for card in played.cards for part in card.parts} >= {Text, Prose, Options}
    assert sum(1 for r in played.replies if r.form) > 5


async def test_no_view_ever_begins(played: Seen) -> None:
    for card in played.cards:
        for drawn in drawn_public(card):
            view = drawn.view
            assert view is None or (view.is_finished() and not view.is_dispatchable() and view.timeout is None)


# ---- any card


MARKUP = ANY.map(literal) | TRICKY | ANY
PARTS = st.one_of(
    MARKUP.map(Text),
    MARKUP.map(Small),
    st.builds(Prose, ANY, MARKUP, whole=ANY | st.just("")),
    st.lists(MARKUP, max_size=5).map(lambda lines: Items(tuple(lines))),
)


def options(ideas: list[str], *, together: bool, most: int, chosen: int = 0) -> Options:
    """A ballot over these ideas."""
    rows = tuple(
        Option(n, literal(idea), Call("vote-card toggle", {"round": ROUND, "number": str(n)}), n <= chosen)
        for n, idea in enumerate(ideas, 1)
    )
    return Options(rows, Call("vote", {"round": ROUND}) if together else None, most)


@st.composite
def cards(draw: st.DrawFn) -> Card:
    """A card of anything."""
    made: list[Part] = draw(st.lists(PARTS, max_size=6))
    if draw(st.booleans()):
        ideas = draw(st.lists(ANY, min_size=1, max_size=15))
        made.insert(
            0,
            options(
                [idea[:150] for idea in ideas],
                together=draw(st.booleans()),
                most=draw(st.integers(0, 3)),
                chosen=draw(st.integers(0, 15)),
            ),
        )
    count = draw(st.integers(0, 12))
    actions = tuple(
        Action(draw(MARKUP), Call("help", {"n": str(n)}), draw(st.sampled_from(("plain", "main", "danger"))))
        for n in range(count)
    )
    try:
        return Card(draw(MARKUP), tuple(made), actions, draw(st.booleans()))
    except ValueError:  # more than a card holds
        hypothesis.reject()


@given(cards(), st.booleans())
async def test_any_card_is_taken_by_discord(card: Card, plain: bool) -> None:
    for drawn in [*drawn_public(card), *drawn_public(card, plain=plain), *drawn_private(Reply.of(card))]:
        assert of_message(drawn) == []


@given(st.lists(cards(), max_size=6), st.none() | st.tuples(ANY, ANY))
async def test_cards_that_fit_share_a_message(cards: list[Card], file: tuple[str, str] | None) -> None:
    drawn = drawn_private(Reply(tuple(cards), file=file))
    assert drawn
    assert all(of_message(d) == [] for d in drawn)
    if file is not None:
        assert drawn[-1].handouts[-1].text == file[1]


async def test_two_buttons_of_one_call_never_share_a_message() -> None:
    drawn = drawn_private(
        Reply.of(
            Card("One", (), (button("Drafts", "my drafts"),)),
            Card("Two", (), (button("Drafts", "my drafts"),)),
        )
    )
    assert len(drawn) == 2


async def test_a_card_that_notifies_is_plain_and_others_are_components() -> None:
    card = Card(
        "Chosen", (Text("**It** is"), Small("9 of 14")), (button("Write…", "extend", "main"),), notify=True
    )
    (plain,) = drawn_public(card)
    assert (plain.content, plain.v2) == ("**Chosen**\n**It** is\n-# 9 of 14", False)
    assert isinstance(plain.view, discord.ui.View)
    (layout,) = drawn_public(replace(card, notify=False))
    assert words(layout) == "\n### Chosen\n**It** is\n-# 9 of 14"
    assert isinstance(layout.view, discord.ui.LayoutView)
    assert buttons(plain) == buttons(layout) == [("Write…", "extend")]


# ---- ballots


async def test_a_public_ballot_numbers_its_ideas_and_opens_ones_own() -> None:
    (drawn,) = drawn_public(
        Card(
            "What next?",
            (options(["a_b", "c"], together=True, most=0),),
            (button("Rules", "showrunner rules"),),
        )
    )
    assert "**1** a\\_b\n**2** c" in words(drawn)
    assert buttons(drawn) == [("Vote", f"vote;round={ROUND}"), ("Rules", "showrunner.rules")]


async def test_ones_own_ballot_is_a_menu_that_shows_what_is_chosen() -> None:
    long = (
        "The captain has been dead since Tuesday and nobody aboard has had the heart, or the time, to tell him so "
        * 3
    )
    drawn = drawn_private(
        Reply.of(
            Card(
                "Yours",
                (options([long, "b", "c"], together=True, most=0, chosen=2), Text("You chose 1 and 2.")),
            )
        )
    )
    found = menu(drawn)
    assert (found["custom_id"], found["min_values"], found["max_values"]) == (f"vote;round={ROUND}", 1, 3)
    assert [(o["value"], o["default"]) for o in found["options"]] == [("1", True), ("2", True), ("3", False)]
    first = found["options"][0]
    assert first["label"].startswith("1 · The captain")
    assert first["label"].endswith("…")
    assert first["description"].startswith("…")
    whole = (
        first["label"].removesuffix("…").removeprefix("1 · ").rstrip() + " " + first["description"].strip("…")
    )
    assert long.startswith(whole)


async def test_a_ballot_that_is_typed_says_in_words_what_is_chosen() -> None:
    (drawn,) = drawn_private(
        Reply.of(Card("Yours", (options(["a", "b"], together=False, most=0, chosen=1),)))
    )
    assert "**1** a (chosen)\n**2** b" in words(drawn)


async def test_one_choice_can_be_held_to_one() -> None:
    assert (
        menu(drawn_private(Reply.of(Card("", (options(["a", "b"], together=True, most=1, chosen=2),)))))[
            "max_values"
        ]
        == 1
    )


# ---- long texts


TEXTS = st.one_of(
    st.integers(0, 20_000).flatmap(lambda n: st.sampled_from(("word ", "雨が降る。", "line\n", "para\n\n", "👩‍👩‍👧 ", "**b** ", "x", "||s|| `c` ")).map(lambda t: (t * (n // len(t) + 1))[:n])),
    st.text(max_size=6000),
    TRICKY.map(lambda t: t * 60),
)  # fmt: skip


def read_back(drawn: list[Drawn], text: str) -> str:
    """A text as it can be read again: from the one message it stands in, or from its file."""
    for message in drawn:
        for handout in message.handouts:
            return handout.file().fp.read().decode("utf-8")
    return text if any(text in words(message) for message in drawn) else ""


@given(TEXTS, st.booleans())
@settings(max_examples=60)
async def test_a_text_comes_back_byte_for_byte(text: str, public: bool) -> None:
    prose = Prose(text[:3000], whole=text, rest="more is elsewhere", name="passage-12")
    card = Card(
        literal("12 - Ana_B"),
        (prose, Small("Machine text, taken by Bo.")),
        (button("Read", "read"),),
        notify=True,
    )
    drawn = drawn_public(card) if public else drawn_private(Reply.of(card))
    assert all(of_message(d) == [] for d in drawn)
    assert read_back(drawn, text) == text
    assert "more is elsewhere" not in "".join(map(words, drawn))
    assert [b for d in drawn[:-1] for b in buttons(d)] == []
    assert buttons(drawn[-1]) == [("Read", "read")]
    handouts = [h for d in drawn for h in d.handouts]
    assert [h.name for h in handouts] == ["passage-12.txt"] * len(handouts)
    assert len(drawn) <= 6


@pytest.mark.parametrize(
    ("length", "messages", "file"),
    [(1900, 1, False), (3_000, 2, True), (7_500, 4, True), (9_000, 1, True), (90_000, 1, True)],
)
async def test_how_many_messages_a_passage_takes(length: int, messages: int, file: bool) -> None:
    text = ("The rain went on and on. " * (length // 25 + 1))[:length].strip()
    drawn = drawn_public(Card("12 - Ana", (Prose(text[:3000], whole=text, name="passage-12"),), notify=True))
    assert len(drawn) == messages
    assert bool(drawn[-1].handouts) is file
    shown = "".join(words(d) for d in drawn)
    assert ("passage-12.txt" in shown) is file
    assert all(not d.handouts for d in drawn[:-1])


async def test_a_spoiler_stays_one_in_every_message() -> None:
    text = "Before. ||" + "The cook did it. " * 200 + "|| After."
    for message in drawn_public(Card("12", (Prose(text[:3000], whole=text),), notify=True)):
        shown = words(message)
        assert shown.count("||") % 2 == 0
        assert "cook" not in "".join(shown.split("||")[::2])


# ---- cost


async def test_what_drawing_costs(capsys: pytest.CaptureFixture[str]) -> None:
    small = Card(
        "What happens next?",
        (
            options(["The ferry never docks"] * 4, together=True, most=0),
            Text("Closes soon. *A tie*: dice."),
            Small("Some are a machine's."),
        ),
        (button("Read all", "round ballot"), button("Rules", "showrunner rules")),
    )
    large = replace(
        small,
        parts=(
            options(
                ["The captain has been dead since Tuesday, and nobody says so (but Ana_B). " * 2] * 15,
                together=True,
                most=0,
            ),
            *small.parts[1:],
        ),
    )
    form = Form("Write what happens next", Call("extend"), ())
    rows = []
    for name, draw in (
        ("public ballot, 4 ideas", lambda: [d.view and d.view.to_components() for d in drawn_public(small)]),
        ("public ballot, 15 ideas", lambda: [d.view and d.view.to_components() for d in drawn_public(large)]),
        ("own ballot, 4 ideas", lambda: [d.view and d.view.to_components() for d in drawn_private(Reply.of(small))]),
        ("own ballot, 15 ideas", lambda: [d.view and d.view.to_components() for d in drawn_private(Reply.of(large))]),
        ("a sentence", lambda: drawn_private(Reply.of(Card(parts=(Text("Counted: 2 and 3."),))))),
        ("a form", lambda: modal(form).to_dict()),
    ):  # fmt: skip
        best = 1e9
        for _ in range(5):
            began = time.process_time()
            for _ in range(40):
                draw()
            best = min(best, (time.process_time() - began) / 40)
        rows.append(f"{name}: {best * 1000:.3f} ms")
    with capsys.disabled():
        print("\n" + "\n".join(rows))
    assert to_plain(small.title)
