"""Markup on Discord: what we write shows exactly, what people wrote comes back as it was."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.cutting import cut
from adapters.discord.markup import discord, prose, source
from adapters.discord.parts import in_rows
from adapters.discord.reading import shown
from adapters.fitting import clipped, fitting, size
from bot.marks import Inline, Kind, Mark, Styled, Words
from bot.markup import Block, Bullets, Paragraph, Quote, parse
from bot.sentences import instant, literal, spot
from tests.unit.test_markup import ANY, MARKED

TRICKY = st.lists(
    st.sampled_from(
        [
            "*", "**", "_", "__", "`", "```", "||", "~~", "\\", ">", ">>> ", "> ", "# ", "### ", "-# ", "- ", "1. ", "12) ",
            "<@1>", "<#1>", "<@&1>", "<t:1:R>", "<:a:1>", "</a:1>", "<id:home>", "@everyone", "@here", ":smile:", ":", "://",
            "https://a.b/c_d_e", "http://x", "[a](https://b.c)", "[", "]", "(", ")", "¯\\_(ツ)_/¯", "a", "B", "7", "é", "雨",
            "👩‍👩‍👧", "\u0301", "\n", "\n\n", " ", "\t", "&#32;", "&", "<t:1|x>", "!", ".",
        ]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(ANY | TRICKY)
def test_literal_text_shows_exactly(text: str) -> None:
    written = discord(literal(text))
    assert shown(written) == text
    assert not re.search(r"(?<!\\)@(everyone|here)|(?<!\\):[\w+~-]+:|(?<!\\)<", written)
    assert parse(source(written)) == parse(literal(text))


@given(ANY | TRICKY)
def test_what_people_wrote_stands_as_they_wrote_it(text: str) -> None:
    assert prose(text) == text



def test_buttons_stand_in_rows_of_about_the_same_length() -> None:
    assert [len(row) for row in in_rows("abcdef")] == [3, 3]
    assert [len(row) for row in in_rows("abcde")] == [5]
    assert [len(row) for row in in_rows("abcdefghijk")] == [4, 4, 3]
    assert in_rows("") == []


MARKS: dict[Kind, Mark] = {"emphasis": "*", "strong": "**", "spoiler": "||", "struck": "~~"}


def canonical(blocks: tuple[Block, ...]) -> list[object]:
    """The blocks with one way to write each mark, neighbours of one kind joined."""
    return [_block(block) for block in blocks]


def _block(block: Block) -> object:
    match block:
        case Paragraph(inside):
            return Paragraph(_inside(inside))
        case Quote(parts):
            return ("quote", [_block(part) for part in parts])
        case Bullets(items):
            return Bullets(tuple(_inside(item) for item in items))
        case _:
            return block


def _inside(inside: tuple[Inline, ...]) -> tuple[Inline, ...]:
    made: list[Inline] = []
    for part in inside:
        last = made[-1] if made else None
        if isinstance(part, Styled) and isinstance(last, Styled) and last.kind == part.kind:
            made[-1] = Styled(part.mark, last.inside + part.inside)
        else:
            made.append(part)
    return tuple(
        Styled(MARKS[part.kind], _inside(_joined(part.inside))) if isinstance(part, Styled) else part
        for part in made
    )


def _joined(inside: tuple[Inline, ...]) -> tuple[Inline, ...]:
    made: list[Inline] = []
    for part in inside:
        if isinstance(part, Words) and made and isinstance(last := made[-1], Words):
            made[-1] = Words(last.text + part.text)
        else:
            made.append(part)
    return tuple(made)


@given(MARKED)
def test_blocks_come_back_as_they_were(text: str) -> None:
    text = text.replace("&#", "&").replace("\\\n", "\n")  # a line of nothing but a written space has no like in Discord
    assert canonical(parse(source(discord(text)))) == canonical(parse(text))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("__loud__ and *soft*", "**loud** and *soft*"),
        ("***no** more*", "_**no** more_"),
        ("**_a_** b", "**_a_** b"),
        ("||who|| ~~was~~ `x_y`", "||who|| ~~was~~ `x_y`"),
        ("***", r"\* * *"),
        (r"\# no heading", r"\# no heading"),
        ("12. May, 17:00", r"12\. May, 17:00"),
        ("> said\n- bread", "> said\n- bread"),
        ("snake_case at 17:00 (+2)", r"snake\_case at 17:00 (+2)"),
    ],
)
def test_our_marks_are_written_as_discord_reads_them(ours: str, theirs: str) -> None:
    assert discord(ours) == theirs


def test_a_place_is_shown_by_the_name_it_has_now_and_a_direct_message_by_words() -> None:
    here = literal("This")
    assert discord(f"{spot('7', '42', '', here)} is ours") == "<#42> is ours"
    assert discord(f"{spot('7', '42', '43', here)} is ours") == "<#43> is ours"
    assert discord(f"{spot('dm', '42', '', here)} is ours") == "This is ours"


def test_an_instant_is_shown_in_each_readers_own_time() -> None:
    at = datetime(2026, 3, 6, 17, tzinfo=UTC)
    words = literal("today 17:00 UTC")
    assert discord(f"Closes {instant(at, words, relative=True)}.") == "Closes <t:1772816400:R>."
    assert discord(f"Until {instant(at, words)}.") == "Until <t:1772816400:f>."
    assert (
        discord(f"Until {instant(at, words)}.", notifies=True) == "Until today 17:00 UTC (<t:1772816400:R>)."
    )


def test_what_only_discord_can_read_is_said_in_words() -> None:
    typed = (
        "<@12> met <@!13> in <#14> at <t:1772816400:R>, `<@12>`, \\<@12>; </vote:9> <@99> __so__\n-# small"
    )
    assert source(typed, {"12": "Ana_B", "13": "Bo", "14": "docks"}) == (
        "Ana\\_B met Bo in \\#docks at 2026-03-06 17:00 UTC, `<@12>`, \\<@12>; /vote <@99> __so__\n-# small"
    )


@given(st.text(max_size=300), st.integers(1, 40))
def test_a_clipped_line_fits(text: str, most: int) -> None:
    line = clipped(text, most)
    assert size(line) <= most
    assert "\n" not in line
    assert line == " ".join(text.split()) or line.endswith("…")


@given(st.text(max_size=200), st.integers(1, 40))
def test_the_beginning_that_fits_is_as_long_as_may_be(text: str, most: int) -> None:
    end = fitting(text, most)
    assert size(text[:end]) <= most or end == 0
    assert end == len(text) or size(text[: end + 64]) > most


def test_a_grapheme_is_not_broken() -> None:
    assert clipped("👩‍👩‍👧" * 10, 20) == "👩‍👩‍👧" * 2 + "…"


# ---- long texts in several messages


@given(ANY | TRICKY, st.integers(60, 200), st.integers(1, 12))
def test_every_piece_fits(text: str, most: int, times: int) -> None:
    pieces = cut(text * times, most, most)
    assert all(0 < size(piece) <= most and piece == piece.strip() for piece in pieces)


@given(st.text("ab é雨👩‍👧\n.", max_size=800), st.integers(60, 200))
def test_no_word_is_lost_between_pieces(text: str, most: int) -> None:
    assert "".join("".join(cut(text, most, most)).split()) == "".join(text.split())


def test_marks_are_closed_before_a_cut_and_opened_again() -> None:
    assert cut("**" + "loud " * 30 + "end** soft", 100, 100)[0].endswith("loud**")
    assert cut("**" + "loud " * 30 + "end** soft", 100, 100)[1].startswith("**loud")
    code = cut("```py\n" + "x = 1\n" * 40 + "```", 100, 100)
    assert len(code) > 2
    assert all(piece.startswith("```py\n") and piece.endswith("\n```") for piece in code)
    secret = cut("||" + "who did it " * 30 + "||", 120, 120)
    assert all(piece.startswith("||") and piece.endswith("||") for piece in secret)
    quoted = cut("> " + "she said " * 30, 120, 120)
    assert all(piece.startswith(("> she", "> said")) for piece in quoted)


def test_a_cut_prefers_a_paragraph_then_a_line_then_a_word() -> None:
    text = "a" * 60 + "\n\n" + "b" * 30 + "\n" + "c" * 20 + " " + "d" * 30
    assert cut(text, 100, 100) == ["a" * 60, "b" * 30 + "\n" + "c" * 20 + " " + "d" * 30]


def test_cutting_is_quick_whatever_the_text_holds() -> None:
    for piece in ("*a **b ", "`", "``` ", "||", "a\u0301" * 9, "> x\n", "\\", "<@1"):
        assert cut(piece * (100_000 // len(piece)), 2000, 2000)
