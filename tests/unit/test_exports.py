"""Exports: what leaves the room reads as it was written, says who wrote what, and always says something of AI."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exports import (
    Book,
    Credit,
    Credits,
    PassageText,
    SceneText,
    byline,
    credits_for,
    lossless,
    markdown,
    plain,
)
from bot.markup import parse, spaced, to_plain
from bot.story.provenance import Span, all_by, covers, edited, taken_as_is
from bot.story.text import clean, count_words

AT = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
NAMES = {"t:l:ana": "Ana", "t:l:ben": "Ben_B", "t:l:cy": "Cy"}
FORMATS = (markdown, plain, lossless)


def passage(
    number: int, text: str, author: str = "t:l:ana", spans: tuple[Span, ...] | None = None
) -> PassageText:
    """A passage, its author's own unless spans say otherwise."""
    return PassageText(
        f"P{number}", number, 1, text, all_by(text, author) if spans is None else spans, author, AT
    )


def book(*texts: str, title: str = "The Last Ferry", machines: tuple[str, ...] = ()) -> Book:
    """A book of one scene by Ana."""
    passages = tuple(passage(n, text) for n, text in enumerate(texts, 1))
    return Book(
        title,
        "A ferry that never docks.",
        (SceneText("On deck", passages),),
        credits_for(passages, NAMES),
        machines,
    )


def written(module: ModuleType, book: Book) -> str:
    """What a format makes of a book."""
    out = io.BytesIO()
    module.write(book, out)
    return out.getvalue().decode()


MACHINE = "The bell rang twice and nobody on the ferry moved at all."
EDITED = "The bell rang twice and nobody on the pier moved at all."
MIXED = (
    passage(1, "She waited for rain.", "t:l:ana"),
    passage(2, MACHINE, "t:l:ben", taken_as_is(MACHINE, "M1")),
    passage(3, EDITED, "t:l:ana", edited(MACHINE, EDITED, "M1", "t:l:cy")),
)


def test_credits_count_own_words_words_taken_and_words_in_place_of_a_machines() -> None:
    credited = credits_for(MIXED, NAMES)
    assert credited.people == (
        Credit("t:l:ana", "Ana", own=4, taken=11),
        Credit("t:l:cy", "Cy", edited=1),
        Credit("t:l:ben", "Ben_B", taken=12),
    )
    assert credited.total == sum(count_words(p.text) for p in MIXED) == 28


def test_a_person_whose_name_is_gone_is_credited_without_it() -> None:
    assert credits_for([passage(1, "Rain.", "t:l:dee")], NAMES).people[0].name == "someone who left"


@given(st.lists(st.text(max_size=60), max_size=4))
def test_no_word_is_left_out_of_the_credits(texts: list[str]) -> None:
    passages = [passage(n, clean(text).text) for n, text in enumerate(texts)]
    assert credits_for(passages, NAMES).total == sum(count_words(p.text) for p in passages)


def test_the_title_page_names_people_and_no_machine() -> None:
    assert byline(credits_for(MIXED, NAMES)) == "by Ana, Cy and Ben\\_B"
    assert byline(Credits()) == ""


def test_the_markdown_of_a_story() -> None:
    mixed = Book(
        "The *Last* Ferry",
        "It never docks.",
        (SceneText("On deck", MIXED),),
        credits_for(MIXED, NAMES),
        ("a model",),
    )
    assert (
        written(markdown, mixed)
        == f"""\
# The \\*Last\\* Ferry

It never docks.

*by Ana, Cy and Ben\\_B*

## Credits

- Ana: 4 words; 11 words of a machine's, taken as they were
- Cy: 1 word in place of a machine's
- Ben\\_B: 12 words of a machine's, taken as they were

## AI-use statement

AI was used. Of 28 words: 23 from a machine, 1 by people in place of a machine's, 4 by people from the start. \
No word of a machine's came in by itself: a person, named in the credits, took each one. \
The machine: a model.

***

## On deck

She waited for rain.

{MACHINE}

{EDITED}
"""
    )


