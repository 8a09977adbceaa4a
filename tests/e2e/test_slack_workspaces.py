"""Several workspaces that install the app by themselves: pages, sealed tokens, and nothing that crosses between them."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from memory.engine import make_runner
from memory.vault import HouseVault
from tests.brisk import brisk
from tests.servers.slack import CLIENT_ID, CLIENT_SECRET, SlackServer
from tests.slack_rig import SlackRoom, open_slack_room

KEY = "the key of these tests"
SEVERAL: dict[str, Any] = {
    "bot_token": "", "app_token": "", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "vault_key": KEY,
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """What a browser shows."""

    status: int
    text: str
    link: str = ""


@dataclass
class Browser:
    """Somebody's browser: it keeps cookies, and goes where it is sent."""

    room: SlackRoom
    session: aiohttp.ClientSession
    cookie: str = ""
    been: list[str] = field(default_factory=list)

    @property
    def home(self) -> str:
        """Where the app listens."""
        return f"http://127.0.0.1:{self.room.port}"

    async def opens(self, url: str) -> Page:
        """A page of the app, or of Slack, which sends them straight back."""
        self.been.append(url)
        async with self.session.get(url, headers={"Cookie": self.cookie}, allow_redirects=False) as answer:
            if answer.status == 302:
                return await self.opens(answer.headers["Location"])
            for cookie in answer.headers.getall("Set-Cookie", []):
                self.cookie = cookie.partition(";")[0]
                assert "Secure" in cookie and "HttpOnly" in cookie
            text = html.unescape(await answer.text())
        found = re.search(r'href="([^"]*)"', text)
        return Page(answer.status, text, found[1] if found else "")

    async def installs(self, team: Any) -> Page:
        """All of it: the page, Slack's question, and back."""
        first = await self.opens(f"{self.home}/slack/install?team={team.id}")
        assert first.status == 200, first.text
        return await self.opens(first.link)


@asynccontextmanager
async def _house(
    url: str, server: SlackServer | None = None, **connection: Any
) -> AsyncIterator[tuple[SlackRoom, Browser]]:
    told = SEVERAL | connection
    async with open_slack_room(url, transport="http", server=server, connection=told) as room, aiohttp.ClientSession() as one:
        yield room, Browser(room, one)


async def _rooms(room: SlackRoom, browser: Browser) -> tuple[SlackRoom, SlackRoom]:
    """A room in each of two workspaces that installed the app."""
    other = room.server.team("annex")
    for team in (room.server.house, other):
        page = await browser.installs(team)
        assert f"Room 37 is in {team.name}" in page.text, page.text
    return room, room.in_channel(room.server.channel("story", team=other))


async def _sealed(url: str) -> dict[str, str]:
    vault = HouseVault(make_runner(url))
    try:
        return await vault.beginning("slack/")
    finally:
        await vault.close()


async def test_each_workspace_is_answered_with_its_own_token_and_sees_its_own_rooms(url: str) -> None:
    async with _house(url) as (room, browser):
        house, annex = await _rooms(room, browser)
        assert house.team.token != annex.team.token
        await house.says("ada", "/story new The Last Ferry")
        await annex.says("ada", "/story new The Attic")
        await house.says("ada", "/extend It began at the quay.")
        await annex.says("ada", "/extend A trunk stood open.")
        assert "quay" in house.wall.text
        assert "trunk" in annex.wall.text
        assert "trunk" not in house.wall.text + await house.says("ada", "/read")
        assert "quay" not in annex.wall.text + await annex.says("ada", "/read")
        assert house.key("ada") != annex.key("ada")
        for here, title in ((house, "The Last Ferry"), (annex, "The Attic")):
            home = await here.person("ada").opens_home()
            assert home is not None
            assert title in home.words
            other = "The Attic" if title == "The Last Ferry" else "The Last Ferry"
            assert other not in home.words
            posted = [m for m in here.wall.messages if m.message.author is not here.team.bot]
            assert posted == []
        assert room.server.refused == []
        assert room.server.deliveries.unheard == []


