"""Statements that every command runs, built once for each dialect: building them anew costs more than running them."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select, update

from memory import tables as t
from memory.nouns import Shelf, insert_for
from memory.prepared import Prepared

OWED: ColumnElement[bool] = t.posts.c.shown_rev < t.posts.c.wanted_rev
"""Public cards that show less than is wanted: in the words of the index over them."""


@cache
def put(dialect: str, noun: type) -> Prepared:
    """Rows of a noun in the place of what had their ids, if that was of the same room."""
    table = t.SHELVES[noun].table
    insert = insert_for(dialect)(table)
    replaced = {c.name: insert.excluded[c.name] for c in table.c if c.name not in ("id", "room_id")}
    same_room = table.c.room_id == insert.excluded.room_id
    return Prepared(insert.on_conflict_do_update(index_elements=["id"], set_=replaced, where=same_room))


@cache
def chain_ends(dialect: str) -> Prepared:
    """New ends of chains."""
    insert = insert_for(dialect)(t.chains)
    return Prepared(insert.on_conflict_do_update(
        index_elements=["chain"], set_={"seq": insert.excluded.seq, "hash": insert.excluded.hash}
    ))


@cache
def marks(dialect: str) -> Prepared:
    """Wishes for public cards; a card that has a row keeps it and wants more."""
    insert = insert_for(dialect)(t.posts)
    return Prepared(insert.on_conflict_do_update(
        index_elements=["room_id", "kind", "subject"], set_={"wanted_rev": insert.excluded.wanted_rev}
    ))


@cache
def posts_shown(*, held: bool) -> Prepared:
    """What became of a post (`of_id` of `of_room`), if `holder` holds it (`held`); what is wanted is left alone."""
    c = t.posts.c
    kept = ("shown_rev", "refs", "state", "lease_until", "shown_at", "content_hash", "owner")
    save = update(t.posts).where(c.id == bindparam("of_id"), c.room_id == bindparam("of_room"))
    save = save.values({name: bindparam(f"new_{name}") for name in kept})
    return Prepared(save.where(c.owner == bindparam("holder")) if held else save)


@cache
def posts_renewed() -> Any:
    """A longer lease (`until`) on those posts (`ids`) of a room (`of_room`) that `holder` still holds."""
    c = t.posts.c
    mine = (c.room_id == bindparam("of_room"), c.id.in_(bindparam("ids", expanding=True)), c.owner == bindparam("holder"))
    return update(t.posts).where(*mine, c.state == "posting").values(lease_until=bindparam("until")).returning(c.id)


@cache
def dues(dialect: str) -> Prepared:
    """Wishes to be woken; a new instant is a new generation."""
    insert = insert_for(dialect)(t.dues)
    return Prepared(insert.on_conflict_do_update(
        index_elements=["room_id", "kind", "subject"],
        set_={"at_utc": insert.excluded.at_utc, "generation": t.dues.c.generation + 1, "done_at": None},
    ))


@cache
def due_cancelled() -> Prepared:
    """A wish (`of_room`, `of_kind`, `of_subject`) that nobody has any more (`at`)."""
    c = t.dues.c
    it = (c.room_id == bindparam("of_room")) & (c.kind == bindparam("of_kind")) & (c.subject == bindparam("of_subject"))
    return Prepared(update(t.dues).where(it, c.done_at.is_(None)).values(done_at=bindparam("at")))


@cache
def entries() -> Prepared:
    """New entries of the ledger."""
    return Prepared(t.ledger.insert())


@cache
def acts() -> Prepared:
    """What new entries of the ledger say in plain words."""
    return Prepared(t.acts.insert())


@cache
def act_reversed() -> Prepared:
    """An act (`of_id` of `of_room`) that another (`by`) took back."""
    c = t.acts.c
    it = update(t.acts).where(c.id == bindparam("of_id"), c.room_id == bindparam("of_room"))
    return Prepared(it.values(reversed_by=bindparam("by")))


@cache
def reckoned() -> Prepared:
    """A schedule (`of_room`, `of_id`) as it is reckoned anew: `new_day`, `new_at`, `new_reckoned_at`, `new_version`."""
    c = t.schedules.table.c
    it = update(t.schedules.table).where(c.id == bindparam("of_id"), c.room_id == bindparam("of_room"))
    return Prepared(it.values(
        next_day=bindparam("new_day"), next_at=bindparam("new_at"), reckoned_at=bindparam("new_reckoned_at"),
        reckoned_with=bindparam("new_version"),
    ))


@cache
def unreckoned() -> Prepared:
    """Schedules of a room (`of_room`) that were reckoned by other rules than `version`, or after `now`; the first `most`."""
    c = t.schedules.table.c
    other = or_(c.reckoned_with != bindparam("version"), c.reckoned_at > bindparam("now"))
    query = select(t.schedules.table).where(c.room_id == bindparam("of_room"), other)
    return Prepared(query.order_by(c.number, c.id).limit(bindparam("most")))


@cache
def due_at() -> Prepared:
    """Another instant (`at`) for a schedule's due (`of_room`, `of_subject`) that is not done."""
    c = t.dues.c
    of_it = update(t.dues).where(
        c.room_id == bindparam("of_room"), c.kind == "prompt", c.subject == bindparam("of_subject"), c.done_at.is_(None)
    )  # fmt: skip
    return Prepared(of_it.values(at_utc=bindparam("at"), generation=c.generation + 1))


