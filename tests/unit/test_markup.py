"""The markup subset: what it means, that it comes back as it was, and that no text makes it slow."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import marks, markup
from bot.marks import Code, Inline, Instant, Spot, Styled, Words
from bot.markup import (
    Block,
    Break,
    Bullets,
    CodeBlock,
    Gap,
    Paragraph,
    Quote,
    parse,
    spaced,
    to_commonmark,
    to_plain,
)
from bot.sentences import instant, literal, spot

MARKED = st.lists(
    st.sampled_from(
        [
            "*",
            "**",
            "***",
            "_",
            "__",
            "`",
            "``",
            "```",
            "||",
            "|",
            "~~",
            "~",
            "\\",
            ">",
            "#",
            "-",
            "+",
            "---",
            "===",
            "1.",
            "&#32;",
            "&",
            "&#9;",
            "a",
            "b",
            "é",
            "雨",
            "[x](y)",
            "<b>",
            "\n",
            "\n\n",
            " ",
            "\t",
            "> ",
            "- ",
            "* * *",
            "# ",
            "1. ",
        ]
    ),
    max_size=24,
).map("".join)
ANY = st.text(max_size=80)


def only(text: str) -> tuple[Inline, ...]:
    """What stands in the one paragraph of a text."""
    (paragraph,) = parse(text)
    assert isinstance(paragraph, Paragraph)
    return paragraph.inside


@pytest.mark.parametrize(
    ("source", "mark", "kind"),
    [
        ("*rain*", "*", "emphasis"),
        ("_rain_", "_", "emphasis"),
        ("**rain**", "**", "strong"),
        ("__rain__", "__", "strong"),
        ("||rain||", "||", "spoiler"),
        ("~~rain~~", "~~", "struck"),
    ],
)
def test_each_mark_means_its_kind(source: str, mark: str, kind: str) -> None:
    assert only(f"The {source}.") == (Words("The "), Styled(mark, (Words("rain"),)), Words("."))  # type: ignore[arg-type]  # the table above holds marks
    styled = only(f"The {source}.")[1]
    assert isinstance(styled, Styled)
    assert styled.kind == kind


def test_marks_stand_inside_other_marks() -> None:
    assert only("*He said **no** twice*") == (
        Styled("*", (Words("He said "), Styled("**", (Words("no"),)), Words(" twice"))),
    )
    assert only("***both***") == (Styled("*", (Styled("**", (Words("both"),)),)),)
    assert only("***no** more*") == (Styled("*", (Styled("**", (Words("no"),)), Words(" more"))),)
    assert only("***no* more**") == (Styled("**", (Styled("*", (Words("no"),)), Words(" more"))),)


@pytest.mark.parametrize(
    "text",
    [
        "2 * 3 * 4",
        "snake_case_name",
        "a ** b",
        "an *open end",
        "||",
        "****",
        "~one~",
        "`open",
        "C:\\temp",
        "-5 degrees",
    ],
)
def test_marks_that_close_nothing_are_text(text: str) -> None:
    assert only(text) == (Words(text),)


def test_a_mark_that_is_left_open_does_not_spoil_the_next_one() -> None:
    assert only("an **open and a **shut** one") == (
        Words("an **open and a "),
        Styled("**", (Words("shut"),)),
        Words(" one"),
    )


def test_nothing_is_a_mark_inside_code() -> None:
    assert only("type `*x*` or `` a`b ``") == (Words("type "), Code("*x*"), Words(" or "), Code("a`b"))


def test_a_backslash_makes_a_mark_text() -> None:
    assert only(r"\*not\* this \\ that") == (Words(r"*not* this \ that"),)


def test_lines_become_blocks() -> None:
    assert parse("One\ntwo\n\n> said\n>\n> she\n- bread\n- *salt*\n***\n```py\nx = '*'\n```") == (
        Paragraph((Words("One\ntwo"),)),
        Gap(("",)),
        Quote((Paragraph((Words("said"),)), Gap(("",)), Paragraph((Words("she"),)))),
        Bullets(((Words("bread"),), (Styled("*", (Words("salt"),)),))),
        Break(),
        CodeBlock(("x = '*'",), "py"),
    )


def test_a_fence_that_nothing_closes_is_text() -> None:
    assert only("```\nnever closed") == (Words("```\nnever closed"),)


def test_plain_text_drops_what_only_decorates_and_keeps_what_says_something() -> None:
    assert (
        to_plain("*Very* **loud** `code`, ~~gone~~ ||the butler||")
        == "Very loud code, ~~gone~~ ||the butler||"
    )
    assert to_plain("> said\n- a\n***\n```\nx\n```") == "> said\n- a\n* * *\nx"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("# Not a title", "\\# Not a title"),
        ("---", "\\---"),
        ("She left.\n---", "She left.\\\n\\---"),
        ("She left.\n===", "She left.\\\n\\==="),
        ("1. Not a list", "1\\. Not a list"),
        ("+ nor this", "\\+ nor this"),
        ("\\- nor this", "\\- nor this"),
        ("    not code", "&#32;   not code"),
        ("<script>", "\\<script>"),
        ("[a](b)", "\\[a](b)"),
        ("AT&amp;T", "AT\\&amp;T"),
        ("~~~\nnot code", "\\~\\~\\~\\\nnot code"),
    ],
)
def test_what_commonmark_would_take_for_structure_is_escaped(text: str, written: str) -> None:
    assert to_commonmark(parse(text)) == written
    assert parse(written) == parse(text)


def test_a_paragraph_is_kept_out_of_the_list_and_the_quote_before_it() -> None:
    assert to_commonmark(spaced(parse("> said\nand so\n- a\nafter"))) == "> said\n\nand so\n- a\n\nafter"


@given(MARKED | ANY)
@settings(max_examples=400)
def test_what_is_written_again_means_the_same(text: str) -> None:
    blocks = parse(text)
    written = to_commonmark(blocks)
    assert parse(written) == blocks
    assert to_commonmark(parse(written)) == written


@given(MARKED | ANY)
@settings(max_examples=400)
def test_literal_text_is_shown_exactly(text: str) -> None:
    assert to_plain(literal(text)) == text


@given(MARKED | ANY)
def test_marks_never_lose_a_letter(text: str) -> None:
    letters = [c for c in text if c.isalpha()]
    assert [
        c for c in to_plain(text) if c.isalpha()
    ] == letters or "```" in text  # a fence's language is no text


HOSTILE = {
    "stars": "*",
    "spaced stars": "* ",
    "opening stars": "*a ",
    "all kinds": "*a _b **c __d ||e ~~f ",
    "opening then closing": "",
    "backticks": "`",
    "runs of backticks": "`a``b```c",
    "brackets": "[",
    "bars": "||a",
    "backslashes": "\\",
    "fences": "```x\n",
    "quotes": "> ",
    "lists": "- - ",
    "blank lines": "\n",
    "references": "&#32;",
}


def hostile(name: str, size: int) -> str:
    """A text of about this size that a careless reader takes long for."""
    if name == "opening then closing":
        return "*a " * (size // 6) + "a* " * (size // 6)
    return (HOSTILE[name] * (size // len(HOSTILE[name]) + 1))[:size]


def steps(text: str) -> int:
    """Lines of the module that are run for a text."""
    counted = 0

    def each(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal counted
        counted += event == "line"
        return each if frame.f_code.co_filename in {markup.__file__, marks.__file__} else None

    before = sys.gettrace()
    sys.settrace(each)
    try:
        to_commonmark(parse(text))
    finally:
        sys.settrace(before)
    return counted


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_steps_in_proportion_to_its_length(name: str) -> None:
    assert steps(hostile(name, 12_000)) <= 12_000 * 60


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_of_full_length_comes_back(name: str) -> None:
    text = hostile(name, 100_000)
    blocks: tuple[Block, ...] = parse(text)
    assert parse(to_commonmark(blocks)) == blocks
    assert to_plain(literal(text)) == text


AT = datetime(2026, 3, 6, 17, tzinfo=UTC)


def test_a_sentence_can_hold_an_instant_which_says_its_words() -> None:
    said = f"Closes {instant(AT, literal('today 17:00 <b>'), relative=True)}."
    assert only(said) == (Words("Closes "), Instant(1772816400, "today 17:00 <b>", True), Words("."))
    assert to_plain(said) == "Closes today 17:00 <b>."
    assert only(marks.source(only(said))) == only(said)


def test_a_sentence_can_hold_a_place_which_says_its_words() -> None:
    said = f"{spot('7', '42', '', literal('This <b>'))} is ours."
    assert only(said) == (Spot("7", "42", "", "This <b>"), Words(" is ours."))
    assert to_plain(said) == "This <b> is ours."
    assert only(marks.source(only(said))) == only(said)
    assert to_plain(spot("a|b", "c>", "", literal("This"))) == "This"


@given(ANY)
def test_people_cannot_write_an_instant_or_a_place(text: str) -> None:
    for written in (f"<t:1772816400|{text}>", f"<c:7/42/|{text}>"):
        assert to_plain(literal(written)) == written
        assert not any(isinstance(part, Instant | Spot) for part in marks.read(written, people=True))


@given(ANY)
def test_what_is_literal_shows_as_it_is(text: str) -> None:
    assert to_plain(literal(text)) == text
    assert to_plain(literal("&#32;" + text)) == "&#32;" + text
