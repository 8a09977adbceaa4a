"""What brings the app into a workspace: the manifest as a file, and the steps with each scope's reason."""

from __future__ import annotations

import json
from pathlib import Path

from adapters.slack.connection import EVENTS_PATH, REDIRECT_PATH
from adapters.slack.manifest import bot_name, manifest, scopes
from bot.commands import Commands
from bot.markup import to_plain
from bot.sentences import Marked, say

NAME = "Room 37"
FILE = "slack-manifest.json"


def request_url(address: str) -> str:
    """The one address at which Slack asks for everything, from the public address of the machine; "" for Socket Mode."""
    trimmed = address.rstrip("/")
    return trimmed if not trimmed or trimmed.endswith(EVENTS_PATH) else trimmed + EVENTS_PATH


def written(commands: Commands, *, address: str, history: bool) -> str:
    """The manifest as the text that is pasted at Slack. With an address people can also install it by a link."""
    made = manifest(commands, name=NAME, request_url=request_url(address) or None, history=history)
    if address:
        made["oauth_config"]["redirect_urls"] = [request_url(address).removesuffix(EVENTS_PATH) + REDIRECT_PATH]
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def steps(file: Path, *, address: str, history: bool) -> str:
    """How an operator goes from the file to a bot in a channel."""
    reasons = "\n".join(f"  - {scope}: {why}" for scope, why in scopes(history=history).items())
    said = {
        "file": file,
        "scopes": Marked(reasons),
        "reads": say("slack.reads_history" if history else "slack.reads_nothing"),
        "tokens": say("slack.steps_http", url=request_url(address)) if address else say("slack.steps_socket"),
        "bot": bot_name(NAME),
    }
    return to_plain(say("slack.steps", **said))
