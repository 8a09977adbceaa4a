"""The command line: what each line calls, what a slip is told, and that help answers at once."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import IO

import pytest

from bot import __version__
from bot.__main__ import main
from bot.errors import OperatorError
from bot.options import App, ExportFormat, ManifestOf, TryOptions
from bot.sentences import keys
from bot.story.people import Place

ROOT = Path(__file__).parents[2]
HEAVY = {
    "aiohttp",
    "aiosqlite",
    "alembic",
    "anthropic",
    "apscheduler",
    "asyncio",
    "discord",
    "dotenv",
    "prompt_toolkit",
    "rich",
    "slack_bolt",
    "slack_sdk",
    "sqlalchemy",
    "sqlite3",
}


class Recorder:
    """An App that only remembers what it was asked, and does what a test wants it to."""

    def __init__(self, act: Callable[[], int] = lambda: 0) -> None:
        self.asked: list[tuple[object, ...]] = []
        self._act = act

    def _note(self, *what: object) -> int:
        self.asked.append(what)
        return self._act()

    def try_room(self, options: TryOptions) -> int:
        return self._note("try", options)

    def run(self, *, config: Path | None, db: str | None) -> int:
        return self._note("run", config, db)

    def manifest(
        self, *, config: Path | None, db: str | None, platform: ManifestOf, http: str, history: bool, out: Path | None
    ) -> int:
        return self._note("manifest", config, db, platform, http, history, out)

    def export(
        self, *, config: Path | None, db: str | None, story: str, form: ExportFormat, out: Path | None
    ) -> int:
        return self._note("export", config, db, story, form, out)

    def backup(self, *, config: Path | None, db: str | None, file: Path) -> int:
        return self._note("backup", config, db, file)

    def restore(self, *, config: Path | None, db: str | None, file: Path) -> int:
        return self._note("restore", config, db, file)

    def rooms(self, *, config: Path | None, db: str | None) -> int:
        return self._note("rooms", config, db)

    def move(self, *, config: Path | None, db: str | None, room: str, to: Place) -> int:
        return self._note("move", config, db, room, to)

    def forget(self, *, config: Path | None, db: str | None, person: str) -> int:
        return self._note("forget", config, db, person)

    def db_upgrade(self, *, config: Path | None, db: str | None) -> int:
        return self._note("db upgrade", config, db)

    def db_check(self, *, config: Path | None, db: str | None) -> int:
        return self._note("db check", config, db)

    def db_copy(self, *, config: Path | None, db: str | None, source: str | None, target: str) -> int:
        return self._note("db copy", config, db, source, target)

    def db_erasures(self, *, config: Path | None, db: str | None, file: Path, apply: bool) -> int:
        return self._note("db erasures", config, db, file, apply)

    def doctor(
        self, *, config: Path | None, db: str | None, as_json: bool, discord: bool, slack: bool
    ) -> int:
        return self._note("doctor", config, db, as_json, discord, slack)


class Terminal(io.StringIO):
    """Standard input at which a person sits."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """People type: standard input is a terminal."""
    monkeypatch.setattr(sys, "stdin", Terminal())


def asked(line: str) -> tuple[object, ...]:
    """What the one call was that this line led to."""
    app = Recorder()
    assert main(line.split(), lambda: app) == 0
    (only,) = app.asked
    return only


def refused(line: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What a line that calls nothing is told."""

    def never() -> App:
        raise AssertionError("the program was loaded for a line that was typed wrongly")

    assert main(line, never) == 2
    told = capsys.readouterr()
    assert told.out == ""
    return told.err


