"""What the papers show is what the program prints, and what the benches promise they measure."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from bot.handlers import registry
from bot.sentences import keys
from bot.story.prompts import KINDS
from bot.writing.prompt_cards import pile

ROOT = Path(__file__).parents[2]


def test_the_picture_in_the_readme_is_pasted_from_the_recorded_room() -> None:
    picture = (
        (ROOT / "README.md").read_text("utf-8").split("<!-- room:begin -->")[1].split("<!-- room:end -->")[0]
    )
    printed = (ROOT / "examples" / "ghost_story.out").read_text("utf-8")
    pieces = picture.strip().removeprefix("```text").removesuffix("```").split("\n...\n")
    assert len(pieces) > 2
    for piece in pieces:
        assert piece.strip() in printed


def test_the_prompts_in_the_readme_are_pasted_from_the_recorded_room() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    picture = readme.split("<!-- prompt:begin -->")[1].split("<!-- prompt:end -->")[0]
    printed = (ROOT / "examples" / "daily_prompt.out").read_text("utf-8")
    pieces = picture.strip().removeprefix("```text").removesuffix("```").split("\n...\n")
    assert len(pieces) > 3
    for piece in pieces:
        assert piece.strip() in printed


def test_the_sprint_in_the_readme_is_pasted_from_the_recorded_room() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    picture = readme.split("<!-- sprint:begin -->")[1].split("<!-- sprint:end -->")[0]
    printed = (ROOT / "examples" / "sprint_evening.out").read_text("utf-8")
    pieces = picture.strip().removeprefix("```text").removesuffix("```").split("\n...\n")
    assert len(pieces) > 3
    for piece in pieces:
        assert piece.strip() in printed


def test_the_readme_counts_the_decks_prompts() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"one of {sum(len(pile(kind)) for kind in KINDS)} hand-made cards" in readme


def test_every_leaf_stands_once_in_the_table_of_commands() -> None:
    rows = [
        line.split("|")[1].strip().strip("`")
        for line in (ROOT / "COMMANDS.md").read_text("utf-8").splitlines()
        if line.startswith("| `")
    ]
    assert sorted(rows) == sorted(command.name for command in registry())


def test_the_quick_bench_prints_every_figure() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.rounds", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for figure in (
        "p99",
        "saturation",
        "statements a command",
        "raw sqlite3",
        "synchronous 2",
        "ledger problems 0",
    ):
        assert figure in done.stdout


def test_every_sentence_that_is_said_by_name_exists() -> None:
    known = keys()
    said = re.compile(
        r'(?:say|UserError|NotFound|NotAllowed|Stale|WriterError|TooLong|Empty)\(\s*"([a-z_]+\.[a-z_]+)"'
    )
    for file in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("adapters/**/*.py"), *ROOT.glob("memory/**/*.py")]:
        for key in said.findall(file.read_text("utf-8")):
            if key == "topic.name":  # the catalogue's own example
                continue
            assert key in known, f"{key} in {file.relative_to(ROOT)}"
