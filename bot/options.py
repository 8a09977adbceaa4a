"""What the command line asks of the program, as values, and the functions of `bot.app` that answer it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from bot.story.people import Place

ManifestOf = Literal["discord", "slack"]
ExportFormat = Literal["md", "txt", "json"]


@dataclass(frozen=True, slots=True)
class TryOptions:
    """How `room37 try` was asked to open its room."""

    transcript: Path | Literal["-"] | None = None
    """A file to play, `-` for standard input, None for people who type."""
    db: str | None = None
    """A path or an address; None is what is configured."""
    seed: int | None = None
    clock: datetime | None = None
    """Where the room's clock begins, with its offset; None is the real time."""
    resume: bool = False
    """Skip the lines that the desk of this database already holds."""
    demo_writer: bool = False
    config: Path | None = None


class App(Protocol):
    """The composition root as the command line sees it; each function gives the exit status.

    Each may raise OperatorError, whose sentence is then shown, with status 1.
    """

    def try_room(self, options: TryOptions) -> int:
        """Open a room in this terminal, or play a transcript."""
        ...

    def run(self, *, config: Path | None, db: str | None) -> int:
        """Serve the rooms on every platform that is configured, until the process is told to stop."""
        ...

    def manifest(
        self, *, config: Path | None, db: str | None, platform: ManifestOf, http: str, history: bool, out: Path | None
    ) -> int:
        """Print what installs the bot on a platform, and the steps.

        For Slack the manifest is written to `out`; `http` is the address that Slack asks ("" is what is configured),
        `history` asks to read channels.
        """
        ...

    def export(
        self, *, config: Path | None, db: str | None, story: str, form: ExportFormat, out: Path | None
    ) -> int:
        """Write one story to a file, or to standard output for None."""
        ...

    def backup(self, *, config: Path | None, db: str | None, file: Path) -> int:
        """Copy the database to a new file, open the copy and count what is in it."""
        ...

    def restore(self, *, config: Path | None, db: str | None, file: Path) -> int:
        """Put a backup in the database's place and apply the erasures that stand."""
        ...

    def rooms(self, *, config: Path | None, db: str | None) -> int:
        """List the rooms: ids, places and sizes, no text."""
        ...

    def move(self, *, config: Path | None, db: str | None, room: str, to: Place) -> int:
        """Give a room another place."""
        ...

    def forget(self, *, config: Path | None, db: str | None, person: str) -> int:
        """Take one person's words and name out of every room."""
        ...

    def db_upgrade(self, *, config: Path | None, db: str | None) -> int:
        """Bring the database to this version, after a backup."""
        ...

    def db_check(self, *, config: Path | None, db: str | None) -> int:
        """Say whether the database is whole and of this version."""
        ...

    def db_copy(self, *, config: Path | None, db: str | None, source: str | None, target: str) -> int:
        """Move a house to another, empty database; `source` is where it is (None: what is configured)."""
        ...

    def db_erasures(self, *, config: Path | None, db: str | None, file: Path, apply: bool) -> int:
        """Write the ids of what was erased to a file; or, to `apply`, take what a file names out of the database."""
        ...

    def doctor(
        self, *, config: Path | None, db: str | None, as_json: bool, discord: bool, slack: bool
    ) -> int:
        """Say what is configured, what is wrong and what to do; `discord` and `slack` ask those platforms too."""
        ...
