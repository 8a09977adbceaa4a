"""Teams, people, channels, messages, views and files, and how Slack writes each as JSON."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Literal

from tests.servers.slack.refusal import Json

Kind = Literal["channel", "group", "im", "mpim"]
Guest = Literal["", "multi", "single"]


class Clock:
    """The server's time, which a test can set forward."""

    def __init__(self) -> None:
        self.shift = 0.0

    def now(self) -> float:
        return time.time() + self.shift


@dataclass(slots=True, eq=False)
class User:
    """Someone with an account in one workspace: a person, or a bot."""

    id: str
    name: str
    team: Team
    bot: bool = False
    guest: Guest = ""
    deleted: bool = False
    admin: bool = False
    tz: str = "Europe/Amsterdam"

    def json(self) -> Json:
        """As users.info shows it."""
        return {
            "id": self.id,
            "team_id": self.team.id,
            "name": self.name,
            "real_name": self.name.title(),
            "deleted": self.deleted,
            "profile": {"display_name": self.name, "real_name": self.name.title()},
            "is_bot": self.bot,
            "is_app_user": False,
            "is_admin": self.admin,
            "is_owner": False,
            "is_restricted": bool(self.guest),
            "is_ultra_restricted": self.guest == "single",
            "tz": self.tz,
            "updated": 0,
        }


@dataclass(slots=True, eq=False)
class Team:
    """A workspace, with what the app got when it was installed there."""

    id: str
    name: str
    token: str
    scopes: set[str]
    bot_id: str = ""
    installed: bool = True
    dead: str = ""
    """Why the token no longer works: `token_revoked` or `account_inactive`."""
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, tuple[str, list[User]]] = field(default_factory=dict)
    """User groups by id: their handle and who is in them."""

    @property
    def bot(self) -> User:
        return next(user for user in self.users.values() if user.bot)

    def json(self) -> Json:
        return {"id": self.id, "domain": self.name}


@dataclass(slots=True, eq=False)
class Channel:
    """A conversation."""

    id: str
    kind: Kind
    name: str
    team: Team
    created: float
    members: dict[str, User] = field(default_factory=dict)
    for_all: bool = False
    """Whether everyone who comes to the workspace comes here too."""
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    statuses: dict[str, Status] = field(default_factory=dict)
    """What the app is said to be doing, by thread."""

    @property
    def shared(self) -> bool:
        """Whether people of other workspaces are here, through Slack Connect."""
        return any(user.team is not self.team for user in self.members.values())

    def json(self) -> Json:
        """As conversations.info shows it."""
        found: Json = {
            "id": self.id,
            "created": int(self.created),
            "is_archived": self.archived,
            "is_im": self.kind == "im",
            "is_mpim": self.kind == "mpim",
            "is_group": self.kind == "group",
            "is_channel": self.kind in ("channel", "group"),
            "is_private": self.kind != "channel",
            "is_ext_shared": self.shared,
            "is_shared": self.shared,
            "context_team_id": self.team.id,
        }
        bot = self.team.bot
        if self.kind == "im":
            return found | {
                "user": next(one for one in self.members if one != bot.id),
                "is_user_deleted": False,
            }
        return found | {
            "name": self.name,
            "is_member": bot.id in self.members,
            "num_members": len(self.members),
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


@dataclass(frozen=True, slots=True)
class Status:
    """A line such as "is writing…" under a thread, until it is cleared or two minutes have gone."""

    words: str
    loading: tuple[str, ...]
    set_at: float


@dataclass(slots=True, eq=False)
class Stream:
    """A message to which text is still appended."""

    started: float
    ended: str = ""
    """The refusal that an append meets now, if it is over."""
    tasks: dict[str, Json] = field(default_factory=dict)
    plan: str = ""


@dataclass(slots=True, eq=False)
class Message:
    """A message, or one that only `only_for` sees."""

    ts: str
    channel: Channel
    author: User
    data: Json
    only_for: User | None = None
    deleted: bool = False
    admin: bool = False
    edited: bool = False
    notifies: tuple[str, ...] = ()
    unfurls: bool = False
    stream: Stream | None = None
    chosen: dict[str, Json] = field(default_factory=dict)
    """The state of its selects and inputs, by person."""

    @property
    def thread(self) -> str:
        """The ts of the thread that it is in, if it is in one."""
        return str(self.data.get("thread_ts") or "")

    @property
    def reply(self) -> bool:
        return self.thread not in ("", self.ts)


@dataclass(slots=True, eq=False)
class View:
    """A modal or a home tab before one person."""

    id: str
    user: User
    team: Team
    data: Json
    hash: str
    root: str = ""
    previous: str = ""
    open: bool = True
    errors: dict[str, str] = field(default_factory=dict)
    """What is wrong with what was filled in, by block_id."""
    state: Json = field(default_factory=dict)
    """What was chosen or typed so far, by block_id and action_id."""

    def json(self, bot: User, app_id: str) -> Json:
        """As it comes in payloads and answers."""
        found: Json = {
            "id": self.id,
            "team_id": self.team.id,
            "app_id": app_id,
            "app_installed_team_id": self.team.id,
            "bot_id": self.team.bot_id,
            "hash": self.hash,
            "root_view_id": self.root or self.id,
            "previous_view_id": self.previous or None,
            "state": {"values": self.state},
            "type": self.data["type"],
            "blocks": self.data.get("blocks", []),
            "private_metadata": self.data.get("private_metadata", ""),
            "callback_id": self.data.get("callback_id", ""),
            "external_id": self.data.get("external_id", ""),
            "title": self.data.get("title"),
            "submit": self.data.get("submit"),
            "close": self.data.get("close"),
            "clear_on_close": bool(self.data.get("clear_on_close")),
            "notify_on_close": bool(self.data.get("notify_on_close")),
        }
        return found


@dataclass(slots=True, eq=False)
class File:
    """An uploaded file, first promised, then sent, then shared."""

    id: str
    name: str
    length: int
    alt: str
    team: Team
    title: str = ""
    data: bytes | None = None
    shared: bool = False

    def json(self, url: str) -> Json:
        slug = re.sub(r"[^a-z0-9_.-]+", "_", self.name.lower()).strip("._") or "file"
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "size": self.length,
            "alt_txt": self.alt,
            "mimetype": "application/octet-stream",
            "filetype": self.name.rpartition(".")[2],
            "user": self.team.bot.id,
            "url_private": f"{url}/files-pri/{self.id}/{slug}",
            "url_private_download": f"{url}/files-pri/{self.id}/download/{slug}",
            "permalink": f"{url}/files/{self.id}",
            "shares": {},
        }
