"""Websockets of the gateway and the sessions that outlive them."""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
from collections import deque

from aiohttp import web

from tests.servers.discord.things import Guild
from tests.servers.discord.wire import Pack

_KEPT = 10_000
"""Events that a session keeps for a RESUME."""


class Connection:
    """One websocket; what is put is sent in order."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, pack: Pack) -> None:
        self.socket = socket
        self.request = request
        self._pack = pack
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self.session: Session | None = None
        self.dropped = False
        self.sends: deque[float] = deque()

    def put(self, text: str) -> None:
        self._waiting.put_nowait(text)

    async def write(self) -> None:
        """Send what was put, until the socket is gone."""
        while True:
            packed = self._pack(await self._waiting.get())
            try:
                if isinstance(packed, str):
                    await self.socket.send_str(packed)
                else:
                    await self.socket.send_bytes(packed)
            except (ConnectionError, RuntimeError):
                return

    def reset(self) -> None:
        """Cut the TCP connection with a RST."""
        cut(self.request)


def cut(request: web.Request) -> None:
    """End a TCP connection with a RST, as a crashed machine or a proxy does."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class Session:
    """What outlives a connection: the count of events and those that a RESUME may ask for."""

    def __init__(self, intents: int, shard: int, shards: int) -> None:
        self.id = secrets.token_hex(8)
        self.intents = intents
        self.shard = shard
        self.shards = shards
        self.count = 0
        self.events: deque[tuple[int, str]] = deque(maxlen=_KEPT)
        self.connection: Connection | None = None

    def has(self, guild: Guild | None) -> bool:
        """Whether this shard serves that guild; private messages are the first shard's."""
        return self.shard == (0 if guild is None else (guild.id >> 22) % self.shards)

    def send(self, event: str, data: str) -> None:
        self.count += 1
        text = f'{{"op":0,"t":"{event}","s":{self.count},"d":{data}}}'
        self.events.append((self.count, text))
        if self.connection is not None:
            self.connection.put(text)
