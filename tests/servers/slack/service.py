"""What all parts of one server share: its world, clock, limits, ways to the app, faults, and the record of what happened."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from tests.servers.slack.buckets import Buckets
from tests.servers.slack.deliveries import Deliveries, Delivery
from tests.servers.slack.faults import Faults
from tests.servers.slack.limits import Limits
from tests.servers.slack.manifest import Manifest
from tests.servers.slack.refusal import Json, Refused, missing
from tests.servers.slack.settings import Settings
from tests.servers.slack.signed import Signed
from tests.servers.slack.sockets import Sockets
from tests.servers.slack.things import Channel, Clock, Team, User
from tests.servers.slack.world import HISTORY, World

SIGNING_SECRET = "secret-of-the-loopback-server"  # noqa: S105  # of no real service


@dataclass(slots=True)
class Call:
    """One call of the Web API: its method, its arguments from wherever they came, and whose token it has."""

    method: str
    args: Json
    team: Team
    basic: str = ""
    """What came as basic authorization."""

    def need(self, *names: str) -> None:
        """Refuse a call that lacks one of these."""
        lacking = [name for name in names if self.args.get(name) in (None, "")]
        if lacking:
            raise missing(*lacking)

    def asks(self, name: str) -> bool:
        """Whether a switch is on."""
        return str(self.args.get(name, "")).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """A whole number, or `invalid_arguments`."""
        value = self.args.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise Refused(
                "invalid_arguments", errors=[f"must be an integer [json-pointer:/{name}]"]
            ) from None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that was refused, for a test that expects none."""

    method: str
    error: str
    reason: str
    status: int = 200


@dataclass(slots=True)
class Events:
    """What the app hears of what happens, if it asked for it and may know of it."""

    service: Service
    told: list[Json] = field(default_factory=list)

    def emit(
        self,
        team: Team,
        event: Json,
        *,
        needs: str = "",
        channel: Channel | None = None,
        name: str = "",
    ) -> None:
        """Tell the app of an event; `name` is that of its subscription if it differs from its type."""
        service = self.service
        if not team.installed or not service.manifest.wants(name or event["type"]):
            return
        if needs and needs not in team.scopes:
            return
        if channel is not None and team.bot.id not in channel.members:
            return
        payload: Json = {
            "token": "legacy",
            "team_id": team.id,
            "context_team_id": team.id,
            "api_app_id": service.world.app_id,
            "event": {**event, "event_ts": event.get("event_ts") or service.world.new_ts()},
            "type": "event_callback",
            "event_id": service.world.new_id("Ev"),
            "event_time": int(service.clock.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team.id,
                    "user_id": team.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": channel is not None and channel.shared,
            "event_context": f"4-{service.world.new_id('')}",
        }
        if service.settings.keep_record:
            self.told.append(payload)
        service.deliveries.tell(Delivery("events_api", payload))


class Service:
    """The shared state of one server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.limits = Limits(settings.changed)
        self.clock = Clock()
        self.world = World(self.clock)
        self.faults = Faults()
        self.manifest = Manifest()
        self.record: list[Json] = []
        self.refused: list[Refusal] = []
        self.url = ""
        self._started = time.monotonic()
        self._pulse = asyncio.Event()
        documented: float = self.limits["interaction.ack_seconds"]
        self.ack_seconds = documented if settings.ack_seconds is None else settings.ack_seconds
        documented = self.limits["interaction.trigger_seconds"]
        self.trigger_seconds = documented if settings.trigger_seconds is None else settings.trigger_seconds
        self.sockets = Sockets(self.world.app_id, self.limits, self.faults, self.note)
        self.signed = Signed(SIGNING_SECRET, self.faults, self.clock.now)
        self.deliveries = Deliveries(
            settings, self.faults, self.ack_seconds, self.limits["event.retries"], self.note
        )
        self.deliveries.courier = self.sockets if settings.delivery == "socket" else self.signed
        self.buckets = Buckets(
            self.limits,
            loose=settings.limits == "loose",
            pace=settings.pace,
            commercial=settings.commercial,
        )
        self.events = Events(self)

    def require(self, team: Team, *scopes: str) -> None:
        """Refuse a token that lacks one of these scopes."""
        lacking = [scope for scope in scopes if scope not in team.scopes]
        if lacking:
            raise Refused("missing_scope", needed=",".join(lacking), provided=",".join(sorted(team.scopes)))

    def history(self, channel: Channel) -> str:
        """The scope that lets the app read a channel."""
        return HISTORY[channel.kind]

    def heard_by(self, user: User, channel: Channel | None) -> Json:
        """The fields by which an event tells of someone from another workspace."""
        if channel is None or user.team is channel.team:
            return {}
        return {"user_team": user.team.id, "source_team": user.team.id}

    def note(self, entry: Json) -> None:
        """Keep an entry of the record, with the milliseconds since the server began."""
        if self.settings.keep_record:
            self.record.append({"at": round((time.monotonic() - self._started) * 1000, 3), **entry})

    def refuse(self, method: str, refused: Refused) -> None:
        """Remember a call that was refused."""
        self.refused.append(Refusal(method, refused.error, str(refused), refused.status))

    def changed(self) -> None:
        """Something that a person can see is different now."""
        self._pulse.set()

    async def until(self, condition: Callable[[], bool], seconds: float | None = None) -> None:
        """Wait until it holds, looking again after each change and every 10 ms; a TimeoutError if it does not in time."""
        async with asyncio.timeout(self.settings.patience if seconds is None else seconds):
            while not condition():
                self._pulse.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._pulse.wait(), 0.01)
