"""The gateway: sessions that can be resumed, events by shard and intent, and the ways in which it breaks off.

https://docs.discord.com/developers/events/gateway
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from tests.servers.discord.faults import Faults
from tests.servers.discord.limits import Limits
from tests.servers.discord.refusal import Json
from tests.servers.discord.sessions import Connection, Session
from tests.servers.discord.settings import Settings
from tests.servers.discord.things import Guild, User
from tests.servers.discord.wire import packer, written
from tests.servers.discord.world import World

TOKEN = "a-token-of-the-loopback-server"  # noqa: S105  # of no real service

GUILDS, MEMBERS, PRESENCES = 1 << 0, 1 << 1, 1 << 8
MESSAGES, REACTIONS, TYPING = 1 << 9, 1 << 10, 1 << 11
DM_MESSAGES, DM_REACTIONS, DM_TYPING = 1 << 12, 1 << 13, 1 << 14
CONTENT, POLLS, DM_POLLS = 1 << 15, 1 << 24, 1 << 25
_KNOWN = (1 << 17) - 1 | 1 << 20 | 1 << 21 | POLLS | DM_POLLS
_PRIVILEGED = {"members": MEMBERS, "presences": PRESENCES, "message_content": CONTENT}
_HIDDEN: Json = {"content": "", "embeds": [], "attachments": [], "components": []}
_FATAL = (4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014)


class Gateway:
    """All sessions of the bot."""

    def __init__(
        self,
        world: World,
        limits: Limits,
        settings: Settings,
        faults: Faults,
        note: Callable[[Json], None],
    ) -> None:
        self._note = note
        self._world = world
        self._limits = limits
        self._settings = settings
        self._faults = faults
        self._connections: set[Connection] = set()
        self.sessions: dict[str, Session] = {}
        self.url = ""
        self.identified = 0
        """IDENTIFYs of the day."""
        self.resumed = 0
        """RESUMEs that succeeded."""
        self._before = 0
        self.closed: list[int] = []
        """Codes with which the server closed a connection because of what the client did."""

    def emit(
        self, event: str, data: Json, guild: Guild | None, intent: int = 0, *, hide: bool = False
    ) -> None:
        """Tell the shard of that guild, if it asked for such events; `hide` the content from who may not read it."""
        text = hidden = ""
        self._note({"way": "gateway", "event": event, "id": data.get("id")})
        for session in self.sessions.values():
            if not session.has(guild) or (intent and not session.intents & intent):
                continue
            if hide and not session.intents & CONTENT:
                hidden = hidden or written(
                    {key: value for key, value in (data | _HIDDEN).items() if key != "poll"}
                )
                session.send(event, hidden)
            else:
                text = text or written(data)
                session.send(event, text)

    def connected(self) -> bool:
        """Whether a bot listens on every session."""
        return bool(self.sessions) and all(session.connection for session in self.sessions.values())

    async def back(self, seconds: float = 10.0) -> None:
        """Wait until every session that was broken off is resumed or begun anew."""
        async with asyncio.timeout(seconds):
            while not (self.identified + self.resumed > self._before and self.connected()):  # noqa: ASYNC110  # no notice
                await asyncio.sleep(0.005)

    def _breaks(self) -> list[Connection]:
        self._before = self.identified + self.resumed
        return list(self._connections)

    def ask_to_reconnect(self) -> None:
        """Op 7, to every connection."""
        for connection in self._breaks():
            connection.put('{"op":7,"d":null,"s":null,"t":null}')

    def invalidate(self, *, resumable: bool) -> None:
        """Op 9, to every connection; without `resumable` the sessions are over."""
        for connection in self._breaks():
            if connection.session is not None and not resumable:
                self._forget(connection)
            connection.put(f'{{"op":9,"d":{str(resumable).lower()},"s":null,"t":null}}')

    async def close(self, code: int) -> None:
        """Close every connection with that code; 4007 and 4009 end their sessions."""
        for connection in self._breaks():
            connection.dropped = True
            if code in _FATAL:
                self._forget(connection)
            await connection.socket.close(code=code)

    def reset(self) -> None:
        """Cut every connection with a RST; sessions can be resumed."""
        for connection in self._breaks():
            connection.dropped = True
            connection.reset()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One websocket from handshake to its end."""
        if self._faults.shut:
            self._faults.shut -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=1 << 20, compress=False)
        await socket.prepare(request)
        connection = Connection(socket, request, packer(request.query.get("compress")))
        if request.query.get("v") not in ("9", "10"):
            self.closed.append(4012)
            await socket.close(code=4012)
            return socket
        self._connections.add(connection)
        interval = int(self._settings.heartbeat_seconds * 1000)
        connection.put(f'{{"op":10,"d":{{"heartbeat_interval":{interval}}},"s":null,"t":null}}')
        async with asyncio.TaskGroup() as tasks:
            writer = tasks.create_task(connection.write())
            try:
                await self._read(connection)
            finally:
                writer.cancel()
                self._connections.discard(connection)
                session = connection.session
                if session is not None and session.connection is connection:
                    session.connection = None
                    if socket.close_code in (1000, 1001) and not connection.dropped:
                        self.sessions.pop(session.id, None)
        return socket

    async def _read(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT:
                break
            code = self._hear(connection, message.data)
            if code is not None:
                self.closed.append(code)
                connection.dropped = True
                if code in _FATAL:
                    self._forget(connection)
                await connection.socket.close(code=code)
                return

    def _hear(self, connection: Connection, text: str) -> int | None:
        """Act on what the client sent; a close code if it was wrong."""
        if len(text.encode()) > self._limits["gateway.payload_bytes"]:
            return 4002
        try:
            said = json.loads(text)
            op, data = said["op"], said.get("d")
        except (ValueError, KeyError, TypeError):
            return 4002
        if op == 1:
            connection.put('{"op":11,"d":null,"s":null,"t":null}')
            return None
        now = time.monotonic()
        connection.sends.append(now)
        while now - connection.sends[0] > 60 * self._settings.pace:
            connection.sends.popleft()
        if len(connection.sends) > self._limits["gateway.sends_a_minute"]:
            return 4008
        self._note({"way": "bot", "op": op})
        if op == 2:
            return self._identify(connection, data)
        if op == 6:
            return self._resume(connection, data)
        if op not in (3, 4, 8, 31):
            return 4001
        if connection.session is None:
            return 4003
        if op == 8:
            self._members(connection.session, data)
        return None

    def _identify(self, connection: Connection, data: Json) -> int | None:
        if connection.session is not None:
            return 4005
        wrong = self._wrong_identify(data)
        if wrong is not None:
            return wrong
        self.identified += 1
        shard, shards = data.get("shard", (0, 1))
        for old in [one for one in self.sessions.values() if (one.shard, one.shards) == (shard, shards)]:
            if old.connection is None:
                del self.sessions[old.id]
        session = Session(data["intents"], shard, shards)
        self.sessions[session.id] = session
        session.connection, connection.session = connection, session
        guilds = [guild for guild in self._world.guilds.values() if guild.installed and session.has(guild)]
        ready = {
            "v": 10,
            "user": {
                **self._world.bot.json(),
                "verified": True,
                "mfa_enabled": True,
                "email": None,
                "flags": 0,
            },
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "private_channels": [],
            "application": {"id": str(self._world.app_id), "flags": 0},
            "shard": [shard, shards],
        }
        session.send("READY", written(ready))
        for guild in guilds:
            if session.intents & GUILDS:
                session.send("GUILD_CREATE", written(guild.json(self._world.bot)))
        return None

    def _wrong_identify(self, data: Json) -> int | None:
        """The code with which an IDENTIFY is turned away."""
        if data.get("token") != TOKEN or self.identified >= self._limits["gateway.identifies_a_day"]:
            return 4004
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~_KNOWN:
            return 4013
        allowed = sum(_PRIVILEGED[name] for name in self._settings.privileged)
        if intents & (MEMBERS | PRESENCES | CONTENT) & ~allowed:
            return 4014
        shard, shards = data.get("shard", (0, 1))
        if not 0 <= shard < shards:
            return 4010
        if len(self._world.guilds) > self._limits["gateway.guilds_a_shard"] * shards:
            return 4011
        return None

    def _resume(self, connection: Connection, data: Json) -> int | None:
        if data.get("token") != TOKEN:
            return 4004
        session = self.sessions.get(data.get("session_id", ""))
        if session is None:
            connection.put('{"op":9,"d":false,"s":null,"t":null}')
            return None
        seen = data.get("seq")
        if not isinstance(seen, int) or seen > session.count:
            connection.session = session
            return 4007
        if session.connection is not None:
            session.connection.session = None
        session.connection, connection.session = connection, session
        for count, text in session.events:
            if count > seen:
                connection.put(text)
        session.send("RESUMED", "{}")
        self.resumed += 1
        return None

    def _members(self, session: Session, data: Json) -> None:
        """Answer REQUEST_GUILD_MEMBERS: all only with the members intent, else those asked for by name or id."""
        guild = self._world.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        members = list(guild.members.values())
        wanted: Any = data.get("user_ids")
        if wanted is not None:
            ids = {int(one) for one in (wanted if isinstance(wanted, list) else [wanted])}
            members = [member for member in members if member.user.id in ids]
        elif data.get("query"):
            members = [member for member in members if member.user.name.startswith(data["query"])][
                : data.get("limit") or 100
            ]
        elif not session.intents & MEMBERS:
            members = []
        chunk = {
            "guild_id": str(guild.id),
            "members": [member.json() for member in members],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [],
        }
        if data.get("nonce"):
            chunk["nonce"] = data["nonce"]
        session.send("GUILD_MEMBERS_CHUNK", written(chunk))

    def _forget(self, connection: Connection) -> None:
        if connection.session is not None:
            self.sessions.pop(connection.session.id, None)
            connection.session = None


def intent(guild: Guild | None, in_guild: int, in_dm: int) -> int:
    """The intent of an event that has one for guilds and one for private messages."""
    return in_dm if guild is None else in_guild


def mentions_bot(data: Json, bot: User) -> bool:
    """Whether a message names the bot, so that even a bot without the intent may read it."""
    return any(one["id"] == str(bot.id) for one in data["mentions"])
