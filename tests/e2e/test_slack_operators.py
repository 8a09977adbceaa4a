"""What an operator types to bring Room 37 into a workspace: the manifest, the doctor and the run, against a loopback Slack."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from adapters.slack.installing import Installations, Installed, Seal
from adapters.slack.manifest import scopes
from memory.engine import make_runner
from memory.vault import HouseVault
from tests.clock import HandClock
from tests.e2e.conftest import FULL
from tests.servers.slack import APP_TOKEN, CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET, TOKEN, SlackServer

ROOT = Path(__file__).parents[2]
WRONG, WRONG_APP = "xoxb-nobody-knows-this", "xapp-nobody-knows-this"
QUICK = """
import sys
from adapters.slack import gate, sockets
gate.DOUBTS, sockets.PING_SECONDS = (0.0, 0.1, 0.1), 0.2
from bot.__main__ import main
sys.exit(main())
"""
"""`room37`, which does not wait for half a minute before it believes Slack."""
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


INSTALLS = {
    "SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    "SLACK_CLIENT_ID": CLIENT_ID, "SLACK_CLIENT_SECRET": CLIENT_SECRET, "ROOM37_VAULT_KEY": "k",
}  # fmt: skip


async def test_the_doctor_asks_for_each_workspace_that_installed_the_app(operator: Operator) -> None:
    await operator.pastes("--http", "https://room37.example.org/")
    await _serves(operator)  # over a socket: a room in the first workspace
    operator.configures('transport = "http"', 'public_url = "https://room37.example.org"')
    status, nobody = await operator.types("doctor", "--slack", **INSTALLS)
    assert status == 0, nobody
    assert "No workspace has installed the app yet." in nobody
    assert "Rooms not looked at: 1 (their workspaces have not installed the app)." in nobody
    server = operator.server
    teams = [server.house, server.team("annex"), server.team("attic")]
    vault = HouseVault(make_runner(f"sqlite:///{operator.folder}/house.db"))
    installations = Installations(vault, Seal("k"), HandClock())
    for team in teams:
        team.scopes = set(server.house.scopes)
        await installations.keep(Installed(team.id, team.name, team.token))
    status, healthy = await operator.types("doctor", "--slack", **INSTALLS)
    assert status == 0, healthy
    for team in teams:
        assert f"in the workspace {team.name} ({team.id})" in healthy
    assert "Rooms looked at: 1." in healthy
    server.revoke(teams[1])
    teams[2].scopes.discard("files:write")
    server.leaves(server.bot, server.channel("story"))
    status, ill = await operator.types("doctor", "--slack", **INSTALLS)
    assert status == 1
    for said in ("the token of the workspace annex (token_revoked)", "lacks these scopes: files:write.", "The bot is not in #story"):
        assert said in ill, ill
    status, strange = await operator.types("doctor", "--slack", **{**INSTALLS, "ROOM37_VAULT_KEY": "another"})
    assert status == 1
    assert "ROOM37_VAULT_KEY is not the key that sealed 3 workspaces' tokens" in strange
    assert not [team.token for team in teams if team.token in nobody + healthy + ill + strange]
    await vault.close()


async def test_tokens_that_slack_refuses_end_the_run_with_one_sentence(operator: Operator) -> None:
    await operator.pastes()
    bad_app, bad = await asyncio.gather(
        operator.types("run", SLACK_APP_TOKEN=WRONG_APP), operator.types("run", SLACK_BOT_TOKEN=WRONG)
    )
    assert bad_app[0] == 1
    assert bad_app[1].startswith("Slack does not take the app token (invalid_auth). Copy it again into SLACK_APP_TOKEN")
    assert bad_app[1].count("\n") == 1, bad_app[1]
    assert bad[0] == 1
    assert bad[1].startswith("Slack does not take this token (invalid_auth).")
    assert bad[1].count("\n") == 1, bad[1]


@pytest.mark.parametrize("how", ["removed", "revoked", "found out", "app token"] if FULL else ["removed", "app token"])
async def test_a_token_that_dies_while_it_is_served_ends_the_run_once_said(how: str, operator: Operator) -> None:
    await operator.pastes()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", QUICK, "run", cwd=operator.folder, env=operator.environ(),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    server = operator.server
    await server.connected(60)
    ada, channel = server.person("ada"), server.channel("story")
    await (await ada.command(channel, "/room", "story new The Last Ferry")).finished(30)
    match how:
        case "removed":
            server.remove_bot()
        case "revoked":
            server.revoke()
        case "found out":
            server.house.dead = "token_revoked"
            await ada.command(channel, "/room", "extend The lamp went out.")
        case _:
            server.faults.add("apps.connections.open", times=99, error="not_allowed_token_type")
            await server.sockets.close()
    printed, _ = await asyncio.wait_for(process.communicate(), 60)
    said = printed.decode()
    assert process.returncode == 1, said
    assert "Traceback" not in said
    words = "does not take the app token" if how == "app token" else "The app was removed" if how == "removed" else "does not take this token"
    assert said.count(words) == 1, said
    assert said.count("not_allowed_token_type") + said.count("token_revoked") + said.count("account_inactive") == 1, said
    assert not [secret for secret in SECRETS if secret in said], said
    assert "lamp" not in said


async def test_what_several_workspaces_lack_ends_the_run_with_a_sentence(operator: Operator) -> None:
    operator.configures('transport = "http"', f'listen = "127.0.0.1:{urlsplit(operator.server.url).port}"')
    no_key, taken = await asyncio.gather(
        operator.types("run", **{**INSTALLS, "ROOM37_VAULT_KEY": ""}), operator.types("run", **INSTALLS)
    )
    assert (no_key[0], taken[0]) == (1, 1)
    assert no_key[1].startswith("ROOM37_VAULT_KEY is not set.")
    assert taken[1].startswith("Nobody can listen at 127.0.0.1:"), taken[1]


async def test_a_slack_that_cannot_be_reached_is_said_in_a_sentence(operator: Operator) -> None:
    await operator.server.stop()
    status, away = await operator.types("doctor", "--slack")
    assert status == 1
    assert "Slack cannot be reached" in away


async def test_a_manifest_that_cannot_be_written_is_said_in_a_sentence(operator: Operator) -> None:
    status, said = await operator.types("manifest", "slack", "--out", "no/such/folder/m.json")
    assert status == 1
    assert "No such file or directory" in said
