"""Setting ballots aside by a rule: who joined the server after an instant does not count in this round.

No ballot is looked into and nobody is named: the rule stands on the ballot and in the result, with how many it was.
It holds for ballots that come later too, and can be taken back until the close. The quorum counts what counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import UserError
from bot.story.ballots import counted
from bot.story.deadlines import dues_changed
from bot.story.ledger import Act
from bot.story.moderating import require_keeper
from bot.story.moments import Mark, Moment, Outcome
from bot.story.rounds import Round
from bot.story.snapshot import Snapshot
from bot.story.voting import early_close, is_aside, votable


@dataclass(frozen=True, slots=True)
class SetAside:
    """What a rule came to, without a name."""

    round: Round
    ballots: int
    """Ballots that are set aside now."""
    counting: int


def set_aside(snapshot: Snapshot, round_: Round, after: datetime | None, moment: Moment) -> Outcome[SetAside]:
    """Set aside the ballots of who joined after this instant; None counts every ballot again."""
    require_keeper(snapshot, moment)
    if round_.part == "closed":
        raise UserError("rounds.is_closed")
    if round_.aside_after == after:
        raise UserError("aside.same", argument="joined-after")
    ruled = replace(round_, aside_after=after)
    ballots = tuple(
        replace(b, set_aside=is_aside(ruled, snapshot.member(b.person), None)) for b in snapshot.ballots_of(round_.id)
    )
    there = snapshot.with_rows((ruled, *ballots))
    ruled = replace(ruled, early_close_at=early_close(there, ruled, moment.now))
    aside = set_aside_in(there, ruled)
    counting = len(counted(votable(there, ruled), there.ballots_of(ruled.id)))
    told = {"after": after.isoformat() if after else None, "ballots": aside}
    act = Act("round.set_aside", (round_.story_id, round_.id), moment.key, "", told)
    changed = tuple(b for b in ballots if snapshot.ballots[b.id] != b)
    marks = (Mark("ballot", round_.id),)
    dues = dues_changed(round_, ruled, moment.now)
    return Outcome(SetAside(ruled, aside, counting), (ruled, *changed), (act,), marks, dues)


def set_aside_in(snapshot: Snapshot, round_: Round) -> int:
    """How many ballots of a round hold choices and do not count, by its rule."""
    return len([b for b in snapshot.ballots_of(round_.id) if b.set_aside and b.choices])
