"""Calls of Slack's Web API: what failing means, and which failures may be tried again.

Slack has no idempotency key for messages, so that a call whose answer was lost is never repeated here unless repeating
it does no harm. https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import CannotPost, MessageGone, PostingError, PostLater

log = logging.getLogger("room37.slack")
T = TypeVar("T")

BROKEN = (aiohttp.ClientError, ConnectionError, TimeoutError)
FAILED = (SlackClientError, *BROKEN)
"""All that a call of the Web API may raise."""
WAITS = (0.5, 1.0, 2.0)
"""Seconds between tries of a call that may be repeated."""
BUSY_SECONDS = 10.0
LONG_WAIT = 5.0
"""A Retry-After up to this is waited for here; a longer one is the poster's."""

CLOSED = frozenset(
    {
        "channel_not_found", "not_in_channel", "is_archived", "restricted_action", "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel", "missing_scope", "team_access_not_granted", "access_denied",
        "no_permission", "ekm_access_denied", "not_allowed_token_type",
    }
)  # fmt: skip
"""Slack's words for: not here, until somebody changes something."""
DEAD = frozenset({"account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed"})
"""Slack's words for a token that it does not take (any more); what follows from it is `adapters.slack.gate`'s."""
TOO_LONG = frozenset({"msg_too_long", "msg_blocks_too_long"})
"""Slack's words for a message with more in it than its undocumented bounds allow."""
GONE = frozenset({"message_not_found", "file_not_found", "file_deleted", "cant_update_message", "edit_window_closed", "thread_not_found"})
PASSING = frozenset({"ratelimited", "rate_limited", "service_unavailable", "fatal_error", "internal_error", "request_timeout"})


def code_of(error: SlackApiError) -> str:
    """Slack's word for what is wrong."""
    response: Any = error.response
    try:
        return str(response.get("error") or getattr(response, "status_code", ""))
    except AttributeError:
        return ""


def retry_after(error: SlackApiError) -> float:
    """Seconds that Slack wants to be left alone."""
    headers: Any = getattr(error.response, "headers", {}) or {}
    given = headers.get("Retry-After") or headers.get("retry-after") or 1
    try:
        return float(given)
    except ValueError:
        return 1.0


def status_of(error: SlackApiError) -> int:
    """The HTTP status; 0 when the answer could not be read."""
    return int(getattr(error.response, "status_code", 0) or 0)


def passing(error: SlackApiError) -> bool:
    """Whether Slack is busy or broken, so that a further try makes sense. Nobody knows what became of the call."""
    code, status = code_of(error), status_of(error)
    return status >= 500 or not code or code in PASSING


def limited(error: SlackApiError) -> bool:
    """Whether Slack did nothing because it was asked too often."""
    return status_of(error) == 429 or code_of(error) in ("ratelimited", "rate_limited")


async def tried(call: Callable[[], Awaitable[T]], *, repeatable: bool) -> T:
    """The result of a call. Raises a PostingError.

    One that is not repeatable is sent again only when Slack said that it did nothing (429).
    """
    for wait in (*WAITS, None):
        try:
            return await call()
        except SlackApiError as error:
            after = _judged(error, repeatable=repeatable)
            if wait is None or after > LONG_WAIT:
                raise PostLater(code_of(error) or "busy", max(after, BUSY_SECONDS)) from None
            await asyncio.sleep(max(after, wait))
        except aiohttp.ClientConnectorError as broken:  # nothing was sent
            if wait is None:
                raise PostLater(type(broken).__name__, BUSY_SECONDS) from None
            await asyncio.sleep(wait)
        except (SlackClientError, *BROKEN) as broken:
            if wait is None or not repeatable:
                raise PostLater(type(broken).__name__, BUSY_SECONDS, unsure=not repeatable) from None
            await asyncio.sleep(wait)
    raise PostLater("no answer", BUSY_SECONDS, unsure=not repeatable)


def _judged(error: SlackApiError, *, repeatable: bool) -> float:
    """Seconds until a further try makes sense; raises where it does not."""
    code = code_of(error)
    if code in GONE:
        raise MessageGone(code) from None
    if code in CLOSED:
        raise CannotPost(code) from None
    if code in DEAD:
        raise PostLater(code, BUSY_SECONDS) from None
    if limited(error):
        return retry_after(error)
    if passing(error):
        if not repeatable:
            raise PostLater(code or "unreadable", BUSY_SECONDS, unsure=True) from None
        return 0.0
    if code not in TOO_LONG:
        log.error("Slack refused a call: %s", code)
    raise CannotPost(code, alone=True) from None


__all__ = ["BROKEN", "FAILED", "PostingError", "code_of", "limited", "passing", "retry_after", "tried"]
