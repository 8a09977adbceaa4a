"""The App Home: in its order, within its limits, each button for its own room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.blocks import Json
from adapters.slack.home import HomeFacts, Row, home
from adapters.slack.reading import seen
from bot.calls import Call, from_token
from bot.cards import button
from bot.sentences import literal
from tests.unit.slack_blocks import check_home, elements
from tests.unit.test_slack_markup import TRICKY

TITLES = ["Your turn", "Open ballots", "Your drafts", "Stories of your channels", "What comes when"]


def words(view: Json) -> str:
    """What is seen of it."""
    return "\n".join(seen(block) for block in view["blocks"])


def rows(words_: str = "The Last Ferry", many: int = 1) -> tuple[Row, ...]:
    """So many rows."""
    return tuple(
        Row(
            f"{n}: {words_}", f"C{n}", "17.01" if n else "",
            (button("Write…", "extend", room=f"R{n}"), button("Pass", "turn pass", room=f"R{n}")),
        )
        for n in range(many)
    )  # fmt: skip


def full(many: int, text: str = "The Last Ferry") -> HomeFacts:
    """A home with something of everything."""
    some = rows(text, many)
    return HomeFacts("room37", some, some, some, some, some, some, {"drafts": 40})


def test_everything_stands_there_in_its_order() -> None:
    view = home(full(1))
    check_home(view)
    shown = words(view).splitlines()
    places = [shown.index(title) for title in [*TITLES, "Settings and privacy"]]
    assert places == sorted(places)
    assert "0: The Last Ferry (in #C0)" in shown
    assert "40 more. /room my drafts in their channels shows them." in shown


def test_a_button_is_for_its_own_room() -> None:
    found = [element["action_id"] for element in elements(home(full(2))["blocks"])]
    assert from_token(found[0]) == Call("extend", {"room": "R0"})
    assert from_token(found[2]) == Call("extend", {"room": "R1"})


def test_who_is_new_is_told_how_it_begins() -> None:
    view = home(HomeFacts("room37"))
    check_home(view)
    shown = words(view)
    assert "/invite @room37" in shown
    assert "/room story new" in shown
    assert "Settings and privacy" in shown
    assert not any(title in shown for title in TITLES)


@given(TRICKY | st.text(max_size=900), st.integers(1, 30))
def test_any_home_is_one_that_slack_takes(text: str, many: int) -> None:
    check_home(home(full(many, literal(text) * (1 + 10 * (many > 20)))))
