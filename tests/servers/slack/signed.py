"""Requests to the app's own URL, signed over their raw bodies.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import Callable
from hashlib import sha256
from urllib.parse import urlencode

import aiohttp

from tests.servers.slack.deliveries import Ack, Delivery
from tests.servers.slack.faults import Faults
from tests.servers.slack.refusal import Json

_STALE_SECONDS = 301


class Signed:
    """The way to an app that listens on a URL."""

    def __init__(self, secret: str, faults: Faults, now: Callable[[], float]) -> None:
        self._secret = secret
        self._faults = faults
        self._now = now
        self._session: aiohttp.ClientSession | None = None
        self.url = ""
        """Where the app listens, for commands, interactions and events alike."""
        self.sent: list[tuple[bytes, dict[str, str]]] = []
        """The last requests as they went out, to be sent again."""
        self.statuses: list[int] = []
        """What the app answered, in order."""

    def headers(self, body: bytes, kind: str) -> dict[str, str]:
        """The headers of a request with that body."""
        moment = int(time.time()) - (_STALE_SECONDS if self._faults.signatures == "stale" else 0)
        mark = hmac.new(self._secret.encode(), f"v0:{moment}:".encode() + body, sha256).hexdigest()
        if self._faults.signatures == "bad":
            mark = mark[::-1]
        found = {"Content-Type": kind, "X-Slack-Request-Timestamp": str(moment)}
        return found if self._faults.signatures == "none" else found | {"X-Slack-Signature": f"v0={mark}"}

    async def ready(self) -> None:
        """An app on a URL counts as reachable."""

    async def carry(self, delivery: Delivery, seconds: float) -> Ack:
        """POST it and take the answer for the acknowledgement."""
        if not self.url:
            return Ack(error="dispatch_failed")
        body, kind = _written(delivery)
        headers = self.headers(body, kind)
        if delivery.attempt > 0:
            headers |= {
                "X-Slack-Retry-Num": str(delivery.attempt),
                "X-Slack-Retry-Reason": "http_timeout" if delivery.reason == "timeout" else "http_error",
            }
        return await self.post(body, headers, seconds, text=delivery.accepts)

    async def post(
        self, body: bytes, headers: dict[str, str], seconds: float = 3.0, *, text: bool = True
    ) -> Ack:
        """Send one request, as it is."""
        self.sent = [*self.sent[-99:], (body, headers)]
        if self._session is None:
            self._session = aiohttp.ClientSession()
        try:
            async with asyncio.timeout(seconds):
                async with self._session.post(self.url, data=body, headers=headers) as answer:
                    said = await answer.text()
        except TimeoutError:
            return Ack(error="operation_timeout")
        except aiohttp.ClientError:
            return Ack(error="dispatch_failed")
        self.statuses.append(answer.status)
        if self._faults.lost_acks:
            self._faults.lost_acks -= 1
            return Ack(error="operation_timeout")
        again = answer.headers.get("X-Slack-No-Retry") != "1"
        if answer.status >= 300:
            return Ack(error="http_service_error", again=again)
        if answer.content_type == "application/json" and said:
            try:
                found = json.loads(said)
            except ValueError:
                return Ack(error="invalid_response")
            return Ack(found if isinstance(found, dict) else {})
        return Ack({"text": said} if said and text else {})

    async def replay(self, number: int = -1) -> int:
        """Send an earlier request once more, letter by letter; the status that it got."""
        body, headers = self.sent[number]
        await self.post(body, headers)
        return self.statuses[-1]

    async def verify(self) -> bool:
        """The handshake by which Slack makes sure of a URL."""
        asked = json.dumps({"type": "url_verification", "token": "t", "challenge": "c37"}).encode()
        ack = await self.post(asked, self.headers(asked, "application/json"))
        return "c37" in (ack.payload.get("challenge"), ack.payload.get("text"))

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()


def _written(delivery: Delivery) -> tuple[bytes, str]:
    if delivery.sort == "events_api":
        return json.dumps(delivery.payload).encode(), "application/json"
    fields: Json = delivery.payload
    if delivery.sort == "interactive":
        fields = {"payload": json.dumps(delivery.payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"