async def test_nothing_in_the_database_can_be_read_without_the_key(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/house.db"
    async with _house(url) as (room, browser):
        house, annex = await _rooms(room, browser)
        tokens = [house.team.token, annex.team.token]
        raw = _bytes_in(tmp_path)
        for secret in (*tokens, CLIENT_SECRET, KEY, "xoxb-"):
            assert secret.encode() not in raw, secret
        states = [parse_qs(urlsplit(url).query)["state"][0] for url in browser.been if "state=" in url]
        assert states
        assert not [state for state in states if state.encode() in raw]
        kept = await _sealed(url)
        assert len([key for key in kept if key.startswith("slack/bot/")]) == 2
        assert not [key for key in kept if key.startswith("slack/state/")], "a state is used once and gone"


async def test_a_state_is_good_once_here_and_for_ten_minutes(tmp_path: Path) -> None:
    async with _house(f"sqlite:///{tmp_path}/house.db") as (room, browser):
        assert "is in house" in (await browser.installs(room.server.house)).text
        back = browser.been[-1]
        for url in (back, back.replace("code=", "code=x"), f"{browser.home}/slack/oauth_redirect?code=1&state=2"):
            page = await browser.opens(url)
            assert page.status == 400
            assert "was used before, is more than ten minutes old" in page.text
            assert page.link == "/slack/install"
        asked = await browser.opens(f"{browser.home}/slack/install")
        cookie, browser.cookie = browser.cookie, ""
        assert (await browser.opens(asked.link)).status == 400, "another browser"
        browser.cookie = cookie
        room.clock.pass_(minutes=11)
        assert (await browser.opens(asked.link)).status == 400, "too late"
        await browser.opens(f"{browser.home}/slack/install")
        assert len([key for key in await _sealed(room.settings.database.url) if "/state/" in key]) == 1, "old ones go"
        for word in ("code", "state", "error", "Traceback"):
            assert word not in (await browser.opens(f"{browser.home}/slack/oauth_redirect")).text


async def test_what_slack_or_the_person_refuses_is_a_page_that_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _house(f"sqlite:///{tmp_path}/house.db") as (room, browser):
        asked = await browser.opens(f"{browser.home}/slack/install")
        said_no = await browser.opens(asked.link + "&deny=1")
        assert (said_no.status, "You said no" in said_no.text) == (200, True)
        for fault, words in (
            ({"error": "invalid_code"}, "was used before"),
            ({"error": "bad_client_secret"}, "Slack refused"),
            ({"status": 503}, "Slack did not answer"),
            ({"reset": True}, "Slack did not answer"),
        ):
            room.server.faults.add("oauth.v2.access", **fault)
            page = await browser.installs(room.server.house)
            assert words in page.text, page.text
        assert await _sealed(room.settings.database.url) == {}
        assert "is in house" in (await browser.installs(room.server.house)).text
    told = [record.getMessage() for record in caplog.records]
    assert [line for line in told if "bad_client_secret" in line]
    assert not [line for line in told if CLIENT_SECRET in line or "code=" in line or "with code" in line]
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_workspace_that_removes_the_app_loses_its_token_and_keeps_its_text(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with _house(url) as (room, browser):
        house, annex = await _rooms(room, browser)
        await annex.says("ada", "/story new The Attic")
        await annex.says("ada", "/extend A trunk stood open.")
        await house.says("ada", "/story new The Last Ferry")
        old = annex.team.token
        room.server.remove_bot(annex.team)
        await _gone(url, annex)
        told = [line for line in _lines(caplog) if "removed the app" in line]
        assert len(told) == 1, told
        assert annex.team.id in told[0]
        assert old not in "".join(_lines(caplog))
        refused = await annex.person("ada").command(annex.channel, "/room", "extend A second trunk.")
        assert not refused.failed
        await room.server.until(lambda: "not connected to this workspace" in _private(annex, "ada"), 20)
        assert "A second trunk." not in str(await _passages(annex))
        await house.says("ada", "/extend It began at the quay.")
        assert "quay" in house.wall.text
        assert "A trunk stood open." in str(await _passages(annex))

        assert "is in annex" in (await browser.installs(annex.team)).text
        assert annex.team.token != old
        room.server.joins(annex.team.bot, annex.channel)
        assert "trunk" in await annex.says("ada", "/read")
        await annex.says("ada", "/extend A moth flew up.")
        assert "A moth flew up." in annex.wall.text


async def test_a_token_that_is_taken_back_is_deleted_and_a_persons_is_none_of_ours(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/house.db"
    async with _house(url) as (room, browser):
        house, annex = await _rooms(room, browser)
        await annex.says("ada", "/story new The Attic")
        room.server.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}, annex.team)
        room.server.event({"type": "app_uninstalled"}, house.team)  # late, from before the token that is good now
        await room.server.deliveries.quiet()
        await _quiet()
        assert len(await _sealed(url)) == 2
        room.server.revoke(annex.team)
        await _gone(url, annex)
        await house.says("ada", "/story new The Last Ferry")


async def test_a_token_that_died_without_a_word_is_found_out_by_using_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite:///{tmp_path}/house.db"
    async with _house(url) as (room, browser):
        _, annex = await _rooms(room, browser)
        await annex.says("ada", "/story new The Attic")
        annex.team.dead = "account_inactive"
        await annex.person("ada").command(annex.channel, "/room", "extend A moth flew up.")
        await _gone(url, annex)
        assert len([line for line in _lines(caplog) if "removed the app" in line]) == 1
        assert "A moth flew up." in str(await _passages(annex))
        assert "A moth flew up." not in annex.wall.text
        await browser.installs(annex.team)  # and what waited is posted
        await annex.server.until(lambda: "A moth flew up." in annex.wall.text, 20)


async def test_another_vault_key_is_said_in_one_sentence_and_a_workspace_can_install_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite:///{tmp_path}/house.db"
    async with SlackServer(delivery="http", ack_seconds=12.0, trigger_seconds=12.0) as server:
        async with _house(url, server) as (room, browser):
            _, annex = await _rooms(room, browser)
            await annex.says("ada", "/story new The Attic")
        caplog.clear()
        async with _house(url, server, vault_key="another key") as (room, browser):
            annex = room.in_channel(server.channel("story", team=server.team("annex")))
            said = [line for line in _lines(caplog) if "ROOM37_VAULT_KEY is not the key" in line]
            assert len(said) == 1, _lines(caplog)
            assert "2 workspaces" in said[0]
            await annex.person("ada").command(annex.channel, "/room", "read")
            await server.until(lambda: "not connected to this workspace" in _private(annex, "ada"), 20)
            await browser.installs(annex.team)
            assert "The Attic" in await annex.says("ada", "/story list")
        assert not [record for record in caplog.records if record.exc_info]


def _bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def _gone(url: str, room: SlackRoom) -> None:
    """Wait until the workspace's token is not kept any more."""
    with brisk(60):
        for _ in range(3000):
            if not [key for key in await _sealed(url) if f"/{room.team.id}/" in key]:
                return
            await asyncio.sleep(0.2)
    raise AssertionError("the token is kept")


async def _quiet(seconds: float = 3) -> None:
    with brisk(60):
        await asyncio.sleep(seconds)


def _private(room: SlackRoom, name: str) -> str:
    return "\n".join(seen.words for seen in room.person(name).sees(room.channel) if seen.ephemeral)


async def _passages(room: SlackRoom) -> list[str]:
    def read(books: Any) -> list[str]:
        story = books.snapshot().story
        return [version.text for _, version in books.passages(story.id)] if story is not None else []

    found: list[str] = await room.look(read)
    return found


def _lines(log: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in log.records if record.name.startswith("room37")]
