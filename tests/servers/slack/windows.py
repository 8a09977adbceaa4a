"""Views before people: modals in stacks of three, and home tabs.

https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import secrets

from tests.servers.slack.blocks import elements
from tests.servers.slack.refusal import Json, Refused
from tests.servers.slack.service import Service
from tests.servers.slack.things import Team, User, View
from tests.servers.slack.values import IN_STATE, initial
from tests.servers.slack.view_rules import checked


class Windows:
    """All views of the server."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._world = service.world

    def stack(self, user: User) -> list[View]:
        """The modals that are open before someone, the lowest first."""
        return self._world.stacks.setdefault(user.id, [])

    def open(self, user: User, team: Team, data: object, within: View | None) -> View:
        """A modal; from within an open one it comes on top of it, else it takes the place of all."""
        if within is not None and within.open:
            return self.push(user, team, data)
        kept = self._checked(data, team)
        self.close_all(user)
        return self._add(user, team, kept)

    def push(self, user: User, team: Team, data: object) -> View:
        """A modal on top of the one that is open."""
        kept = self._checked(data, team)
        if len(self.stack(user)) >= self._service.limits["view.stack"]:
            raise Refused("push_limit_reached")
        return self._add(user, team, kept)

    def _add(self, user: User, team: Team, data: Json) -> View:
        stack = self.stack(user)
        view = View(self._world.new_id("V"), user, team, data, _hash())
        if stack:
            view.root, view.previous = stack[0].id, stack[-1].id
        self._fill(view)
        stack.append(view)
        self._world.views[view.id] = view
        self._service.changed()
        return view

    def replace(self, view: View, data: object) -> View:
        """Another content for an open modal; what was typed stays where block and action have the same ids."""
        kept = self._checked(data, view.team, but=view)
        before = view.state
        view.data, view.hash, view.errors = kept, _hash(), {}
        self._fill(view)
        for block, actions in before.items():
            for action, value in actions.items():
                now = view.state.get(block, {}).get(action)
                if now is not None and now["type"] == value["type"]:
                    view.state[block][action] = value
        self._service.changed()
        return view

    def publish(self, user: User, team: Team, data: object, hash: object) -> View:
        """Someone's home tab."""
        kept = checked(data, self._service.limits, "home")
        self._unique(kept, team, self._world.homes.get(user.id))
        view = self._world.homes.get(user.id)
        if view is None:
            view = self._world.homes[user.id] = View(self._world.new_id("V"), user, team, kept, _hash())
            self._world.views[view.id] = view
        elif hash and hash != view.hash:
            raise Refused("hash_conflict")
        view.data, view.hash = kept, _hash()
        self._fill(view)
        self._service.changed()
        return view

    def find(self, view_id: object, external_id: object, team: Team) -> View:
        """An open view by either of its ids."""
        for view in self._world.views.values():
            if view.team is not team:
                continue
            if view.id == view_id or (external_id and view.data.get("external_id") == external_id):
                return view
        raise Refused("not_found")

    def close(self, view: View) -> None:
        """Take a modal away, and those above it."""
        stack = self.stack(view.user)
        while view in stack:
            self._gone(stack.pop())
        self._service.changed()

    def close_all(self, user: User) -> None:
        """Take all modals of someone away."""
        for view in self.stack(user):
            self._gone(view)
        self.stack(user).clear()
        self._service.changed()

    def _gone(self, view: View) -> None:
        view.open = False
        del self._world.views[view.id]

    def _checked(self, data: object, team: Team, but: View | None = None) -> Json:
        kept = checked(data, self._service.limits, "modal")
        self._unique(kept, team, but)
        return kept

    def _unique(self, data: Json, team: Team, but: View | None) -> None:
        mark = data.get("external_id")
        for view in self._world.views.values():
            if view is but or view.team is not team:
                continue
            if mark and view.data.get("external_id") == mark:
                raise Refused("duplicate_external_id")

    @staticmethod
    def _fill(view: View) -> None:
        """What stands in the fields before anyone has touched them."""
        view.state = {}
        for block, one in elements(view.data["blocks"]):
            if one["type"] in IN_STATE:
                view.state.setdefault(block["block_id"], {})[one["action_id"]] = initial(one)


def _hash() -> str:
    return f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"
