"""A PostgreSQL server for tests: found on this machine, started on a socket of its own, as an unprivileged user."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl, the newest version's; None where there is no server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _as_unprivileged() -> tuple[list[str], tuple[int, int] | None]:
    if os.geteuid() != 0:
        return [], None
    user = pwd.getpwnam("postgres")
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"], (
        user.pw_uid,
        user.pw_gid,
    )


@contextlib.contextmanager
def server() -> Iterator[Path]:
    """A running server; gives the folder of its socket. Raises LookupError where there is none to start."""
    tools = binaries()
    if tools is None:
        raise LookupError("no PostgreSQL server is installed")
    try:
        prefix, owner = _as_unprivileged()
    except KeyError:
        raise LookupError("there is no user `postgres` to run the server as") from None
    folder = Path(tempfile.mkdtemp(prefix="r37pg"))
    if owner is not None:
        os.chown(folder, *owner)

    def run(*command: str) -> None:
        subprocess.run(
            [*prefix, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    data = folder / "data"
    run(
        str(tools / "initdb"),
        "-A",
        "trust",
        "-U",
        "postgres",
        "--locale=C.UTF-8",
        "--encoding=UTF8",
        "--no-sync",
        "--no-instructions",
        "-D",
        str(data),
    )
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=60"
    run(str(tools / "pg_ctl"), "-w", "-D", str(data), "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield folder
    finally:
        run(str(tools / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
