"""What people see in channels, and what they say there to each other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.servers.slack import mentions
from tests.servers.slack.board import Board
from tests.servers.slack.refusal import Json
from tests.servers.slack.seen import Seen, look
from tests.servers.slack.service import Service
from tests.servers.slack.things import Channel, File, Message, User

Upload = tuple[str, bytes]
_TOKEN = re.compile(r"(<[@#!][^<>\s]+>|<https?://[^<>\s]+>)")


class Saying:
    """A person among people."""

    def __init__(self, service: Service, board: Board, user: User) -> None:
        self._service = service
        self._world = service.world
        self._board = board
        self.user = user

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def mention(self) -> str:
        return f"<@{self.user.id}>"

    # What they see

    def sees(self, channel: Channel, *, thread: Seen | None = None) -> list[Seen]:
        """The messages of a channel in order, their own private ones and those in threads among them; or of one thread."""
        if not self._world.sees(self.user, channel):
            return []
        shown = [one for one in channel.messages.values() if one.only_for in (None, self.user)]
        if thread is not None:
            root = thread.message.thread or thread.message.ts
            shown = [one for one in shown if root in (one.ts, one.thread)]
        return [look(one, self._world, self.user.id) for one in shown]

    def sees_status(self, channel: Channel, thread: Seen | None = None) -> str:
        """The line about what the app is doing, if one stands under a thread now."""
        root = "" if thread is None else thread.message.thread or thread.message.ts
        status = channel.statuses.get(root)
        minutes = self._service.limits["status.minutes"]
        if status is None or self._service.clock.now() - status.set_at > minutes * 60:
            return ""
        return status.words

    async def reads(self, channel: Channel, words: str, seconds: float | None = None) -> Seen:
        """Wait until a message with these words is there; the newest one."""

        def found() -> list[Seen]:
            return [one for one in self.sees(channel) if words in one.words]

        try:
            await self._service.until(lambda: bool(found()), seconds)
        except TimeoutError:
            told = "\n---\n".join(one.words for one in self.sees(channel))
            raise AssertionError(f"{self.name} never read {words!r}, but:\n{told}") from None
        return found()[-1]

    # What they say

    def says(
        self,
        channel: Channel,
        text: str = "",
        *,
        files: Sequence[Upload] = (),
        reply_to: Seen | None = None,
        broadcast: bool = False,
    ) -> Seen:
        """Write a message as anyone can; `@ada` and `#story` become links as they do in the client."""
        self._present(channel)
        assert not channel.archived, "nobody writes in an archived channel"
        written = "".join(
            part if _TOKEN.fullmatch(part) else self.named(mentions.escaped(part))
            for part in _TOKEN.split(text)
        )
        content: Json = {"text": written}
        args: Json = {"reply_broadcast": broadcast}
        if reply_to is not None:
            args["thread_ts"] = reply_to.message.thread or reply_to.message.ts
        kept = [self.uploads(name, data) for name, data in files]
        return look(self._board.post(channel, self.user, content, args, files=kept), self._world)

    def mentions(self, channel: Channel, text: str, *, reply_to: Seen | None = None) -> Seen:
        """Call the app by name."""
        return self.says(channel, f"<@{channel.team.bot.id}> {text}", reply_to=reply_to)

    def named(self, text: str) -> str:
        """A text with `@name` and `#channel` as the client sends them."""
        if "@" not in text and "#" not in text:
            return text
        for user in self.user.team.users.values():
            text = re.sub(rf"(?<![\w<])@{re.escape(user.name)}\b", f"<@{user.id}>", text)
        for channel in self._world.channels.values():
            if channel.kind == "channel" and channel.team is self.user.team:
                text = re.sub(rf"(?<![\w<&])#{re.escape(channel.name)}\b", f"<#{channel.id}>", text)
        return text

    def uploads(self, name: str, data: bytes, *, size: int | None = None) -> File:
        """Put a file of theirs on Slack, which says that it has `size` bytes."""
        length = len(data) if size is None else size
        file = File(self._world.new_id("F"), name, length, "", self.user.team, data=data, shared=True)
        self._world.files[file.id] = file
        return file

    def edits(self, message: Seen, text: str) -> Seen:
        """Change their own message."""
        assert message.message.author is self.user, "people edit only what they wrote"
        self._board.edit(message.message, {"text": self.named(mentions.escaped(text))})
        return look(message.message, self._world)

    def deletes(self, message: Seen) -> None:
        """Take away their own message, or dismiss one that only they see."""
        mine = message.message.author is self.user or message.message.only_for is self.user
        assert mine, "that is not theirs to delete"
        self._board.delete(message.message)

    def reacts(self, message: Seen, emoji: str) -> None:
        """Put an emoji under a message, by its name."""
        live = self._live(message)
        assert live.only_for is None, "messages for one person take no reactions"
        self._board.react(live, emoji, self.user)

    def takes_back(self, message: Seen, emoji: str) -> None:
        """Take their emoji away again."""
        self._board.unreact(self._live(message), emoji, self.user)

    def stops(self, message: Seen) -> None:
        """Press Stop while the app is still writing a message."""
        stream = message.message.stream
        assert stream is not None and not stream.ended, "nothing is being written there"
        stream.ended = "stopped_by_user"

    def _present(self, channel: Channel) -> None:
        assert not self.user.deleted, f"{self.name} has no account any more"
        assert self.user.id in channel.members, f"{self.name} is not in #{channel.name}"

    def _live(self, message: Seen) -> Message:
        live = message.message
        assert not self.user.deleted, f"{self.name} has no account any more"
        assert not live.deleted, "the message is gone"
        assert live.only_for in (None, self.user), f"{self.name} cannot see that message"
        assert self._world.sees(self.user, live.channel), f"{self.name} cannot see that channel"
        return live
