"""`python -m tests.servers.slack --port 0`: the server as a process of its own, which prints where it listens."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal

from tests.servers.slack import APP_TOKEN, SIGNING_SECRET, TOKEN, SlackServer
from tests.servers.slack.control import Control


async def run(arguments: argparse.Namespace) -> None:
    """Serve until told to stop, by `/control` or by a signal."""
    server = SlackServer(limits=arguments.limits, delivery=arguments.delivery, keep_record=arguments.record)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await server.start(arguments.port, Control(server, stop).route)
    where = {
        "url": server.url,
        "api": server.api,
        "control": f"{server.url}/control",
        "token": TOKEN,
        "app_token": APP_TOKEN,
        "signing_secret": SIGNING_SECRET,
    }
    print(json.dumps(where), flush=True)
    try:
        await stop.wait()
    finally:
        await server.stop()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers.slack", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any that is free")
    parser.add_argument(
        "--limits", choices=("real", "loose"), default="loose", help="rate limits as Slack's, or none"
    )
    parser.add_argument(
        "--delivery", choices=("socket", "http"), default="socket", help="how the app is told"
    )
    parser.add_argument("--record", action="store_true", help="keep a record of every call")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
