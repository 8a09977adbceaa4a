"""How long cards that are redrawn in place are left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cards import Card, Text, button
from bot.resting import OLD, OLD_PACE, REDRAW_PACES, Rests
from bot.story.books import Post
from tests.clock import HandClock

PACE = 1.2
OPEN = Card("What happens next?", (Text("Two ideas"),), (button("Vote", "vote"),))
CLOSED = Card("What happened", (Text("Two ideas"),))


def ballot(clock: HandClock) -> Post:
    """A ballot that stands there."""
    return Post("p1", "ballot", "r1", 3, 2, ("m1",), "n", "shown", None, clock.now(), clock.now())


@pytest.mark.parametrize("old", [False, True])
def test_a_card_in_place_is_redrawn_at_its_pace_and_its_last_form_at_once(old: bool) -> None:
    clock = HandClock()
    rests = Rests(clock, lambda _: None, pace_seconds=PACE)
    post = ballot(clock)
    clock.pass_(seconds=OLD.total_seconds() + 1 if old else 1)
    assert rests.redrawn_lately(post, OPEN, clock.now()) is None  # never redrawn yet
    rests.note_edit(post, clock.now())
    due = clock.now() + (OLD_PACE if old else timedelta(seconds=PACE * REDRAW_PACES))
    clock.pass_(seconds=1)
    assert rests.redrawn_lately(post, OPEN, clock.now()) == due
    assert rests.redrawn_lately(post, CLOSED, clock.now()) is None
    clock.at = due
    assert rests.redrawn_lately(post, OPEN, clock.now()) is None


def test_where_nothing_is_paced_no_card_waits() -> None:
    clock = HandClock()
    rests = Rests(clock, lambda _: None, pace_seconds=0.0)
    rests.note_edit(ballot(clock), clock.now())
    assert rests.redrawn_lately(ballot(clock), OPEN, clock.now()) is None
