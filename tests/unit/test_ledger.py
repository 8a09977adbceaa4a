"""The ledger: any change shows at its row, and destroying what was private does not break the chain."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.story.ledger import (
    Act,
    Entry,
    Head,
    Salts,
    append,
    ballots_commitment,
    canonical,
    commitment,
    digest,
    opens,
    verify,
)

START = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
ACTS = st.builds(
    Act,
    kind=st.sampled_from(["passage.added", "pitch.made"]),
    subjects=st.lists(st.text("0123ABC", min_size=1), max_size=3).map(tuple),
    actor=st.none() | st.text(min_size=1, max_size=8),
    text=st.none() | st.text(max_size=8),
    detail=st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=4), max_size=2),
)
CHAINS = st.lists(ACTS, min_size=1, max_size=6)


def salts() -> Callable[[], bytes]:
    """Salts that differ from each other, the same in every test."""
    numbers = itertools.count()
    return lambda: hashlib.sha256(str(next(numbers)).encode()).digest()[:16]


def chained(acts: list[Act]) -> tuple[list[Entry], list[Salts]]:
    """The acts as a chain, a second apart."""
    head, salt, entries, kept = Head("S1"), salts(), [], []
    for number, act in enumerate(acts):
        entry, own, head = append(head, act, id=f"E{number}", at=START + timedelta(seconds=number), salt=salt)
        entries.append(entry)
        kept.append(own)
        assert head == Head("S1", entry.seq, entry.hash)
    return entries, kept


CHANGES: Mapping[str, Callable[[Entry], Entry]] = {
    "version": lambda e: replace(e, version=e.version + 1),
    "chain": lambda e: replace(e, chain="S2"),
    "seq": lambda e: replace(e, seq=e.seq + 1),
    "kind": lambda e: replace(e, kind=e.kind + "x"),
    "at": lambda e: replace(e, at=e.at + timedelta(microseconds=1)),
    "subjects": lambda e: replace(e, subjects=(*e.subjects, "")),
    "actor": lambda e: replace(e, actor_commitment="" if e.actor_commitment else "0" * 64),
    "text": lambda e: replace(e, text_commitment="" if e.text_commitment else "0" * 64),
    "detail": lambda e: replace(e, detail_commitment="" if e.detail_commitment else "0" * 64),
    "previous": lambda e: replace(e, previous="1" * 64),
    "hash": lambda e: replace(e, hash="1" * 64),
}


@given(CHAINS)
def test_a_chain_that_nobody_touched_verifies(acts: list[Act]) -> None:
    entries, _ = chained(acts)
    assert verify(entries) == []
    assert [e.seq for e in entries] == list(range(1, len(acts) + 1))


@pytest.mark.parametrize("field", CHANGES)
@given(CHAINS, st.integers(0, 5))
def test_a_change_of_any_field_shows_at_its_row(field: str, acts: list[Act], number: int) -> None:
    entries, _ = chained(acts)
    at = number % len(entries)
    entries[at] = CHANGES[field](entries[at])
    problems = verify(entries)
    assert problems
    assert f"chain {entries[at].chain}, entry {entries[at].seq}:" in problems[0] or field == "chain"


@given(CHAINS, st.integers(0, 5))
def test_a_forger_who_mends_the_hash_of_a_row_is_found_at_the_next(acts: list[Act], number: int) -> None:
    entries, _ = chained([*acts, acts[0]])
    at = number % (len(entries) - 1)
    forged = replace(entries[at], kind="story.wrapped")
    entries[at] = replace(forged, hash=digest(forged))
    assert verify(entries) == [f"chain S1, entry {at + 2}: does not follow the entry before it"]


@given(st.lists(ACTS, min_size=2, max_size=6), st.data())
def test_rows_in_another_order_do_not_verify(acts: list[Act], data: st.DataObject) -> None:
    entries, _ = chained(acts)
    shuffled = data.draw(st.permutations(entries))
    assert (verify(shuffled) == []) == (shuffled == entries)


@given(st.lists(ACTS, min_size=3, max_size=6), st.integers(0, 4))
def test_a_row_taken_out_leaves_a_gap(acts: list[Act], number: int) -> None:
    entries, _ = chained(acts)
    del entries[number % (len(entries) - 1)]
    assert verify(entries)


@given(ACTS)
def test_salt_and_value_open_what_was_committed_and_nothing_else_does(act: Act) -> None:
    (entry,), (own,) = chained([act])
    for committed, salt, value in (
        (entry.actor_commitment, own.actor, act.actor),
        (entry.text_commitment, own.text, act.text),
        (entry.detail_commitment, own.detail, canonical(act.detail) if act.detail else None),
    ):
        assert opens(committed, salt, value) == bool(value)
        assert not opens(committed, salt, (value or "") + "x")
        assert not opens(committed, "", value)


@given(ACTS)
def test_a_row_shows_nothing_of_its_actor_text_or_detail(act: Act) -> None:
    said = replace(act, actor="t:l:Ana-Lima", text="The ferry never docks.", detail={"was": "It docks."})
    (entry,), _ = chained([said])
    assert not any(word in repr(entry) for word in ("Ana", "ferry", "docks"))


def test_the_same_words_twice_cannot_be_told_from_the_rows() -> None:
    twice, _ = chained([Act("pitch.made", ("S1",), "t:l:ana", "Rain.")] * 2)
    assert twice[0].text_commitment != twice[1].text_commitment
    assert twice[0].actor_commitment != twice[1].actor_commitment


def test_an_act_of_nobody_commits_to_nobody() -> None:
    (entry,), (own,) = chained([Act("scene.stopped", ("S1",), None, None)])
    assert (entry.actor_commitment, entry.text_commitment, entry.detail_commitment) == ("", "", "")
    assert own == Salts()


@given(st.binary(min_size=1, max_size=32), st.text(), st.text())
def test_a_commitment_binds_its_value(salt: bytes, value: str, other: str) -> None:
    assert (commitment(salt.hex(), value) == commitment(salt.hex(), other)) == (value == other)


def test_the_hash_is_the_one_that_the_format_says() -> None:
    (entry,), (own,) = chained([Act("passage.added", ("S1", "P1"), "t:l:ana", "Rain.")])
    text = hashlib.sha256(bytes.fromhex(own.text) + b"\0Rain.").hexdigest()
    actor = hashlib.sha256(bytes.fromhex(own.actor) + b"\0t:l:ana").hexdigest()
    form = (
        f'{{"act":"passage.added","actor":"{actor}","at":"2026-03-08T06:30:00.000000Z","chain":"S1","detail":"",'
        f'"previous":"{"0" * 64}","seq":1,"subjects":["S1","P1"],"text":"{text}","version":1}}'
    )
    assert entry.hash == hashlib.sha256(form.encode()).hexdigest()


def test_the_zone_in_which_an_instant_is_told_makes_no_difference() -> None:
    (entry,), _ = chained([Act("story.opened", ("S1",), None, None)])
    elsewhere = replace(entry, at=entry.at.astimezone(timezone(timedelta(hours=-5))))
    assert verify([elsewhere]) == []


def test_an_empty_chain_has_no_problems() -> None:
    assert verify([]) == []


@given(st.permutations([("t:l:ana", ("1",)), ("t:l:ben", ("2", "1")), ("t:l:cy", ())]))
def test_ballots_are_committed_without_their_order(ballots: list[tuple[str, tuple[str, ...]]]) -> None:
    def committed(cast: list[tuple[str, tuple[str, ...]]]) -> str:
        return ballots_commitment(cast, lambda: b"salt")

    assert committed(ballots) == committed(sorted(ballots))
    changed = [*sorted(ballots)[:2], ("t:l:cy", ("2",))]
    assert committed(changed) != committed(ballots)
    assert committed(ballots[:2]) != committed(ballots)


def test_two_rooms_with_the_same_ballots_commit_to_different_figures() -> None:
    salt = salts()
    cast = [("t:l:ana", ("1",)), ("t:l:ben", ("1",))]
    assert ballots_commitment(cast, salt) != ballots_commitment(cast, salt)
