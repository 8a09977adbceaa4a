"""Requests that discord.py must not repeat by itself: a followup has no nonce, so that a second try may be a double.

discord.py's webhooks try again after every 5xx (discord/webhook/async_.py), although the message may stand there
already. A trace of aiohttp sees the status first and ends the try.
"""

from __future__ import annotations

from types import SimpleNamespace

import aiohttp


class Unsure(Exception):
    """A message was sent and Discord's answer was a fault of its own: nobody knows whether it is there."""


def trace() -> aiohttp.TraceConfig:
    """For `discord.Client(http_trace=...)`."""
    config = aiohttp.TraceConfig()
    config.on_request_end.append(_ended)
    return config


async def _ended(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams
) -> None:
    if ended.response.status >= 500 and ended.method == "POST" and "/webhooks/" in ended.url.path:
        ended.response.close()
        raise Unsure