def test_the_plain_text_of_a_story() -> None:
    assert (
        written(plain, book("*Nobody* had told him.", "# He stood at the wheel"))
        == """\
The Last Ferry
==============

A ferry that never docks.

by Ana

Credits
-------

- Ana: 9 words

AI-use statement
----------------

No AI was used. People wrote all of it: 9 words.

* * *

On deck
-------

Nobody had told him.

# He stood at the wheel
"""
    )


@pytest.mark.parametrize("module", FORMATS)
def test_something_is_always_said_of_ai(module: ModuleType) -> None:
    assert "No AI was used. People wrote all of it: 1 word." in written(module, book("Rain."))
    assert "No AI was used. Nothing has been written yet." in written(module, book())
    asked = written(module, book("Rain.", machines=("a model",)))
    assert "An AI (a model) was asked for ideas or drafts; none of its words stand here." in asked


@pytest.mark.parametrize(
    "line", ["# A heading", "---", "===", "- a", "1. b", "```", "<h1>x</h1>", "    code", "> q\nx"]
)
def test_no_passage_breaks_the_structure_of_the_markdown(line: str) -> None:
    text = written(markdown, book(f"{line}\nand on", line, title=f"T {line}"))
    headings = [row for row in text.split("\n") if row.startswith("#")]
    assert headings[1:] == ["## Credits", "## AI-use statement", "## On deck"]
    assert not any(row.startswith(("---", "===", "```", "<", "    ")) for row in text.split("\n"))


@given(st.text(st.sampled_from("ab *_`|~\\#->.1=\n\t&;<[雨"), max_size=60))
def test_the_markdown_reads_back_as_the_author_typed_it(typed: str) -> None:
    text = clean(typed).text
    _, body = written(markdown, book(text)).split("## On deck\n\n")
    assert parse(body[:-1]) == spaced(parse(text))


def test_the_json_leaves_nothing_out() -> None:
    mixed = Book(
        "雨",
        "",
        (SceneText("", MIXED[:1]), SceneText("Two", MIXED[1:])),
        credits_for(MIXED, NAMES),
        ("a model",),
    )
    data = json.loads(written(lossless, mixed))
    assert (data["format"], data["version"], data["title"]) == ("room37.story", 1, "雨")
    assert data["people"] == NAMES
    assert [scene["title"] for scene in data["scenes"]] == ["", "Two"]
    third = data["scenes"][1]["passages"][1]
    assert (third["id"], third["number"], third["version"], third["author"]) == ("P3", 3, 1, "t:l:ana")
    assert (third["text"], third["at"]) == (EDITED, "2026-03-08T06:30:00+00:00")
    spans = tuple(Span(*span) for span in third["spans"])
    assert spans == MIXED[2].spans
    assert covers(EDITED, spans)


def test_an_empty_story_is_whole_json() -> None:
    assert json.loads(written(lossless, Book("T", "", (), Credits())))["scenes"] == []


@pytest.mark.parametrize("module", FORMATS)
def test_a_scene_is_written_before_the_next_is_asked_for(module: ModuleType) -> None:
    out = io.BytesIO()

    def scenes() -> Iterator[SceneText]:
        for number in range(3):
            if number:
                assert f"word{number - 1}".encode() in out.getvalue()
            yield SceneText(f"Scene {number}", (passage(n, f"word{number}") for n in range(2)))

    module.write(Book("T", "", scenes(), Credits()), out)
    assert out.getvalue().count(b"word2") == 2


def test_scenes_without_titles_are_set_apart() -> None:
    untitled = Book(
        "T", "", (SceneText("", [passage(1, "one")]), SceneText("", [passage(2, "two")])), Credits()
    )
    assert written(markdown, untitled).endswith("***\n\none\n\n***\n\ntwo\n")
    assert written(plain, untitled).endswith("* * *\n\none\n\n* * *\n\ntwo\n")


@pytest.mark.parametrize("module", FORMATS)
def test_a_name_that_no_file_can_hold_is_written_all_the_same(module: ModuleType) -> None:
    odd = Book("\ud800", "", (), Credits((Credit("t:l:x", "line\nbreak \udfff", own=1),)))
    assert "line" in written(module, odd)
    assert to_plain(odd.statement).startswith("No AI was used.")
