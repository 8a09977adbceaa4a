"""All there is on one server, found by id, and who may see and do what where."""

from __future__ import annotations

from itertools import count

from tests.servers.slack.refusal import Refused
from tests.servers.slack.things import Channel, Clock, File, Guest, Kind, Message, Team, User, View

_DIGITS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

SCOPES = frozenset(
    [
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "links:read",
        "links:write",
        "metadata.message:read",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
    ]
)
"""What an app gets in a workspace unless a manifest or a test says less; `chat:write.public` is not among it."""
HISTORY = {
    "channel": "channels:history",
    "group": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}
READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read", "mpim": "mpim:read"}


class World:
    """All there is on this server, found by id."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._ids = count(37)
        self._last = 0
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.views: dict[str, View] = {}
        self._dms: dict[tuple[str, ...], Channel] = {}
        self.homes: dict[str, View] = {}
        """Home tabs by person."""
        self.stacks: dict[str, list[View]] = {}
        """Open modals by person, the lowest first."""
        self.files: dict[str, File] = {}
        self.app_id = self.new_id("A")

    def new_id(self, letter: str) -> str:
        """A fresh id of that kind."""
        number, text = next(self._ids) * 7919, ""
        while number:
            number, digit = divmod(number, len(_DIGITS))
            text = _DIGITS[digit] + text
        return letter + text.rjust(10, "0")

    def new_ts(self) -> str:
        """A fresh timestamp, above all earlier ones: the id of a message."""
        self._last = max(self._last + 1, int(self.clock.now() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06}"

    def add_team(self, name: str, token: str) -> Team:
        """A workspace with the app in it."""
        team = Team(self.new_id("T"), name, token, set(SCOPES), self.new_id("B"))
        self.teams[team.id] = team
        self.add_user("room", team, bot=True)
        return team

    def add_user(self, name: str, team: Team, *, bot: bool = False, guest: Guest = "") -> User:
        """Someone new in a workspace, and in its channels for all unless they are a guest."""
        user = User(self.new_id("U"), name, team, bot, guest)
        self.users[user.id] = team.users[user.id] = user
        if not guest and not bot:
            for channel in self.channels.values():
                if channel.team is team and channel.for_all:
                    channel.members[user.id] = user
        return user

    def add_channel(self, kind: Kind, name: str, team: Team, members: list[User]) -> Channel:
        """A conversation between these."""
        letter = {"channel": "C", "group": "C", "im": "D", "mpim": "G"}[kind]
        channel = Channel(self.new_id(letter), kind, name, team, self.clock.now())
        channel.members = {user.id: user for user in members}
        self.channels[channel.id] = channel
        return channel

    def dm(self, team: Team, people: list[User]) -> Channel:
        """The private conversation of the app with one person or several."""
        key = (team.id, *sorted(user.id for user in people))
        if key in self._dms:
            return self._dms[key]
        kind: Kind = "im" if len(people) == 1 else "mpim"
        name = "directmessage" if kind == "im" else f"mpdm-{'--'.join(one.name for one in people)}-1"
        self._dms[key] = self.add_channel(kind, name, team, [team.bot, *people])
        return self._dms[key]

    def channel(self, id: object, team: Team) -> Channel:
        """A channel that the app can know of, or `channel_not_found`; a person's id is their private channel."""
        user = self.users.get(str(id))
        if user is not None and not user.bot:
            if user.deleted:
                raise Refused("user_disabled")
            if user.team is not team:
                raise Refused("channel_not_found")
            return self.dm(team, [user])
        found = self.channels.get(str(id))
        if found is None or (found.team is not team and team.bot.id not in found.members):
            raise Refused("channel_not_found")
        if found.kind != "channel" and team.bot.id not in found.members:
            raise Refused("channel_not_found")
        return found

    def inside(self, id: object, team: Team) -> Channel:
        """A channel that the app is in."""
        found = self.channel(id, team)
        if team.bot.id not in found.members:
            raise Refused("not_in_channel")
        return found

    def user(self, id: object, team: Team) -> User:
        """Someone whom the app can know: of this workspace, or of a channel that it shares."""
        found = self.users.get(str(id))
        if found is None:
            raise Refused("user_not_found")
        if found.team is not team and not self.known_stranger(found, team):
            raise Refused("user_not_visible")
        return found

    def known_stranger(self, user: User, team: Team) -> bool:
        """Whether someone of another workspace shares a channel with this one."""
        return any(user.id in one.members for one in self.channels.values() if one.team is team)

    def message(self, channel: Channel, ts: object) -> Message:
        """A message that everyone there sees, or `message_not_found`."""
        found = channel.messages.get(str(ts))
        if found is None or found.deleted or found.only_for is not None:
            raise Refused("message_not_found")
        return found

    def sees(self, user: User, channel: Channel) -> bool:
        """Whether a person can look into a channel."""
        if user.deleted:
            return False
        if user.id in channel.members:
            return True
        return channel.kind == "channel" and user.team is channel.team and not user.guest
