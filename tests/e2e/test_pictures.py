"""The evening that is drawn for people to look at: every card that matters is in it, and the server refused nothing."""

from __future__ import annotations

import re
from html import unescape

from tests.pictures import slack_evening, slack_page
from tests.pictures.evening import play
from tests.pictures.page import page, section
from tests.pictures.shots import Shot

CARDS = {
    1: ("#story is now a writers' room", "Votes are secret from the room.", "[Pitch an idea…]", "[House rules]"),
    2: ("What happens next? - The Last Ferry", "None of these", "ballots needed", "A tie:", "[Vote]", "[Add my idea…]"),
    3: ("Counted: 1 and 3.", "You can change it until", "[Take my vote back]"),
    4: ("Your idea is in, as number 1:", "Your name stays hidden", "[Change it…]", "[Take it back]"),
    5: ("Chosen (greenlit): The captain has been dead since Tuesday", "By ben", "3 of 5 ballots.", "ben may start writing", "[Write it…]"),
    6: ("Not decided yet", "One ballot came in and 2 were needed", "until", "[Vote]", "[Add my idea…]"),
    7: ("not in the story", "118 words", "the credits will say", "[Use as is]", "[Edit…]", "[Show the room]"),
    8: ("Others wrote while you did", "Your 78 words are safe.", "[Add mine after theirs]", "[Keep as draft]"),
    9: ("The scene is stopped", "nobody will look for who", "[Fade to black]", "[Carry on]"),
    10: ("your words are safe", "Your words are in your drafts", "[See my drafts]"),
}  # fmt: skip
"""What people must be able to read on each card, by its number in the list of cards that matter most."""
_MARKS = re.compile(r"\b\d{15,}\b|<t:|<@|\\[*_.~|]")
"""Ids and marks that no client shows: they would mean that a picture is not what people see."""


def _words(shot: Shot) -> str:
    """What a picture says: its text without tags, buttons in brackets."""
    html = re.sub(r"<button[^>]*>(.*?)</button>", r" [\1] ", section(shot, "story"))
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


async def test_every_card_is_drawn_from_an_evening_that_the_server_took_whole() -> None:
    shots, refused = await play()
    assert refused == []
    said = {shot.name: _words(shot) for shot in shots}
    assert len(said) == len(shots), "two pictures have one name"
    for number, words in CARDS.items():
        drawn = "\n".join(said[shot.name] for shot in shots if shot.card == number)
        for one in words:
            assert one in drawn, f"card {number} does not say {one!r}: {drawn}"
    assert "@ben It is your turn" in said["turn"]
    assert "Only you can see this" in said["vote"]
    assert "Only you can see this" not in said["ballot"]
    html = page(shots, "story")
    for shot in shots:
        assert f'id="{shot.name}"' in html
        assert not _MARKS.search(said[shot.name]), said[shot.name]


SLACK = {
    "house": ("This is now a writers' room", "[Pitch an idea…]"),
    "my-ballot": ("Your ballot: What happens next?", "1 · The captain has been dead since Tuesday", "[Vote]", "Only visible to you"),
    "vote": ("Counted: 1 and 3.", "[Change my vote]"),
    "ballot": ("What happens next? - The Last Ferry", "0 None of these", "/room pitch", "[Vote]"),
    "page": ("Chosen (greenlit)", "He stood at the wheel"),
    "form-extend": ("Writers' room", "Write what happens next into the story.", "Or a text file", "[Send]"),
    "proposal": ("not in the story", "[Use as is]", "Only visible to you"),
    "stopped": ("The scene is stopped", "[Carry on]"),
    "safe": ("your words are safe", "[See my drafts]"),
    "home": ("Open ballots", "Your drafts", "Stories of your channels", "#story"),
    "home-empty": ("Write a story together, in a channel", "/room story new"),
}
"""What people must be able to read on each picture of Slack."""
_SLACK_MARKS = re.compile(r"\b[UCTV]0[0-9A-Z]{8,}\b|<!|<@|\u200b|;(?:round|story)=")


async def test_the_evening_in_slack_is_drawn_from_what_the_server_took_whole() -> None:
    shots, refused = await slack_evening.play()
    assert refused == []
    html = slack_page.page(shots)
    said = {}
    for shot in shots:
        drawn = re.sub(r"<button[^>]*>(.*?)</button>", r" [\1] ", slack_page.section(shot))
        said[shot.name] = " ".join(unescape(re.sub(r"<[^>]+>", " ", drawn)).split())
        assert f'id="{shot.name}"' in html
        assert not _SLACK_MARKS.search(said[shot.name]), said[shot.name]
    assert len(said) == len(shots), "two pictures have one name"
    for name, words in SLACK.items():
        for one in words:
            assert one in said[name], f"{name} does not say {one!r}: {said[name]}"
    assert "Only visible to you" not in said["ballot"]
