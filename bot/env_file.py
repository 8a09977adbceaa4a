"""The .env file: secrets beside the program, read only when nobody else on this machine can read them."""

from __future__ import annotations

import io
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from bot.key_kinds import Wrong, plain

_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class EnvFile:
    """The variables of one file. Its repr shows no values."""

    path: Path
    variables: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return f"EnvFile({str(self.path)!r}, {len(self.variables)} variables)"


def read_env_file(path: Path, our_uid: int) -> EnvFile | None:
    """The file's variables; None when there is no such file (a folder of that name is none).

    Raises Wrong when others may read it, when it belongs to someone else, or when a line is no `NAME=value`.
    What was opened is what is judged, so that a file swapped in between is not read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # never waits on a pipe
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Wrong(plain("env_unreadable", why=error.strerror)) from error
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            return None
        if found.st_uid != our_uid:
            raise Wrong(plain("env_not_ours", path=path))
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise Wrong(plain("env_open_to_others", path=path, mode=f"{stat.S_IMODE(found.st_mode):o}"))
        raw = os.read(handle, _MOST_BYTES + 1)
    finally:
        os.close(handle)
    if len(raw) > _MOST_BYTES:
        raise Wrong(plain("env_too_large"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Wrong(plain("not_utf8", line=raw[: error.start].count(b"\n") + 1)) from None
    return EnvFile(path, _variables(text))


def _variables(text: str) -> tuple[tuple[str, str], ...]:
    """Names and values as python-dotenv reads them, without interpolation: a key may hold a dollar sign."""
    from dotenv.parser import parse_stream  # noqa: PLC0415 - most starts have no .env, and need not pay for it

    found: dict[str, str] = {}
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or (binding.key is not None and binding.value is None):
            blank = len(binding.original.string) - len(binding.original.string.lstrip())
            line = binding.original.line + binding.original.string[:blank].count("\n")
            raise Wrong(plain("env_broken_line", line=line))
        if binding.key is not None and binding.value is not None:
            found[binding.key] = binding.value
    return tuple(found.items())
