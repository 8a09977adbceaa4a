"""Markup on Slack: what we write shows exactly, what people wrote goes byte for byte, and nothing notifies."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.blocks import rich_text
from adapters.slack.cutting import cost, cut
from adapters.slack.guarding import ZERO, escaped
from adapters.slack.markup import mrkdwn, prose, rich, source
from adapters.slack.reading import seen, shown
from adapters.slack.runs import Line, lines_of
from bot.marks import Code, Inline, Instant, Styled, Words
from bot.markup import Block, Break, Bullets, CodeBlock, Gap, Paragraph, Quote, parse
from bot.sentences import instant, literal
from tests.unit.test_markup import ANY, MARKED

TRICKY = st.lists(
    st.sampled_from(
        [
            "*", "**", "_", "__", "~", "~~", "`", "```", "||", "\\", ">", ">>>", "> ", "- ", "* ", "1. ", ":", ":smile:", ":100:",
            "::", "&", "&lt;", "&amp;gt;", "<", "<@U1>", "<@U1|ada>", "<#C1>", "<!channel>", "<!here|x>", "@here", "@channel",
            "<https://a.b|c>", "http://x.y/z_a_b", "<!date^1^{date}|x>", ZERO, "\u2060", "\u200d", "a", "B", "7", "é", "雨",
            "👩‍👩‍👧", "\n", "\n\n", " ", "\t", "(", ")", ".", "!", '"',
        ]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(ANY | TRICKY)
def test_literal_text_shows_exactly(text: str) -> None:
    written = mrkdwn(literal(text))
    assert shown(written) == text
    assert "<" not in written
    assert not re.search("&(?!amp;|lt;|gt;)", written)


@given(ANY | TRICKY)
def test_no_mark_of_literal_text_can_begin_or_end_a_style(text: str) -> None:
    written = mrkdwn(literal(text))
    for mark in re.finditer("[*_~`]", written):
        before, after = written[mark.start() - 1 : mark.start()], written[mark.end() : mark.end() + 1]
        assert (before, after) == (ZERO, ZERO) or (
            mark[0] != "`"
            and (
                (before.isalnum() and after.isalnum()) or (before.strip() == after.strip() == "")
            )
        )
    assert not re.search(r":[^\s:\u200b]+:", written)
    assert not re.search(r"(?m)^[ \t]*&gt;", written)


@given(ANY | TRICKY)
def test_literal_text_is_itself_in_rich_text(text: str) -> None:
    elements = rich(literal(text))
    assert "".join(seen(rich_text(elements)).split()) == "".join(text.split())
    parts = [part for element in elements for part in element["elements"]]
    assert all(set(part) == {"type", "text"} for part in parts)


@given(ANY | TRICKY)
def test_what_people_wrote_goes_byte_for_byte(text: str) -> None:
    assert seen(rich_text(prose(text))) == text
    assert source(escaped(text)) == text


def expected(blocks: tuple[Block, ...]) -> str:
    """What a text of ours shows on Slack."""
    return "\n".join(line for block in blocks for line in _shown(block))


def _shown(block: Block) -> list[str]:
    match block:
        case Paragraph(inside):
            return _words(inside).split("\n")
        case Gap(lines) | CodeBlock(lines):
            return list(lines)
        case Quote(parts):
            return [f"> {line}" if line else ">" for part in parts for line in _shown(part)]
        case Bullets(items):
            return ["- " + _words(item) for item in items]
        case Break():
            return ["* * *"]


def _words(inside: tuple[Inline, ...]) -> str:
    made = ""
    for part in inside:
        match part:
            case Words(text) | Code(text):
                made += text
            case Instant(_, words):
                made += words
            case Styled(_, inner):
                bars = "||" if part.kind == "spoiler" else ""
                made += bars + _words(inner) + bars
    return made


@given(MARKED | TRICKY)
def test_our_markup_shows_its_words(text: str) -> None:
    assert shown(mrkdwn(text)) == expected(parse(text))


@given(MARKED | TRICKY)
def test_rich_text_shows_the_same_words(text: str) -> None:
    assert _visible(seen(rich_text(rich(text)))) == _visible(expected(parse(text)))


def _visible(words: str) -> str:
    """Without white space and lines of quotes that hold nothing: Slack takes no empty text."""
    return "".join(re.sub("(?m)^>$", "", words).split())


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("__loud__ and *soft*", "*loud* and _soft_"),
        ("**No** more ~~never~~, `x_y`.", "*No* more ~never~, `x_y`."),
        ("***no** more*", "*_no_* _more_"),
        ("||who||", "||who||"),
        ("***", "* * *"),
        (r"snake\_case at 17:00 (+2) & so", "snake_case at 17:00 (+2) &amp; so"),
        ("> said\n- bread", "> said\n- bread"),
        (r"2 \* 3 = 6", "2 * 3 = 6"),
        (r"\*no\*", f"{ZERO}*{ZERO}no{ZERO}*{ZERO}"),
        ("**bold**ly", f"*bold*{ZERO}ly"),
        ("```\na < b\n```", "```\na &lt; b\n```"),
    ],
)
def test_our_marks_are_written_as_slack_reads_them(ours: str, theirs: str) -> None:
    assert mrkdwn(ours) == theirs


def test_an_instant_is_shown_in_each_readers_own_time() -> None:
    at = datetime(2026, 3, 6, 17, tzinfo=UTC)
    closes = f"Closes {instant(at, literal('today 17:00 UTC'), relative=True)}."
    assert mrkdwn(closes) == "Closes <!date^1772816400^{date_short_pretty} {time}|today 17:00 UTC>."
    assert shown(mrkdwn(closes)) == "Closes today 17:00 UTC."
    (section,) = rich(closes)
    assert section["elements"][1] == {
        "type": "date",
        "timestamp": 1772816400,
        "format": "{date_short_pretty} {time}",
        "fallback": "today 17:00 UTC",
    }


def test_what_only_slack_can_read_is_said_in_words() -> None:
    typed = (
        "<@U12> met <@U13|bo> in <#C1|docks> &amp; <#C2>: <!here>, <!subteam^S1|@crew>, <!date^1772816400^{date}|Friday>, "
        "<!date^1772816400^{date}>; <https://a.b/c> <http://x.y|x.y> <mailto:a@b.c|a@b.c> <https://a.b|click> *so* “x” – y &lt;3"
    )
    assert source(typed, {"U12": "Ana_B", "C2": "quay"}) == (
        "Ana_B met bo in #docks & #quay: @here, @crew, Friday, 2026-03-06 17:00 UTC; "
        "https://a.b/c x.y a@b.c click (https://a.b) *so* “x” – y <3"
    )


def test_lines_know_their_kind() -> None:
    assert [line.shape for line in lines_of("a\n> b\n- c\n```\nd\n```")] == ["text", "quote", "bullet", "code"]
    assert lines_of("") == ()
    assert lines_of("\n") == (Line("text", ()), Line("text", ()))


# ---- long texts in several pieces


@given(ANY | TRICKY, st.integers(20, 200), st.integers(1, 12))
def test_pieces_fit_and_are_the_text_again(text: str, most: int, times: int) -> None:
    pieces = cut(text * times, most, most)
    assert "".join(pieces) == text * times
    assert all(0 < cost(piece) <= most for piece in pieces)


def test_a_cut_prefers_a_paragraph_then_a_line_then_a_word() -> None:
    text = "a" * 60 + "\n\n" + "b" * 30 + "\n" + "c" * 20 + " " + "d" * 30
    assert cut(text, 100, 100) == ["a" * 60 + "\n\n", "b" * 30 + "\n" + "c" * 20 + " " + "d" * 30]
    assert cut("👩‍👩‍👧" * 10, 20, 20)[0] == "👩‍👩‍👧" * 2


def test_it_is_quick_whatever_a_text_holds() -> None:
    for piece in ("*a **b ", "`", "``` ", "||", "a\u0301" * 9, "> x\n", "\\", "<@1", ":a", ZERO, "*" + ZERO, "_ _~"):
        long = piece * (100_000 // len(piece))
        assert "".join(cut(long, 3_000, 3_000)) == long
        short = long[:4_000]
        assert shown(mrkdwn(literal(short))) == short
