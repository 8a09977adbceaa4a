"""Undo: a new act that reverses one act, and Put back: a new act that reverses the undo.

What each kind of act comes to:
  passage.added            the passage is cut (while nobody else built on it)
  passage.cut, .put_back   the passage stands again, or is cut again
  passage.fixed            a new version with the words it had before
  story.opened             the story goes to the archive (while nothing was written or asked in it)
  story.renamed, .paused, .resumed, .wrapped, .archived, .reopened    the title or status it had
  scene.added              the scene goes out (while nothing stands in it), the earlier one is current again
  scene.revised, .locked, .unlocked, .removed, .restored              what it was, its passages with it
  canon.added, .withdrawn  the fact is withdrawn, or stands again
  note.given, .resolved    the note is withdrawn, or open again
  role.given               the role it was
  pitch.added              the idea is taken back (while nobody voted after it appeared)
Acts that name no changes (closing a round, passing a turn, a vote) cannot be reversed. A change is reversed
only while the row still holds what the act left there: whoever changed it later built on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errors import UserError
from bot.story.books import Deed
from bot.story.changes import Value, changes_of, detail
from bot.story.guards import runs_the_room
from bot.story.house_rules import in_force
from bot.story.ledger import Act
from bot.story.moments import Moment, Outcome
from bot.story.reversing import Reversal, Shelf
from bot.story.snapshot import Snapshot
from bot.story.stories import Story

UNDONE = "act.undone"
PUT_BACK = "act.put_back"


@dataclass(frozen=True, slots=True)
class Undone:
    """What was undone or put back, for the receipt that offers the opposite."""

    kind: str
    """Kind of the act that was undone (for a Put back: of the act that stands again)."""
    act_id: str
    """The act that was reversed; the caller notes it with `books.reverse`."""
    story: Story | None
    number: int
    """Number of the passage, scene or fact."""
    text: str
    """Opening of the words, a title or a name."""
    back: bool
    """True for a Put back."""
    whose: str = ""
    """Display name of who had done it, when it was someone else."""


def may_undo_the_storys(snapshot: Snapshot, moment: Moment) -> bool:
    """Whether the person may also undo the story's last act, whoever did it: a showrunner, where the room's
    rules say so.
    """
    return in_force(snapshot.room).undo == "showrunner" and runs_the_room(snapshot, moment)


def undo(
    snapshot: Snapshot, deeds: Sequence[Deed], moment: Moment, shelf: Shelf, *, act_id: str | None = None
) -> Outcome[Undone]:
    """Reverse the person's own last act here (or the one with this id). `deeds` are theirs, newest first.

    A showrunner who may undo a story's last act hands in the story's deeds instead (see
    `may_undo_the_storys`).
    """
    anyones = may_undo_the_storys(snapshot, moment)
    for deed in deeds:
        if deed.reversed_by is not None or deed.entry.kind == UNDONE or (act_id and deed.entry.id != act_id):
            continue
        if deed.actor != moment.key and not anyones:
            continue
        _refuse_after_a_vote(snapshot, deed.entry.at, moment)
        if changes_of(deed.detail):
            return _reverse(snapshot, deed, UNDONE, moment, shelf)
        if not _quiet(deed.entry.kind):
            raise UserError(_why_not(deed.entry.kind))
    _refuse_after_a_vote(snapshot, None, moment)
    raise UserError("passages.undo_nothing")


def put_back(
    snapshot: Snapshot, deeds: Sequence[Deed], moment: Moment, shelf: Shelf, *, act_id: str | None = None
) -> Outcome[Undone]:
    """Reverse the person's last undo (or the undo with this id). `deeds` are theirs, newest first."""
    for deed in deeds:
        if deed.entry.kind == UNDONE and deed.reversed_by is None and (not act_id or deed.entry.id == act_id):
            return _reverse(snapshot, deed, PUT_BACK, moment, shelf)
    raise UserError("passages.put_back_nothing")


def _reverse(snapshot: Snapshot, deed: Deed, kind: str, moment: Moment, shelf: Shelf) -> Outcome[Undone]:
    """All changes of an act, backwards, each checked against what stands now."""
    root = str(deed.detail.get("of") or deed.entry.kind)
    work = Reversal(snapshot, root, deed, moment, shelf)
    for change in reversed(changes_of(deed.detail)):
        work.take_back(change)
    story = work.story_of_deed
    number = int(deed.detail.get("number") or 0)
    more: dict[str, Value] = {
        "reverses": deed.entry.id, "of": root, "number": number,
        "story": story.number if story else 0, "after": story.passages if story else 0,
    }  # fmt: skip
    act = Act(kind, deed.entry.subjects, moment.key, "", detail(*work.done, **more))
    whose = "" if deed.actor in (None, moment.key) else snapshot.name(deed.actor)
    undone = Undone(root, deed.entry.id, story, number, work.named, kind == PUT_BACK, whose)
    return work.outcome.also(acts=(act,)).answering(undone)


def _refuse_after_a_vote(snapshot: Snapshot, since: datetime | None, moment: Moment) -> None:
    """A vote is no act of the ledger; where it was the last thing done here, say how it is taken back."""
    for ballot in snapshot.ballots.values():
        in_round = snapshot.rounds.get(ballot.round_id)
        if ballot.person != moment.key or not ballot.choices or in_round is None or in_round.part == "closed":
            continue
        if since is None or ballot.cast_at > since:
            raise UserError("passages.undo_vote")


_QUIET = (
    "room.opened", "round.opened", "turn.started", "turn.written", "turn.away", "member.", "consent.",
    "draft.", "report.", "pitch.frozen", "scene.faded", "scene.ended", "scene.carried_on", "scene.went_back",
)  # fmt: skip
"""Acts that come along with others, or are settings: undo looks past them."""


def _quiet(kind: str) -> bool:
    return kind.startswith(_QUIET)


def _why_not(kind: str) -> str:
    if kind.endswith((".hidden", ".shown", ".erased")):
        return "passages.undo_moderation"
    if kind.startswith("round."):
        return "passages.undo_round"
    if kind.startswith("pitch."):
        return "passages.undo_idea"
    if kind.startswith("prompt."):
        return "passages.undo_prompt"
    if kind.startswith(("turn.", "pen.")):
        return "passages.undo_turn"
    return "passages.undo_not_this"
