"""The composition root: the only place that joins the core to adapters, memory and model vendors.

Its functions are those of `bot.options.App`; a house is wired in `bot.app.house`.
"""

from __future__ import annotations

from bot.app.doctor import doctor
from bot.app.house import ALONE, TABLE, House, RealClock, build, open_database
from bot.app.installing import manifest
from bot.app.keeping import backup, db_check, db_upgrade, export, forget, move, restore, rooms
from bot.app.moving import db_copy, db_erasures
from bot.app.serving import run
from bot.app.terminal import try_room

__all__ = [
    "ALONE",
    "TABLE",
    "House",
    "RealClock",
    "backup",
    "build",
    "db_check",
    "db_copy",
    "db_erasures",
    "db_upgrade",
    "doctor",
    "export",
    "forget",
    "manifest",
    "move",
    "open_database",
    "restore",
    "rooms",
    "run",
    "try_room",
]
