"""The loopback Slack with an unmodified Bolt: whatever people do reaches it, and they see what it answers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.servers.slack import SlackServer
from tests.unit.slack_app import MANIFEST, SmallApp, over_http, over_socket


@pytest.fixture(params=["socket", "http"])
async def small(request: pytest.FixtureRequest) -> AsyncIterator[tuple[SlackServer, SmallApp]]:
    async with SlackServer(delivery=request.param) as server:
        server.install(MANIFEST)
        running = over_socket if request.param == "socket" else over_http
        async with running(server) as app:
            yield server, app
        assert server.refused == []


async def test_a_command_is_answered_to_that_person_alone(small: tuple[SlackServer, SmallApp]) -> None:
    server, _ = small
    ada, ben, story = server.person("ada"), server.person("ben"), server.channel("story")
    answer = await ada.command(story, "/room", "hello")
    assert (answer.words, answer.message.ephemeral) == ("Hello, @ada.", True)
    assert 0 < answer.acked_after < 3000
    assert ben.sees(story) == []


async def test_a_command_is_answered_to_all_by_its_response_url(small: tuple[SlackServer, SmallApp]) -> None:
    server, _ = small
    ada, ben, story = server.person("ada"), server.person("ben"), server.channel("story")
    answer = await ada.command(story, "/room", "later & <soon>")
    assert (await answer.finished()).words == "later & <soon>"
    assert [seen.words for seen in ben.sees(story)] == ["later & <soon>"]


async def test_a_card_is_pressed_and_its_menu_chosen_from(small: tuple[SlackServer, SmallApp]) -> None:
    server, _ = small
    ada, story = server.person("ada"), server.channel("story")
    await ada.command(story, "/room", "card")
    card = await ada.reads(story, "Scene one")
    assert [str(button) for button in card.buttons] == ["[Pitch]", "[Turn the page]"]
    assert card.text.splitlines() == [
        *("Scene one", "*Scene one*", "Which scene?", "One", "Two", "[Pitch] [Turn the page]")
    ]
    await ada.choose(card, ["Two"])
    assert (await ada.reads(story, "Scene Two")).edited
    await ada.command(story, "/room", "card")
    card = await ada.reads(story, "Scene one")
    answer = await ada.press(card, "Turn the page")
    assert (await answer.finished()).text == "Page 2"


async def test_a_form_opens_is_refused_filled_in_and_sent(small: tuple[SlackServer, SmallApp]) -> None:
    server, _ = small
    ada, story = server.person("ada"), server.channel("story")
    form = (await (await ada.command(story, "/room", "form")).finished()).modal
    assert (form.title, form.submit, form.field("Your idea").required) == ("Pitch an idea", "Pitch", True)
    with pytest.raises(AssertionError, match="at most 20 characters"):
        await ada.submit(form, {"Your idea": "x" * 21})
    answer = await ada.submit(form, {"Your idea": "nothing"})
    assert (answer.errors, answer.closed) == ({"Your idea": "An idea is needed."}, False)
    answer = await ada.submit(answer.modal, {"Your idea": "A lighthouse."})
    assert answer.closed and ada.modal is None
    assert (await ada.reads(server.dm(ada), "Pitched")).words == "Pitched: A lighthouse."


async def test_menus_and_shortcuts_reach_the_app(small: tuple[SlackServer, SmallApp]) -> None:
    server, _ = small
    ada, story = server.person("ada"), server.channel("story")
    assert (await (await ada.shortcut("Pitch an idea")).finished()).modal.title == "Pitch an idea"
    line = ada.says(story, "The fog came in.")
    answer = await ada.menu(story, "Add to story", line)
    assert (await answer.finished()).words == "Added: The fog came in."


async def test_events_reach_the_app_and_its_home_tab_opens(small: tuple[SlackServer, SmallApp]) -> None:
    server, app = small
    ada, story = server.person("ada"), server.channel("story")
    said = ada.mentions(story, "continue & hurry")
    ada.reacts(said, "thumbsup")
    await server.until(lambda: len(app.heard) == 3)
    assert sorted(event["type"] for event in app.heard) == ["app_mention", "message", "reaction_added"]
    home = await ada.opens_home()
    assert home is not None and home.text == "Your rooms"
