"""The ledger: hash chains of a story's acts, verifiable offline, in which nothing private stands.

An entry hashes its version, number, predecessor, act, time and subject ids, and salted commitments to who acted,
to the text and to the plain details. Salts and plain values live beside the chain and can be destroyed: the chain
still verifies, and nobody can guess what was erased. Votes are no acts: closing a round commits the sorted, salted
ballots and the tally.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

VERSION = 1
GENESIS = "0" * 64
"""What the first entry of a chain names as its predecessor."""
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Act:
    """What a rule did, for the ledger: the subjects' ids stand in the open, all else behind commitments."""

    kind: str
    subjects: tuple[str, ...]
    """The story's id first, for an act of a story; otherwise the room's."""
    actor: str | None
    text: str | None
    detail: Mapping[str, object] = field(default_factory=dict)
    """Plain values kept beside the chain (what reversing needs, tallies)."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain."""

    chain: str
    seq: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a chain."""

    id: str
    kind: str
    subjects: tuple[str, ...]
    at: datetime
    chain: str = ""
    seq: int = 0
    version: int = VERSION
    actor_commitment: str = ""
    text_commitment: str = ""
    detail_commitment: str = ""
    previous: str = GENESIS
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Salts:
    """The salts (hex) of an entry's commitments; empty where there is nothing to commit to."""

    actor: str = ""
    text: str = ""
    detail: str = ""


def append(
    head: Head, act: Act, *, id: str, at: datetime, salt: Callable[[], bytes]
) -> tuple[Entry, Salts, Head]:
    """The next entry of a chain, the salts to keep beside it, and the chain's new end."""
    salts = Salts(
        salt().hex() if act.actor else "",
        salt().hex() if act.text else "",
        salt().hex() if act.detail else "",
    )
    entry = Entry(
        id, act.kind, act.subjects, at, head.chain, head.seq + 1, VERSION,
        commitment(salts.actor, act.actor), commitment(salts.text, act.text),
        commitment(salts.detail, canonical(act.detail)), head.hash,
    )  # fmt: skip
    hashed = digest(entry)
    return _sealed(entry, hashed), salts, Head(head.chain, entry.seq, hashed)


def _sealed(entry: Entry, hashed: str) -> Entry:
    return Entry(
        entry.id, entry.kind, entry.subjects, entry.at, entry.chain, entry.seq, entry.version, entry.actor_commitment,
        entry.text_commitment, entry.detail_commitment, entry.previous, hashed,
    )  # fmt: skip


def digest(entry: Entry) -> str:
    """SHA-256 (hex) of an entry's canonical form: everything but its own hash and its row id."""
    return hashlib.sha256(
        canonical(
            {
                "version": entry.version, "chain": entry.chain, "seq": entry.seq, "previous": entry.previous,
                "act": entry.kind, "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "subjects": list(entry.subjects), "actor": entry.actor_commitment, "text": entry.text_commitment,
                "detail": entry.detail_commitment,
            }
        ).encode()
    ).hexdigest()  # fmt: skip


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces."""
    return _CANONICAL.encode(value)


def commitment(salt: str, value: str | None) -> str:
    """SHA-256 (hex) of salt, a zero byte and the value; empty when there is no salt, and so nothing to commit to."""
    return (
        hashlib.sha256(
            bytes.fromhex(salt) + b"\0" + (value or "").encode("utf-8", "surrogatepass")
        ).hexdigest()
        if salt
        else ""
    )


def opens(committed: str, salt: str, value: str | None) -> bool:
    """Whether salt and value are what was committed to."""
    return bool(salt) and commitment(salt, value) == committed


def verify(entries: Sequence[Entry]) -> list[str]:
    """What is wrong with a chain, oldest entry first; an empty list when nothing is."""
    problems = []
    head = Head(entries[0].chain) if entries else Head("")
    for entry in entries:
        where = f"chain {entry.chain}, entry {entry.seq}"
        if entry.chain != head.chain or entry.seq != head.seq + 1:
            problems.append(f"{where}: out of order after {head.seq}")
        if entry.previous != head.hash:
            problems.append(f"{where}: does not follow the entry before it")
        if digest(entry) != entry.hash:
            problems.append(f"{where}: was changed after it was written")
        head = Head(entry.chain, entry.seq, entry.hash)
    return problems


def ballots_commitment(ballots: Sequence[tuple[str, Sequence[str]]], salt: Callable[[], bytes]) -> str:
    """One SHA-256 (hex) over the sorted salted hashes of all ballots (person key and choices, in canonical JSON).

    The salts are not kept: the figure proves that a recount was made of as many ballots as were cast, and can
    tell nobody's choice.
    """
    hashes = sorted(
        hashlib.sha256(salt() + b"\0" + canonical([person, list(choices)]).encode()).hexdigest()
        for person, choices in ballots
    )
    return hashlib.sha256("".join(hashes).encode()).hexdigest()
