"""Answers to interactions as one request each: never repeated behind our back, and nothing read back that nobody needs.

discord.py's own way tries again after every 5xx, although a followup, which has no nonce, may stand there already
(discord/webhook/async_.py, 2.7.1); and it asks for each answer back and builds a message from it. What the answers in
adapters/discord/answering.py want is to know what became of a try. discord.py takes its way from a context variable, so
that one task and all that it starts can have another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aiohttp
import discord
from discord.http import MultipartParameters, Route, json_or_text
from discord.utils import _to_json  # how discord.py itself encodes, with orjson where that is installed
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

TRY = aiohttp.ClientTimeout(total=0.6)
"""So many seconds is one try of a first response waited for."""
LATER_TRY = aiohttp.ClientTimeout(total=10.0)
"""The same for one of a later change."""
_TOO_MANY, _FORBIDDEN, _NOT_FOUND = 429, 403, 404


class Once(AsyncWebhookAdapter):
    """discord.py's requests to `/webhooks` and `/interactions`, each sent once."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    async def request(
        self, route: Route, session: aiohttp.ClientSession, *, payload: dict[str, Any] | None = None,
        multipart: list[dict[str, Any]] | None = None, proxy: str | None = None,
        proxy_auth: aiohttp.BasicAuth | None = None, files: Sequence[discord.File] | None = None,
        reason: str | None = None, auth_token: str | None = None, params: dict[str, Any] | None = None,
        within: aiohttp.ClientTimeout = LATER_TRY,
    ) -> Any:  # fmt: skip
        """What Discord says. Raises discord's HTTPException by status, RateLimited, TimeoutError, and aiohttp's errors as they come."""
        headers = {} if auth_token is None else {"Authorization": f"Bot {auth_token}"}
        body: str | aiohttp.FormData | None = None
        if multipart:
            body = aiohttp.FormData(quote_fields=False)
            for part in multipart:
                body.add_field(**part)
        elif payload is not None:
            headers["Content-Type"] = "application/json"
            body = _to_json(payload)
        async with session.request(
            route.method, route.url, data=body, headers=headers, params=params, proxy=proxy, proxy_auth=proxy_auth,
            timeout=within,
        ) as response:  # fmt: skip
            said = await json_or_text(response)
        if response.status < 300:
            return said
        if response.status == _TOO_MANY and isinstance(said, dict):
            raise discord.RateLimited(float(said.get("retry_after", 1.0)))
        if response.status >= 500:
            raise discord.DiscordServerError(response, said)
        kinds = {_FORBIDDEN: discord.Forbidden, _NOT_FOUND: discord.NotFound}
        raise kinds.get(response.status, discord.HTTPException)(response, said)

    async def create_interaction_response(
        self, interaction_id: int, token: str, *, session: aiohttp.ClientSession, params: MultipartParameters,
        proxy: str | None = None, proxy_auth: aiohttp.BasicAuth | None = None,
    ) -> Any:  # fmt: skip
        """A first response; what it became is not asked for."""
        route = Route(
            "POST", "/interactions/{webhook_id}/{webhook_token}/callback", webhook_id=interaction_id, webhook_token=token
        )
        await self.request(
            route, session, payload=params.payload, multipart=params.multipart if params.files else None, files=params.files,
            proxy=proxy, proxy_auth=proxy_auth, within=TRY,
        )  # fmt: skip
        return {"interaction": {"id": str(interaction_id)}}


def once() -> None:
    """From now on, in this task and what it starts, answers go this way."""
    async_context.set(Once())
