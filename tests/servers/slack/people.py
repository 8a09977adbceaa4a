"""People: they see channels, type commands, press buttons, fill in forms, and know no ids of the app's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from tests.servers.slack import payloads
from tests.servers.slack.answers import Answer, Choice
from tests.servers.slack.blocks import elements
from tests.servers.slack.board import Board
from tests.servers.slack.forms import Modal, filled, modal_of
from tests.servers.slack.interactions import Deed, Interaction, Interactions
from tests.servers.slack.refusal import Json
from tests.servers.slack.saying import Saying
from tests.servers.slack.seen import Place, Seen, Select
from tests.servers.slack.service import Service
from tests.servers.slack.things import Channel, File, Message, User, View
from tests.servers.slack.values import IN_STATE, entered
from tests.servers.slack.windows import Windows

Target = Seen | Modal


class Person(Saying):
    """Someone at a Slack client."""

    def __init__(
        self, service: Service, board: Board, windows: Windows, interactions: Interactions, user: User
    ) -> None:
        super().__init__(service, board, user)
        self._windows = windows
        self._interactions = interactions
        self._suggested: dict[str, list[Json]] = {}

    # What they see of the app besides messages

    @property
    def modal(self) -> Modal | None:
        """The form on top, if one is open."""
        stack = self._windows.stack(self.user)
        return modal_of(stack[-1], self._world) if stack else None

    def home(self) -> Modal | None:
        """Their home tab of the app, if it has published one."""
        view = self._world.homes.get(self.user.id)
        return None if view is None else modal_of(view, self._world)

    async def opens_home(self, tab: str = "home", *, seconds: float | None = None) -> Modal | None:
        """Open the app's home tab and wait until something new is published there; the messages tab has none."""
        assert self._service.manifest.home_tab or tab != "home", "the app has no home tab"
        before = self._world.homes.get(self.user.id)
        was = None if before is None else before.hash
        event: Json = {
            "type": "app_home_opened",
            "user": self.user.id,
            "channel": self._world.dm(self.user.team, [self.user]).id,
            "tab": tab,
        }
        if before is not None and tab == "home":
            event["view"] = before.json(self.user.team.bot, self._world.app_id)
        self._service.events.emit(self.user.team, event)
        if tab != "home":
            return None

        def fresh() -> bool:
            now = self._world.homes.get(self.user.id)
            return now is not None and now.hash != was

        with suppress(TimeoutError):
            await self._service.until(fresh, seconds)
        return self.home()

    # What they do

    async def command(self, channel: Channel, name: str, text: str = "") -> Answer:
        """A slash command, such as `/room` with the text `pitch An idea`."""
        return await self._answered(self.starts(channel, name, text))

    def starts(self, channel: Channel, name: str, text: str = "") -> Interaction:
        """The same, without waiting for the answer."""
        self._present(channel)
        assert self.user.team is channel.team, "commands are there for the app's own workspace"
        known = self._service.manifest.command(name)
        if known.get("should_escape"):
            text = self.named(text)
        one = self._interactions.begin("slash_commands", self.user, channel)
        url = self._interactions.hook(one, channel)
        payload = payloads.command(one, self._world, name, text, url)
        if known.get("should_escape"):
            payload["text"] = text
        return self._interactions.send(one, payload)

    async def shortcut(self, name: str) -> Answer:
        """An entry of the lightning menu."""
        entry = self._service.manifest.shortcut(name, on_message=False)
        one = self._interactions.begin("shortcut", self.user, None)
        payload = payloads.frame(one, self._world) | {"callback_id": entry.callback_id}
        payload["action_ts"] = f"{self._service.clock.now():.6f}"
        return await self._answered(self._interactions.send(one, payload))

    async def menu(self, channel: Channel, name: str, target: Seen) -> Answer:
        """An entry of a message's own menu."""
        entry = self._service.manifest.shortcut(name, on_message=True)
        message = self._live(target)
        assert message.only_for is None, "messages for one person have no such menu"
        one = self._interactions.begin("message_action", self.user, channel, source=message)
        url = self._interactions.hook(one, channel)
        more = payloads.of_message(message, entry.callback_id, url)
        return await self._answered(self._interactions.send(one, payloads.frame(one, self._world) | more))

    async def press(self, target: Target, label: str) -> Answer:
        """A button by what stands on it, of a message, a form or the home tab."""
        return await self._answered(self.starts_press(target, label))

    def starts_press(self, target: Target, label: str) -> Interaction:
        """The same, without waiting for the answer."""
        place = self._place(target)
        shown: list[str] = []
        for block, one in elements(_blocks(place)):
            for element in _pressable(one):
                shown.append(element["text"]["text"])
                if element["text"]["text"] == label:
                    return self._acts(place, block, element, {})
        raise AssertionError(f"no button {label!r}, only {shown}")

    async def choose(
        self, target: Target | Select, values: Sequence[object], placeholder: str | None = None
    ) -> Answer:
        """Options of a menu: by label or value, or people and channels themselves, or a date as Slack writes it."""
        select = self._select(target, placeholder)
        element = select.element
        value = entered(element, values, self._suggested.get(element["action_id"], []))
        if element["type"] in IN_STATE:
            state = self._state(select.place)
            state.setdefault(select.block["block_id"], {})[element["action_id"]] = value
        return await self._answered(self._acts(select.place, select.block, element, value))

    async def types(self, target: Target, label: str, value: Any) -> Answer | None:
        """Fill one field; the app hears of it only if the field is to tell it at once."""
        place = self._place(target)
        inputs = [block for block in _blocks(place) if block["type"] == "input"]
        found = [block for block in inputs if block["label"]["text"] == label]
        assert found, f"no field {label!r}, only {[block['label']['text'] for block in inputs]}"
        block, element = found[0], found[0]["element"]
        entry = entered(element, value, self._suggested.get(element["action_id"], []))
        self._state(place).setdefault(block["block_id"], {})[element["action_id"]] = entry
        if not block.get("dispatch_action"):
            return None
        return await self._answered(self._acts(place, block, element, entry))

    async def submit(self, modal: Modal, answers: Mapping[str, Any] | None = None, /, **more: Any) -> Answer:
        """Fill in a form by its labels and send it; fields left out keep what they hold. A file is its name and bytes."""
        view = self._top(modal)
        assert modal.submit, "the form has no button to send it"
        given = {label: self._handed_in(value) for label, value in {**(answers or {}), **more}.items()}
        view.state = filled(modal_of(view, self._world), given, self._suggested)
        view.errors = {}
        one = self._interactions.begin("view_submission", self.user, None, view=view)
        payload = payloads.frame(one, self._world) | payloads.in_view(view, self._world)
        payload.pop("container")
        payload["response_urls"] = self._response_urls(one, view)
        return await self._answered(self._interactions.send(one, payload))

    async def closes(self, modal: Modal, *, all: bool = False) -> Answer | None:
        """Close a form without sending it, or with `all` those below it too; the app hears of it if it wished to."""
        view = self._top(modal)
        stack = self._windows.stack(self.user)
        lowest = stack[0] if all or view.data.get("clear_on_close") else view
        self._windows.close(lowest)
        if not view.data.get("notify_on_close"):
            return None
        one = self._interactions.begin("view_closed", self.user, None, view=view)
        payload = payloads.frame(one, self._world) | payloads.in_view(view, self._world)
        payload["is_cleared"] = lowest is not view or all
        for name in ("container", "trigger_id"):
            payload.pop(name)
        return await self._answered(self._interactions.send(one, payload))

    async def type_ahead(
        self, target: Target | Select, typed: str, placeholder: str | None = None
    ) -> list[Choice]:
        """What the app suggests for a menu while they type in it."""
        if isinstance(target, Modal) and placeholder in [field.label for field in target.fields]:
            block = target.field(str(placeholder)).block
            place: Place = self._top(target)
            element = block["element"]
        else:
            select = self._select(target, placeholder)
            place, block, element = select.place, select.block, select.element
        assert element["type"].endswith("external_select"), "nothing completes what is typed here"
        if len(typed) < element.get("min_query_length", 3):
            return []
        one = self._begin("block_suggestion", place)
        payload = payloads.frame(one, self._world) | self._where(one, place)
        payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed}
        for name in ("trigger_id", "response_url", "state"):
            payload.pop(name, None)
        answer = await self._answered(self._interactions.send(one, payload))
        assert not answer.failed, f"no options came: {answer.failed}"
        self._suggested[element["action_id"]] = one.options
        return [Choice(two["text"]["text"], two.get("value", "")) for two in one.options]

    # How that reaches the app

    def _handed_in(self, value: Any) -> Any:
        """A file as the client sends it, once its bytes have been uploaded; anything else as it is."""
        if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], bytes):
            value = self.uploads(*value)
        return value.json(self._service.url) if isinstance(value, File) else value

    async def _answered(self, interaction: Interaction) -> Answer:
        await interaction.acknowledged.wait()
        await asyncio.sleep(0)
        return Answer(self._service, interaction)

    def _begin(self, deed: Deed, place: Place) -> Interaction:
        if isinstance(place, Message):
            return self._interactions.begin(deed, self.user, place.channel, source=place)
        return self._interactions.begin(deed, self.user, None, view=place)

    def _where(self, one: Interaction, place: Place) -> Json:
        if isinstance(place, View):
            return payloads.in_view(place, self._world)
        return payloads.on_message(place, self.user, self._interactions.hook(one, place.channel))

    def _acts(self, place: Place, block: Json, element: Json, value: Json) -> Interaction:
        one = self._begin("block_actions", place)
        payload = payloads.frame(one, self._world) | self._where(one, place)
        payload["actions"] = [payloads.action(block, element, value, self._service.clock.now())]
        return self._interactions.send(one, payload)

    def _place(self, target: Target) -> Place:
        return self._live(target) if isinstance(target, Seen) else self._top(target)

    def _top(self, modal: Modal) -> View:
        view = modal.view
        assert view.user is self.user, "the form is open before someone else"
        assert view.open, "the form is closed"
        stack = self._windows.stack(self.user)
        assert view.data["type"] == "home" or (stack and stack[-1] is view), "another form lies on top of it"
        return view

    def _state(self, place: Place) -> Json:
        return place.state if isinstance(place, View) else place.chosen.setdefault(self.user.id, {})

    def _select(self, target: Target | Select, placeholder: str | None) -> Select:
        if isinstance(target, Select):
            place = target.place
            assert isinstance(place, View) or not place.deleted, "the message is gone"
            return target
        self._place(target)
        found = [one for one in target.selects if placeholder in (None, one.placeholder)]
        assert len(found) == 1, f"{len(found)} menus fit; name one by its placeholder"
        return found[0]

    def _response_urls(self, one: Interaction, view: View) -> list[Json]:
        found: list[Json] = []
        for block, element in elements(view.data["blocks"]):
            if not element.get("response_url_enabled"):
                continue
            value = view.state[block["block_id"]][element["action_id"]]
            picked = value.get("selected_conversation") or value.get("selected_channel")
            if picked:
                found.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": picked,
                        "response_url": self._interactions.hook(one, self._world.channels[picked]),
                    }
                )
        return found


def _blocks(place: Place) -> list[Json]:
    if isinstance(place, View):
        return list(place.data["blocks"])
    blocks = list(place.data.get("blocks") or [])
    return blocks + [two for one in place.data.get("attachments") or [] for two in one.get("blocks") or []]


def _pressable(one: Json) -> list[Json]:
    """The buttons that one element shows, each as an element."""
    if one["type"] in ("button", "icon_button"):
        return [one]
    if one["type"] == "feedback_buttons":
        both = (one["positive_button"], one["negative_button"])
        return [{**two, "type": one["type"], "action_id": one["action_id"]} for two in both]
    return []
