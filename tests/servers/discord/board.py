"""Messages as they come, change and go, whoever writes them: stored, pinged and told to the gateway."""

from __future__ import annotations

from collections import deque

from tests.servers.discord import gateway, mentions
from tests.servers.discord.components import number, walk
from tests.servers.discord.refusal import Json, Path, refuse
from tests.servers.discord.rules import File, invalid, plain_name
from tests.servers.discord.service import Service
from tests.servers.discord.things import FORUM, LOADING, SUPPRESS_EMBEDS, V2, Channel, Message, User, iso

_PNG = b"\x89PNG\r\n\x1a\n"
_TYPES = {
    "png": "image/png",
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "md": "text/markdown",
    "txt": "text/plain",
}
_OLD_WINDOW = 3600.0
_EDITABLE = ("content", "embeds", "components")


class Board:
    """All messages of the server."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._world = service.world
        self._nonces: dict[tuple[int, str], Message] = {}
        self._old_edits: dict[int, deque[float]] = {}

    def post(
        self,
        channel: Channel,
        author: User,
        body: Json,
        files: list[File],
        *,
        path: Path = (),
        only_for: int | None = None,
        loading: bool = False,
        webhook: bool = False,
        extra: Json | None = None,
        id: int | None = None,
    ) -> Message:
        """A new message, by the rules; one with the same enforced nonce is not made again."""
        if channel.kind == FORUM:
            raise refuse(50008)
        if not loading:
            private = webhook and author is self._world.bot
            self._service.rules.check(body, files, path=path, ephemeral=private)
        nonce = str(body["nonce"]) if body.get("nonce") is not None else None
        if (
            nonce is not None
            and body.get("enforce_nonce")
            and (known := self._known(author, nonce)) is not None
        ):
            return known
        mark = id or self._world.new_id()
        flags = int(body.get("flags") or 0) | (LOADING if loading else 0)
        data: Json = {
            "id": str(mark),
            "type": 0,
            "channel_id": str(channel.id),
            "author": author.json(),
            "content": body.get("content") or "",
            "timestamp": iso(self._service.clock.now()),
            "edited_timestamp": None,
            "tts": bool(body.get("tts")),
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": body.get("embeds") or [],
            "components": body.get("components") or [],
            "pinned": False,
            "flags": flags,
            **(extra or {}),
        }
        if nonce is not None:
            data["nonce"] = nonce
        message = Message(mark, channel, author, data, self._service.clock.now(), only_for, nonce=nonce)
        replied_to = self._reply(message, body)
        if body.get("poll"):
            self._open_poll(message, body["poll"])
        self._attach(message, body, files)
        self._mention(message, body, replied_to, webhook=webhook)
        self._keep(message)
        if nonce is not None:
            self._nonces[author.id, nonce] = message
        self._tell("MESSAGE_CREATE", message)
        return message

    def _keep(self, message: Message) -> None:
        channel = message.channel
        if channel.thread is not None:
            if channel.thread.archived:
                channel.thread.archived = False
                self._service.gateway.emit("THREAD_UPDATE", channel.json(), channel.guild, gateway.GUILDS)
            channel.thread.sent += message.only_for is None
        channel.messages[message.id] = message

    def _known(self, author: User, nonce: str) -> Message | None:
        known = self._nonces.get((author.id, nonce))
        if known is None or self._service.clock.now() - known.created > self._service.settings.nonce_seconds:
            return None
        return known

    def _reply(self, message: Message, body: Json) -> User | None:
        reference = body.get("message_reference")
        if not reference:
            return None
        wanted = message.channel.messages.get(int(reference.get("message_id") or 0))
        if wanted is None or wanted.only_for is not None:
            if not reference.get("fail_if_not_exists", True):
                return None
            raise invalid(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        self.refer(message.data, wanted)
        return wanted.author

    @staticmethod
    def refer(data: Json, wanted: Message) -> None:
        """Make a message a reply to another."""
        data["type"] = 19
        data["message_reference"] = {
            "type": 0,
            "message_id": str(wanted.id),
            "channel_id": str(wanted.channel.id),
        }
        data["referenced_message"] = {k: v for k, v in wanted.data.items() if k != "referenced_message"}

    def _attach(self, message: Message, body: Json, files: list[File]) -> None:
        """Keep and add files, and let components and embeds point at them."""
        data = message.data
        said = {str(entry.get("id")): entry for entry in body.get("attachments") or []}
        if "attachments" in body:
            held = [one for one in data["attachments"] if one["id"] in said]
            for one in held:
                one["description"] = said[one["id"]].get("description", one.get("description"))
            data["attachments"] = held
        for file in files:
            entry = said.get(str(file.number), {})
            data["attachments"].append(self.store(message.channel, file, entry.get("description")))
        if not files and "components" not in body and "embeds" not in body:
            return
        found = {f"attachment://{one['filename']}": one for one in data["attachments"]}
        media = [part.get("media") or part.get("file") for part in walk(data["components"])]
        media += [item.get("media") for part in walk(data["components"]) for item in part.get("items") or []]
        media += [embed.get(name) for embed in data["embeds"] for name in ("image", "thumbnail")]
        for one in media:
            if isinstance(one, dict) and one.get("url") in found:
                file_json = found[one["url"]]
                one |= {
                    "url": file_json["url"],
                    "proxy_url": file_json["url"],
                    "attachment_id": file_json["id"],
                }
        number(data["components"])
        for embed in data["embeds"]:
            embed.setdefault("type", "rich")

    def store(self, channel: Channel, file: File, description: str | None = None) -> Json:
        """Keep a file; what the API says of it."""
        mark = self._world.new_id()
        name = plain_name(file.name)
        self._world.files[mark] = (name, file.data)
        url = f"{self._service.url}/attachments/{channel.id}/{mark}/{name}"
        found: Json = {
            "id": str(mark),
            "filename": name,
            "size": len(file.data),
            "url": url,
            "proxy_url": url,
        }
        found["content_type"] = _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
        if description:
            found["description"] = description
        if file.data.startswith(_PNG):
            found["width"] = int.from_bytes(file.data[16:20], "big")
            found["height"] = int.from_bytes(file.data[20:24], "big")
        return found

    def _open_poll(self, message: Message, poll: Json) -> None:
        answers = [{**answer, "answer_id": place} for place, answer in enumerate(poll["answers"], 1)]
        message.data["poll"] = {
            "question": poll["question"],
            "answers": answers,
            "expiry": iso(self._service.clock.now() + 3600 * poll.get("duration", 24)),
            "allow_multiselect": bool(poll.get("allow_multiselect")),
            "layout_type": 1,
            "results": {"is_finalized": False, "answer_counts": []},
        }

    def _mention(self, message: Message, body: Json, replied_to: User | None, *, webhook: bool) -> None:
        found = mentions.of(
            message.data,
            body.get("allowed_mentions"),
            world=self._world,
            channel=message.channel,
            author=message.author,
            replied_to=replied_to,
            webhook=webhook,
        )
        message.data["mentions"] = [user.json() for user in found.users]
        message.data["mention_roles"] = [str(role.id) for role in found.roles]
        message.data["mention_everyone"] = bool(found.everyone)
        pings_now = message.versions == 1 and not message.flags & LOADING
        if pings_now and message.only_for is None:
            message.pings = found.names(self._world, message.channel)

    def edit(
        self, message: Message, body: Json, files: list[File], *, path: Path = (), webhook: bool = False
    ) -> None:
        """Change a message by the rules; the first text of a deferred answer is not an edit to those who see it."""
        self._service.rules.check(body, files, path=path, old=message, ephemeral=webhook)
        data = message.data
        finishing = bool(message.flags & LOADING)
        for name in _EDITABLE:
            if name in body:
                data[name] = body[name] or ("" if name == "content" else [])
        data["flags"] = message.flags & ~LOADING
        if "flags" in body:
            data["flags"] = data["flags"] & ~SUPPRESS_EMBEDS | int(body["flags"] or 0) & (
                V2 | SUPPRESS_EMBEDS
            )
        self._attach(message, body, files)
        if not finishing:
            message.versions += 1
            data["edited_timestamp"] = iso(self._service.clock.now())
        self._mention(message, body, None, webhook=webhook)
        self._tell("MESSAGE_UPDATE", message)

    def ration_old_edit(self, message: Message) -> None:
        """Refuse with 30046 to edit a message older than an hour once too often."""
        now = self._service.clock.now()
        if now - message.created <= 60 * self._service.limits["message.old_after_minutes"]:
            return
        edits = self._old_edits.setdefault(message.channel.id, deque())
        while edits and now - edits[0] > _OLD_WINDOW:
            edits.popleft()
        if len(edits) >= self._service.limits["message.old_edits"]:
            raise refuse(30046, self._service.settings.old_edit_wait)
        edits.append(now)

    def delete(self, message: Message, *, bulk: bool = False) -> None:
        """Take a message away."""
        message.deleted = True
        message.channel.messages.pop(message.id, None)
        if message in message.channel.pins:
            message.channel.pins.remove(message)
        if not bulk:
            self._tell("MESSAGE_DELETE", message)

    def refresh(self, message: Message) -> None:
        """Tell of a change that was not an edit: a pin, a poll's end, a thread."""
        self._tell("MESSAGE_UPDATE", message)

    def _tell(self, event: str, message: Message) -> None:
        channel = message.channel
        if message.only_for is None and self._world.may(self._world.bot, channel):
            wanted = gateway.intent(channel.guild, gateway.MESSAGES, gateway.DM_MESSAGES)
            data: Json = {"id": str(message.id), "channel_id": str(channel.id)}
            if event != "MESSAGE_DELETE":
                data = dict(message.data)
            if channel.guild is not None:
                data["guild_id"] = str(channel.guild.id)
                member = channel.guild.members.get(message.author.id)
                if member is not None and event != "MESSAGE_DELETE":
                    data["member"] = member.json(user=False)
            hide = event != "MESSAGE_DELETE" and self.hidden_from_bot(message)
            self._service.gateway.emit(event, data, channel.guild, wanted, hide=hide)
        self._service.changed()

    def hidden_from_bot(self, message: Message) -> bool:
        """Whether a bot without the intent may not read it: not its own, not private, not naming it."""
        bot = self._world.bot
        own = message.author is bot or message.data.get("application_id") == str(self._world.app_id)
        return not (own or message.channel.guild is None or gateway.mentions_bot(message.data, bot))

    def shown_to_bot(self, message: Message) -> Json:
        """As GET shows it, blank without the intent."""
        if "message_content" in self._service.settings.privileged or not self.hidden_from_bot(message):
            return message.data
        blank = {"content": "", "embeds": [], "attachments": [], "components": []}
        return {key: value for key, value in (message.data | blank).items() if key != "poll"}

    def get(self, channel: Channel, id: int) -> Message:
        """A public message of a channel, or 10008."""
        found = channel.messages.get(id)
        if found is None or found.only_for is not None:
            raise refuse(10008)
        return found
