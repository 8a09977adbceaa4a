"""Taking one's own words out of a room: what goes, what its place keeps, and what the room's rules say about it.

Passages that others wrote on from become marks with their number; those at the end go altogether. The rule `take-out`
says how long after they went in words may be taken out by a press; in a Studio the showrunner is asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import NotAllowed, Stale, UserError
from bot.story import moderating
from bot.story.canon import Fact
from bot.story.erasing import off_the_ballots
from bot.story.house_rules import in_force, is_showrunner
from bot.story.ledger import Act
from bot.story.moderating import Reported, require_keeper
from bot.story.moments import Moment, Outcome
from bot.story.notes import Note
from bot.story.passages import Draft, MachineText, Passage, PassageVersion
from bot.story.prompts import Answer, AnswerVersion, PromptIdea
from bot.story.reports import About, Report
from bot.story.rounds import Pitch
from bot.story.rule_lines import ASKS
from bot.story.snapshot import Snapshot
from bot.story.tidings import tell


@dataclass(frozen=True, slots=True)
class Own:
    """Everything of one person that stands in a room, oldest first; what was erased before is not in it."""

    passages: tuple[tuple[Passage, tuple[PassageVersion, ...]], ...] = ()
    """With every version, oldest first."""
    pitches: tuple[Pitch, ...] = ()
    drafts: tuple[Draft, ...] = ()
    machine_texts: tuple[MachineText, ...] = ()
    """What they asked of a co-writer."""
    facts: tuple[Fact, ...] = ()
    reports: tuple[Report, ...] = ()
    notes: tuple[Note, ...] = ()
    copies: tuple[str, ...] = ()
    """Ids of messages of theirs that wait for an answer or a form."""
    answers: tuple[tuple[Answer, tuple[AnswerVersion, ...]], ...] = ()
    """Answers to prompts, taken back ones too, with every version, oldest first."""
    prompt_ideas: tuple[PromptIdea, ...] = ()
    """What they put on the room's list of prompts."""
    last_passages: tuple[str, ...] = ()
    """Those of the passages after which nobody else's stands in their story."""

    @property
    def empty(self) -> bool:
        """Nothing is there."""
        mine = (self.passages, self.pitches, self.drafts, self.machine_texts, self.facts, self.notes, self.answers)
        return not (any(mine) or self.prompt_ideas)


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking one's words out would do, said before it is done."""

    person: str
    own: Own
    built_on: int
    """Passages that become marks, because others wrote on from them."""
    older: int
    """Things that stay, because they went in too long ago."""
    days: int
    """How long the room lets people; 0 is always."""
    asks: bool
    """A keeper is asked."""
    since: datetime | None

    @property
    def ids(self) -> tuple[str, ...]:
        """Of everything that loses its words."""
        own = self.own
        found = [p.id for p, _ in own.passages]
        found += [a.id for a, _ in own.answers]
        for rows in (own.pitches, own.drafts, own.machine_texts, own.facts, own.reports, own.notes, own.prompt_ideas):
            found += [row.id for row in rows]
        return (*found, *own.copies)

    @property
    def revision(self) -> int:
        """Changes with anything that it would take out: the second press carries it."""
        versions = [f"{p.id}:{p.version}" for p, _ in self.own.passages]
        versions += [f"{a.id}:{a.version}" for a, _ in self.own.answers]
        whole = "\n".join((*versions, *self.ids))
        return int(hashlib.sha256(whole.encode()).hexdigest()[:7], 16)


@dataclass(frozen=True, slots=True)
class TakenOut:
    """Words that were taken out, for the receipt."""

    plan: Plan
    name: str


def plan(snapshot: Snapshot, own: Own, person: str, moment: Moment) -> Plan:
    """What may be taken out now, and what that would come to. A keeper's own words need nobody's leave."""
    days = in_force(snapshot.room).take_out_days
    asks = days == ASKS and not (person == moment.key and is_showrunner(snapshot, moment))
    since = moment.now - timedelta(days=days) if days > 0 else None
    kept = _since(own, since)
    older = len(Plan(person, own, 0, 0, 0, False, None).ids) - len(Plan(person, kept, 0, 0, 0, False, None).ids)
    built_on = len([p for p, _ in kept.passages if p.id not in own.last_passages])
    return Plan(person, kept, built_on, older, max(0, days), asks, since)


def _since(own: Own, since: datetime | None) -> Own:
    if since is None:
        return own
    return replace(
        own,
        passages=tuple((p, versions) for p, versions in own.passages if p.at >= since),
        pitches=tuple(p for p in own.pitches if p.at >= since),
        facts=tuple(f for f in own.facts if f.at >= since),
        notes=tuple(n for n in own.notes if n.at >= since),
        answers=tuple((a, versions) for a, versions in own.answers if a.at >= since),
        prompt_ideas=tuple(i for i in own.prompt_ideas if i.at >= since),
    )


def check(snapshot: Snapshot, planned: Plan, revision: int, moment: Moment) -> None:
    """Refuse what the room does not allow by a press, and a press on a card that is not true any more."""
    if planned.asks and not is_showrunner(snapshot, moment):
        raise NotAllowed("forget.asks")
    if planned.own.empty:
        raise UserError("forget.nothing_within" if planned.older else "forget.nothing", n=planned.days)
    if revision != planned.revision:
        raise Stale("forget.stale")


def ask(snapshot: Snapshot, planned: Plan, reason: str, moment: Moment) -> Outcome[Reported]:
    """Ask the keepers for one's words to be taken out; it stands among the reports."""
    if planned.own.empty:
        raise UserError("forget.nothing", n=planned.days)
    if not planned.asks:
        raise UserError("forget.need_not_ask")
    about = About("words_out", moment.actor, "", moment.actor, snapshot.name(moment.actor))
    return moderating.report(snapshot, about, reason, moment)


def taken_out(
    snapshot: Snapshot, planned: Plan, gone: Sequence[Passage], pitches: Sequence[Pitch], moment: Moment
) -> Outcome[TakenOut]:
    """What follows once the words are gone: ballots lose their ideas, passages at the end go out of the story.

    `gone` and `pitches` are the rows as they stand without their words. The act names nobody.
    """
    cut = tuple(
        replace(p, status="cut") for p in gone if p.id in planned.own.last_passages and p.status == "standing"
    )
    act = Act("member.words_out", (snapshot.room.id,), None, "", {"hidden": True})
    told = tell(snapshot, (planned.person,), "tidings.words_out", moment)
    left = off_the_ballots(snapshot, pitches, moment)
    outcome = left.also(rows=(*cut, *told), acts=(act,)).answering(TakenOut(planned, snapshot.name(planned.person)))
    for made in snapshot.waiting_reports():
        if made.about == "words_out" and made.subject == planned.person:
            answered = moderating.settle(snapshot, made, "", moment, "tidings.words_out")
            outcome = outcome.also(rows=tuple(r for r in answered.rows if isinstance(r, Report)), acts=answered.acts)
    return outcome


def request(snapshot: Snapshot, report_id: str, moment: Moment) -> Report:
    """A waiting request for words to be taken out. Raises for who is no keeper, and for other reports."""
    require_keeper(snapshot, moment)
    made = moderating.open_report(snapshot, report_id)
    if made.about != "words_out":
        raise NotAllowed("moderation.no_report")
    return made


def decline(snapshot: Snapshot, report_id: str, said: str, moment: Moment) -> Outcome[moderating.Answered]:
    """Leave someone's words where they are, with an answer that they are told."""
    made = request(snapshot, report_id, moment)
    return moderating.settle(snapshot, made, said, moment, "tidings.words_stay", answer=said)
