"""The veil: words that a keeper hid, or that were erased, leave a mark in their place and keep their number.

Hidden words move into a field that nothing shows, sends or exports; so a face, a prompt or a file that knows
nothing of veils can show too little, and never too much.
"""

from __future__ import annotations

from typing import Literal

from bot.errors import UserError
from bot.sentences import Marked, say

Veil = Literal["", "hidden", "erased"]


def mark(veil: Veil) -> Marked:
    """What stands in the place of veiled words."""
    return say(f"veil.{veil}") if veil else Marked("")


def refuse_veiled(veil: Veil, number: int) -> None:
    """Refuse to change words that are hidden or gone."""
    if veil:
        raise UserError(f"veil.is_{veil}", number=number)