def run(*args: str) -> subprocess.CompletedProcess[str]:
    """Python with these arguments, in a process of its own."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *args], capture_output=True, text=True, env=environ, check=False)


# What each line calls


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("export --story 1", ("export", None, None, "1", "md", None)),
        (
            "export --db a.db --story 01J --format json --out a.json",
            ("export", None, "a.db", "01J", "json", Path("a.json")),
        ),
        ("backup b.db", ("backup", None, None, Path("b.db"))),
        ("restore b.db --db a.db", ("restore", None, "a.db", Path("b.db"))),
        ("rooms --config my.toml", ("rooms", Path("my.toml"), None)),
        ("move --room 01J --to discord/1/2", ("move", None, None, "01J", Place("discord", "1", "2"))),
        (
            "move --room 01J --to slack/T/C/9.1 --db a.db",
            ("move", None, "a.db", "01J", Place("slack", "T", "C", "9.1")),
        ),
        ("forget --person discord/1/2 --db a.db", ("forget", None, "a.db", "discord/1/2")),
        ("db upgrade", ("db upgrade", None, None)),
        ("db check --db a.db --config my.toml", ("db check", Path("my.toml"), "a.db")),
        ("db copy --to b.db", ("db copy", None, None, None, "b.db")),
        (
            "db copy --from sqlite:a.db --to postgresql://h/n",
            ("db copy", None, None, "sqlite:a.db", "postgresql://h/n"),
        ),
        ("db erasures e.txt", ("db erasures", None, None, Path("e.txt"), False)),
        ("db erasures e.txt --apply --db a.db", ("db erasures", None, "a.db", Path("e.txt"), True)),
        ("doctor", ("doctor", None, None, False, False, False)),
        ("doctor --discord", ("doctor", None, None, False, True, False)),
        ("doctor --slack", ("doctor", None, None, False, False, True)),
        ("doctor --discord --slack", ("doctor", None, None, False, True, True)),
        ("run", ("run", None, None)),
        ("manifest discord", ("manifest", None, None, "discord", "", False, None)),
        ("manifest slack", ("manifest", None, None, "slack", "", False, None)),
        (
            "manifest slack --http https://r.example.org:8443/bot --history --out m.json",
            ("manifest", None, None, "slack", "https://r.example.org:8443/bot", True, Path("m.json")),
        ),
        ("doctor --json --db postgresql+asyncpg://h/n", ("doctor", None, "postgresql+asyncpg://h/n", True, False, False)),
    ],
)
def test_a_line_becomes_one_call_with_plain_values(line: str, call: tuple[object, ...]) -> None:
    assert asked(line) == call


def test_a_room_is_opened_for_people_who_type(typed: None) -> None:
    assert asked("try") == ("try", TryOptions())
    assert asked("try --demo-writer --db a.db") == ("try", TryOptions(demo_writer=True, db="a.db"))


def test_a_transcript_is_played_with_its_seed_and_clock() -> None:
    start = "2026-03-08T01:30-05:00"
    line = f"try --transcript evening.txt --db a.db --seed -7 --clock {start} --resume --config c.toml"
    clock = datetime(2026, 3, 8, 1, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert asked(line) == (
        "try",
        TryOptions(
            transcript=Path("evening.txt"),
            db="a.db",
            seed=-7,
            clock=clock,
            resume=True,
            config=Path("c.toml"),
        ),
    )


def test_a_clock_can_be_given_in_utc() -> None:
    options = asked("try --transcript - --clock 2026-03-08T06:30Z")[1]
    assert options == TryOptions(transcript="-", clock=datetime(2026, 3, 8, 6, 30, tzinfo=UTC))


def test_standard_input_that_is_no_terminal_is_a_transcript(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("w1: /story new The Last Ferry\n"))
    assert asked("try --resume") == ("try", TryOptions(transcript="-", resume=True))
    assert asked("try --transcript evening.txt")[1] == TryOptions(transcript=Path("evening.txt"))
    monkeypatch.setattr(sys, "stdin", None)
    assert asked("try") == ("try", TryOptions(transcript="-"))


# What a slip is told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (["tyr"], 'room37: there is no command "tyr". Did you mean "try"?'),
        (["frobnicate"], 'room37: there is no command "frobnicate". There are: try, run, export, backup,'),
        (["db", "upgarde"], 'room37 db: there is no command "upgarde". Did you mean "upgrade"?'),
        (["try", "--sede", "3"], 'room37 try: "--sede" has no place here. Did you mean --seed?'),
        (["try", "--trans", "a.txt"], "Did you mean --transcript?"),
        (["rooms", "a.db"], 'room37 rooms: "a.db" has no place here.'),
        (["try", "--seed", "x"], "room37 try: --seed: a seed is a whole number such as 37."),
        (["try", "--seed", "9" * 5000], "a seed is a whole number"),
        (["try", "--clock", "yesterday"], "--clock: this is no moment in time."),
        (["try", "--clock", "2026-02-30T01:30Z"], "this is no moment in time."),
        (["try", "--clock", "0001-01-01T00:00+05:00"], "this is no moment in time."),
        (["try", "--clock", "2026-03-08T01:30"], "it has no offset. Add one"),
        (["try", "--clock", "2026-03-08"], "it has no offset. Add one"),
        (["try", "--transcript", ""], "--transcript: there is nothing here."),
        (["try", "--db"], "--db: expected one argument."),
        (["export"], "the following arguments are required: --story."),
        (["export", "--story", "1", "--format", "pdf"], "--format: stories are written as md, txt or json."),
        (["backup"], "the following arguments are required: FILE."),
        (["move", "--room", "1", "--to", "here"], "--to: a place is PLATFORM/SPACE/CHANNEL"),
        (["forget", "--person", "ada"], "--person: a person is PLATFORM/SPACE/USER"),
        (["forget"], "the following arguments are required: --person."),
        (["manifest", "teams"], "there is a manifest for discord and for slack. Write one of them."),
        (["manifest", "slack", "--http", "http://r.example.org"], "--http: Slack asks only addresses such as https://"),
        (["manifest", "slack", "--http", "https://r.example.org/?a=b"], "--http: Slack asks only addresses"),
        (["manifest", "discord", "--history"], "--history is for `room37 manifest slack`."),
        (["move", "--room", "1", "--to", "discord//2"], "--to: a place is PLATFORM/SPACE/CHANNEL"),
        (["move", "--room", "1", "--to", "discord/1/2/3/4"], "--to: a place is PLATFORM/SPACE/CHANNEL"),
    ],
)
def test_a_slip_is_told_in_one_line_with_where_help_is(
    line: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(line, capsys)
    assert told in said
    assert said.count("\n") == 1
    assert said.endswith("--help` tells more.\n")


def test_resume_needs_a_transcript(typed: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Name it with --transcript." in refused(["try", "--resume"], capsys)


@pytest.mark.parametrize(("line", "shown"), [([], "doctor"), (["db"], "upgrade")])
def test_a_line_without_a_command_is_shown_those_there_are(
    line: list[str], shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown in refused(line, capsys)


# Help


COMMANDS = [
    "try",
    "run",
    "export",
    "backup",
    "restore",
    "rooms",
    "move",
    "forget",
    "db upgrade",
    "db check",
    "db copy",
    "db erasures",
    "doctor",
    "manifest",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command.split(), "--help"]) == 0
    told = capsys.readouterr().out
    assert f"usage: room37 {command} " in told
    assert f"\n  room37 {command}" in told
    for option in ("--db", "--config"):
        assert option in told


def test_the_help_of_all_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    for command in COMMANDS:
        assert f"\n    {command.split()[0]} " in told


def test_the_examples_of_help_are_lines_that_work(capsys: pytest.CaptureFixture[str]) -> None:
    tried = 0
    for command in COMMANDS:
        main([*command.split(), "--help"])
        for line in capsys.readouterr().out.splitlines():
            if line.startswith("  room37 "):
                asked(line.removeprefix("  room37 "))
                tried += 1
    assert tried >= len(COMMANDS)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"room37 {__version__}\n"


def test_every_sentence_of_the_command_line_is_used() -> None:
    source = "".join((ROOT / "bot" / name).read_text("utf-8") for name in ("command_line.py", "__main__.py"))
    of_commands = {
        f"{command.replace(' ', '_')}_{part}"
        for command in [*COMMANDS, "db"]
        for part in ("short", "about", "example")
    }
    for key in keys():
        topic, _, name = key.partition(".")
        if topic == "command_line" and name not in of_commands | {"backup_file", "restore_file"}:
            assert re.search(f"""["']{name}["']""", source), key


@pytest.mark.parametrize("line", [["--help"], ["try", "--help"], ["--version"], ["tyr"], ["db"]])
def test_help_imports_nothing_heavy(line: list[str]) -> None:
    code = (
        "import sys; from bot.__main__ import main; code = main(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    done = run("-c", code, *line)
    loaded = done.stderr.split()
    assert "bot.command_line" in loaded
    assert "bot.app" not in loaded
    assert HEAVY.isdisjoint(name.partition(".")[0] for name in loaded)


def test_the_package_itself_can_be_run() -> None:
    done = run("-m", "bot", "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"room37 {__version__}\n", "")


# How it ends


def test_the_status_of_the_program_is_the_status_of_the_process() -> None:
    assert main(["rooms"], lambda: Recorder(lambda: 7)) == 7


def test_what_the_operator_can_mend_is_told_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> int:
        raise OperatorError("The disk is full. Free some space, then start again.")

    assert main(["rooms"], lambda: Recorder(fail)) == 1
    assert capsys.readouterr().err == "The disk is full. Free some space, then start again.\n"


def test_an_interrupted_command_ends_with_130() -> None:
    def interrupt() -> int:
        raise KeyboardInterrupt

    assert main(["rooms"], lambda: Recorder(interrupt)) == 130


def test_a_defect_is_not_hidden() -> None:
    def break_() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        main(["rooms"], lambda: Recorder(break_))


WRITES = """
import sys
from bot.__main__ import main
from tests.unit.test_command_line import Recorder
def write():
    for n in range(int(sys.argv[1])):
        print("a line of some length", n)
    return 0
sys.exit(main(["rooms"], lambda: Recorder(write)))
"""


def written_to(out: int | IO[bytes], lines: int, buffered: bool = True) -> subprocess.CompletedProcess[bytes]:
    """A command that prints this many lines, in a process of its own with this standard output."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "" if buffered else "1"}
    command = [sys.executable, "-c", WRITES, str(lines)]
    return subprocess.run(command, stdout=out, stderr=subprocess.PIPE, env=environ, check=False)


@pytest.mark.parametrize("lines", [1, 100_000])
def test_a_reader_that_goes_away_is_no_crash(lines: int) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = written_to(writing, lines)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("lines", [1, 100_000])
@pytest.mark.parametrize("buffered", [True, False])
def test_output_that_cannot_be_written_is_told_once(lines: int, buffered: bool) -> None:
    with Path("/dev/full").open("wb") as full:
        done = written_to(full, lines, buffered)
    assert done.returncode == 1
    assert done.stderr.startswith(b"The output could not be written (No space left on device).")
    assert done.stderr.count(b"\n") == 1


def test_a_process_without_standard_output_still_runs() -> None:
    line = ["/bin/sh", "-c", 'exec "$0" -c "$1" 5 >&-', sys.executable, WRITES]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, stderr=subprocess.PIPE, env=environ, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
