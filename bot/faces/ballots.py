"""The ballot: the public card of a round, one's own ballot, and the receipt of a vote."""

from __future__ import annotations

from datetime import datetime

from bot.calls import Call
from bot.cards import Action, Card, Option, Options, Part, Reply, Small, Text, button
from bot.faces.times import when
from bot.sentences import Marked, literal, say
from bot.story.opening import shown_name
from bot.story.rounds import Pitch, Round
from bot.story.setting_aside import SetAside, set_aside_in
from bot.story.settling import counted_now
from bot.story.snapshot import Snapshot
from bot.story.text import shorten
from bot.story.voting import Voted, votable

IDEA_MOST = 180
"""Characters of an idea on a ballot; `Read all` shows it whole."""


def name_of(round_: Round) -> Marked:
    """A round's question, with its letter when several are open."""
    return (
        say("ballot.lettered", letter=round_.letter, question=round_.question)
        if round_.letter
        else literal(round_.question)
    )


def ballot(room: Snapshot, round_: Round, now: datetime) -> Card:
    """The public ballot of an open round: number n is idea n, edited in place."""
    story = room.stories[round_.story_id]
    title = say("ballot.title", question=name_of(round_), story=story.title)
    ideas = votable(room, round_)
    if round_.part == "ideas":
        return _collecting(room, round_, title, now)
    first = (_choices(round_, ideas), Text(_how(round_))) if ideas else (Text(say("ballot.no_ideas")),)
    parts: list[Part] = [*first, Small(_terms(room, round_, now))]
    if any(p.author is None for p in ideas):
        parts.append(Small(say("ballot.some_machine")))
    actions = [
        button(say("ballot.read_all"), "round ballot", letter=round_.letter) if round_.letter else button(say("ballot.read_all"), "round ballot"),
        Action(say("ballot.add_idea"), Call("pitch", {"round": round_.id} if round_.letter else {})),
        button(say("ballot.rules"), "showrunner rules"),
    ]  # fmt: skip
    return Card(title, tuple(parts), tuple(actions))


def _collecting(room: Snapshot, round_: Round, title: Marked, now: datetime) -> Card:
    """The first of two parts: ideas come in, votes come after."""
    pitches = [p for p in room.pitches_of(round_.id) if p.status == "standing"]
    key = "ballot.sealed" if round_.terms.sealed else "ballot.collecting"
    until = (
        say("ballot.until", when=when(round_.closes_at, room.room, now))
        if round_.closes_at
        else say("ballot.by_command")
    )
    lines = [Text(say(key, n=len(pitches), until=until))]
    if not round_.terms.sealed:
        lines += [Text(say("ballot.idea_line", idea=shorten(p.text, IDEA_MOST))) for p in pitches[:15]]
    return Card(
        title,
        tuple(lines),
        (Action(say("ballot.add_idea"), Call("pitch")), button(say("ballot.rules"), "showrunner rules")),
    )


def _choices(
    round_: Round, ideas: tuple[Pitch, ...], chosen: tuple[str, ...] = (), none: bool = False, *, own: bool = False
) -> Options:
    """The numbered choices of a ballot, each a toggle; a ranking is typed, because no menu shows the order of picks."""
    shown = []
    for idea in ideas:
        name = shown_name(round_, idea)
        short = shorten(idea.text, IDEA_MOST)
        text = say("ballot.idea_by", idea=short, name=name) if name else literal(short)
        call = Call("vote-card toggle", {"round": round_.id, "number": str(idea.number)})
        shown.append(Option(idea.number, text, call, idea.id in chosen))
    none_call = Call("vote-card toggle", {"round": round_.id, "number": "0"})
    shown.append(Option(0, say("ballot.none"), none_call, none))
    together = Call("vote", {"round": round_.id})
    if own and round_.terms.method == "ranked":
        return Options(tuple(shown))
    return Options(tuple(shown), together, 1 if round_.terms.method == "single" else 0)


def _own_actions(round_: Round, *, voted: bool) -> tuple[Action, ...]:
    """What else may be done with one's own ballot."""
    rank = Action(say("ballot.rank"), Call("vote-card rank", {"round": round_.id}), "main")
    back = button(say("ballot.take_back"), "vote-card back", round=round_.id)
    return ((rank,) if round_.terms.method == "ranked" else ()) + ((back,) if voted else ())


def _how(round_: Round) -> Marked:
    """How to fill in the ballot."""
    return say("ballot.runoff_how" if round_.part == "runoff" else f"ballot.how_{round_.terms.method}")


def _terms(room: Snapshot, round_: Round, now: datetime) -> Marked:
    """How many ballots are in, when it closes, what a tie does: what is in force is printed."""
    terms = round_.terms
    count = counted_now(room, round_).ballots
    enough = "ballot.enough" if count >= terms.quorum else "ballot.needed"
    needed = say("ballot.alone") if room.room.acted <= 1 else say(enough, n=count, quorum=terms.quorum)
    ends = (
        say("ballot.closes", when=when(round_.closes_at, room.room, now, relative=True))
        if round_.closes_at
        else say("ballot.closed_by_command")
    )
    tie = say("ballot.tie_dice")
    if terms.tie_showrunner:
        tie = say("ballot.tie_showrunner")
    if terms.runoff_from:
        tie = say("ballot.tie_runoff")
    if terms.decides == "showrunner":
        tie = say("ballot.showrunner_decides")
    terms_said = say("ballot.terms", needed=needed, ends=ends, tie=tie)
    ruled = aside_line(room, round_, now, "terms")
    return Marked(f"{terms_said} {ruled}") if ruled else terms_said


