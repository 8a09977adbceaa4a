"""`python -m tests.transcripts [--regenerate]`: play the shipped transcripts and compare with their recorded output.

Regenerating is a choice that people see: it needs the flag, and a line in CHANGELOG.md that says why.
"""

from __future__ import annotations

import argparse
import difflib
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"
CLOCK = "2026-03-06T19:00+00:00"
SEED = "37"


def play(transcript: Path, database: Path, *more: str) -> str:
    """What `room37 try --transcript` prints for this file."""
    command = [
        sys.executable, "-m", "bot", "try", "--transcript", str(transcript), "--db", str(database), "--seed", SEED,
        "--clock", CLOCK, *options(transcript), *more,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode != 0:
        raise SystemExit(f"{transcript.name}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def options(transcript: Path) -> tuple[str, ...]:
    """What a transcript's first line asks for (`# options: --demo-writer`)."""
    first = transcript.read_text("utf-8").split("\n", 1)[0]
    return tuple(first.removeprefix("# options:").split()) if first.startswith("# options:") else ()


def main() -> None:
    """Compare, or regenerate."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--regenerate", action="store_true")
    regenerate = parser.parse_args().regenerate
    wrong = 0
    for transcript in sorted(EXAMPLES.glob("*.txt")):
        with tempfile.TemporaryDirectory() as folder:
            printed = play(transcript, Path(folder) / "house.db")
            if printed != play(transcript, Path(folder) / "again.db"):
                raise SystemExit(f"{transcript.name}: two plays differ")
        recorded = transcript.with_suffix(".out")
        if regenerate:
            recorded.write_text(printed, "utf-8")
        elif printed != recorded.read_text("utf-8"):
            wrong += 1
            before, after = recorded.read_text("utf-8").splitlines(), printed.splitlines()
            sys.stdout.write(
                "\n".join(difflib.unified_diff(before, after, recorded.name, "played now", lineterm=""))
                + "\n"
            )
        sys.stdout.write(
            f"{transcript.name}: {len(printed.splitlines())} lines {'recorded' if regenerate else 'compared'}\n"
        )
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
