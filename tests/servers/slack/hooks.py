"""Answers by response_url: a few, for half an hour, without a token.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

from tests.servers.slack.board import Board
from tests.servers.slack.interactions import Hook, Interactions
from tests.servers.slack.refusal import Json, Refused
from tests.servers.slack.service import Service
from tests.servers.slack.things import Message


class Hooks:
    """What comes to response_urls."""

    def __init__(self, service: Service, board: Board, interactions: Interactions) -> None:
        self._service = service
        self._board = board
        self._interactions = interactions

    def take(self, mark: str, body: Json) -> None:
        """One answer, or the refusal that it meets."""
        hook = self._interactions.hooks.get(mark)
        if hook is None:
            raise Refused("no_service", status=404)
        limits = self._service.limits
        if self._service.clock.now() - hook.made > limits["interaction.hook_minutes"] * 60:
            raise Refused("expired_url", status=404)
        if hook.uses >= limits["interaction.hook_uses"]:
            raise Refused("used_url", status=404)
        try:
            self._answer(hook, body)
        except Refused as refused:
            raise Refused(refused.error, status=400, **_errors(refused)) from None
        hook.uses += 1

    def _answer(self, hook: Hook, body: Json) -> None:
        one = hook.interaction
        original = self._original(hook)
        if body.get("delete_original"):
            if original is not None:
                self._board.delete(original)
            one.complete()
        elif body.get("replace_original") and original is not None:
            content = self._board.content(body)
            self._board.edit(original, {"blocks": [], "attachments": [], **content})
            if original not in one.messages:
                one.messages.append(original)
            one.complete()
        else:
            self._interactions.say(one, hook.channel, body)

    @staticmethod
    def _original(hook: Hook) -> Message | None:
        """The message that is meant by "original": the one with the button, or the first answer to a command."""
        one = hook.interaction
        if one.source is not None and one.deed == "block_actions":
            return None if one.source.deleted else one.source
        alive = [message for message in one.messages if not message.deleted]
        return alive[0] if alive else None


def _errors(refused: Refused) -> Json:
    return {"errors": refused.body["errors"]} if "errors" in refused.body else {}
