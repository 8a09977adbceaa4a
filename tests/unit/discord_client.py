"""A small bot of unmodified discord.py, for tests of the loopback Discord server itself."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands, ui

from tests.servers.discord import TOKEN, DiscordServer
from tests.servers.discord.pointing import pointed_at

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (40).to_bytes(4, "big") + (30).to_bytes(4, "big")


class PitchForm(ui.Modal, title="Pitch an idea"):
    """A form with a field of each kind that the tests fill in."""

    idea = ui.Label[ui.Modal](
        text="Your idea", component=ui.TextInput[ui.Modal](custom_id="idea", min_length=3, max_length=20)
    )
    tone = ui.Label[ui.Modal](
        text="Tone",
        component=ui.RadioGroup[ui.Modal](
            custom_id="tone",
            options=[discord.RadioGroupOption(label=name, value=name) for name in ("Dark", "Light")],
        ),
    )
    sketch = ui.Label[ui.Modal](
        text="A sketch", component=ui.FileUpload[ui.Modal](custom_id="sketch", required=False)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.idea.component, ui.TextInput)
        assert isinstance(self.tone.component, ui.RadioGroup)
        assert isinstance(self.sketch.component, ui.FileUpload)
        sizes = [len(await file.read()) for file in self.sketch.component.values]
        said = f"{self.idea.component.value}, {self.tone.component.value}, {sizes}"
        await interaction.response.send_message(said, ephemeral=True)


class Card(ui.LayoutView):
    """A card of components with a picture, a button and a menu."""

    def __init__(self, title: str) -> None:
        super().__init__(timeout=None)
        gallery = ui.MediaGallery[ui.LayoutView](
            discord.MediaGalleryItem("attachment://map.png", description="a map")
        )
        self.add_item(ui.Container[ui.LayoutView](ui.TextDisplay[ui.LayoutView](title), gallery))
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        form: ui.Button[ui.LayoutView] = ui.Button(label="Pitch", custom_id="form")
        spent: ui.Button[ui.LayoutView] = ui.Button(label="Spent", custom_id="spent", disabled=True)
        form.callback = self.on_form  # type: ignore[method-assign]  # how discord.py sets one
        self.add_item(row.add_item(form).add_item(spent))
        options = [discord.SelectOption(label=name) for name in ("One", "Two")]
        menu: ui.Select[ui.LayoutView] = ui.Select(
            custom_id="menu", placeholder="Which scene?", options=options
        )
        menu.callback = self.on_menu  # type: ignore[method-assign]  # how discord.py sets one
        second: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        self.add_item(second.add_item(menu))
        self.menu = menu

    async def on_form(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(PitchForm())

    async def on_menu(self, interaction: discord.Interaction) -> None:
        card = Card(f"Scene {self.menu.values[0]}")
        await interaction.response.edit_message(view=card)


class SmallBot(discord.Client):
    """Commands of every kind, and what it heard."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"intents": discord.Intents.default(), "guild_ready_timeout": 0.05, **options})
        self.heard: list[discord.Message] = []
        self.up = asyncio.Event()
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(app_commands.Command(name="hello", description="Say hello", callback=hello))
        self.tree.add_command(app_commands.Command(name="card", description="Show a card", callback=card))
        self.tree.add_command(app_commands.ContextMenu(name="Add to story", callback=add_to_story))
        rounds = app_commands.Group(name="round", description="Rounds")
        close: app_commands.Command[app_commands.Group, ..., None] = app_commands.Command(
            name="close", description="Close a round", callback=close_round
        )
        close.autocomplete("number")(suggest)
        rounds.add_command(close)
        self.tree.add_command(rounds)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Without the five seconds that discord.py waits before a new session."""

    async def on_ready(self) -> None:
        self.up.set()

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)


async def hello(interaction: discord.Interaction, name: app_commands.Range[str, 1, 20]) -> None:
    await interaction.response.send_message(f"Hello, {name}.")


async def card(interaction: discord.Interaction) -> None:
    await interaction.response.defer(thinking=True)
    await interaction.edit_original_response(
        view=Card("# The \\*ferry\\*"), attachments=[discord.File(io.BytesIO(PNG), "map.png")]
    )


async def add_to_story(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"Added: {message.content}")


async def close_round(
    interaction: discord.Interaction, who: discord.Member, number: app_commands.Range[int, 1, 9] = 1
) -> None:
    await interaction.response.send_message(f"{who.display_name} closes round {number}.")


async def suggest(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[int]]:
    return [app_commands.Choice(name=f"round {typed}", value=int(typed))]


@asynccontextmanager
async def running(server: DiscordServer, bot: SmallBot | None = None) -> AsyncIterator[SmallBot]:
    """The bot connected to that server, and closed afterwards."""
    with pointed_at(server):
        bot = bot or SmallBot()
        async with asyncio.TaskGroup() as tasks, bot:
            run = tasks.create_task(bot.start(TOKEN))
            async with asyncio.timeout(10):
                await bot.up.wait()
            yield bot
            await bot.close()
            await run
