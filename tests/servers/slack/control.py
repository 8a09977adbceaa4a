"""A second door for benches in other processes: people act at a rate, and the times come back as JSON."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from aiohttp import web

from tests.servers.slack.interactions import Interaction
from tests.servers.slack.people import Person
from tests.servers.slack.refusal import Json
from tests.servers.slack.seen import Seen
from tests.servers.slack.server import SlackServer
from tests.servers.slack.things import Channel

_IN_FLIGHT = 64


class Control:
    """`POST /control` with `{"do": …}`; what a test would call by name, a bench sends as JSON."""

    def __init__(self, server: SlackServer, stop: asyncio.Event) -> None:
        self._server = server
        self._stop = stop
        self._acts: dict[str, Callable[[Json], Awaitable[Any]]] = {
            "install": self._install,
            "connected": self._connected,
            "mention": self._mention,
            "fire": self._fire,
            "press": self._press,
            "says": self._says,
            "sees": self._sees,
            "age": self._age,
            "fault": self._fault,
            "random faults": self._random_faults,
            "record": self._record,
            "refused": self._refused,
            "stop": self._end,
        }

    @property
    def route(self) -> web.RouteDef:
        return web.post("/control", self._serve)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        try:
            return web.json_response(await self._acts[asked.pop("do")](asked))
        except (AssertionError, KeyError, TimeoutError, TypeError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    def _person(self, asked: Json) -> Person:
        return self._server.person(asked.get("person", "ada"))

    async def _install(self, asked: Json) -> Json:
        """The app's manifest."""
        self._server.install(asked["manifest"])
        return {}

    async def _connected(self, asked: Json) -> Json:
        """Wait until the app has a websocket, or with `request_url` until that answers the handshake."""
        if asked.get("request_url"):
            self._server.request_url = asked["request_url"]
            return {"verified": await self._server.signed.verify()}
        await self._server.connected(asked.get("seconds", 30.0))
        return {"opened": self._server.sockets.opened}

    async def _fire(self, asked: Json) -> Json:
        """Slash commands: `count` of them at `rate` a second, or without a rate `together` at once."""
        person = self._person(asked)
        places = [self._server.channel(name) for name in asked.get("channels", ["story"])]
        command, text = asked["command"], asked.get("text", "")

        def start(number: int) -> Interaction:
            return person.starts(places[number % len(places)], command, text.replace("{n}", str(number)))

        return await self._times(start, asked)

    async def _mention(self, asked: Json) -> Json:
        """Messages that call the app by name; `done_ms` is the time until its next message there."""
        person = self._person(asked)
        channel = self._server.channel(asked.get("channel", "story"))
        done: list[float] = []
        for _ in range(asked.get("count", 1)):
            began = time.monotonic()
            said = person.mentions(channel, asked["text"])
            await self._server.until(partial(_newer, channel, said))
            done.append(round((time.monotonic() - began) * 1000, 3))
        return {"done_ms": done}

    async def _press(self, asked: Json) -> Json:
        """The button `label` on the newest message of a channel that has it."""
        person = self._person(asked)
        channel = self._server.channel(asked.get("channel", "story"))
        label = asked["label"]
        fitting = [one for one in person.sees(channel) if label in [button.label for button in one.buttons]]
        assert fitting, f"no message has a button {label!r}"
        return await self._times(lambda _: person.starts_press(fitting[-1], label), asked)

    async def _times(self, start: Callable[[int], Interaction], asked: Json) -> Json:
        count, rate = asked.get("count", 1), asked.get("rate")
        together = asyncio.Semaphore(count if rate else asked.get("together", _IN_FLIGHT))
        acked: list[float] = []
        done: list[float] = []
        failed = 0

        async def one(number: int) -> None:
            nonlocal failed
            async with together:
                interaction = start(number)
                await interaction.acknowledged.wait()
                if interaction.error:
                    failed += 1
                    return
                acked.append(round(interaction.ack_ms, 3))
                if not asked.get("finish", True):
                    return
                try:
                    async with asyncio.timeout(asked.get("patience", 30.0)):
                        await interaction.completed.wait()
                    done.append(round(interaction.done_ms, 3))
                except TimeoutError:
                    failed += 1

        began = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for number in range(count):
                if rate:
                    await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
                tasks.create_task(one(number))
        return {"acked_ms": acked, "done_ms": done, "failed": failed, "took": time.monotonic() - began}

    async def _says(self, asked: Json) -> Json:
        channel = self._server.channel(asked.get("channel", "story"))
        return {"said": self._person(asked).says(channel, asked["text"]).text}

    async def _sees(self, asked: Json) -> Json:
        channel = self._server.channel(asked.get("channel", "story"))
        seen = self._person(asked).sees(channel)
        return {"words": [one.words for one in seen], "raw": [one.raw for one in seen]}

    async def _age(self, asked: Json) -> Json:
        self._server.age(**asked)
        return {"now": self._server.service.clock.now()}

    async def _fault(self, asked: Json) -> Json:
        self._server.faults.add(asked.pop("method"), **asked)
        return {}

    async def _random_faults(self, asked: Json) -> Json:
        self._server.faults.at_random(asked["share"], seed=asked.get("seed", 37))
        return {}

    async def _record(self, asked: Json) -> Json:
        return {"record": self._server.record[asked.get("from", 0) :]}

    async def _refused(self, asked: Json) -> Json:
        return {"refused": [asdict(one) for one in self._server.refused]}

    async def _end(self, asked: Json) -> Json:
        self._stop.set()
        return {}


def _newer(channel: Channel, said: Seen) -> bool:
    """Whether something was posted after that."""
    return next(reversed(channel.messages)) > said.message.ts
