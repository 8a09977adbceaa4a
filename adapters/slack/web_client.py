"""The Web API as everything here calls it: over our session, without repeating, and with an ear for refused tokens.

slack_sdk makes a session for each call unless it is given one, reads HTTPS_PROXY but not NO_PROXY, and repeats calls
whose connection broke, which posts twice; so the session is ours, proxies are a setting, and no handler repeats.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.connection import Connection
from adapters.slack.library_log import library_log

DEFAULT_API = "https://slack.com/api/"

Heard = Callable[[SlackApiError | None], None]
"""What is told of each call: how it was refused, or None."""


class Client(AsyncWebClient):
    """slack_sdk's client, which tells somebody of each refusal."""

    def __init__(self, heard: Heard | None, **how: Any) -> None:
        super().__init__(**how)
        self._heard = heard

    async def api_call(self, api_method: str, **how: Any) -> AsyncSlackResponse:
        """One call of a method."""
        try:
            answer = await super().api_call(api_method, **how)
        except SlackApiError as refused:
            if self._heard is not None:
                self._heard(refused)
            raise
        if self._heard is not None:
            self._heard(None)
        return answer


def client_of(
    connection: Connection, session: aiohttp.ClientSession, token: str | None, heard: Heard | None = None
) -> Client:
    """The Web API with this token."""
    client = Client(
        heard, token=token, base_url=connection.api_url or DEFAULT_API, session=session, retry_handlers=[],
        logger=library_log(), trust_env_in_session=connection.use_proxy,
    )  # fmt: skip
    if not connection.use_proxy:
        client.proxy = None  # the SDK takes it from the environment
    return client
