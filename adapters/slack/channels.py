"""Public cards in channels: posted once, edited in place, found again, taken away.

Slack drops no doubles by itself: a post carries metadata that names it, and where its fate is unknown it is looked for
in the channel's history before it is posted again; without the history scopes nobody can look, and it is not.
https://docs.slack.dev/messaging/message-metadata
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import BROKEN, tried
from adapters.slack.cards import Drawn, drawn_public
from bot.cards import Card
from bot.story.people import Place

EVENT = "room37_card"
"""The type of our messages' metadata."""
LOOK_BACK = 100
Clients = Callable[[str], Awaitable[AsyncWebClient]]
"""The client of a workspace."""


class Channels:
    """The bot's own messages in the channels that are rooms."""

    def __init__(self, clients: Clients, *, history: bool) -> None:
        self._clients = clients
        self._history = history

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """Post a card as one or more messages; gives their timestamps."""
        refs = []
        for index, drawn in enumerate(drawn_public(card)):
            refs.append(await self._send(place, drawn, f"{nonce}.{index}"))
        return tuple(refs)

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Redraw a card's messages; more are posted, or those too many removed, when its length changed."""
        drawn = drawn_public(card)
        client = await self._clients(place.space)
        for ref, message in zip(refs, drawn, strict=False):
            await tried(
                lambda ref=ref, message=message: client.chat_update(  # type: ignore[misc]  # the values of this round
                    channel=place.channel, ts=ref, text=message.text, blocks=message.blocks
                ),
                repeatable=True,
            )
        kept = list(refs[: len(drawn)])
        for index, message in enumerate(drawn[len(refs) :], len(refs)):
            kept.append(await self._send(place, message, f"{refs[0]}.{index}"))
        await self.remove(place, refs[len(drawn) :])
        return tuple(kept)

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """The messages of a card that was perhaps posted, the first ones at least; None when nobody can look."""
        if not self._history:
            return None
        client = await self._clients(place.space)
        wanted = {f"{nonce}.{index}": index for index in range(len(drawn_public(card)))}
        found: dict[int, str] = {}
        try:
            for message in await self._latest(client, place):
                metadata = message.get("metadata") or {}
                payload = metadata.get("event_payload") or {}
                if metadata.get("event_type") == EVENT and payload.get("nonce") in wanted:
                    found.setdefault(wanted[payload["nonce"]], str(message.get("ts")))
        except SlackApiError:
            return None
        whole: list[str] = []
        while len(whole) in found:
            whole.append(found[len(whole)])
        return tuple(whole)

    async def _latest(self, client: AsyncWebClient, place: Place) -> list[dict[str, Any]]:
        async def ask() -> Any:
            if place.thread:
                return await client.conversations_replies(
                    channel=place.channel, ts=place.thread, limit=LOOK_BACK, include_all_metadata=True
                )
            return await client.conversations_history(
                channel=place.channel, limit=LOOK_BACK, include_all_metadata=True
            )

        try:
            answer = await ask()
        except BROKEN:
            answer = await tried(ask, repeatable=True)
        messages: list[dict[str, Any]] = answer.get("messages") or []
        return messages

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """Delete messages; those that are gone already do not matter."""
        client = await self._clients(place.space)
        for ref in refs:
            try:
                await client.chat_delete(channel=place.channel, ts=ref)
            except SlackApiError:
                continue

    async def _send(self, place: Place, drawn: Drawn, nonce: str) -> str:
        """One message, and its files below it."""
        client = await self._clients(place.space)
        arguments: dict[str, Any] = {"channel": place.channel, "text": drawn.text, "blocks": drawn.blocks}
        if place.thread:
            arguments["thread_ts"] = place.thread
        answer: Any = await tried(
            lambda: client.chat_postMessage(
                **arguments,
                metadata={"event_type": EVENT, "event_payload": {"nonce": nonce}},
                unfurl_links=False,
                unfurl_media=False,
            ),
            repeatable=False,
        )
        ts = str(answer["ts"])
        for handout in drawn.handouts:
            await client.files_upload_v2(
                channel=place.channel, content=handout.text, filename=handout.name, title=handout.name,
                alt_txt=handout.about, thread_ts=place.thread or ts,
            )  # fmt: skip
        return ts
