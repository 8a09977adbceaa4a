"""Naming people, roles, channels and files in what a client sends: their ids, and `resolved` with what is known of them."""

from __future__ import annotations

from collections.abc import Sequence

from tests.servers.discord.board import Board
from tests.servers.discord.command_rules import ATTACHMENT, CHANNEL, MENTIONABLE, ROLE, USER_OPTION
from tests.servers.discord.components import (
    CHANNEL_SELECT,
    MENTIONABLE_SELECT,
    ROLE_SELECT,
    UPLOAD,
    USER_SELECT,
)
from tests.servers.discord.refusal import Json
from tests.servers.discord.rules import File
from tests.servers.discord.service import Service
from tests.servers.discord.things import Channel, Message, Role, User

_OPTION_OF = {
    USER_SELECT: USER_OPTION,
    ROLE_SELECT: ROLE,
    MENTIONABLE_SELECT: MENTIONABLE,
    CHANNEL_SELECT: CHANNEL,
    UPLOAD: ATTACHMENT,
}


class Referred:
    """What one command, choice or form refers to."""

    def __init__(self, service: Service, board: Board, channel: Channel, by: User) -> None:
        self._service = service
        self._world = service.world
        self._board = board
        self._channel = channel
        self._by = by
        self.resolved: Json = {}

    def several(self, part: int, values: Sequence[object]) -> list[str]:
        """The ids of what was picked in a select or uploaded, by the type of that component."""
        return [self.one(_OPTION_OF[part], value) for value in values]

    def one(self, kind: int, value: object) -> str:
        """The id of what an option of that type was given; an AssertionError if it does not fit."""
        if kind == ATTACHMENT:
            return self._file(value)
        user = value if isinstance(value, User) else getattr(value, "user", None)
        if isinstance(user, User) and kind in (USER_OPTION, MENTIONABLE):
            return self._user(user)
        if isinstance(value, Role) and kind in (ROLE, MENTIONABLE):
            return self._note("roles", value.id, value.json())
        assert isinstance(value, Channel) and kind == CHANNEL, f"{value!r} does not fit this option"
        may = str(self._world.may(self._by, value))
        return self._note("channels", value.id, value.json() | {"permissions": may})

    def message(self, message: Message) -> str:
        """The id of a message of whose menu a command was taken."""
        return self._note("messages", message.id, message.data)

    def _note(self, table: str, mark: int, known: Json) -> str:
        self.resolved.setdefault(table, {})[str(mark)] = known
        return str(mark)

    def _file(self, value: object) -> str:
        assert isinstance(value, tuple), f"a file is a name and bytes, not {value!r}"
        name, data = value
        assert len(data) <= self._service.limits["message.attachment_bytes"], (
            "the client takes no file so large"
        )
        stored = self._board.store(self._channel, File(0, name, data))
        return self._note("attachments", int(stored["id"]), stored | {"ephemeral": True})

    def _user(self, user: User) -> str:
        guild = self._channel.guild
        if guild is not None and user.id in guild.members:
            member = guild.members[user.id].json(user=False)
            self._note(
                "members", user.id, member | {"permissions": str(self._world.may(user, self._channel))}
            )
        return self._note("users", user.id, user.json())
