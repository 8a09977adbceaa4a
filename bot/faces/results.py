"""What became of a round: chosen, not decided, opened, last call; public posts, and the private answer to the closer."""

from __future__ import annotations

from datetime import datetime

from bot.calls import Call
from bot.cards import Action, Card, Part, Reply, Small, Text, button
from bot.faces.ballots import aside_line, name_of
from bot.faces.times import when
from bot.sentences import Marked, literal, say
from bot.story.house_rules import in_force
from bot.story.opening import shown_name, unfed
from bot.story.rounds import Pitch, Round
from bot.story.settling import Closed
from bot.story.snapshot import Snapshot
from bot.story.text import shorten

IDEA_MOST = 300


def _idea(text: str) -> Marked:
    return literal(shorten(text, IDEA_MOST))


def decided(closed: Closed, room: Snapshot, now: datetime, *, notify: bool = True) -> Card:
    """The result, as a short post: the winner is named, the runner-up's idea, nobody's zero."""
    round_, won = closed.round, closed.winner
    if won is None:
        return undecided(closed, room, now, notify=notify)
    by = say("round.by", name=closed.winner_name) if closed.winner_name else say("round.by_nobody")
    if won.author is None:
        by = say("round.by_machine", name=won.author_name)
    parts: list[Part] = [Text(say("round.chosen", by=by, question=name_of(round_))), Text(_numbers(closed, won))]
    if how := _how(closed):
        parts.append(Text(how))
    if ruled := aside_line(room, round_, now, "result"):
        parts.append(Text(ruled))
    if round_.reason:
        parts.append(Text(say("round.reason", reason=round_.reason)))
    if closed.pen is not None and closed.pen.offered_until is not None and closed.pen_name:
        until = when(closed.pen.offered_until, room.room, now)
        parts.append(Text(say("round.offered", name=closed.pen_name, until=until)))
    elif round_.terms.kind == "ideas":
        named = in_force(room.room).after_greenlight == "showrunner"
        parts.append(Text(say("round.showrunner_names" if named else "round.anyone")))
    actions = [
        Action(say("round.write"), Call("extend"), "main"),
        button(say("round.way_in"), "assist", mode="options"),
    ]
    if round_.terms.names != "shown":
        actions.append(button(say("round.mine"), "pitch-card mine", round=round_.id))
    title = say("round.chosen_title", idea=_idea(won.text))
    return Card(title, tuple(parts), tuple(actions) if round_.terms.kind == "ideas" else (), notify)


def _numbers(closed: Closed, won: Pitch) -> Marked:
    counted = {p.id: (p, votes) for p, votes in closed.shown if votes is not None}
    mine = counted.pop(won.id, None)
    said = [say("round.won_by", votes=mine[1], n=closed.ballots) if mine else say("round.ballots", n=closed.ballots)]
    if counted:
        rows = [_count(closed.round, p, votes) for p, votes in list(counted.values())[:5]]
        said.append(say("round.counts", counts=Marked("; ".join(rows))))
    elif closed.runner_up is not None:
        said.append(say("round.close_behind", idea=_idea(closed.runner_up.text)))
    if closed.drawer:
        said.append(say("round.drawer_more", n=len(closed.drawer)))
    return Marked(" ".join(said))


def _count(round_: Round, pitch: Pitch, votes: int) -> Marked:
    """One idea behind the winner, and whose it was where that may be said."""
    name = shown_name(round_, pitch)
    return say("round.count_by" if name else "round.count", idea=_idea(pitch.text), name=name, n=votes)


def _came(closed: Closed) -> Marked:
    return say("round.came", n=closed.ballots) if closed.ballots else say("round.came_none")


def _how(closed: Closed) -> Marked | None:
    """How a tie fell or who decided; nothing where the ballots simply did."""
    how = closed.round.decided_how
    return None if how in ("", "rounds.how_votes") else say("round.how", how=say(how))


def undecided(closed: Closed, room: Snapshot, now: datetime, *, notify: bool = True) -> Card:
    """Nothing is chosen, or not yet: why, and what becomes of the ideas, or of a question without any."""
    round_ = closed.round
    if unfed(room, round_) and round_.result in ("", "below_quorum"):
        ends = when(round_.closes_at, room.room, now) if round_.closes_at else say("round.by_command")
        return _unfed(round_, ends, notify=notify)
    return _with_ideas(closed, room, now, notify=notify)


