"""Taking words out of every place where they live: passages, drafts, receipts, the ledger's plain side, machine texts.

One walk serves a keeper's erasure, a person who takes their words out, `room37 forget`, and the replay after a restore.
It begins at ids, gathers the words that stand there, follows what was made from them, and looks through everything that
quotes. Salts of commitments go with the plain values, so that the chain still verifies and nobody can guess. Other
people's own texts are not judged here: of a draft of theirs that repeats the words, only the repeated words go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, or_, select, update

from bot.cards import note, to_json
from bot.sentences import say
from bot.story.erasing import Echo, Swept, strings
from bot.story.veiling import mark
from memory import tables as t
from memory.nouns import dumps, insert_for
from memory.words import NAMES, OWN

_CHUNK = 400
BARE_ACT = {"text": None, "text_salt": ""}
BARE_DETAIL = {"detail": "{}", "detail_salt": ""}


@dataclass
class _Walk:
    """One walk through a room."""

    connection: Connection
    room_id: str
    found: dict[str, set[str]] = field(default_factory=dict)
    """Ids that lose words, by table."""
    texts: list[str] = field(default_factory=list)
    """People's words that go."""
    made: list[str] = field(default_factory=list)
    """What a machine made of them: looked for in receipts only, because others may have been dealt the same."""
    authors: set[str] = field(default_factory=set)
    since: datetime | None = None
    touched: set[str] = field(default_factory=set)
    """Subjects of public cards that show something of it."""
    stories: set[str] = field(default_factory=set)
    copies: set[str] = field(default_factory=set)
    """Reports that held a copy: of them only the copy goes."""

    def add(self, table: str, ids: Iterable[str]) -> None:
        self.found.setdefault(table, set()).update(ids)

    def before(self, instants: Iterable[datetime]) -> None:
        """Receipts are looked through from the earliest of these on."""
        self.since = min((*instants, *((self.since,) if self.since else ())), default=None)

    def ids(self, table: str) -> set[str]:
        return self.found.get(table, set())

    def rows(self, table: Table, *which: ColumnElement[bool]) -> Sequence[Any]:
        query = select(table).where(table.c.room_id == self.room_id, *which).order_by(table.c.id)
        return self.connection.execute(query).all()

    def rows_in(self, table: Table, column: str, ids: Iterable[str]) -> list[Any]:
        wanted = sorted(ids)
        parts = [wanted[n : n + _CHUNK] for n in range(0, len(wanted), _CHUNK)]
        return [row for part in parts for row in self.rows(table, table.c[column].in_(part))]

    def change(self, table: str, ids: Iterable[str], **values: Any) -> None:
        of, wanted = t.metadata.tables[table], sorted(ids)
        for n in range(0, len(wanted), _CHUNK):
            which = of.c.id.in_(wanted[n : n + _CHUNK])
            self.connection.execute(update(of).where(of.c.room_id == self.room_id, which).values(values))


def sweep(
    connection: Connection,
    room_id: str,
    ids: Iterable[str],
    at: datetime,
    *,
    person: str | None = None,
    person_since: datetime | None = None,
) -> Swept:
    """Take the words of these rows out of every place of one room.

    With `person` also what they typed into the desk and the ledger since then (None: ever), whatever it was about.
    """
    walk = _Walk(connection, room_id)
    wanted = set(ids)
    _gather(walk, wanted)
    echo = Echo(walk.texts)
    if echo or person is not None:
        _follow(walk, echo)
    receipts = Echo((*walk.texts, *walk.made))
    _empty(walk)
    _ledger(walk, receipts, wanted, person, person_since)
    _desk(walk, receipts, wanted, person, person_since)
    _others(walk, receipts)
    _redraw(walk)
    swept = Swept(tuple((name, tuple(sorted(those))) for name, those in sorted(walk.found.items()) if those))
    _note(walk, at)
    return swept


