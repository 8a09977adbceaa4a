"""The grammar of the shell's command line: which commands there are, what they take, how a slip is answered.

Only argparse and the catalogue are imported, because `room37 --help` must answer at once.
"""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NoReturn

from bot import __version__
from bot.options import ExportFormat, ManifestOf
from bot.sentences import Marked, say
from bot.story.people import Place

_BAD_CHOICE = re.compile(r"invalid choice: '(.*)' \(choose from (.*)\)", re.DOTALL)
_STRANGE = re.compile(r"unrecognized arguments: (\S+)")
_ADDRESS = re.compile(r"https://[\w.-]+(:\d+)?(/[\w./~-]*)?", re.ASCII)
_MANIFESTS: tuple[ManifestOf, ...] = ("discord", "slack")
_FORMATS: tuple[ExportFormat, ...] = ("md", "txt", "json")


def text(key: str, **values: object) -> str:
    """A sentence of this topic, as plain text."""
    return str(say(f"command_line.{key}", **{name: Marked(value) for name, value in values.items()}))


class Parser(argparse.ArgumentParser):
    """argparse in this house's words: a slip is named, the nearest right word offered; the status is 2."""

    def __init__(self, prog: str, about: str, example: str) -> None:
        super().__init__(
            prog=prog,
            description=about,
            epilog=example,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is, and leave with status 2."""
        self.exit(2, f"{self.prog}: {self._said(message)} {text('see_help', prog=self.prog)}\n")

    def _said(self, message: str) -> str:
        choice = _BAD_CHOICE.search(message)
        if choice:
            known = re.findall(r"[\w-]+", choice[2])
            near = _nearest(choice[1], known)
            if near:
                return text("unknown_command_near", given=choice[1], near=near)
            return text("unknown_command", given=choice[1], known=", ".join(known))
        strange = _STRANGE.match(message)
        if strange:
            near = _nearest(strange[1], re.findall(r"--[\w-]+", self.format_help()))
            if near:
                return text("unknown_option_near", given=strange[1], near=near)
            return text("unknown_option", given=strange[1])
        told = message.removeprefix("argument ")
        return told if told.endswith((".", "!", "?")) else f"{told}."

    def parse_known_args(  # type: ignore[override]  # typeshed: overloads over the namespace's type, of which we use one
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """A word too many is answered by the command that it was given to, which knows what was meant."""
        found, strange = super().parse_known_args(args, namespace)
        if strange:
            self.error(f"unrecognized arguments: {strange[0]}")
        return found, strange


def parser() -> Parser:
    """The whole grammar. A line that was read holds its `command` (`db upgrade`), `asker` and arguments."""
    top = Parser("room37", text("about"), text("about_more"))
    top.add_argument("--version", action="version", version=f"room37 {__version__}", help=text("version"))
    top.set_defaults(command="", asker=top)
    commands = _commands(top)

    opening = _command(commands, "try")
    opening.add_argument("--transcript", metavar="FILE", type=_transcript, help=text("try_transcript"))
    opening.add_argument("--seed", metavar="N", type=_seed, help=text("try_seed"))
    opening.add_argument("--clock", metavar="TIME", type=_clock, help=text("try_clock"))
    opening.add_argument("--resume", action="store_true", help=text("try_resume"))
    opening.add_argument("--demo-writer", action="store_true", help=text("try_demo_writer"))

    _command(commands, "run")

    export = _command(commands, "export")
    export.add_argument("--story", metavar="ID", required=True, type=_given, help=text("export_story"))
    export.add_argument(
        "--format", metavar="FORMAT", dest="form", type=_format, default="md", help=text("export_format")
    )
    export.add_argument("--out", metavar="FILE", type=_path, help=text("export_out"))

    for name in ("backup", "restore"):
        _command(commands, name).add_argument("file", metavar="FILE", type=_path, help=text(f"{name}_file"))
    _command(commands, "rooms")

    move = _command(commands, "move")
    move.add_argument("--room", metavar="ID", required=True, type=_given, help=text("move_room"))
    move.add_argument("--to", metavar="PLACE", required=True, type=_place, help=text("move_to"))

    forget = _command(commands, "forget")
    forget.add_argument("--person", metavar="KEY", required=True, type=_person, help=text("forget_person"))

    database = commands.add_parser(
        "db", help=text("db_short"), prog="room37 db", about=text("db_about"), example=""
    )
    database.set_defaults(asker=database)
    under = _commands(database)
    for name in ("upgrade", "check"):
        _command(under, name, "db ")

    copying = _command(under, "copy", "db ")
    copying.add_argument("--from", metavar="WHERE", dest="source", type=_given, help=text("db_copy_from"))
    copying.add_argument("--to", metavar="WHERE", dest="target", required=True, type=_given, help=text("db_copy_to"))
    erased = _command(under, "erasures", "db ")
    erased.add_argument("file", metavar="FILE", type=_path, help=text("db_erasures_file"))
    erased.add_argument("--apply", action="store_true", help=text("db_erasures_apply"))

    doctor = _command(commands, "doctor")
    doctor.add_argument("--discord", action="store_true", help=text("doctor_discord"))
    doctor.add_argument("--slack", action="store_true", help=text("doctor_slack"))
    doctor.add_argument("--json", dest="as_json", action="store_true", help=text("doctor_json"))

    manifest = _command(commands, "manifest")
    manifest.add_argument("platform", metavar="PLATFORM", type=_manifest, help=text("manifest_platform"))
    manifest.add_argument("--http", metavar="URL", type=_https, help=text("manifest_http"))
    manifest.add_argument("--history", action="store_true", help=text("manifest_history"))
    manifest.add_argument("--out", metavar="FILE", type=_path, help=text("manifest_out"))
    return top


def _manifest(value: str) -> ManifestOf:
    for known in _MANIFESTS:
        if value == known:
            return known
    raise argparse.ArgumentTypeError(text("not_a_manifest"))


def _https(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise argparse.ArgumentTypeError(text("not_https"))
    return value


def _commands(under: Parser) -> argparse._SubParsersAction[Parser]:
    return under.add_subparsers(
        title=text("commands"), metavar=text("command"), dest="word", parser_class=Parser
    )


def _command(commands: argparse._SubParsersAction[Parser], name: str, group: str = "") -> Parser:
    """A command with what every command takes."""
    key = (group + name).replace(" ", "_")
    made = commands.add_parser(
        name,
        help=text(f"{key}_short"),
        prog=f"room37 {group}{name}",
        about=text(f"{key}_about"),
        example=text(f"{key}_example"),
    )
    made.add_argument("--db", metavar="PATH", type=_given, help=text("db"))
    made.add_argument("--config", metavar="FILE", type=_path, help=text("config"))
    made.set_defaults(command=group + name, asker=made)
    return made


def _given(value: str) -> str:
    if not value.strip():
        raise argparse.ArgumentTypeError(text("empty"))
    return value


def _path(value: str) -> Path:
    return Path(_given(value))


def _transcript(value: str) -> Path | Literal["-"]:
    return "-" if value == "-" else _path(value)


def _seed(value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise argparse.ArgumentTypeError(text("not_a_seed")) from None


def _clock(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise argparse.ArgumentTypeError(text("clock_without_offset"))
        moment.astimezone(UTC)  # the first and the last day of the calendar have offsets that lead out of it
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(text("not_a_clock")) from None
    return moment


def _format(value: str) -> ExportFormat:
    for known in _FORMATS:
        if value == known:
            return known
    raise argparse.ArgumentTypeError(text("not_a_format"))


def _place(value: str) -> Place:
    parts = value.split("/")
    if len(parts) not in (3, 4) or not all(parts):
        raise argparse.ArgumentTypeError(text("not_a_place"))
    return Place(*parts)


def _person(value: str) -> str:
    parts = value.split("/", 2)
    if len(parts) != 3 or not all(parts):
        raise argparse.ArgumentTypeError(text("not_a_person"))
    return value


def _nearest(given: str, known: Sequence[str]) -> str | None:
    found = difflib.get_close_matches(given, known, n=1, cutoff=0.6)
    return found[0] if found else None
