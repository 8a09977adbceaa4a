"""One evening, played on the terminal, on Discord and on Slack, leaves the same rows: whatever a platform is like, the story is not.

Only what must differ is mapped: who a person is there, where the room is, ids and salts (by the order in which they
appear), and instants (by their order). Everything else has to be equal, word for word and number for number.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path

import pytest

from bot.faces.exporting import export_text
from bot.story.books import Books
from bot.story.people import Place
from memory import migrate, operators
from tests.contract.conftest import AnyRoom
from tests.discord_rig import open_discord_room
from tests.rig import open_room
from tests.slack_rig import open_slack_room

Opening = Callable[[str], AbstractAsyncContextManager[AnyRoom]]
PEOPLE = ("ada", "ben", "cleo")
LEFT_BEHIND = (
    "stories", "scenes", "passages", "passage_versions", "rounds", "pitches", "ballots", "facts", "notes", "drafts", "pens",
    "ledger", "acts", "chains",
)  # fmt: skip
"""Tables that hold stories, ballots, credits and provenance (the spans of versions), and the ledger with its plain side."""
RANDOM = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{64}|[0-9a-f]{32})\b")
"""Ids, and salts, seeds and hashes, which follow from ids."""
INSTANT = re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)?")
FIRST = "Nobody had told the captain. He stood at the wheel the way he had stood on Tuesday."
MENDED = "Nobody had told the captain. He stood at the wheel exactly as he had stood on Tuesday, and hummed."


async def the_evening(room: AnyRoom) -> None:
    """A story, three ideas, a vote, a passage that is mended, one that is taken back and put back, canon and notes."""
    await room.says("ada", "/story new The Last Ferry")
    await room.says("ada", "/showrunner rules preset studio")  # at a terminal's table no clock runs, in a chat's one does
    await room.says("ada", "/pitch The ferry never docks")
    await room.says("ben", "/pitch The captain has been dead since Tuesday")
    await room.says("cleo", "/pitch Everyone aboard has the same birthday")
    await room.says("ada", "/round close")  # pitching; now they vote
    await room.says("ada", "/vote 2 3")
    await room.says("ben", "/vote 1")
    await room.says("ben", "/vote 2")
    await room.says("cleo", "/vote 0")
    await room.says("ada", "/round close")  # in a studio the showrunner has the last word
    await room.says("ada", "/round decide 2")
    await room.says("ben", f"/extend {FIRST}")
    await room.presses("ben", "Fix")
    await room.fills("ben", MENDED)
    await room.says("cleo", "/extend The bell rang: *twice*, and _then_ <not> & again.")
    await room.says("cleo", "/undo")
    await room.presses("cleo", "Put")
    await room.says("ada", "/canon add The captain died on Tuesday.")
    await room.says("ben", "/notes give 2 The bell comes too early.")
    await room.says("ada", "/notes give The whole ferry is too quiet.")
    await room.says("cleo", "/notes resolve 1")


class Mapping:
    """What may differ between two houses, under names that do not."""

    def __init__(self, place: Place, keys: Iterable[tuple[str, str]]) -> None:
        self._words = {key: f"person:{name}" for name, key in keys}
        self._words["/".join(part for part in (place.platform, place.space, place.channel) if part)] = "place"
        self._ids: dict[str, str] = {}

    def named(self, text: str) -> str:
        """With people and the place under their common names."""
        for word, name in sorted(self._words.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(word, name)
        return text

    def numbered(self, text: str) -> str:
        """With each id as the number of its first appearance."""
        return RANDOM.sub(lambda found: self._ids.setdefault(found[0], f"id:{len(self._ids) + 1}"), text)


def blank(text: str) -> str:
    """Without ids and instants: by this rows are put in order."""
    return INSTANT.sub("instant", RANDOM.sub("id", text))


def ranked(lines: list[str]) -> list[str]:
    """With each instant as its rank among all."""
    found = sorted({instant for line in lines for instant in INSTANT.findall(line)})
    ranks = {instant: f"instant:{number}" for number, instant in enumerate(found)}
    return [INSTANT.sub(lambda one: ranks[one[0]], line) for line in lines]


def rows(database: Path, mapping: Mapping) -> list[str]:
    """All that the evening left behind, a line a row."""
    lines: list[str] = []
    with closing(sqlite3.connect(database)) as db:
        db.row_factory = sqlite3.Row
        for table in LEFT_BEHIND:
            found = [
                mapping.named(f"{table} {json.dumps(dict(row), ensure_ascii=False)}")
                for row in db.execute(f"SELECT * FROM {table}")  # noqa: S608  # fixed names
            ]
            lines += [mapping.numbered(line) for line in sorted(found, key=blank)]
    return ranked(lines)


async def played(room: AnyRoom, database: Path) -> list[str]:
    """Play the evening, and give what it left: rows, and the story as it is exported with its credits."""
    await the_evening(room)
    mapping = Mapping(room.place, [(name, room.key(name)) for name in PEOPLE])

    def exported(books: Books) -> str:
        story = books.snapshot().story
        assert story is not None
        return "".join(export_text(books, story, form) for form in ("md", "txt", "json"))

    book = mapping.named(await room.look(exported))
    checked = await migrate.on_connection(room.settings.database.url, operators.check)
    assert checked.problems == ()
    lines = rows(database, mapping)
    return [*lines, *(blank(mapping.numbered(line)) for line in book.splitlines())]


async def test_an_evening_leaves_the_same_rows_on_every_platform(tmp_path: Path) -> None:
    opened: dict[str, Opening] = {"terminal": open_room, "discord": open_discord_room, "slack": open_slack_room}
    left: dict[str, list[str]] = {}
    for platform, opening in opened.items():
        database = tmp_path / f"{platform}.db"
        async with opening(f"sqlite:///{database}") as room:
            left[platform] = await played(room, database)
    terminal = left["terminal"]
    kinds = [line.split('"kind": "')[1].split('"')[0] for line in terminal if line.startswith("ledger ")]
    assert {"round.decided", "act.undone", "act.put_back", "passage.fixed", "canon.added", "note.resolved"} <= set(kinds), sorted(kinds)
    assert len([line for line in terminal if line.startswith("ballots ")]) == 3
    assert "discord" not in "".join(left["discord"]) and "slack" not in "".join(left["slack"])
    for platform in ("discord", "slack"):
        assert left[platform] == terminal, platform


@pytest.mark.parametrize("change", ["Everyone aboard", "person:cleo", "instant:3", "id:9", '"version": 2'])
async def test_the_comparison_sees_a_difference(tmp_path: Path, change: str) -> None:
    async with open_room(f"sqlite:///{tmp_path}/house.db") as room:
        lines = await played(room, tmp_path / "house.db")
    assert any(change in line for line in lines), change
