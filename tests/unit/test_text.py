"""People's text: kept as typed, cleaned where it must be, counted and quoted by Unicode's rules."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uniseg.graphemecluster import grapheme_cluster_boundaries
from uniseg.wordbreak import words as by_unicode

from bot.sentences import say
from bot.story.text import (
    LIMITS,
    Cleaned,
    Empty,
    TooLong,
    clean,
    count_words,
    first_words,
    fit,
    last_line,
    shorten,
)
from bot.story.words import UAX_LIMIT, is_word, words

ANY = st.text(st.characters(categories=("L", "M", "N", "P", "S", "Z", "C")))
FAMILY = "👩\u200d👩\u200d👧"
GRAPHEMES = st.lists(
    st.sampled_from(["a", "bee", " ", " ", "\n", "e\u0301", FAMILY, "🇫🇷", "👍🏽", "雨", "का"]), max_size=40
)


@given(ANY)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once.text) == Cleaned(once.text)


@given(ANY)
def test_whatever_was_cleaned_can_be_stored_and_shown(text: str) -> None:
    cleaned = clean(text).text
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in cleaned)
    cleaned.encode()


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))).map(lambda t: f"x{t}x"))
def test_text_without_controls_is_kept_exactly_as_typed(text: str) -> None:
    assert clean(text) == Cleaned(text)


def test_nothing_is_folded_into_another_form_of_the_same_letter() -> None:
    assert clean("e\u0301 \u212b ﬁ").text == "e\u0301 \u212b ﬁ"


def test_line_ends_become_one_kind() -> None:
    assert clean("a\r\nb\rc\n\r\nd") == Cleaned("a\nb\nc\n\nd")


@pytest.mark.parametrize("broken", ["\0", "\ud83d", "\x1b", "\x07", "\x0b", "\x7f", "\x85", "\x9b"])
def test_what_cannot_be_kept_is_replaced_and_counted(broken: str) -> None:
    assert clean(f"a{broken}b{broken}") == Cleaned("a\ufffdb\ufffd", 2)


def test_a_tab_and_a_line_end_are_kept() -> None:
    assert clean("a\tb\nc") == Cleaned("a\tb\nc")


def test_blank_lines_around_a_text_go_and_its_indents_stay() -> None:
    assert clean("\n  \n  a  \n b \n \n").text == "  a  \n b"


@pytest.mark.parametrize("what", LIMITS)
def test_a_text_may_have_as_many_characters_as_its_kind_allows(what: str) -> None:
    assert fit("雨" * LIMITS[what], what) == "雨" * LIMITS[what]
    with pytest.raises(TooLong) as refused:
        fit("雨" * (LIMITS[what] + 1), what, argument="it")
    assert refused.value.argument == "it"
    assert f"{LIMITS[what] + 1:,}" in refused.value.sentence
    assert f"{LIMITS[what]:,}" in refused.value.sentence


def test_blank_lines_do_not_count_towards_the_limit() -> None:
    assert fit("\n\n" + "a" * LIMITS["name"] + "\n", "name") == "a" * LIMITS["name"]


def test_who_writes_too_much_is_told_what_to_do_instead() -> None:
    with pytest.raises(TooLong) as pitch:
        fit("a" * 1_001, "pitch")
    assert "`/extend`" in pitch.value.sentence
    with pytest.raises(TooLong) as passage:
        fit("a" * 100_001, "passage")
    assert "in parts" in passage.value.sentence
    with pytest.raises(TooLong) as title:
        fit("a" * 201, "title")
    assert "in parts" not in title.value.sentence


@pytest.mark.parametrize("nothing", ["", "  \n\t", "\u200b\u200d", "\u3000", "\ufeff"])
def test_a_text_in_which_nothing_can_be_seen_is_refused(nothing: str) -> None:
    with pytest.raises(Empty) as refused:
        fit(nothing, "pitch", argument="idea")
    assert refused.value.argument == "idea"
    assert refused.value.sentence == say("text.empty", what="pitch")


# ---- words


@given(ANY)
def test_words_joined_give_the_text_back(text: str) -> None:
    assert "".join(words(text)) == text


@given(st.text(st.sampled_from("abéß1 2'’‘.,:;_-\n\t!\"“”«»–—…e3()/@#ŉÿ&")))
def test_the_quick_way_divides_latin_prose_as_unicode_does(text: str) -> None:
    assert words(text) == list(by_unicode(text))


@given(st.text(st.sampled_from("aé \n\r\t灯が消カーﾞ、。「」一\u200d\u0301\u200b\u00ad:'.,_12\U0001f1e9\U0001f469\U0001f3fd\u05d0\u0640\"\u3000\u2003\u2028"), max_size=20))
def test_stretches_are_divided_where_unicode_divides_them(text: str) -> None:
    assert words(text) == list(by_unicode(text))


@given(ANY)
def test_short_text_of_any_script_is_divided_as_unicode_does(text: str) -> None:
    assert words(text) == list(by_unicode(text))


def test_a_text_too_long_for_unicodes_rules_is_still_whole_and_counted() -> None:
    text = "Ça n’est pas 3.14 «mots» 😀. " * (UAX_LIMIT // 20)
    assert len(text) > UAX_LIMIT
    assert "".join(words(text)) == text
    assert count_words(text) == 5 * (UAX_LIMIT // 20)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("... — !", 0),
        ("The bell rang twice.", 4),
        ("It's Ana's 3.14 e-mails", 5),
        ("well--known", 2),
        ("naïve cafe\u0301", 2),
        ("Привет, мир!", 2),
        ("सत्य की जीत", 3),
        ("😀 yes", 1),
    ],
)
def test_a_word_is_what_holds_a_letter_or_a_number(text: str, count: int) -> None:
    assert count_words(text) == count


@given(ANY)
def test_no_word_is_counted_where_there_is_no_letter_or_number(text: str) -> None:
    assert (count_words(text) == 0) == (not is_word(text))


# ---- quoting


@given(GRAPHEMES, st.integers(8, 30))
def test_a_quoted_beginning_fits_and_never_ends_inside_a_character(parts: list[str], most: int) -> None:
    text = "".join(parts)
    line = " ".join(text.split())
    short = shorten(text, most)
    assert len(short) <= most
    if len(line) <= most:
        assert short == line
    else:
        assert short.endswith("…")
        assert line.startswith(short[:-1])
        assert len(short) - 1 in {0, *grapheme_cluster_boundaries(line)}


@given(GRAPHEMES, st.integers(8, 30))
def test_a_quoted_end_fits_and_never_begins_inside_a_character(parts: list[str], most: int) -> None:
    text = "".join(parts)
    line = " ".join(text.rstrip().rsplit("\n", 1)[-1].split())
    end = last_line(text, most)
    assert len(end) <= most
    if len(line) <= most:
        assert end == line
    else:
        assert end.startswith("…")
        assert line.endswith(end[1:])
        assert len(line) - len(end) + 1 in grapheme_cluster_boundaries(line)


def test_a_text_is_cut_at_a_word() -> None:
    assert shorten("Nobody had told him about the ferry", 20) == "Nobody had told him…"
    assert shorten("Nobody had told him about the ferry", 21) == "Nobody had told him…"
    assert shorten("Nobody had\ntold", 20) == "Nobody had told"
    assert shorten("a" * 30, 10) == "a" * 9 + "…"
    assert first_words("rain " * 40).endswith("rain…")


def test_a_text_that_goes_on_after_a_desert_of_spaces_says_so() -> None:
    assert shorten("rain" + " " * 50_000 + "snow", 20) == "rain…"
    assert shorten("rain" + " " * 50_000, 20) == "rain"


def test_the_last_line_begins_at_a_word() -> None:
    assert last_line("One.\nNobody had told him about the ferry\n", 20) == "…him about the ferry"
    assert last_line("One.\n\nTwo.") == "Two."
    assert last_line("") == ""
