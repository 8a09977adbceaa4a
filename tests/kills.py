"""`python -m tests.kills --times N`: kill -9 a playing transcript at instants drawn by seed, then resume it.

With `--discord` it is `room37 run` that is killed, while people of a loopback Discord pitch, vote and write.
After each kill no acknowledged submission is missing and none is doubled, the ledger verifies, and the resumed run
ends equal to an unkilled one. At least 60% of the kills must fall between the first and the last receipt.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.discord_process import killed
from tests.transcripts import CLOCK, EXAMPLES, SEED, options, play

LEFT_OUT = {"posts": {"refs", "shown_rev", "state", "lease_until", "shown_at", "content_hash"}}
"""What may differ after a crash: where a terminal last showed a card."""


def contents(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of a house, but for what depends on the crash itself."""
    with closing(sqlite3.connect(database)) as db:
        names = [
            row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")
        ]
        found = {}
        for name in names:
            columns = [
                row[1]
                for row in db.execute(f"PRAGMA table_info({name})")
                if row[1] not in LEFT_OUT.get(name, ())
            ]
            chosen = ", ".join(f'"{column}"' for column in columns)
            found[name] = sorted(db.execute(f"SELECT {chosen} FROM {name}"), key=repr)  # noqa: S608  # names of the schema
        return found


def acknowledged(printed: str) -> int:
    """How many lines of people were answered in what was printed before the kill."""
    return len(re.findall(r"^\w[^\s:]*: ", printed, re.MULTILINE))


def kill_once(transcript: Path, database: Path, dice: random.Random, span: float) -> tuple[bool, str]:
    """Play and kill; gives whether the kill fell between the first and the last receipt, and what was printed."""
    command = [
        sys.executable, "-m", "bot", "try", "--transcript", str(transcript), "--db", str(database), "--seed", SEED,
        "--clock", CLOCK, *options(transcript),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as playing:
        assert playing.stdout is not None
        first = playing.stdout.readline()
        time.sleep(dice.random() * span)
        running = playing.poll() is None
        playing.send_signal(signal.SIGKILL)
        printed = first + playing.stdout.read()
        playing.wait()
    return running and playing.returncode == -signal.SIGKILL, printed


def check(database: Path) -> None:
    """`room37 db check` must find nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "db", "check", "--db", str(database)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"after a kill: {done.stdout}{done.stderr}")


def main() -> None:
    """Kill, check, resume, compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=37)
    parser.add_argument("--transcript", default="ghost_story.txt")
    parser.add_argument("--discord", action="store_true", help="kill `room37 run` instead of a transcript")
    asked = parser.parse_args()
    if asked.discord:
        _in_discord(asked.times, asked.seed)
        return
    dice = random.Random(asked.seed)
    transcript = EXAMPLES / asked.transcript
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = play(transcript, folder / "whole.db")
        wanted = contents(folder / "whole.db")
        answers = [line for line in whole.splitlines() if re.match(r"\w[^\s:]*: ", line)]
        span = _span(transcript, folder)
        between = 0
        for number in range(asked.times):
            database = folder / f"killed{number}.db"
            inside, printed = kill_once(transcript, database, dice, span)
            between += inside
            check(database)
            heard = [line for line in printed.splitlines() if re.match(r"\w[^\s:]*: ", line)]
            if heard != answers[: len(heard)]:
                raise SystemExit(f"kill {number}: what was printed is not how the unkilled run began")
            _nothing_missing(database, folder / "whole.db", len(heard), number)
            play(transcript, database, "--resume")
            check(database)
            got = contents(database)
            for table, rows in wanted.items():
                if got[table] != rows:
                    odd = (
                        [r for r in got[table] if r not in rows][:3],
                        [r for r in rows if r not in got[table]][:3],
                    )
                    raise SystemExit(f"kill {number}: {table} differs after resuming: {odd}")
    share = between / asked.times
    sys.stdout.write(
        f"{asked.times} kills, {between} of them ({share:.0%}) between the first and the last receipt: nothing "
        f"acknowledged was missing, nothing doubled, every ledger verified, every resumed run ended equal\n"
    )
    if share < 0.6:
        raise SystemExit("too few kills fell between the first and the last receipt")


def _in_discord(times: int, seed: int) -> None:
    """Kill the served bot again and again."""
    with tempfile.TemporaryDirectory() as name:
        report = asyncio.run(killed(Path(name), times, seed))
    sys.stdout.write(
        f"{times} kills of `room37 run`, {report.amid_post} of them with a card half posted: of {report.acknowledged} "
        f"acknowledged texts none was missing, none was doubled, each passage stood there once, every ledger verified\n"
    )


def _nothing_missing(database: Path, whole: Path, heard: int, number: int) -> None:
    """The desk holds each changing line that was answered: those of the unkilled run up to the line before the last heard."""
    query = "SELECT source_id FROM desk ORDER BY source_id"
    with closing(sqlite3.connect(database)) as killed, closing(sqlite3.connect(whole)) as unkilled:
        stored = {row[0] for row in killed.execute(query)}
        all_lines = sorted((int(row[0].rsplit(":", 1)[1]), row[0]) for row in unkilled.execute(query))
    last = max((int(s.rsplit(":", 1)[1]) for s in stored), default=0)
    missing = [source for line, source in all_lines if line <= last and source not in stored]
    if missing:
        raise SystemExit(f"kill {number}: acknowledged lines are missing: {missing}")
    if heard > 1 and not stored:
        raise SystemExit(f"kill {number}: {heard} lines were answered and none is stored")


def _span(transcript: Path, folder: Path) -> float:
    """Seconds from the first line of output to the end of an unkilled run: the median of three."""
    spans = []
    for number in range(3):
        command = [
            sys.executable, "-m", "bot", "try", "--transcript", str(transcript), "--db", str(folder / f"span{number}.db"),
            "--seed", SEED, "--clock", CLOCK, *options(transcript),
        ]  # fmt: skip
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as playing:
            assert playing.stdout is not None
            playing.stdout.readline()
            start = time.perf_counter()
            playing.stdout.read()
            spans.append(time.perf_counter() - start)
    return sorted(spans)[1] * 0.9


if __name__ == "__main__":
    main()