def _with_ideas(closed: Closed, room: Snapshot, now: datetime, *, notify: bool) -> Card:
    round_ = closed.round
    again: tuple[Action, ...] = (
        Action(say("round.vote"), Call("vote", {"round": round_.id} if round_.letter else {})),
        Action(say("ballot.add_idea"), Call("pitch")),
    )
    ends = when(round_.closes_at, room.room, now) if round_.closes_at else say("round.by_command")
    quorum = round_.terms.quorum
    match closed.kind:
        case "repeated":
            text = say(
                "round.repeated", ballots=_came(closed), quorum=quorum, until=ends
            )
        case "runoff":
            text = say("round.runoff", ideas=_tied(closed), until=ends)
        case "showrunner":
            text = say("round.showrunner_has_it", ideas=_tied(closed), until=ends)
        case "waiting":
            text, again = say("round.waiting"), (button(say("round.close_it"), "round close"),)
        case "voting_opened":
            text = say("round.voting_open", until=ends)
        case _ if round_.result == "cancelled":
            text, again = say("round.cancelled"), ()
        case _ if round_.result == "none":
            text, again = say("round.none_led"), ()
        case _:
            text, again = (
                say("round.not_enough", ballots=_came(closed), quorum=quorum),
                (),
            )
    parts: list[Part] = [Text(text)]
    if ruled := aside_line(room, round_, now, "result"):
        parts.append(Text(ruled))
    if closed.carried:
        parts.append(Text(say("round.carried", n=len(closed.carried))))
    if closed.drawer and round_.part == "closed":
        parts.append(Small(say("round.in_drawer", n=len(closed.drawer))))
    if round_.part == "closed":
        again = (Action(say("pitch.pitch_again"), Call("pitch")),)
    key = "round.voting_title" if closed.kind == "voting_opened" else "round.undecided_title"
    return Card(say(key, question=name_of(round_)), tuple(parts), again, notify)


def _unfed(round_: Round, ends: Marked, *, notify: bool) -> Card:
    """Nobody had an idea: the question stays, or is carried over to whoever has one."""
    over = round_.part == "closed"
    text = say("round.unfed") if over else say("round.unfed_yet", until=ends)
    key = "round.unfed_title" if over else "round.undecided_title"
    return Card(
        say(key, question=name_of(round_)), (Text(text),), (Action(say("ballot.add_idea"), Call("pitch")),), notify
    )


def _tied(closed: Closed) -> Marked:
    return Marked("; ".join(say("round.tied_idea", number=p.number, idea=_idea(p.text)) for p in closed.tied))


def asked(closed: Closed) -> Reply:
    """Below the quorum the closer is asked: silence never greenlights."""
    round_ = closed.round
    text = say("round.asked", ballots=_came(closed), quorum=round_.terms.quorum)
    return Reply.of(
        Card(
            say("round.asked_title"),
            (Text(text),),
            (
                button(say("round.keep_open"), "round-card keep", round=round_.id),
                button(say("round.close_anyway"), "round-card force", "danger", round=round_.id),
            ),
        )
    )


def closing(closed: Closed, room: Snapshot, now: datetime) -> Reply:
    """The private answer to whoever closed: one line, since the result is a post; the result again when it was closed."""
    if closed.kind == "asked":
        return asked(closed)
    if closed.kind == "already":
        return Reply.of(decided(closed, room, now, notify=False))
    key = "round.closed_receipt" if closed.round.part == "closed" else "round.moved_on"
    return Reply.of(Card(parts=(Text(say(key, question=closed.round.question, story=closed.story.title)),)))


def opened(room: Snapshot, round_: Round, now: datetime) -> Card:
    """A round is open: a short post that notifies."""
    until = (
        say("round.until", when=when(round_.closes_at, room.room, now))
        if round_.closes_at
        else say("round.until_closed")
    )
    key = "round.voting_now" if round_.part in ("votes", "runoff") else "round.opened"
    return Card(parts=(Text(say(key, question=name_of(round_), until=until)),), notify=True)


def last_call(room: Snapshot, round_: Round, now: datetime) -> Card:
    """One line, an hour before the close."""
    closes = (
        when(round_.closes_at, room.room, now, relative=True)
        if round_.closes_at
        else say("round.until_closed")
    )
    text = say("round.last_call", question=round_.question, when=closes)
    return Card(parts=(Text(text),), actions=(button(say("round.vote"), "vote"),), notify=True)