@cache
def desk_add(dialect: str) -> Prepared:
    """A call onto the desk, once."""
    insert = insert_for(dialect)(t.desk)
    return Prepared(insert.on_conflict_do_nothing(index_elements=["source_id"]).returning(t.desk.c.id))


@cache
def room_seen(*, lock: bool) -> Prepared:
    """Id and revision of the room of a place (`at_platform`, `at_space`, `at_channel`, `at_thread`), its row locked where
    that exists."""
    c = t.rooms.table.c
    query = select(c.id, c.revision).where(
        c.platform == bindparam("at_platform"), c.space == bindparam("at_space"),
        c.channel == bindparam("at_channel"), c.thread == bindparam("at_thread"),
    )  # fmt: skip
    return Prepared(query.with_for_update() if lock else query)


@cache
def room() -> Prepared:
    """A room (`of_room`)."""
    return Prepared(select(t.rooms.table).where(t.rooms.table.c.id == bindparam("of_room")))


@cache
def next_revision() -> Prepared:
    """Compare and swap of a room's revision (`of_room`, `was`, `now`)."""
    c = t.rooms.table.c
    return Prepared(
        update(t.rooms.table)
        .where(c.id == bindparam("of_room"), c.revision == bindparam("was"))
        .values(revision=bindparam("now"))
    )


@cache
def next_room() -> Prepared:
    """The same with all of the room (`new_` and the name of each column)."""
    c = t.rooms.table.c
    return Prepared(
        update(t.rooms.table)
        .where(c.id == bindparam("new_id"), c.revision == bindparam("was"))
        .values({column.name: bindparam(f"new_{column.name}") for column in c})
    )


@cache
def desk_settle(*, clears: bool) -> Prepared:
    """How a call on the desk (`of_id`, `of_room`) ended: `ended`, `reply`; with `left` in the place of its arguments, or those kept."""
    c = t.desk.c
    settle = update(t.desk).where(c.id == bindparam("of_id"), c.room_id == bindparam("of_room"))
    settle = settle.values(state=bindparam("ended"), outcome=bindparam("reply"))
    return Prepared(settle.values(args=bindparam("left")) if clears else settle)


@cache
def posts_wanted() -> Prepared:
    """Public cards of a room (`of_room`) that show less than is wanted, the first `most`."""
    c = t.posts.c
    wanted = select(t.posts).where(c.room_id == bindparam("of_room"), OWED)
    return Prepared(wanted.order_by(c.made_at, c.id).limit(bindparam("most")))


@cache
def passage() -> Prepared:
    """A passage (`of_id`) of a room (`of_room`) with its current version."""
    p, v = t.passages.table, t.passage_versions.table
    current = (v.c.passage_id == p.c.id) & (v.c.version == p.c.version) & (v.c.room_id == p.c.room_id)
    query = select(p, v).join(v, current)
    return Prepared(query.where(p.c.id == bindparam("of_id"), p.c.room_id == bindparam("of_room")).limit(1))


@cache
def rows_by(shelf: Shelf[Any], columns: tuple[str, ...], order: tuple[str, ...]) -> Prepared:
    """Rows of a noun in a room (`of_room`) that have these values (`of_` and the name of each column), in this order (a
    column after `-` downwards), the first `most`."""
    c = shelf.table.c
    query = select(shelf.table).where(c.room_id == bindparam("of_room"), *(c[name] == bindparam(f"of_{name}") for name in columns))
    by = [c[name[1:]].desc() if name.startswith("-") else c[name] for name in order]
    return Prepared(query.order_by(*by).limit(bindparam("most")))


@cache
def passages(*, scene: bool, since: bool, standing: bool, last: bool) -> Prepared:
    """Passages of a story (`of_story` of `of_room`) with their current version in reading order, or from its end (`last`): of a
    higher number than `after`, the first `most`; of one scene (`of_scene`), written `since`, only those that stand."""
    p, v, s = t.passages.table, t.passage_versions.table, t.scenes.table
    query = (
        select(p, v)
        .join(v, (v.c.passage_id == p.c.id) & (v.c.version == p.c.version))
        .join(s, s.c.id == p.c.scene_id)
        .where(p.c.room_id == bindparam("of_room"), p.c.story_id == bindparam("of_story"), p.c.number > bindparam("after"))
    )
    if scene:
        query = query.where(p.c.scene_id == bindparam("of_scene"))
    if since:
        query = query.where(p.c.at >= bindparam("since"))
    if standing:
        query = query.where(p.c.status == "standing")
    order = (s.c.order_key, s.c.id, p.c.order_key, p.c.id)
    return Prepared(query.order_by(*(c.desc() for c in order) if last else order).limit(bindparam("most")))


@cache
def words() -> Prepared:
    """Scene, veil and words of each passage that stands in a story (`of_story` of `of_room`), in reading order."""
    p, v, s = t.passages.table.c, t.passage_versions.table.c, t.scenes.table.c
    query = (
        select(p.scene_id, p.veil, v.text)
        .join(t.passage_versions.table, (v.passage_id == p.id) & (v.version == p.version))
        .join(t.scenes.table, s.id == p.scene_id)
        .where(p.room_id == bindparam("of_room"), p.story_id == bindparam("of_story"), p.status == "standing")
    )
    return Prepared(query.order_by(s.order_key, s.id, p.order_key, p.id))
