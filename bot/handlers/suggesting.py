"""Completions while somebody types: what this room holds, filtered by what is typed anywhere in a label.

Values are what the argument takes (numbers, letters, names, keys); labels say what they are. Nothing sealed, folded
away or somebody else's draft is ever suggested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import get_args

from bot.handlers.reading import present
from bot.story.books import Books
from bot.story.canoneering import cast
from bot.story.house_rules import in_force, printed
from bot.story.people import Person, Role
from bot.story.recurring import days_typed
from bot.story.rooms import Preset
from bot.story.rounds import Round
from bot.story.rule_kinds import Choice, Switch
from bot.story.rule_lines import LINES
from bot.story.rule_topics import ALL, TOPICS
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.text import shorten
from bot.story.voting import votable
from bot.story.zones import likely_zones, zones_in_order

MOST = 25
"""Discord takes 25 choices; nobody reads more."""
LABEL_MOST = 100
"""Characters of a label and of a value, on Discord too."""

Pair = tuple[str, str]
Source = Callable[[Books, Person, str], Iterable[Pair]]
"""(the room's books, who types, what is typed) to (value, label) pairs, the likeliest first."""


def suggest(books: Books, person: Person, command: str, argument: str, begun: str) -> Sequence[Pair]:
    """(value, label) pairs whose label or value holds what is typed; none where there is nothing to choose from."""
    source = _SOURCES.get((command, argument)) or _BY_NAME.get(argument)
    if source is None or not (books.snapshot().story or books.snapshot().stories or source in _WITHOUT_STORY):
        return []
    wanted = " ".join(begun.casefold().split())
    found = []
    for value, label in source(books, person, begun):
        shown = shorten(label, LABEL_MOST)
        if value and len(value) <= LABEL_MOST and (source is _order or wanted in label.casefold() or wanted in value.casefold()):
            found.append((value, shown))
        if len(found) == MOST:
            break
    return found


def _named(number: int, words: str) -> Pair:
    return str(number), f"{number} {words}".strip()


def _members(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    members = sorted(books.snapshot().members.values(), key=lambda m: (m.name.casefold(), m.id))
    yield from ((m.name, m.name) for m in members)


def _order(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    """The next name of a list that is parted by commas."""
    before, comma, last = begun.rpartition(",")
    kept = f"{before}{comma} " if comma else ""
    for name, _ in _members(books, person, begun):
        if last.strip().casefold() in name.casefold():
            yield kept + name, kept + name


def _roles(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    yield from ((role.value, role.value) for role in Role)


def _groups(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    yield from ((f"@{id_}", f"{name} ({role})") for id_, name, role in books.snapshot().room.role_map)


def _rule_keys(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    """Keys with what they say now; what rules are about, for `show`; and the kinds of room, for `preset`."""
    yield from ((line.key, f"{line.key}: {line.typed}") for line in printed(books.snapshot().room))
    yield from ((topic, topic) for topic in (*TOPICS, ALL))
    yield from ((preset, preset) for preset in get_args(Preset))


def _rule_values(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    """Values that lines take, each with its line's key: which key is meant is not known here."""
    for line in LINES:
        if isinstance(line.kind, Choice):
            yield from ((option, f"{option} ({line.key})") for option in line.kind.options)
        elif isinstance(line.kind, Switch):
            yield from ((word, f"{word} ({line.key})") for word in ("on", "off"))


def _stories(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    live = sorted(books.snapshot().stories.values(), key=lambda s: -s.number)
    yield from (_named(s.number, s.title) for s in (*live, *books.archived()))


def _scenes(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    yield from (_named(s.number, s.title) for s in books.snapshot().scenes_of(_story(books).id))


def _removed_scenes(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    story = _story(books)
    out = [s for s in books.snapshot().scenes.values() if s.story_id == story.id and s.status == "removed"]
    yield from (_named(s.number, s.title) for s in sorted(out, key=lambda s: (s.number, s.id)))


def _rounds(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    yield from (_named(r.number, r.question) for r in books.rounds(_story(books).id, limit=50))


def _letters(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    open_ = books.snapshot().open_rounds(_story(books).id)
    yield from ((r.letter.casefold(), f"{r.letter} {r.question}") for r in open_ if r.letter)


def _ideas(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    """Ideas that can be voted for, by the number or the letter and number that a ballot takes."""
    for round_, number, words in _ballot(books.snapshot(), _story(books)):
        key = f"{round_.letter}{number}"
        yield key, f"{key} {words}"


def _numbers(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    """The same ideas, by the bare number that a showrunner decides for."""
    for round_, number, words in _ballot(books.snapshot(), _story(books)):
        yield str(number), f"{round_.letter}{number} {words}"


def _ballot(room: Snapshot, story: Story) -> Iterator[tuple[Round, int, str]]:
    for round_ in room.open_rounds(story.id):
        if round_.part != "ideas":
            yield from ((round_, p.number, p.text) for p in votable(room, round_) if p.number)


def _facts(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    yield from (_named(f.number, f"{f.name}: {f.text}") for f in books.facts(_story(books).id, limit=500))


def _cast(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    people = cast(tuple(books.facts(_story(books).id, kind="character", limit=500)))
    yield from ((name, f"{name}: {facts[0].text}") for name, facts in people)


def _drafts(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    """One's own, and nobody else's."""
    yield from ((d.id, d.text) for d in books.drafts(person.key, limit=MOST))


def _notes(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    yield from (_named(n.number, n.text) for n in books.notes(_story(books).id))


def _passages(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    """The last passages, by how they begin; of a folded story by who wrote them."""
    room, story = books.snapshot(), _story(books)
    hidden = in_force(room.room).folded and story.status != "wrapped"
    for passage in reversed(room.tail_of(story.id)):
        name = room.name(passage.author)
        yield _named(passage.number, name if hidden else f"{name}: {passage.opening}")


def _schedules(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    yield from (_named(s.number, f"{days_typed(s.days)} {s.at} {s.zone}") for s in books.schedules())


def _zones(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    """What a word may mean, then every zone that holds it; the room's own first."""
    typed = " ".join(begun.split())[:40]
    likely = likely_zones(typed)
    for name in dict.fromkeys((books.snapshot().room.zone, *likely, *zones_in_order())):
        yield name, f"{name} ({typed})" if name in likely else name


def _prompts(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    """The latest prompts; a hidden one by its number alone."""
    asked = books.prompts(statuses=("open", "voting", "closed"), limit=50)
    yield from (_named(p.number, p.text) for p in asked)


def _open_prompts(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    yield from (_named(p.number, p.text) for p in books.prompts(statuses=("open", "voting"), limit=50))


def _listed_prompts(books: Books, person: Person, begun: str) -> Iterator[Pair]:
    yield from (_named(i.number, i.text) for i in books.prompt_ideas())


def _story(books: Books) -> Story:
    return present(books.snapshot())


_WITHOUT_STORY = frozenset({
    _members, _order, _roles, _groups, _rule_keys, _rule_values, _drafts, _stories, _schedules, _zones, _prompts, _open_prompts,
    _listed_prompts,
})  # fmt: skip
_SOURCES: dict[tuple[str, str], Source] = {
    ("showrunner rules", "key"): _rule_keys,
    ("showrunner rules", "value"): _rule_values,
    ("showrunner roles", "name"): _members,
    ("showrunner roles", "role"): _roles,
    ("showrunner roles", "server-role"): _groups,
    ("turn order", "names"): _order,
    ("story status", "number"): _stories,
    ("story archive", "number"): _stories,
    ("story export", "number"): _stories,
    ("read", "scene"): _scenes,
    ("scene view", "number"): _scenes,
    ("scene revise", "number"): _scenes,
    ("scene lock", "number"): _scenes,
    ("scene remove", "number"): _scenes,
    ("scene restore", "number"): _removed_scenes,
    ("vote", "numbers"): _ideas,
    ("round decide", "number"): _numbers,
    ("round results", "number"): _rounds,
    ("prompt change", "number"): _schedules,
    ("prompt pause", "number"): _schedules,
    ("prompt resume", "number"): _schedules,
    ("prompt skip", "number"): _schedules,
    ("prompt unschedule", "number"): _schedules,
    ("notes give", "passage"): _passages,
    ("notes list", "number"): _notes,
    ("notes resolve", "number"): _notes,
    ("prompt read", "number"): _prompts,
    ("prompt export", "number"): _prompts,
    ("prompt answer", "number"): _open_prompts,
    ("prompt vote", "number"): _open_prompts,
    ("prompt close", "number"): _open_prompts,
    ("prompt remove", "number"): _listed_prompts,
}
_BY_NAME: dict[str, Source] = {
    "letter": _letters, "story": _stories, "scene": _scenes, "idea-number": _numbers, "fact-number": _facts,
    "character": _cast, "draft": _drafts, "note": _notes, "passage": _passages, "person": _members,
    "zone": _zones,
}  # fmt: skip
"""For every other command, by what its argument is called."""