def _gather(walk: _Walk, wanted: set[str]) -> None:
    """The rows of these ids, and the words that stand in them."""
    for row in walk.rows_in(t.passages.table, "id", wanted):
        walk.add("passages", (row.id,))
        walk.authors.add(row.author)
        walk.touched |= {row.id, row.scene_id}
        walk.stories.add(row.story_id)
    for row in walk.rows_in(t.passage_versions.table, "passage_id", walk.ids("passages")):
        walk.add("passage_versions", (row.id,))
        _take(walk, row, "text", "hidden_text")
    pitches = _kin(walk, wanted)
    for row in pitches:
        walk.add("pitches", (row.id,))
        walk.authors |= {row.author} if row.author else set()
        walk.touched.add(row.round_id)
        _take(walk, row, "text", "hidden_text")
    wanted |= {row.draft_id for row in pitches} - {None}
    _gather_answers(walk, wanted)
    _gather_prompts(walk, wanted)
    for shelf, columns in ((t.drafts, ("text",)), (t.machine_texts, ("request",)),
                           (t.facts, ("text",)), (t.reports, ("reason",)), (t.notes, ("text",)), (t.asks, ("text",)),
                           (t.held, ("text",))):  # fmt: skip
        for row in walk.rows_in(shelf.table, "id", wanted):
            walk.add(shelf.table.name, (row.id,))
            walk.touched.add(row.id)
            walk.authors |= {who for name in ("person", "by") if (who := getattr(row, name, None))}
            _take(walk, row, *columns)
            if shelf is t.machine_texts:
                walk.made += [text for text in (row.text, row.hidden_text) if text]


def _gather_answers(walk: _Walk, wanted: set[str]) -> None:
    """Answers to prompts with all their versions."""
    for row in walk.rows_in(t.answers.table, "id", wanted):
        walk.add("answers", (row.id,))
        walk.authors.add(row.person)
        walk.touched.add(row.prompt_id)
    for row in walk.rows_in(t.answer_versions.table, "answer_id", walk.ids("answers")):
        walk.add("answer_versions", (row.id,))
        _take(walk, row, "text", "hidden_text")


def _gather_prompts(walk: _Walk, wanted: set[str]) -> None:
    """Prompts, the ideas of the room's list that they were, and every time that one of those was asked."""
    rows = {row.id: row for row in walk.rows_in(t.prompts.table, "id", wanted)}
    ideas = wanted | {row.idea_id for row in rows.values() if row.idea_id}
    for row in walk.rows_in(t.prompt_ideas.table, "id", ideas):
        walk.add("prompt_ideas", (row.id,))
        walk.authors.add(row.by)
        _take(walk, row, "text")
    rows |= {row.id: row for row in walk.rows_in(t.prompts.table, "idea_id", walk.ids("prompt_ideas"))}
    rows |= {row.id: row for row in walk.rows_in(t.prompts.table, "machine_text_id", wanted)}
    for row in rows.values():
        walk.add("prompts", (row.id,))
        walk.touched.add(row.id)
        walk.before((row.asked_at,))
        kept = [text for text in (row.text, row.hidden_text) if text and text != str(mark("erased"))]
        (walk.made if row.source != "list" else walk.texts).extend(kept)


def _kin(walk: _Walk, wanted: set[str]) -> list[Any]:
    """Ideas and the ideas that they were carried from or on to: one idea, in several rounds."""
    rows = {row.id: row for row in walk.rows_in(t.pitches.table, "id", wanted)}
    fresh = set(rows)
    while fresh:
        older = {r.carried_from for r in (rows[id_] for id_ in fresh) if r.carried_from} - set(rows)
        found = walk.rows_in(t.pitches.table, "id", older) + walk.rows_in(t.pitches.table, "carried_from", fresh)
        fresh = {row.id for row in found} - set(rows)
        rows |= {row.id: row for row in found}
    return list(rows.values())


def _take(walk: _Walk, row: Any, *columns: str) -> None:
    marks = {str(mark("hidden")), str(mark("erased")), ""}
    walk.texts += [text for column in columns if (text := getattr(row, column)) not in marks]
    walk.before((row.at,))


def _follow(walk: _Walk, echo: Echo) -> None:
    """What was made from the words: earlier drafts, machine texts that were shown them, facts, reports that copied them."""
    subjects = walk.ids("passages") | walk.ids("pitches") | walk.ids("facts") | walk.ids("answers") | walk.ids("prompts")
    _drafts(walk, echo)
    _prompts(walk, echo)
    _machine_texts(walk, echo, subjects)
    for row in walk.rows(t.facts.table):
        if row.source_passage_id in walk.ids("passages") or echo.whole_in(row.text):
            walk.add("facts", (row.id,))
            walk.made.append(row.text)
    _notes(walk, echo)
    for row in walk.rows(t.reports.table):
        quoting = [name for name in ("words", "reason", "answer") if echo.quoted_in(getattr(row, name))]
        if row.subject in subjects | walk.ids("machine_texts"):
            quoting += ["words", "reason"]  # what was said of it may quote it in passing
        if any(getattr(row, name) for name in quoting):
            walk.change("reports", (row.id,), **dict.fromkeys(quoting, ""))
            walk.copies.add(row.id)


