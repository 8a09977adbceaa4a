"""Zones by name: only names of the list are taken, and everything else is answered with likely ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.story.zones import likely_zones, names, zone, zone_named


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("  europe/berlin ", "Europe/Berlin"),
        ("america/new york", "America/New_York"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("UTC", "UTC"),
        ("zulu", "UTC"),
    ],
)
def test_a_name_of_the_list_is_taken_in_any_case(given: str, name: str) -> None:
    assert zone_named(given) == name


@pytest.mark.parametrize(
    ("given", "likely"),
    [
        ("EST", ("America/New_York",)),
        ("cst", ("America/Chicago", "Asia/Shanghai")),
        ("IST", ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem")),
        ("BST", ("Europe/London", "Asia/Dhaka")),
        ("PST8PDT", ("America/Los_Angeles",)),
        ("Pacific Time", ("America/Los_Angeles",)),
        ("GMT", ("Europe/London", "UTC")),
        ("UTC+2", ("Europe/Athens",)),
        ("GMT -5", ("America/New_York",)),
        ("+05:30", ("Asia/Kolkata",)),
        ("Berlin", ("Europe/Berlin",)),
        ("New York", ("America/New_York",)),
        ("Germany", ("Europe/Berlin",)),
        ("usa", ("America/New_York", "America/Los_Angeles")),
        ("Japan", ("Asia/Tokyo",)),
        ("Europe/Belrin", ("Europe/Berlin",)),
    ],
)
def test_what_people_say_for_a_zone_is_answered_with_names(given: str, likely: tuple[str, ...]) -> None:
    with pytest.raises(UserError) as refused:
        zone_named(given)
    for name in likely:
        assert f"`{name}`" in str(refused.value)
    assert refused.value.argument == "zone"


@pytest.mark.parametrize("given", ["", "xyzzy", "../../etc/passwd", "Mars/Olympus_Mons", "Factory", "a" * 100_000, "\u202e/"])
def test_what_is_like_no_zone_gets_examples(given: str) -> None:
    with pytest.raises(UserError) as refused:
        zone_named(given)
    assert "`Europe/Berlin`" in str(refused.value) and len(str(refused.value)) < 400


@given(st.text(max_size=30))
def test_any_text_is_a_name_or_a_refusal(text: str) -> None:
    try:
        found = zone_named(text)
    except UserError as refused:
        found = likely_zones(text)[0] if refused.key != "zones.unknown" else "UTC"
    assert found in names() and zone(found).key == found


@given(st.sampled_from(sorted(names())))
def test_every_name_is_taken_or_has_likely_ones(name: str) -> None:
    try:
        assert zone_named(name.lower()) in (name, "UTC")
    except UserError:
        assert "/" not in name
        assert likely_zones(name) or name == "Factory"
