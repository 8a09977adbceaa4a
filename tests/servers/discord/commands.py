"""The application's commands, of all guilds or of one: synced, counted and kept."""

from __future__ import annotations

from tests.servers.discord.command_rules import CHAT, KINDS, CommandRules
from tests.servers.discord.refusal import Json, Path, Problems, refuse
from tests.servers.discord.service import Call, Service
from tests.servers.discord.things import Guild

_DAY = 86_400.0
_FIELDS = (
    "name",
    "description",
    "options",
    "name_localizations",
    "description_localizations",
    "default_member_permissions",
    "contexts",
    "integration_types",
    "nsfw",
)


class Commands:
    """PUT, GET, POST, PATCH and DELETE of commands."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._world = service.world

    def _place(self, call: Call) -> Guild | None:
        """The guild whose commands a call is about; None for those of all guilds."""
        if call.id(0) != self._world.app_id:
            raise refuse(10002)
        return self._world.guild(call.id(1)) if "guilds" in call.route else None

    def _kept(self, guild: Guild | None) -> dict[int, Json]:
        return self._world.commands if guild is None else guild.commands

    def _check(self, command: Json, path: Path = ()) -> None:
        problems = Problems()
        CommandRules(problems, self._service.limits).check(command, path)
        problems.check()

    def listed(self, call: Call) -> list[Json]:
        return list(self._kept(self._place(call)).values())

    def put(self, call: Call) -> list[Json]:
        """Replace all; what keeps its name and type keeps its id and is no new creation."""
        guild = self._place(call)
        commands = call.body["list"]
        problems = Problems()
        for index, command in enumerate(commands):
            CommandRules(problems, self._service.limits).check(command, (index,))
        problems.check()
        keys = [(one.get("type") or CHAT, one["name"]) for one in commands]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                words = "Application command names must be unique"
                problems.add((index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", words)
        problems.check()
        self._count(commands)
        kept = self._kept(guild)
        before = {(one["type"], one["name"]): one for one in kept.values()}
        self._ration(guild, sum(key not in before for key in keys))
        kept.clear()
        return [
            self._keep(guild, command, before.get(key)) for key, command in zip(keys, commands, strict=True)
        ]

    def post(self, call: Call) -> Json:
        """Add one, or replace the one of the same name and type."""
        guild = self._place(call)
        self._check(call.body)
        kept = self._kept(guild)
        key = (call.body.get("type") or CHAT, call.body["name"])
        before = next((one for one in kept.values() if (one["type"], one["name"]) == key), None)
        self._count([one for one in kept.values() if one is not before] + [call.body])
        self._ration(guild, before is None)
        return self._keep(guild, call.body, before)

    def _one(self, call: Call) -> Json:
        found = self._kept(self._place(call)).get(call.id(-1))
        if found is None:
            raise refuse(10063)
        return found

    def get(self, call: Call) -> Json:
        return self._one(call)

    def patch(self, call: Call) -> Json:
        found = self._one(call)
        changed = {**found, **{name: call.body[name] for name in _FIELDS if name in call.body}}
        self._check(changed)
        found.update(changed)
        return found

    def delete(self, call: Call) -> None:
        self._one(call)
        del self._kept(self._place(call))[call.id(-1)]

    def _count(self, commands: list[Json]) -> None:
        for kind, name in KINDS.items():
            if (
                sum((one.get("type") or CHAT) == kind for one in commands)
                > self._service.limits[f"command.{name}"]
            ):
                raise refuse(30032)

    def _ration(self, guild: Guild | None, created: int) -> None:
        """The day's ration of new commands."""
        now = self._service.clock.now()
        made = self._world.created if guild is None else guild.created
        made[:] = [moment for moment in made if now - moment < _DAY]
        if len(made) + created > self._service.limits["command.creates_a_day"]:
            raise refuse(30034, _DAY)
        made += [now] * created

    def _keep(self, guild: Guild | None, command: Json, before: Json | None) -> Json:
        found: Json = {
            "id": str(self._world.new_id()) if before is None else before["id"],
            "application_id": str(self._world.app_id),
            "version": str(self._world.new_id()),
            "type": command.get("type") or CHAT,
            "default_member_permissions": None,
            "name_localizations": None,
            "description_localizations": None,
            "nsfw": False,
            "dm_permission": True,
            "contexts": None,
            "integration_types": [0],
            **{name: command[name] for name in _FIELDS if name in command},
        }
        found["description"] = command.get("description") or ""
        if guild is not None:
            found["guild_id"] = str(guild.id)
        self._kept(guild)[int(found["id"])] = found
        return found
