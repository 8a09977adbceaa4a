"""The house rules in force, the kind of room, and the ledger's latest acts in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards import Action, Card, Items, Part, Reply, Small, Text, button, note
from bot.faces.times import when
from bot.sentences import Marked, keys, say
from bot.story.books import Deed
from bot.story.house_rules import LineSet, PresetChosen, Printed
from bot.story.people import Role
from bot.story.role_map import MapNews
from bot.story.roles import RoleNews, Roster
from bot.story.rule_topics import ALL, TOPICS
from bot.story.snapshot import Snapshot

PRESETS = ("community", "studio", "table")
_PAGE = 3_000
_CHANGED = 12


def _line(p: Printed) -> Marked:
    return say("showrunner.line_changed" if p.changed else "showrunner.line", key=p.key, title=p.title, words=p.words)


def _title(room: Snapshot) -> Marked:
    return say("showrunner.rules_title", preset=say(f"showrunner.kind_{room.room.preset}"))


def overview(room: Snapshot, printed: Sequence[Printed]) -> Reply:
    """What this room does otherwise than its kind, then what the rules are about, each a press away."""
    kind = say(f"showrunner.kind_{room.room.preset}")
    other = tuple(_line(p) for p in printed if p.changed)
    shown = other[:_CHANGED]
    parts: list[Part] = [Text(say("showrunner.changed_here" if other else "showrunner.nothing_changed", kind=kind))]
    if shown:
        parts.append(Items(shown))
    if len(other) > len(shown):
        parts.append(Small(say("showrunner.changed_more", n=len(other) - len(shown))))
    parts.append(Text(say("showrunner.topics_lead")))
    parts.append(Items(tuple(say("showrunner.topic_line", topic=_topic(t), about=say(f"showrunner.about_topic_{t}")) for t in TOPICS)))
    parts.append(Small(say("showrunner.how_to_set")))
    return Reply.of(Card(_title(room), tuple(parts), tuple(_look(topic) for topic in (*TOPICS, ALL))))


def about(room: Snapshot, topic: str, printed: Sequence[Printed]) -> Reply:
    """The lines about one thing, and the way back."""
    title = say("showrunner.topic_title", topic=_topic(topic), preset=say(f"showrunner.kind_{room.room.preset}"))
    rows = Items(tuple(_line(p) for p in printed))
    back = button(say("showrunner.all_topics"), "showrunner-card rules")
    return Reply.of(Card(title, (rows, Small(say("showrunner.how_to_set"))), (back,)))


def _topic(topic: str) -> Marked:
    return say(f"showrunner.topic_{topic}")


def _look(topic: str) -> Action:
    return button(_topic(topic), "showrunner-card rules", topic=topic)


def lines(room: Snapshot, printed: Sequence[Printed]) -> Reply:
    """Every line of the rules in force; those that the showrunner changed are marked."""
    rows = [_line(p) for p in printed]
    cards: list[Card] = []
    page: list[str] = []
    for row in rows:
        if sum(map(len, page)) + len(row) > _PAGE:
            cards.append(Card(parts=(Items(tuple(page)),)))
            page = []
        page.append(row)
    cards.append(Card(parts=(Items(tuple(page)), Small(say("showrunner.how_to_set")))))
    return Reply((Card(_title(room), cards[0].parts), *cards[1:]))


def line_set(done: LineSet) -> Reply:
    """The receipt of a changed line."""
    return Reply.of(
        note(say("showrunner.set", title=done.line.title, words=done.line.words, before=done.before.words))
    )


def which_kind(room: Snapshot) -> Card:
    """The one question when a room opens: never a pause."""
    actions = tuple(button(say(f"showrunner.kind_{p}"), "showrunner-card kind", preset=p) for p in PRESETS)
    return Card(
        say("showrunner.kind_title"),
        (
            Text(say("showrunner.kind_ask", now=say(f"showrunner.kind_{room.room.preset}"))),
            Items(tuple(say(f"showrunner.about_{p}") for p in PRESETS)),
        ),
        actions,
    )


def preset_chosen(done: PresetChosen) -> Reply:
    """The receipt of the kind of room."""
    parts: list[Text | Small] = [
        Text(say("showrunner.kind_chosen", kind=say(f"showrunner.kind_{done.room.preset}")))
    ]
    if done.kept:
        parts.append(Small(say("showrunner.kind_kept", titles=Marked(", ".join(p.title for p in done.kept)))))
    return Reply.of(Card(parts=tuple(parts), actions=(button(say("ballot.rules"), "showrunner rules"),)))


def roster(found: Roster) -> Reply:
    """Who is what."""
    rows = [say("showrunner.roster_line", role=say(f"showrunner.role_{role}"), names=", ".join(names)) for role, names in (
        ("showrunner", found.showrunners), ("writer", found.writers), ("reader", found.readers), ("none", found.others),
    ) if names]  # fmt: skip
    rows += [
        say("showrunner.group_line", name=name, role=say(f"showrunner.role_{role.value}"))
        for name, role in found.groups
    ]
    if not found.showrunners:
        rows.insert(0, say("showrunner.no_showrunner"))
    return Reply.of(
        Card(say("showrunner.roster_title"), (Items(tuple(rows)), Small(say("showrunner.how_to_give"))))
    )


def role_given(news: RoleNews) -> Reply:
    """The receipt of a role."""
    return Reply.of(
        note(say("showrunner.role_given", name=news.name, role=say(f"showrunner.role_{news.role.value}")))
    )


def role_mapped(news: MapNews) -> Reply:
    """The receipt of a mapped role of the server."""
    if news.role is Role.NONE:
        return Reply.of(note(say("showrunner.unmapped", name=news.name)))
    role = say(f"showrunner.role_{news.role.value}")
    return Reply.of(note(say("showrunner.mapped", name=news.name, role=role)))


def log(room: Snapshot, deeds: Sequence[Deed], now: datetime) -> Reply:
    """The latest acts, newest first: who, what, when; nobody where the room hides who."""
    known = keys()
    rows = []
    for deed in deeds:
        key = f"showrunner.act_{deed.entry.kind.replace('.', '_')}"
        what = say(key) if key in known else say("showrunner.act_other", kind=deed.entry.kind)
        hidden = bool(deed.detail.get("hidden")) or deed.actor is None
        name = (
            say("showrunner.somebody")
            if hidden
            else Marked(say("showrunner.named", name=room.name(deed.actor)))
        )
        rows.append(
            say(
                "showrunner.log_line",
                seq=deed.entry.seq,
                name=name,
                what=what,
                when=when(deed.entry.at, room.room, now),
            )
        )
    if not rows:
        return Reply.of(note(say("showrunner.log_empty")))
    return Reply.of(
        Card(say("showrunner.log_title"), (Items(tuple(rows), numbered=True), Small(say("showrunner.log_note"))))
    )