def aside_line(room: Snapshot, round_: Round, now: datetime, key: str) -> Marked | None:
    """The rule by which ballots are set aside, and how many it is; nothing where there is none."""
    if round_.aside_after is None:
        return None
    then = when(round_.aside_after, room.room, now)
    n = set_aside_in(room, round_)
    return say(f"aside.{key}", n=n, when=then) if n else say("aside.rule", when=then)


def aside(done: SetAside, room: Snapshot, now: datetime) -> Reply:
    """The receipt of a rule that sets ballots aside, or of its end."""
    round_ = done.round
    if round_.aside_after is None:
        return Reply.of(Card(parts=(Text(say("aside.taken_back", question=round_.question)),)))
    said = say("aside.done", when=when(round_.aside_after, room.room, now), question=round_.question)
    action = button(say("aside.back"), "round-card count", round=round_.id)
    return Reply.of(
        Card(parts=(Text(said), Small(say("aside.now", n=done.ballots, counting=done.counting))), actions=(action,))
    )


def my_ballot(room: Snapshot, round_: Round, voted: Voted | None, now: datetime) -> Reply:
    """One's own ballot, private: what is chosen is marked, a number toggles."""
    chosen = voted.ballot.choices if voted else ()
    told = say("ballot.voted_so" if voted else "ballot.not_voted", choices=_chosen(voted) if voted else "")
    how = say("ballot.how_again") if voted and round_.terms.method == "approval" else _how(round_)
    parts: tuple[Part, ...] = (
        _choices(round_, votable(room, round_), chosen, voted.none if voted else False, own=True),
        Text(Marked(f"{told} {how}")),
        *(_late(voted) if voted else ()),
        Small(_terms(room, round_, now)),
    )
    card = Card(say("ballot.mine", question=name_of(round_)), parts, _own_actions(round_, voted=voted is not None))
    return Reply.of(card)


def _late(voted: Voted) -> tuple[Text, ...]:
    """The ideas that came after this ballot."""
    return tuple(Text(say("ballot.came_later", number=p.number, idea=shorten(p.text, 80))) for p in voted.late)


def _chosen(voted: Voted) -> Marked:
    if voted.none:
        return say("ballot.none")
    numbers = [str(p.number) for p in voted.chosen]
    if voted.round.terms.method == "ranked":
        return say("ballot.in_order", numbers=", ".join(numbers))
    return (
        say("ballot.two", first=", ".join(numbers[:-1]), last=numbers[-1])
        if len(numbers) > 1
        else literal("".join(numbers))
    )


def receipt(voted: Voted, room: Snapshot, now: datetime) -> Reply:
    """The receipt of a vote, a private ballot: numbers toggle, letters do the rest."""
    round_ = voted.round
    if not voted.ballot.choices:
        back = (
            Action(say("ballot.vote_again"), Call("vote", {"round": round_.id} if round_.letter else {})),
        )
        return Reply.of(Card(parts=(Text(say("ballot.taken_back")),), actions=back))
    until = (
        say("ballot.until_then", when=when(round_.closes_at, room.room, now))
        if round_.closes_at
        else say("ballot.until_closed")
    )
    parts: list[Part] = [Text(say("ballot.counted", choices=_chosen(voted), until=until))]
    parts += _late(voted)
    parts.append(_choices(round_, votable(room, round_), voted.ballot.choices, voted.none, own=True))
    return Reply.of(Card(parts=tuple(parts), actions=_own_actions(round_, voted=True)))


def read_all(room: Snapshot, round_: Round, now: datetime) -> Reply:
    """Every idea in full, a card for each few; then the terms."""
    cards: list[Card] = []
    parts: list[Part] = []
    for idea in votable(room, round_) or tuple(
        p for p in room.pitches_of(round_.id) if p.status == "standing" and not round_.terms.sealed
    ):
        name = shown_name(round_, idea)
        line = Text(
            say(
                "ballot.whole_by" if name else "ballot.whole",
                number=idea.number or idea.seq,
                idea=idea.text,
                name=name,
            )
        )
        if sum(len(p.markup) for p in parts if isinstance(p, Text)) + len(line.markup) > 3200:
            cards.append(Card(parts=tuple(parts)))
            parts = []
        parts.append(line)
    parts.append(Small(Marked(f"{_how(round_)} {_terms(room, round_, now)}") if round_.part != "ideas" else say("ballot.votes_later")))
    cards.append(Card(parts=tuple(parts)))
    first = Card(
        say("ballot.title", question=name_of(round_), story=room.stories[round_.story_id].title),
        cards[0].parts,
    )
    return Reply((first, *cards[1:]))
