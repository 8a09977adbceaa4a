"""A strict Discord on this machine: the API, the gateway, and people who use what a bot shows them.

It refuses what the real service refuses, breaks on demand in every way that it has been seen to break, and
knows no ids of ours: tests act as people do, by the words on buttons, menus and forms.
"""

from tests.servers.discord.answers import Answer, Choice
from tests.servers.discord.forms import Modal
from tests.servers.discord.gateway import TOKEN
from tests.servers.discord.people import Person
from tests.servers.discord.refusal import Refused
from tests.servers.discord.seen import Seen
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.settings import Settings

__all__ = ["TOKEN", "Answer", "Choice", "DiscordServer", "Modal", "Person", "Refused", "Seen", "Settings"]
