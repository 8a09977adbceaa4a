"""What an operator types to bring Room 37 into a workspace: the manifest, the doctor and the run, against a loopback Slack."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack.manifest import scopes
from tests.servers.slack import APP_TOKEN, SIGNING_SECRET, TOKEN, SlackServer

ROOT = Path(__file__).parents[2]
WRONG, WRONG_APP = "xoxb-nobody-knows-this", "xapp-nobody-knows-this"
SECRETS = (TOKEN, APP_TOKEN, SIGNING_SECRET, WRONG, WRONG_APP)


class Operator:
    """Somebody at a shell, in a folder of their own, beside a Slack of their own."""

    def __init__(self, folder: Path, server: SlackServer) -> None:
        self.folder = folder
        self.server = server

    def configures(self, *lines: str) -> None:
        """Write bot.toml."""
        text = '[database]\nurl = "sqlite:///house.db"\n[room.preset]\nslack = "table"\n[writer]\nprovider = "none"\n'
        text += f'[slack]\napi_url = "{self.server.api}"\n' + "\n".join(lines)
        (self.folder / "bot.toml").write_text(text, "utf-8")

    def environ(self, **more: str) -> dict[str, str]:
        given = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, **more}
        kept = {name: value for name, value in given.items() if value}
        return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(self.folder), **kept}

    async def types(self, *line: str, **more: str) -> tuple[int, str]:
        """A command; its status and all that it printed, which holds no secret, whatever went wrong."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *line, cwd=self.folder, env=self.environ(**more),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        printed, _ = await process.communicate()
        said = printed.decode()
        assert not [secret for secret in SECRETS if secret in said], said
        assert "Traceback" not in said, said
        assert process.returncode is not None
        return process.returncode, said

    async def pastes(self, *line: str) -> str:
        """Make the manifest and give it to Slack, as the steps say."""
        status, said = await self.types("manifest", "slack", *line)
        assert status == 0, said
        self.server.install(json.loads((self.folder / "slack-manifest.json").read_text("utf-8")))
        return said


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    async with SlackServer() as server:
        at_shell = Operator(tmp_path, server)
        at_shell.configures()
        yield at_shell


async def _serves(operator: Operator) -> str:
    """Serve for a moment, in which somebody opens a story; gives what they read."""
    with (operator.folder / "log.txt").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=operator.folder, env=operator.environ(), stdout=log, stderr=log
        )
        try:
            await operator.server.connected(30)
            channel = operator.server.channel("story")
            answer = await operator.server.person("ada").command(channel, "/room", "story new The Last Ferry")
            await answer.finished(20)
            return answer.words
        finally:
            process.terminate()
            assert await asyncio.wait_for(process.wait(), 20) == 0


async def test_the_steps_lead_from_nothing_to_a_story_in_a_channel(operator: Operator) -> None:
    said = await operator.pastes()
    assert str(operator.folder / "slack-manifest.json") in said
    for scope, why in scopes().items():
        assert f"{scope}: {why}" in said
    for step in ("https://api.slack.com/apps", "SLACK_BOT_TOKEN=", "SLACK_APP_TOKEN=", "chmod 600 .env", "doctor --slack", "/invite @room-37"):
        assert step in said, step
    assert "history" not in "".join(operator.server.house.scopes)
    assert "is open" in await _serves(operator)
    status, healthy = await operator.types("doctor", "--slack")
    assert status == 0, healthy
    for line in ("logged in as @room-37 in the workspace house", "all that are needed", "opens connections", "Rooms looked at: 1.", "would serve: Slack (Socket Mode)"):
        assert line in healthy, line
    assert "Ferry" not in healthy


async def test_the_doctor_says_where_the_bot_is_not_let_in(operator: Operator) -> None:
    await operator.pastes()
    await _serves(operator)
    channel = operator.server.channel("story")
    operator.server.leaves(operator.server.bot, channel)
    status, out = await operator.types("doctor", "--slack")
    assert status == 1
    assert "The bot is not in #story" in out
    assert "/invite @room-37" in out
    operator.server.archive(channel)
    assert "is archived" in (await operator.types("doctor", "--slack"))[1]
    operator.server.remove_channel(channel)
    status, gone = await operator.types("doctor", "--slack", "--json")
    assert status == 1
    assert "cannot be reached (channel_not_found)" in json.loads(gone)["wrong"][0]


