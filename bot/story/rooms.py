"""The room: what memory keeps for a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Preset = Literal["community", "studio", "table"]


@dataclass(frozen=True, slots=True)
class Room:
    """One place's room. `revision` rises with every write; a snapshot is keyed by it."""

    id: str
    platform: str
    space: str
    channel: str
    thread: str
    created_at: datetime
    revision: int = 0
    parent_id: str | None = None
    """A thread's room inherits rules, blocks, lines and consent from its parent."""
    preset: Preset = "table"
    preset_chosen: bool = False
    """False until someone answered "what kind of room?"; the platform's default column holds till then."""
    rules: Mapping[str, str] = field(default_factory=dict)
    """Lines that the showrunner changed, by key of house_rules; all others are the preset's."""
    zone: str = "UTC"
    hours: str = ""
    """Room hours such as `Mon-Fri 09:00-18:00`; empty means always."""
    opened: bool = False
    """True once the house card was made."""
    machine_on_at: datetime | None = None
    """When a public card turned the co-writer on; None is off."""
    machine_on_by: str | None = None
    budget_cents: int = 0
    """Cap a room and month agreed on when the machine was turned on, in US cents; 0 is the preset's."""
    spent_micros: int = 0
    """Spent in `spent_month`, in millionths of a US dollar."""
    spent_month: str = ""
    stopped_at: datetime | None = None
    """Since when a scene is stopped by someone's `/stop`; clocks stand still."""
    stopped_scene: str = ""
    resume_by: tuple[str, ...] = ()
    """Writers who chose how to go on after a stop, each as `way person-key`."""
    acted: int = 0
    """How many different people have ever acted here."""
    title: str = ""
    stories: int = 0
    """Highest story number given; archived stories keep theirs."""
    reports: int = 0
    """Highest number given to a report."""
    role_map: tuple[tuple[str, str, str], ...] = ()
    """(id, name, role here) of the server's roles that count here, by id; see bot.story.role_map."""
    schedules: int = 0
    """Highest number given to a schedule."""
    prompts: int = 0
    """Highest number given to a prompt."""
