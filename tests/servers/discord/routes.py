"""Which route is served by what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.servers.discord.board import Board
from tests.servers.discord.commands import Commands
from tests.servers.discord.hooks import Hooks
from tests.servers.discord.interactions import Interactions
from tests.servers.discord.places import Places
from tests.servers.discord.refusal import Json
from tests.servers.discord.rest import Handler
from tests.servers.discord.service import Call, Service
from tests.servers.discord.talk import Talk
from tests.servers.discord.threads import Threads


def routes(
    service: Service, board: Board, interactions: Interactions, places: Places, talk: Talk
) -> dict[str, Handler]:
    """Every route of the API that this server has, by its shape."""
    threads, hooks = Threads(service, board, places), Hooks(service, board, places)
    return {
        **_login(service, places),
        **_commands(Commands(service)),
        **_tokens(interactions, hooks),
        **_messages(talk),
        **_places(places),
        **_threads(threads),
        **_hooks(hooks),
    }


def _login(service: Service, places: Places) -> dict[str, Handler]:
    world = service.world

    def application(_: Call) -> Json:
        return {
            "id": str(world.app_id),
            "name": world.bot.name,
            "description": "",
            "icon": None,
            "flags": 0,
            "summary": "",
            "verify_key": "0" * 64,
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": world.bot.json(),
            "team": None,
            "approximate_guild_count": len(world.guilds),
        }

    def gateway_bot(_: Call) -> Json:
        left = service.limits["gateway.identifies_a_day"] - service.gateway.identified
        limit = {
            "total": service.limits["gateway.identifies_a_day"],
            "remaining": left,
            "reset_after": 86_400_000,
            "max_concurrency": 16,
        }
        return {"url": service.gateway.url, "shards": service.settings.shards, "session_start_limit": limit}

    return {
        "GET users/@me": lambda _: {**world.bot.json(), "verified": True, "mfa_enabled": True, "flags": 0},
        "GET oauth2/applications/@me": application,
        "GET applications/@me": application,
        "GET gateway": lambda _: {"url": service.gateway.url},
        "GET gateway/bot": gateway_bot,
        "GET users/@me/guilds": places.guilds,
        "GET users/#": places.user,
        "POST users/@me/channels": places.open_dm,
        "GET applications/#/entitlements": lambda _: [],
        "GET applications/#/skus": lambda _: [],
        "GET applications/#/emojis": lambda _: {"items": []},
    }


def _commands(commands: Commands) -> dict[str, Handler]:
    found: dict[str, Handler] = {}
    for where in ("applications/#/commands", "applications/#/guilds/#/commands"):
        found |= {
            f"GET {where}": commands.listed,
            f"PUT {where}": commands.put,
            f"POST {where}": commands.post,
            f"GET {where}/#": commands.get,
            f"PATCH {where}/#": commands.patch,
            f"DELETE {where}/#": commands.delete,
        }
    return found


def _tokens(interactions: Interactions, hooks: Hooks) -> dict[str, Handler]:
    """Routes that a token opens: an interaction's, or else that of a channel's webhook."""

    def either(of_interaction: Callable[[Call], Any], of_webhook: Callable[[Call], Any]) -> Handler:
        def chosen(call: Call) -> Any:
            return of_webhook(call) if call.args[1] in hooks.hooks else of_interaction(call)

        return chosen

    found: dict[str, Handler] = {
        "POST interactions/#/*/callback": interactions.callback,
        "POST webhooks/#/*": either(interactions.follow_up, hooks.execute_webhook),
    }
    for method, handler in (
        ("GET", interactions.get),
        ("PATCH", interactions.patch),
        ("DELETE", interactions.delete),
    ):
        found[f"{method} webhooks/#/*/messages/@original"] = handler
        found[f"{method} webhooks/#/*/messages/#"] = either(handler, hooks.webhook_message)
    return found


def _messages(talk: Talk) -> dict[str, Handler]:
    return {
        "POST channels/#/messages": talk.post,
        "GET channels/#/messages": talk.history,
        "GET channels/#/messages/#": talk.get,
        "PATCH channels/#/messages/#": talk.patch,
        "DELETE channels/#/messages/#": talk.delete,
        "POST channels/#/messages/bulk-delete": talk.bulk_delete,
        "POST channels/#/typing": talk.typing,
        "PUT channels/#/messages/#/reactions/*/@me": talk.react,
        "DELETE channels/#/messages/#/reactions/*/@me": talk.unreact,
        "DELETE channels/#/messages/#/reactions/*/#": talk.unreact,
        "GET channels/#/messages/pins": talk.pins,
        "PUT channels/#/messages/pins/#": talk.pin,
        "DELETE channels/#/messages/pins/#": talk.unpin,
        "POST channels/#/polls/#/expire": talk.end_poll,
    }


def _places(places: Places) -> dict[str, Handler]:
    return {
        "GET channels/#": places.get,
        "PATCH channels/#": places.patch,
        "DELETE channels/#": places.delete,
        "GET guilds/#": places.guild,
        "GET guilds/#/channels": places.channels,
        "POST guilds/#/channels": places.create,
        "GET guilds/#/roles": places.roles,
        "GET guilds/#/members/#": places.member,
        "GET guilds/#/members/search": places.search,
    }


def _threads(threads: Threads) -> dict[str, Handler]:
    return {
        "POST channels/#/messages/#/threads": threads.thread_from_message,
        "POST channels/#/threads": threads.thread_in_channel,
        "PUT channels/#/thread-members/@me": threads.join_thread,
        "PUT channels/#/thread-members/#": threads.join_thread,
        "DELETE channels/#/thread-members/@me": threads.leave_thread,
        "DELETE channels/#/thread-members/#": threads.leave_thread,
        "GET channels/#/thread-members": threads.thread_members,
        "GET channels/#/threads/archived/public": threads.archived_threads,
        "GET channels/#/threads/archived/private": threads.archived_threads,
        "GET guilds/#/threads/active": threads.active_threads,
    }


def _hooks(hooks: Hooks) -> dict[str, Handler]:
    return {
        "GET channels/#/webhooks": hooks.webhooks,
        "POST channels/#/webhooks": hooks.make_webhook,
    }
