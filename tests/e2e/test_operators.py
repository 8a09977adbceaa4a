"""The operators' commands, as they are typed into a shell, on a house that a room has filled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.clock import START

LINES = "ada: /story new The Last Ferry\nada: /extend It was late.\nben: /pitch A bell rings\n"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evening.txt").write_text(LINES, "utf-8")
    path = tmp_path / "house.db"
    clock = START.isoformat()
    assert (
        main(["try", "--transcript", "evening.txt", "--db", str(path), "--seed", "1", "--clock", clock]) == 0
    )
    assert "It was late." in capsys.readouterr().out
    return path


@pytest.mark.parametrize("form", ["md", "txt", "json"])
def test_a_story_is_written_in_each_format_with_its_credits(
    database: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--db", str(database), "--story", "1", "--format", form]) == 0
    written = capsys.readouterr().out
    assert "It was late." in written
    assert "No AI was used" in written
    assert str(database.parent) not in written


def test_an_unknown_story_is_said_in_a_sentence(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--db", str(database), "--story", "99"]) == 1
    assert "no story 99" in capsys.readouterr().err


def test_a_backup_is_opened_counted_and_can_be_restored(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = database.parent / "monday.db"
    assert main(["backup", str(copy), "--db", str(database)]) == 0
    assert "one passage" in capsys.readouterr().out
    assert main(["backup", str(copy), "--db", str(database)]) == 1
    assert "left alone" in capsys.readouterr().err
    assert main(["restore", str(copy), "--db", str(database)]) == 0
    assert main(["db", "check", "--db", str(database)]) == 0
    assert "1 passages" in capsys.readouterr().out


def test_rooms_are_listed_without_text_and_can_be_moved(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rooms", "--db", str(database)]) == 0
    listed = capsys.readouterr().out
    assert "terminal/local/table" in listed
    assert "Ferry" not in listed
    room = listed.split()[0]
    assert main(["move", "--room", room, "--to", "discord/1/2", "--db", str(database)]) == 0
    assert main(["rooms", "--db", str(database)]) == 0
    assert "discord/1/2" in capsys.readouterr().out
    assert main(["move", "--room", "nobody", "--to", "discord/1/3", "--db", str(database)]) == 1


def test_the_doctor_says_what_is_there_and_every_mistake_at_once(
    database: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["doctor", "--db", str(database)]) == 0
    assert "up to date" in capsys.readouterr().out
    (database.parent / "bot.toml").write_text(
        '[writer]\nprovidre = "deck"\nmax_tokens = "many"\n[rom]\nzone = 1\n', "utf-8"
    )
    assert main(["doctor", "--json", "--db", str(database)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert len(told["wrong"]) >= 3


def test_a_resumed_transcript_does_nothing_twice(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = START.isoformat()
    with (database.parent / "evening.txt").open("a", encoding="utf-8") as file:
        file.write("ben: /extend And a bell rang.\n")
    again = [
        "try",
        "--transcript",
        "evening.txt",
        "--db",
        str(database),
        "--seed",
        "1",
        "--clock",
        clock,
        "--resume",
    ]
    assert main(again) == 0
    printed = capsys.readouterr().out
    assert "And a bell rang." in printed
    assert "/story new" not in printed
    assert main(["rooms", "--db", str(database)]) == 0
    assert "stories 1, passages 2" in capsys.readouterr().out


def test_a_line_that_is_none_ends_with_2_and_is_named(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (database.parent / "odd.txt").write_text("ada: /help\nnobody said this\n", "utf-8")
    assert main(["try", "--transcript", "odd.txt", "--db", str(database)]) in (0, 2)
    (database.parent / "odd.txt").write_text("nobody said this\n", "utf-8")
    assert main(["try", "--transcript", "odd.txt", "--db", str(database)]) == 2
    assert "line 1" in capsys.readouterr().err


def test_a_person_is_forgotten_in_every_room_and_stays_so_after_a_restore(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = database.parent / "monday.db"
    assert main(["backup", str(copy), "--db", str(database)]) == 0
    assert main(["forget", "--db", str(database), "--person", "terminal/local/nobody"]) == 1
    assert "Nobody of that key" in capsys.readouterr().err
    assert main(["forget", "--db", str(database), "--person", "terminal/local/ada"]) == 0
    assert "Backups that were made before" in capsys.readouterr().out
    assert main(["export", "--db", str(database), "--story", "1"]) == 0
    assert "It was late." not in capsys.readouterr().out
    assert main(["db", "check", "--db", str(database)]) == 0
    assert main(["restore", str(copy), "--db", str(database)]) == 0
    assert main(["export", "--db", str(database), "--story", "1"]) == 0
    assert "It was late." not in capsys.readouterr().out
    assert b"It was late." not in database.read_bytes()
    assert main(["db", "check", "--db", str(database)]) == 0
    assert main(["forget", "--db", str(database), "--person", "ada"]) == 2
