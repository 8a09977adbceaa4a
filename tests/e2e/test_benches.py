"""The short form of each bench: it runs, says every figure, and its accounts agree. No figure fails a test by its size."""

from __future__ import annotations

import asyncio
import os
import re
import sys

import pytest

from tests.bench.processes import REPOSITORY

ROUNDS = (
    r"p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms",
    r"saturation: \d+ commands/s",
    r"CPU [\d.]+ ms a command",
    r"raw sqlite3 running the same statements \d+ commands/s",
    r"refused in the open loop: 0\b",
    r"desk rows (\d+) for \1 changing commands, ledger problems 0, PRAGMA synchronous 2",
)
DISCORD = (
    r"added CPU a command: -?[\d.]+ ms, .*bare discord\.py [\d.]+ ms .*: [\d.]+ times",
    r"to acknowledgement .* p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms .*bare discord\.py p50 [\d.]+, p95 [\d.]+",
    r"calm: \d+ commands, .* acknowledged but unanswered 0",
    r"calls fail: \d+ commands",
    r"the co-writer stalls: \d+ commands, \d+ of them /assist",
    r"real limits: \d+ commands",
    r"acknowledged past 3 s: \d+ of \d+",
    r"afterwards \(loose limits\): (\d+) desk rows for \1 changing commands, all accounts agree",
    r"afterwards \(real limits\): (\d+) desk rows for \1 changing commands, all accounts agree",
    r"PRAGMA synchronous 2",
)
SLACK = (
    r"added CPU a command: -?[\d.]+ ms, .*bare Bolt [\d.]+ ms .*: [\d.]+ times",
    r"to acknowledgement .* p50 [\d.]+ ms, p95 [\d.]+ ms, p99 [\d.]+ ms; bare Bolt p50 [\d.]+, p95 [\d.]+, p99 [\d.]+: p95 [+-][\d.]+ ms",
    r"calm: \d+ commands, .* acknowledged but unanswered 0",
    r"calls fail: \d+ commands",
    r"the co-writer stalls: \d+ commands, \d+ of them /room assist",
    r"acknowledged past 3 s: \d+ of \d+",
    r"afterwards: (\d+) desk rows for \1 changing commands, all accounts agree",
    r"PRAGMA synchronous 2",
)

TIME = (
    r"start with \d+ schedules in 40 zones: [\d.]+ s until it serves, [\d.]+ s of CPU .*; with none [\d.]+ s",
    r"memory: \d+ MB, bare imports \d+ MB, -?\d+ MB above them",
    r"after new rules of the zones: serving after [\d.]+ s, all (\d+) reckoned anew after [\d.]+ s",
    r"(\d+) prompts due at one moment in \d+ channels: the last accepted after [\d.]+ s",
    r"asked (\d+), posted \1, twice 0",
    r"meanwhile \d+ commands: to acknowledgement p50 \d+ ms, p95 \d+ ms, slowest \d+ ms .*, unanswered 0",
    r"wall clock beside the brute force: \d{5,} \(zone, rule, day\) cases, 0 differences",
)

BENCHES = [("rounds", ROUNDS), ("discord", DISCORD), ("time", TIME)]
if os.environ.get("ROOM37_FULL"):  # the gate plays rounds, Discord and time: it has to end in time
    BENCHES.append(("slack", SLACK))


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("name", "figures"), BENCHES)
async def test_a_bench_says_every_figure(name: str, figures: tuple[str, ...]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"tests.bench.{name}", "--quick", cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, errors = (stream.decode() for stream in await process.communicate())
    assert process.returncode == 0, errors
    missing = [figure for figure in figures if re.search(figure, out) is None]
    assert not missing, f"{out}\n{missing}"
