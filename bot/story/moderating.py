"""Moderating: reports, who may answer them, and what becomes of them.

A keeper is a showrunner of the room or a moderator of its platform. Who reported is known to keepers alone; in the
ledger nobody stands beside a report.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.errors import NotAllowed, NotFound, UserError
from bot.story import text as texts
from bot.story.house_rules import is_showrunner
from bot.story.ledger import Act
from bot.story.moments import Moment, Outcome
from bot.story.reports import About, Report
from bot.story.snapshot import Snapshot
from bot.story.tidings import tell

OPEN_EACH = 5
"""One person's reports that may wait at once."""
OPEN_MOST = 200
"""Reports of a room that may wait at once."""
WORDS_MOST = 3_000
"""Characters of what is reported that a report keeps."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that was made, for its receipt."""

    report: Report
    waiting: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A report that was answered."""

    report: Report
    left: int
    """How many still wait."""


def require_keeper(snapshot: Snapshot, moment: Moment) -> None:
    """Refuse who is neither a showrunner here nor a moderator of the platform."""
    if not is_showrunner(snapshot, moment):
        raise NotAllowed("moderation.keepers_only")


def report(snapshot: Snapshot, about: About, reason: str, moment: Moment) -> Outcome[Reported]:
    """Ask the keepers to look at something. Anyone may, also who only reads or is blocked."""
    words = texts.fit(reason, "reason", argument="reason")
    waiting = snapshot.waiting_reports()
    own = [r for r in waiting if r.reporter == moment.actor]
    if any((r.about, r.subject) == (about.kind, about.subject) for r in own):
        raise UserError("moderation.reported_already", argument="reason")
    if len(own) >= OPEN_EACH or len(waiting) >= OPEN_MOST:
        raise UserError("moderation.enough_reports", argument="reason", n=len(own))
    room = replace(snapshot.room, reports=snapshot.room.reports + 1)
    made = Report(
        moment.new_id(), room.id, room.reports, moment.actor, about.kind, about.subject, about.number, about.author,
        about.author_name, about.words[:WORDS_MOST], words, moment.now,
    )  # fmt: skip
    act = Act("report.made", (room.id, made.id), None, "", {"number": made.number, "hidden": True})
    return Outcome(Reported(made, len(waiting) + 1), (room, made), (act,))


def open_report(snapshot: Snapshot, report_id: str) -> Report:
    """A report that waits. Raises NotFound for one that was answered, or is another room's."""
    found = snapshot.reports.get(report_id)
    if found is None:
        raise NotFound("moderation.no_report")
    return found


def report_numbered(snapshot: Snapshot, number: int) -> Report:
    """The waiting report that keepers call by this number."""
    found = next((r for r in snapshot.waiting_reports() if r.number == number), None)
    if found is None:
        numbers = ", ".join(str(r.number) for r in snapshot.waiting_reports()) or "-"
        raise NotFound("moderation.no_report_numbered", argument="report", number=number, numbers=numbers)
    return found


def answer(snapshot: Snapshot, report_id: str, said: str, moment: Moment) -> Outcome[Answered]:
    """Answer a report in a keeper's own words; its reporter is told at their next act."""
    require_keeper(snapshot, moment)
    words = texts.fit(said, "reason", argument="answer")
    return settle(snapshot, open_report(snapshot, report_id), words, moment, "tidings.answered", answer=words)


def leave(snapshot: Snapshot, report_id: str, moment: Moment) -> Outcome[Answered]:
    """Leave what was reported as it is; its reporter is told that it was looked at."""
    require_keeper(snapshot, moment)
    return settle(snapshot, open_report(snapshot, report_id), "", moment, "tidings.left")


def settle(
    snapshot: Snapshot, made: Report, words: str, moment: Moment, key: str, /, **fields: object
) -> Outcome[Answered]:
    """A report is answered, and its reporter told by the sentence of this key."""
    after = replace(made, state="answered", answer=words, answered_by=moment.key, answered_at=moment.now)
    told = tell(snapshot, (made.reporter,), key, moment, number=made.number, **fields)
    act = Act("report.answered", (made.room_id, made.id), moment.key, words, {"number": made.number})
    return Outcome(Answered(after, len(snapshot.reports) - 1), (after, *told), (act,))


def settle_all(snapshot: Snapshot, subject: str, moment: Moment, key: str) -> Outcome[int]:
    """Every waiting report about one thing is answered at once: a keeper acted on it."""
    outcome: Outcome[int] = Outcome(0)
    about = [r for r in snapshot.waiting_reports() if r.subject == subject]
    for made in about:
        outcome = outcome.then(settle(snapshot, made, "", moment, key)).answering(len(about))
        snapshot = snapshot.with_rows(outcome.rows)
    return outcome


def remind(snapshot: Snapshot, moment: Moment) -> Outcome[int]:
    """How many reports wait, for a keeper who has not been told of the newest one; 0 for everyone else."""
    waiting = [r for r in snapshot.waiting_reports() if r.reporter != moment.key]
    member = snapshot.member(moment.person)
    if not waiting or member is None or not is_showrunner(snapshot, moment):
        return Outcome(0)
    newest = max(r.id for r in waiting)
    if newest <= member.reports_seen:
        return Outcome(0)
    return Outcome(len(waiting), (replace(member, reports_seen=newest),))
