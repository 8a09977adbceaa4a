"""Pictures of a page's sections, by a headless Chromium that is told what to do over its debugging socket."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = {"desktop": 900, "phone": 390}
_LOADED = "document.readyState === 'complete' && document.querySelector('section') !== null"
_RECT = """(() => {{
    const r = document.querySelector({name}).getBoundingClientRect();
    return [r.x + scrollX, r.y + scrollY, r.width, r.height];
}})()"""


def browser() -> str | None:
    """The browser that there is."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Camera:
    """One open page, through https://chromedevtools.github.io/devtools-protocol/."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._sent = 0

    async def ask(self, method: str, **params: Any) -> Any:
        """One command and its result; events are passed over."""
        self._sent += 1
        await self._socket.send_json({"id": self._sent, "method": method, "params": params})
        while True:
            answer = await self._socket.receive_json(timeout=60)
            if answer.get("id") == self._sent:
                if "error" in answer:
                    raise OSError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    async def loaded(self) -> None:
        """Wait until the page is there: a browser that has just begun shows an empty one first."""
        async with asyncio.timeout(30):
            while True:
                found = await self.ask("Runtime.evaluate", expression=_LOADED, returnByValue=True)
                if found["result"].get("value"):
                    return
                await asyncio.sleep(0.05)

    async def wide(self, width: int, scale: float) -> None:
        """From now on the screen is so wide; `scale` is how many dots a pixel of it has each way."""
        await self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=scale, mobile=False
        )

    async def shoot(self, part: str) -> bytes:
        """The part of the page that this selector finds, as a PNG."""
        rect = _RECT.format(name=json.dumps(part))
        found = await self.ask("Runtime.evaluate", expression=rect, returnByValue=True)
        x, y, width, height = found["result"]["value"]
        clip = {"x": x, "y": y, "width": width, "height": height, "scale": 1}
        shot = await self.ask("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])


@contextlib.asynccontextmanager
async def camera(program: str, page: Path) -> AsyncIterator[Camera]:
    """A browser with this page (a path from the root) open; it ends with the block."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        running = await asyncio.create_subprocess_exec(
            program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking",
            "--no-first-run", "--remote-debugging-port=0", f"--user-data-dir={profile}", page.as_uri(),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with aiohttp.ClientSession() as http:
                port = await _port(Path(profile) / "DevToolsActivePort")
                async with http.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    pages = [one for one in await answer.json() if one["type"] == "page"]
                async with http.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    seen = Camera(socket)
                    await seen.loaded()
                    yield seen
        finally:
            running.terminate()
            await running.wait()


async def _port(file: Path) -> int:
    """The port that the browser chose."""
    async with asyncio.timeout(30):
        while "\n" not in (words := _read(file)):  # noqa: ASYNC110  # another process writes it
            await asyncio.sleep(0.05)
    return int(words.split("\n")[0])


def _read(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""
