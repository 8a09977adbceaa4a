"""HTTP: Slack asks one address for everything, and signs what it sends; other pages bring the app into workspaces.

Who did not sign gets no further than the signature (raw body, five minutes, compared in constant time).
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from adapters.slack.connection import EVENTS_PATH, Connection
from bot.errors import OperatorError
from bot.markup import to_plain
from bot.sentences import say

log = logging.getLogger("room37.slack")

LARGEST = 8 * 1024 * 1024
"""Bytes of a request: a message of 40,000 characters, twice in a payload, each as two escapes."""


async def serve(app: AsyncApp, connection: Connection, pages: Sequence[web.RouteDef], ready: asyncio.Event) -> None:
    """Take requests until cancelled. Raises OperatorError without a secret, and where nobody can listen."""
    if not connection.signing_secret.strip():
        raise OperatorError(to_plain(say("slack.no_signing_secret")))
    served = web.Application(client_max_size=LARGEST)
    served.router.add_post(EVENTS_PATH, _Events(app, connection.signing_secret).take)
    served.router.add_routes(pages)
    runner = web.AppRunner(served, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, connection.host, connection.port).start()
        except OSError as error:
            where = f"{connection.host}:{connection.port}"
            raise OperatorError(to_plain(say("slack.cannot_listen", where=where, why=error.strerror or "?"))) from None
        ready.set()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


class _Events:
    """What Slack sends."""

    def __init__(self, app: AsyncApp, secret: str) -> None:
        self._app = app
        self._verifier = SignatureVerifier(secret)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """One request: refused (401) unless Slack signed it just now, else Bolt's answer."""
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        right = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 12 and signature.isascii()
        if not right or not signature or not self._signed(await request.read(), timestamp, signature):
            log.info("a request that Slack did not sign just now was refused")
            return web.Response(status=401)
        try:
            asked = await to_bolt_request(request)
            return await to_aiohttp_response(await self._app.async_dispatch(asked))
        except (ValueError, TypeError, AttributeError) as strange:  # no JSON, no text, or of another shape than Bolt knows
            log.warning("a request was not understood: %s", type(strange).__name__)
            return web.Response(status=400)

    def _signed(self, body: bytes, timestamp: str, signature: str) -> bool:
        try:
            return self._verifier.is_valid(body=body, timestamp=timestamp, signature=signature)
        except UnicodeDecodeError:  # Slack sends UTF-8
            return False
