"""Calls of the views family.

https://docs.slack.dev/reference/methods/views.open
"""

from __future__ import annotations

from tests.servers.slack.interactions import Interaction, Interactions
from tests.servers.slack.refusal import Json, Refused
from tests.servers.slack.service import Call, Service
from tests.servers.slack.things import View
from tests.servers.slack.windows import Windows


class ViewCalls:
    """What the app puts before people."""

    def __init__(self, service: Service, windows: Windows, interactions: Interactions) -> None:
        self._service = service
        self._world = service.world
        self._windows = windows
        self._interactions = interactions

    def open(self, call: Call) -> Json:
        one = self._triggered(call)
        return self._opened(one, self._windows.open(one.user, call.team, call.args["view"], one.view))

    def push(self, call: Call) -> Json:
        one = self._triggered(call)
        if not self._windows.stack(one.user):
            raise Refused("invalid_trigger_id")
        return self._opened(one, self._windows.push(one.user, call.team, call.args["view"]))

    def _triggered(self, call: Call) -> Interaction:
        call.need("view")
        if not call.args.get("trigger_id"):
            raise Refused("invalid_trigger_id")
        one = self._interactions.triggered(call.args["trigger_id"])
        if one.team is not call.team:
            raise Refused("invalid_trigger_id")
        return one

    def _opened(self, one: Interaction, view: View) -> Json:
        one.spent = True
        one.opened = view
        one.complete()
        return {"view": view.json(view.team.bot, self._world.app_id)}

    def update(self, call: Call) -> Json:
        call.need("view")
        if not call.args.get("view_id") and not call.args.get("external_id"):
            raise Refused("invalid_arguments", errors=["missing required field: view_id or external_id"])
        view = self._windows.find(call.args.get("view_id"), call.args.get("external_id"), call.team)
        if call.args.get("hash") and call.args["hash"] != view.hash:
            raise Refused("hash_conflict")
        if view.data["type"] == "home":
            view = self._windows.publish(view.user, call.team, call.args["view"], None)
        else:
            view = self._windows.replace(view, call.args["view"])
        return {"view": view.json(view.team.bot, self._world.app_id)}

    def publish(self, call: Call) -> Json:
        call.need("user_id", "view")
        if not self._service.manifest.home_tab:
            raise Refused("not_enabled")
        user = self._world.user(call.args["user_id"], call.team)
        if user.bot or user.deleted:
            raise Refused("invalid_arguments", errors=["user_id is nobody's who has a home tab"])
        view = self._windows.publish(user, call.team, call.args["view"], call.args.get("hash"))
        return {"view": view.json(view.team.bot, self._world.app_id)}