def _drafts(walk: _Walk, echo: Echo) -> None:
    """Drafts of who wrote it that were on the way there; from other people's, only the words that repeat it."""
    for row in walk.rows(t.drafts.table, t.drafts.table.c.text != ""):
        own = row.person in walk.authors
        if own and (echo.whole_in(row.text) or (row.state != "kept" and echo.quoted_in(row.text))):
            walk.add("drafts", (row.id,))
        elif not own and (less := echo.without(row.text, str(mark("erased")))) != row.text:
            walk.change("drafts", (row.id,), text=less)
    walk.before(r.at for r in walk.rows_in(t.drafts.table, "id", walk.ids("drafts")))


def _prompts(walk: _Walk, echo: Echo) -> None:
    """Prompts that quote it: a co-writer's, or a card that was filled with it."""
    for row in walk.rows(t.prompts.table, t.prompts.table.c.text != "", t.prompts.table.c.veil != "erased"):
        if row.source != "list" and echo.quoted_in(row.text):
            walk.add("prompts", (row.id,))
            walk.touched.add(row.id)


def _notes(walk: _Walk, echo: Echo) -> None:
    """Messages that wait with a copy of it; of other people's notes on it only the words that repeat it."""
    for shelf in (t.asks, t.held):
        for row in walk.rows(shelf.table, shelf.table.c.text != ""):
            if echo.quoted_in(row.text):
                walk.add(shelf.table.name, (row.id,))
    for row in walk.rows(t.notes.table, t.notes.table.c.text != ""):
        if (less := echo.without(row.text, str(mark("erased")))) != row.text:
            walk.change("notes", (row.id,), text=less)


def _machine_texts(walk: _Walk, echo: Echo, subjects: set[str]) -> None:
    """Machine texts that hold it, and those that were shown it and that nobody took into the story."""
    for row in walk.rows(t.machine_texts.table):
        shown = json.loads(row.shown)
        left = [entry for entry in shown if entry[1] not in subjects]
        if len(left) != len(shown):
            walk.change("machine_texts", (row.id,), shown=dumps(left))
        was_shown = len(left) != len(shown) and row.state != "used"
        if was_shown or any(echo.quoted_in(text) for text in (row.text, row.hidden_text, row.request) if text):
            walk.add("machine_texts", (row.id,))
            walk.touched.add(row.id)
            walk.before((row.at,))
            walk.made += [text for text in (row.text, row.hidden_text) if text]


def _empty(walk: _Walk) -> None:
    """The rows themselves: no word is left; numbers, ids and lengths of time stay."""
    for name, columns in OWN.items():
        walk.change(name, walk.ids(name), **{**dict.fromkeys(columns, ""), **_left(name)})
    unused = {r.id for r in walk.rows_in(t.machine_texts.table, "id", walk.ids("machine_texts")) if r.state != "used"}
    walk.change("machine_texts", unused, state="dropped")
    p, s = t.passages.table, t.stories.table
    for story_id in walk.stories:
        standing = select(p.c.words).where(
            p.c.room_id == walk.room_id, p.c.story_id == story_id, p.c.status == "standing"
        )
        words = sum(walk.connection.execute(standing).scalars())
        walk.connection.execute(
            update(s).where(s.c.room_id == walk.room_id, s.c.id == story_id).values(words=words)
        )


def _left(name: str) -> dict[str, Any]:
    """What stands in the columns of an emptied row instead of nothing."""
    gone = str(mark("erased"))
    values: dict[str, dict[str, Any]] = {
        "passages": {"veil": "erased", "words": 0}, "passage_versions": {"spans": "[]"},
        "drafts": {"state": "dropped", "call": ""}, "pitches": {"text": gone, "veil": "erased"},
        "machine_texts": {"veil": "erased", "lease_until": None}, "notes": {"text": gone}, "asks": {"state": "back"},
        "held": {"state": "gone"}, "facts": {"name": gone, "text": gone, "status": "withdrawn"},
        "answers": {"veil": "erased", "words": 0}, "prompts": {"text": gone, "veil": "erased"},
        "prompt_ideas": {"text": gone, "status": "removed"},
    }  # fmt: skip
    return values.get(name, {})