async def test_tokens_that_are_missing_or_wrong_are_named_with_what_to_do(operator: Operator) -> None:
    await operator.pastes()
    none, bad, bad_app, no_app = await asyncio.gather(
        operator.types("doctor", "--slack", SLACK_BOT_TOKEN="", SLACK_APP_TOKEN=""),
        operator.types("doctor", "--slack", SLACK_BOT_TOKEN=WRONG),
        operator.types("doctor", "--slack", SLACK_APP_TOKEN=WRONG_APP),
        operator.types("doctor", "--slack", SLACK_APP_TOKEN=""),
    )
    assert [status for status, _ in (none, bad, bad_app, no_app)] == [1, 1, 1, 1]
    assert "SLACK_BOT_TOKEN is not set" in none[1] and "would serve no platform yet" in none[1]
    assert "does not take this token (invalid_auth)" in bad[1] and "opens connections" in bad[1]
    assert "does not take the app token (invalid_auth)" in bad_app[1] and "logged in as" in bad_app[1]
    assert "SLACK_APP_TOKEN is not set, and Socket Mode needs it" in no_app[1]
    operator.server.remove_bot()
    assert "(account_inactive)" in (await operator.types("doctor", "--slack"))[1]


async def test_scopes_that_are_missing_or_too_many_are_named(operator: Operator) -> None:
    await operator.pastes("--history")
    status, more = await operator.types("doctor", "--slack")
    assert status == 0
    assert "nothing here needs: channels:history, groups:history, metadata.message:read" in more
    operator.server.house.scopes.discard("files:write")
    status, fewer = await operator.types("doctor", "--slack")
    assert status == 1
    assert "lacks these scopes: files:write." in fewer
    operator.configures("history = true")
    assert "nothing here needs" not in (await operator.types("doctor", "--slack"))[1]


async def test_over_http_the_address_stands_in_manifest_and_doctor(operator: Operator) -> None:
    said = await operator.pastes("--http", "https://room37.example.org/")
    assert "https://room37.example.org/slack/events" in said
    made = json.loads((operator.folder / "slack-manifest.json").read_text("utf-8"))
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["interactivity"]["request_url"] == "https://room37.example.org/slack/events"
    assert made["oauth_config"]["redirect_urls"] == ["https://room37.example.org/slack/oauth_redirect"]
    operator.configures('transport = "http"')
    status, unknown = await operator.types("manifest", "slack")
    assert status == 1
    assert "slack.public_url is not set" in unknown
    operator.configures('transport = "http"', 'public_url = "https://room37.example.org"')
    status, without = await operator.types("doctor", "--slack")
    assert status == 1
    assert "SLACK_SIGNING_SECRET is not set" in without
    status, whole = await operator.types("doctor", "--slack", SLACK_SIGNING_SECRET=SIGNING_SECRET)
    assert status == 0, whole
    assert "listens at 127.0.0.1:3000, and Slack asks https://room37.example.org/slack/events" in whole
    installs = {"SLACK_BOT_TOKEN": "", "SLACK_SIGNING_SECRET": SIGNING_SECRET, "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s"}
    status, several = await operator.types("doctor", "--slack", **installs)
    assert status == 1
    assert "ROOM37_VAULT_KEY is not set" in several
    assert "install the app at https://room37.example.org/slack/install" in several


async def test_a_slack_that_cannot_be_reached_is_said_in_a_sentence(operator: Operator) -> None:
    await operator.server.stop()
    status, away = await operator.types("doctor", "--slack")
    assert status == 1
    assert "Slack cannot be reached" in away


async def test_a_manifest_that_cannot_be_written_is_said_in_a_sentence(operator: Operator) -> None:
    status, said = await operator.types("manifest", "slack", "--out", "no/such/folder/m.json")
    assert status == 1
    assert "No such file or directory" in said
