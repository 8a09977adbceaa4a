"""Messages as they come, change and go, whoever writes them: stored, counted whom they notify, and told to the app."""

from __future__ import annotations

import re

from tests.servers.slack import mentions
from tests.servers.slack.blocks import check_message, numbered
from tests.servers.slack.refusal import Json, Refused
from tests.servers.slack.service import Service
from tests.servers.slack.things import Channel, File, Message, User

_NAMES: Json = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
_URL = re.compile(r"<(https?://[^|>]+)")


class Board:
    """All messages of the server."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._world = service.world

    # What may be said

    def content(self, args: Json, *, files: bool = False, update: bool = False) -> Json:
        """The text, blocks and attachments that a call wants to say, or the refusal that they meet."""
        limits = self._service.limits
        text, blocks, attachments = args.get("text"), args.get("blocks"), args.get("attachments")
        markdown = args.get("markdown_text")
        if text is not None and not isinstance(text, str):
            raise Refused("invalid_arguments", errors=["must be a string [json-pointer:/text]"])
        if markdown is not None:
            if text or blocks:
                raise Refused("markdown_text_conflict")
            if len(markdown) > limits["message.markdown_text"]:
                raise Refused("msg_too_long")
            text, blocks = markdown, [{"type": "markdown", "text": markdown}]
        if update and text and len(text) > limits["message.update_text"] and markdown is None:
            raise Refused("msg_too_long")
        found: Json = {"text": (text or "")[: limits["message.text"]]}
        if blocks:
            check_message(blocks, limits)
            found["blocks"] = numbered(blocks)
        elif blocks is not None:
            if not isinstance(blocks, list):
                raise Refused("invalid_blocks_format")
            found["blocks"] = []
        if attachments is not None:
            found["attachments"] = self._attachments(attachments)
        if not (found["text"].strip() or blocks or attachments or files):
            raise Refused("no_text")
        if args.get("metadata") is not None:
            found["metadata"] = self._metadata(args["metadata"])
        return found

    def _attachments(self, attachments: object) -> list[Json]:
        if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
            raise Refused("invalid_attachments")
        if len(attachments) > self._service.limits["message.attachments"]:
            raise Refused("too_many_attachments")
        kept: list[Json] = []
        for one in attachments:
            blocks = one.get("blocks")
            if blocks:
                check_message(blocks, self._service.limits)
            kept.append({**one, "blocks": numbered(blocks)} if blocks else one)
        return kept

    @staticmethod
    def _metadata(metadata: object) -> Json:
        right = (
            isinstance(metadata, dict)
            and isinstance(metadata.get("event_type"), str)
            and isinstance(metadata.get("event_payload"), dict)
        )
        if not right:
            raise Refused("invalid_metadata_format")
        assert isinstance(metadata, dict)
        return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}

    # Coming, changing, going

    def post(
        self,
        channel: Channel,
        author: User,
        content: Json,
        args: Json | None = None,
        *,
        only_for: User | None = None,
        files: list[File] | None = None,
    ) -> Message:
        """A new message; `content` has been checked, `args` are the switches of the call."""
        args = args or {}
        ts = self._world.new_ts()
        data: Json = {"type": "message", "user": author.id, "ts": ts, "team": author.team.id, **content}
        if author.bot:
            data |= {"bot_id": author.team.bot_id, "app_id": self._world.app_id}
            data |= {name: args[name] for name in ("username", "icon_emoji", "icon_url") if args.get(name)}
        if files:
            data["files"] = [one.json(self._service.url) for one in files]
        message = Message(ts, channel, author, data, only_for)
        self._thread(message, args)
        if only_for is None:
            link_names = (
                str(args.get("link_names", "")).lower() in ("1", "true") or args.get("parse") == "full"
            )
            message.notifies = mentions.notified(data, channel, self._world, link_names=link_names)
            message.unfurls = mentions.unfurls(data, args)
        channel.messages[ts] = message
        if message.reply and author.bot:
            channel.statuses.pop(message.thread, None)
        if only_for is None:
            self._tell(message)
        self._service.changed()
        return message

    def _thread(self, message: Message, args: Json) -> None:
        thread = args.get("thread_ts")
        if not thread:
            return
        parent = message.channel.messages.get(str(thread))
        if parent is None or parent.deleted:
            if message.only_for is None and message.author.bot:
                raise Refused("thread_not_found")
            return
        root = parent.thread or parent.ts
        message.data["thread_ts"] = root
        if str(args.get("reply_broadcast", "")).lower() in ("1", "true"):
            message.data["subtype"] = "thread_broadcast"
        first = message.channel.messages[root]
        if message.only_for is None:
            first.data["thread_ts"] = root
            first.data["reply_count"] = first.data.get("reply_count", 0) + 1
            first.data["latest_reply"] = message.ts

    def edit(self, message: Message, content: Json) -> Message:
        """Change what a message says; fields that are not given stay, but a text alone takes the blocks away.

        Only a message without blocks is marked as edited (https://api.slack.com/methods/chat.update).
        """
        before = dict(message.data)
        if "text" in content and "blocks" not in content:
            message.data.pop("blocks", None)
        message.data |= content
        if message.only_for is None:
            message.notifies = mentions.notified(message.data, message.channel, self._world)
        if message.only_for is None and not message.data.get("blocks"):
            message.data["edited"] = {"user": message.author.id, "ts": self._world.new_ts()}
            message.edited = True
        message.chosen.clear()
        if message.only_for is None:
            self._tell_change(
                message, "message_changed", {"message": dict(message.data), "previous_message": before}
            )
        self._service.changed()
        return message

    def delete(self, message: Message) -> None:
        """Take a message away."""
        message.deleted = True
        message.channel.messages.pop(message.ts, None)
        first = message.channel.messages.get(message.thread) if message.reply else None
        if first is not None and message.only_for is None:
            first.data["reply_count"] = max(first.data.get("reply_count", 1) - 1, 0)
        if message.only_for is None:
            gone = {"deleted_ts": message.ts, "previous_message": dict(message.data)}
            self._tell_change(message, "message_deleted", gone)
        self._service.changed()

    # What the app hears

    def _tell(self, message: Message) -> None:
        channel, author = message.channel, message.author
        kind = "im" if channel.kind == "im" else channel.kind
        about = {"channel": channel.id, "channel_type": kind, "event_ts": message.ts}
        about |= self._service.heard_by(author, channel)
        event = {**message.data, **about}
        if author.bot:
            event["bot_profile"] = {
                "id": author.team.bot_id,
                "app_id": self._world.app_id,
                "name": author.name,
            }
        if message.data.get("files") and not author.bot:
            event["subtype"] = "file_share"
        events, team = self._service.events, channel.team
        needs = self._service.history(channel)
        events.emit(team, event, needs=needs, channel=channel, name=str(_NAMES[channel.kind]))
        text = str(message.data.get("text"))
        if not author.bot and channel.kind != "im" and f"<@{team.bot.id}>" in text:
            mention = {**event, "type": "app_mention"}
            mention.pop("channel_type")
            mention.pop("subtype", None)
            events.emit(team, mention, needs="app_mentions:read", channel=channel)
        links = [{"url": url, "domain": url.split("/")[2]} for url in _URL.findall(text)]
        domains = (self._service.manifest.raw.get("features") or {}).get("unfurl_domains") or []
        links = [one for one in links if one["domain"] in domains]
        if links and not author.bot:
            link = {
                "type": "link_shared",
                "user": author.id,
                "message_ts": message.ts,
                "links": links,
                **about,
            }
            events.emit(team, link, needs="links:read", channel=channel)

    def _tell_change(self, message: Message, subtype: str, more: Json) -> None:
        channel = message.channel
        event: Json = {
            "type": "message",
            "subtype": subtype,
            "hidden": True,
            "channel": channel.id,
            "channel_type": channel.kind,
            "ts": self._world.new_ts(),
            **more,
        }
        needs = self._service.history(channel)
        self._service.events.emit(
            channel.team, event, needs=needs, channel=channel, name=str(_NAMES[channel.kind])
        )

    # Reactions

    def react(self, message: Message, name: str, user: User) -> None:
        """An emoji of someone's under a message."""
        found: list[Json] = message.data.setdefault("reactions", [])
        one = next((one for one in found if one["name"] == name), None)
        if one is None:
            if len(found) >= self._service.limits["message.emoji"]:
                raise Refused("too_many_emoji")
            one = {"name": name, "users": [], "count": 0}
            found.append(one)
        if user.id in one["users"]:
            raise Refused("already_reacted")
        one["users"].append(user.id)
        one["count"] += 1
        self._tell_reaction("reaction_added", message, name, user)

    def unreact(self, message: Message, name: str, user: User) -> None:
        """Take an emoji of someone's away."""
        found: list[Json] = message.data.get("reactions", [])
        one = next((one for one in found if one["name"] == name and user.id in one["users"]), None)
        if one is None:
            raise Refused("no_reaction")
        one["users"].remove(user.id)
        one["count"] -= 1
        if not one["count"]:
            found.remove(one)
        self._tell_reaction("reaction_removed", message, name, user)

    def _tell_reaction(self, kind: str, message: Message, name: str, user: User) -> None:
        event: Json = {
            "type": kind,
            "user": user.id,
            "reaction": name,
            "item_user": message.author.id,
            "item": {"type": "message", "channel": message.channel.id, "ts": message.ts},
            **self._service.heard_by(user, message.channel),
        }
        self._service.events.emit(
            message.channel.team, event, needs="reactions:read", channel=message.channel
        )
        self._service.changed()

    def refresh(self, message: Message) -> None:
        """Count anew whom a message that grew notifies."""
        message.notifies = mentions.notified(message.data, message.channel, self._world)
        self._service.changed()
