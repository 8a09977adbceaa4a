"""`python -m tests.servers.discord --port 0`: the server as a process of its own, which prints where it listens."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal

from tests.servers.discord import TOKEN, DiscordServer
from tests.servers.discord.control import Control


async def run(arguments: argparse.Namespace) -> None:
    """Serve until told to stop, by `/control` or by a signal."""
    server = DiscordServer(
        limits=arguments.limits,
        shards=arguments.shards,
        keep_record=arguments.record,
        privileged=tuple(arguments.privileged),
    )
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await server.start(arguments.port, Control(server, stop).route)
    where = {
        "url": server.url,
        "api": server.api,
        "gateway": server.gateway_url,
        "cdn": server.cdn,
        "token": TOKEN,
    }
    print(json.dumps(where), flush=True)
    try:
        await stop.wait()
    finally:
        await server.stop()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers.discord", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any that is free")
    parser.add_argument(
        "--limits", choices=("real", "loose"), default="loose", help="rate limits as Discord's, or none"
    )
    parser.add_argument("--shards", type=int, default=1, help="how many shards are recommended")
    parser.add_argument("--record", action="store_true", help="keep a record of every call")
    parser.add_argument("--privileged", nargs="*", default=[], help="privileged intents that are switched on")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