def _ledger(walk: _Walk, echo: Echo, wanted: set[str], person: str | None, since: datetime | None) -> None:
    """The plain side of acts about it, or that quote it: salt and value go, the chain stays."""
    subjects = set().union(*walk.found.values()) if walk.found else set()
    query = (
        select(t.acts, t.ledger.c.subjects, t.ledger.c.at)
        .join(t.ledger, t.ledger.c.id == t.acts.c.id)
        .where(t.acts.c.room_id == walk.room_id, or_(t.acts.c.text.is_not(None), t.acts.c.detail != "{}"))
        .order_by(t.acts.c.id)
    )
    bare, undetailed = set(), set()
    for row in walk.connection.execute(query).all():
        theirs = person is not None and row.actor == person and (since is None or row.at >= since)
        about = theirs or not subjects.isdisjoint(json.loads(row.subjects))
        if row.text is not None and (about or echo.quoted_in(row.text)):
            bare.add(row.id)
            walk.add("acts", (row.id,) if theirs else ())
        if any(echo.quoted_in(text) for text in strings(json.loads(row.detail))):
            undetailed.add(row.id)
    walk.change("acts", bare, **BARE_ACT)
    walk.change("acts", undetailed, **BARE_DETAIL)
    by_id = {row.id for row in walk.rows_in(t.acts, "id", wanted)}
    walk.change("acts", by_id, actor=None, actor_salt="", **BARE_ACT, **BARE_DETAIL)
    walk.add("acts", by_id)


def _desk(walk: _Walk, echo: Echo, wanted: set[str], person: str | None, since: datetime | None) -> None:
    """Calls that sent the words and replies that showed them."""
    c = t.desk.c
    which: list[ColumnElement[bool]] = [or_(c.args != "{}", c.outcome.is_not(None))]
    if person is None and walk.since is not None:
        which.append(c.at >= walk.since)
    gone = dumps({"cards": [to_json(note(say("erase.receipt")))], "refused": False})
    quoting = set()
    for row in walk.rows(t.desk, *which):
        theirs = person is not None and row.person == person and (since is None or row.at >= since)
        held = [json.loads(row.args), json.loads(row.outcome) if row.outcome else None]
        if theirs or row.id in wanted or any(echo.heard_in(text) for text in strings(held)):
            quoting.add(row.id)
    walk.add("desk", quoting)
    walk.change("desk", quoting, args="{}", outcome=gone)


def _others(walk: _Walk, echo: Echo) -> None:
    """Tidings, notes and reasons that quote; names that repeat it whole."""
    gone = str(mark("erased"))
    for row in walk.rows(t.tidings.table, t.tidings.table.c.fields != "{}"):
        if any(echo.heard_in(text) for text in strings(json.loads(row.fields))):
            walk.add("tidings", (row.id,))
    walk.change("tidings", walk.ids("tidings"), fields="{}", told=True)
    for table, column in ((t.members.table, "block_note"), (t.rounds.table, "reason")):
        quoting = [row.id for row in walk.rows(table, table.c[column] != "") if echo.quoted_in(getattr(row, column))]
        walk.change(table.name, quoting, **{column: gone})
    for name, columns in NAMES.items():
        if name == "rooms":
            continue
        for row in walk.rows(t.metadata.tables[name]):
            repeating = {column: gone for column in columns if echo.whole_in(getattr(row, column))}
            if repeating:
                walk.change(name, (row.id,), **repeating)
                walk.touched |= {row.id, walk.room_id}


def _redraw(walk: _Walk) -> None:
    """Public cards that show something of it are drawn anew; those of erased things then have nothing to show, and go."""
    r, c = t.rooms.table.c, t.posts.c
    revision = walk.connection.execute(select(r.revision).where(r.id == walk.room_id)).scalar_one_or_none() or 0
    subjects = sorted(walk.touched)
    for n in range(0, len(subjects), _CHUNK):
        which = (c.room_id == walk.room_id, c.subject.in_(subjects[n : n + _CHUNK]))
        walk.connection.execute(update(t.posts).where(*which).values(wanted_rev=revision + 1))
    parted = walk.rows(t.posts, c.subject.contains(":"))
    about = [row.id for row in parted if not walk.touched.isdisjoint(row.subject.split(":"))]
    walk.change("posts", about, wanted_rev=revision + 1)


def _note(walk: _Walk, at: datetime) -> None:
    rows = [
        {"id": id_, "room_id": walk.room_id, "kind": name, "at": at}
        for name, ids in sorted(walk.found.items())
        for id_ in sorted(ids)
        if name != "desk"
    ]
    insert = insert_for(walk.connection.dialect.name)(t.erasures).on_conflict_do_nothing(index_elements=["id"])
    for n in range(0, len(rows), _CHUNK):
        walk.connection.execute(insert, rows[n : n + _CHUNK])
