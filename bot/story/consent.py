"""Consent: what each person lets a co-writer see, and the filter that keeps private words out of every
request.

`never` follows derivation. Two walls: `withhold` leaves out every text that a private author wrote any of
(and every machine text that carries their words or names), and `leaks` searches the finished request for what
must not be in it: a run of five or more words, or a name, that is found only in private texts. What others
wrote too is theirs to share.

A name is a word that private texts write with a capital; scripts without capitals are guarded by runs, and by
the `names` of canon that the caller gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from bot.errors import UserError
from bot.sentences import say
from bot.story.guarding import Guard
from bot.story.ledger import Act
from bot.story.moments import Moment, Outcome
from bot.story.people import Consent, Member
from bot.story.provenance import Span
from bot.story.rooms import Room
from bot.story.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Source:
    """A text that may go into a request, and who wrote it: a passage, a fact, an idea, a summary."""

    id: str
    text: str
    spans: tuple[Span, ...] = ()
    authors: tuple[str, ...] = ()
    """Person keys besides those of the spans (of everything it was derived from, where it is derived)."""


@dataclass(frozen=True, slots=True)
class Shareable:
    """What may be sent of some sources: `texts` by id, a placeholder where one is withheld."""

    texts: Mapping[str, str] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()
    """Ids of the sources that are not sent."""
    private: tuple[str, ...] = ()
    """Words of private authors: hand them to `leaks`."""
    public: tuple[str, ...] = ()
    """Words of people who share them: hand them to `leaks`."""


@dataclass(frozen=True, slots=True)
class ConsentNews:
    """What a person chose, for their receipt."""

    choice: Consent
    was: Consent
    machine_on: bool


@dataclass(frozen=True, slots=True)
class ConsentQuestion:
    """The question that an author of earlier text is asked once, privately, when a machine came into the
    room.
    """

    name: str


def effective(member: Member | None, room: Room) -> Consent:
    """What holds for a person now: what they chose; else never, until they act after the machine was turned
    on; then read.
    """
    if member is None or room.machine_on_at is None:
        return Consent.NEVER
    if member.consent is not None:
        return member.consent
    acted = member.last_at or member.first_at
    return Consent.READ if acted is not None and acted > room.machine_on_at else Consent.NEVER


def private_people(snapshot: Snapshot, people: Iterable[str]) -> frozenset[str]:
    """Those of these person keys whose words no co-writer may see; people the room does not know are among
    them.
    """
    return frozenset(key for key in people if effective(snapshot.member(key), snapshot.room) is Consent.NEVER)


def may_quote(snapshot: Snapshot, person: str) -> bool:
    """Whether a person's words may be a style example."""
    return effective(snapshot.member(person), snapshot.room) is Consent.QUOTE


def set_consent(snapshot: Snapshot, choice: Consent, moment: Moment) -> Outcome[ConsentNews]:
    """Choose what a co-writer may see of one's words. It holds from the next request on."""
    member = snapshot.member(moment.actor) or Member(
        f"{snapshot.room.id}/{moment.actor}", snapshot.room.id, moment.actor, moment.name, first_at=moment.now
    )
    if member.consent is choice:
        raise UserError("consent.same", argument="ai")
    was = effective(member, snapshot.room)
    after = replace(member, consent=choice, consent_asked=True, last_at=moment.now)
    act = Act("consent.set", (snapshot.room.id, member.id), moment.actor, "", {"choice": choice.value})
    return Outcome(ConsentNews(choice, was, snapshot.room.machine_on_at is not None), (after,), (act,))


def ask(snapshot: Snapshot, moment: Moment) -> Outcome[ConsentQuestion | None]:
    """At an act after the machine was turned on: note that the person acted, and ask authors of earlier text
    once.
    """
    member, on = snapshot.member(moment.key), snapshot.room.machine_on_at
    if member is None or on is None or member.consent is not None or moment.now <= on:
        return Outcome(None)
    earlier = member.first_at is not None and member.first_at <= on
    if member.consent_asked or not earlier:
        late = member.last_at is None or member.last_at <= on
        return Outcome(None, (replace(member, last_at=moment.now),) if late else ())
    return Outcome(ConsentQuestion(member.name), (replace(member, consent_asked=True, last_at=moment.now),))


def withhold(sources: Sequence[Source], never: AbstractSet[str], *, shared: Sequence[str] = ()) -> Shareable:
    """What may be sent of these sources when the people in `never` keep theirs private.

    `shared` are further texts that may be shared (our own instructions, the asker's request). A source that a
    private person wrote any of, or was derived from, is left out; so is one that holds their runs or names
    though nobody who shares wrote those.
    """
    private = tuple(s.text for s in sources if _people(s) & never)
    public = (*shared, *(part for s in sources if not _people(s) & never for part in _by_people(s)))
    guard = Guard(private, public)
    out = tuple(s.id for s in sources if _people(s) & never or guard.leaks(s.text))
    held = str(say("consent.withheld"))
    return Shareable({s.id: held if s.id in set(out) else s.text for s in sources}, out, private, public)


def leaks(
    request: str, private: Sequence[str], public: Sequence[str], *, names: Sequence[str] = ()
) -> tuple[str, ...]:
    """What of a finished request is found only in private texts: runs of five or more words, and names. Empty
    is good.

    `public` holds everything that may be shared, our own instructions and the placeholder's words too;
    `names` are names of canon known to be private, for scripts without capitals.
    """
    return Guard(private, public, names).leaks(request)


def _people(source: Source) -> frozenset[str]:
    return frozenset(source.authors) | frozenset(s.person for s in source.spans if s.person)


def _by_people(source: Source) -> tuple[str, ...]:
    """The parts of a source that people wrote themselves; all of it where nothing is known of its parts."""
    if not source.spans:
        return (source.text,) if source.authors else ()
    return tuple(source.text[s.start : s.end] for s in source.spans if s.kind == "person")
