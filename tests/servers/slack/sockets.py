"""Socket Mode: websockets on which envelopes go out and acknowledgements come back, and the ways in which they end.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from itertools import count
from typing import Literal
from uuid import uuid4

from aiohttp import WSMsgType, web

from tests.servers.slack.deliveries import Ack, Delivery
from tests.servers.slack.faults import Faults, cut
from tests.servers.slack.limits import Limits
from tests.servers.slack.refusal import Json

_QUIET = 10
Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


class Connection:
    """One websocket, and the envelopes on it that wait for an acknowledgement."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.request = request
        self.waiting: dict[str, asyncio.Future[Ack]] = {}
        self.leaving = False
        """Whether it was asked to go, so that nothing new is sent on it."""

    async def put(self, frame: Json) -> bool:
        """Send a frame; False if the socket is gone."""
        try:
            await self.socket.send_str(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))
        except (ConnectionError, RuntimeError):
            return False
        return True


class Sockets:
    """All websockets of the app."""

    def __init__(self, app_id: str, limits: Limits, faults: Faults, note: Callable[[Json], None]) -> None:
        self._app_id = app_id
        self._limits = limits
        self._faults = faults
        self._note = note
        self._tickets: set[str] = set()
        self._turn = count()
        self._there = asyncio.Event()
        self.connections: list[Connection] = []
        self.url = ""
        self.opened = 0
        """Websockets that said hello so far."""
        self._before = 0
        self.strange: list[str] = []
        """What the app sent that was no acknowledgement of anything."""

    # Coming and going

    def ticket(self) -> str:
        """The address of one new websocket."""
        ticket = secrets.token_urlsafe(12)
        self._tickets.add(ticket)
        return f"{self.url}?ticket={ticket}&app_id={self._app_id}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One websocket from handshake to its end."""
        ticket = request.query.get("ticket", "")
        if self._faults.shut:
            self._faults.shut -= 1
            return web.Response(status=503)
        if ticket not in self._tickets:
            return web.Response(status=403)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(max_msg_size=1 << 22, compress=False)
        await socket.prepare(request)
        connection = Connection(socket, request)
        if len(self.connections) >= self._limits["socket.connections"]:
            await connection.put({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self.connections.append(connection)
        await connection.put(self._hello())
        self.opened += 1
        self._there.set()
        try:
            await self._read(connection)
        finally:
            self._gone(connection)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "applink-loopback", "approximate_connection_time": 3600},
        }

    async def _read(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT:
                break
            self._hear(connection, message.data)

    def _hear(self, connection: Connection, text: str) -> None:
        try:
            said = json.loads(text)
            envelope, payload = said["envelope_id"], said.get("payload")
        except (ValueError, KeyError, TypeError):
            self.strange.append(text)
            return
        if self._faults.lost_acks:
            self._faults.lost_acks -= 1
            return
        future = connection.waiting.get(envelope)
        if future is None:
            self.strange.append(text)
        elif not future.done():
            future.set_result(Ack(payload if isinstance(payload, dict) else {}))

    def _gone(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        if not self.connections:
            self._there.clear()
        for future in connection.waiting.values():
            if not future.done():
                future.set_result(Ack(error="operation_timeout"))

    # Telling the app

    async def ready(self) -> None:
        """Wait until a websocket is there."""
        await self._there.wait()

    async def carry(self, delivery: Delivery, seconds: float) -> Ack:
        """Send an envelope on one of the websockets and wait for its acknowledgement."""
        able = [one for one in self.connections if not one.leaving] or self.connections
        if not able:
            return Ack(error="dispatch_failed")
        connection = able[next(self._turn) % len(able)]
        envelope = str(uuid4())
        future: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope] = future
        frame: Json = {
            "envelope_id": envelope,
            "type": delivery.sort,
            "accepts_response_payload": delivery.accepts,
            "payload": delivery.payload,
        }
        if delivery.sort == "events_api":
            frame |= {"retry_attempt": max(delivery.attempt, 0), "retry_reason": delivery.reason}
        try:
            if not await connection.put(frame):
                return Ack(error="operation_timeout")
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            return Ack(error="operation_timeout")
        finally:
            connection.waiting.pop(envelope, None)

    # Breaking off

    async def ask_to_leave(self, reason: Reason = "refresh_requested") -> None:
        """Say `disconnect` on every websocket; after `link_disabled` they are closed."""
        self._before = self.opened
        for connection in list(self.connections):
            connection.leaving = reason != "warning"
            await connection.put({"type": "disconnect", "reason": reason, "debug_info": {"host": "loopback"}})
            if reason == "link_disabled":
                await connection.socket.close()

    async def close(self) -> None:
        """Close every websocket without a word."""
        self._before = self.opened
        for connection in list(self.connections):
            await connection.socket.close()

    def reset(self) -> None:
        """Cut every websocket with a RST."""
        self._before = self.opened
        for connection in list(self.connections):
            cut(connection.request)

    async def back(self, seconds: float = 10.0) -> None:
        """Wait until a new websocket stands in for those that were broken off, and stays: clients may try twice."""
        async with asyncio.timeout(seconds):
            opened, quiet = -1, 0
            while quiet < _QUIET:
                await asyncio.sleep(0.005)
                there = self.opened > self._before and len(self.connections) > 0
                quiet = quiet + 1 if there and self.opened == opened else 0
                opened = self.opened
