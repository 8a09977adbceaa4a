"""What people mean by a number or an id: the passage, the idea, the co-writer's draft that a call is about."""

from __future__ import annotations

from typing import Literal

from bot.errors import NotFound, UserError
from bot.handlers.reading import present
from bot.story.answering import readable
from bot.story.books import Books
from bot.story.moments import Moment
from bot.story.opening import shown_name
from bot.story.passages import MachineText, Passage
from bot.story.prompts import Answer, Prompt
from bot.story.reports import About
from bot.story.rounds import Pitch

Kind = Literal["passage", "pitch", "machine", "answer", "prompt"]
KINDS: tuple[Kind, ...] = ("passage", "pitch", "machine", "answer", "prompt")
Thing = Passage | Pitch | MachineText | Answer | Prompt


def passage_id(books: Books, number: int) -> str:
    """The id of the passage of this number, in the story that calls of this room mean."""
    found = books.passage_numbered(present(books.snapshot()).id, number)
    if found is None:
        raise NotFound("passages.no_such", argument="passage", number=number)
    return found[0].id


def pitch_id(books: Books, number: int) -> str:
    """The id of the idea of this number: on an open ballot, else in the round that closed last."""
    room = books.snapshot()
    story = present(room)
    last = room.last_round(story.id)
    for round_ in (*room.open_rounds(story.id), *((last,) if last else ())):
        for pitch in room.pitches_of(round_.id):
            if pitch.number == number:
                return pitch.id
    raise NotFound("moderation.no_idea", argument="idea", number=number)


def thing(books: Books, kind: Kind, id_: str) -> Thing:
    """The thing of this id. Raises NotFound for another room's, and for what nobody but its asker was shown."""
    found: Thing | None
    if kind == "passage":
        head = books.passage(id_)
        found = head[0] if head is not None else None
    elif kind == "pitch":
        found = books.pitch(id_)
    elif kind == "answer":
        found = books.answer(id_)
    elif kind == "prompt":
        found = books.prompt(id_)
    else:
        found = books.machine_text(id_)
        found = found if found is not None and found.public else None
    if found is None:
        raise NotFound("kernel.bad_token")
    return found


def about(books: Books, kind: Kind, id_: str, moment: Moment) -> About:
    """A thing as a report keeps it: its words as they stand, who wrote them, and under which name the room knows that."""
    found, room = thing(books, kind, id_), books.snapshot()
    if found.veil:
        raise UserError("moderation.report_hidden")
    match found:
        case Passage():
            version = next(v for v in reversed(books.versions(found.id)) if v.version == found.version)
            name = room.name(found.author)
            return About("passage", found.id, version.text, found.author, name, found.number, found.version)
        case Pitch():
            round_ = books.round(found.round_id)
            name = shown_name(round_, found) if round_ is not None else ""
            return About("pitch", found.id, found.text, found.author, name, found.number, found.version)
        case Answer():
            return _about_answer(books, found, moment)
        case Prompt():
            idea = books.prompt_idea(found.idea_id) if found.idea_id else None
            by = idea.by if idea is not None else None
            return About("prompt", found.id, found.text, by, room.name(by), found.number)
        case MachineText():
            return About("machine", found.id, found.text, found.asker, room.name(found.asker))


def _about_answer(books: Books, answer: Answer, moment: Moment) -> About:
    """An answer as a report keeps it. Raises NotFound for one that who reports cannot read yet."""
    prompt = books.prompt(answer.prompt_id)
    if prompt is None or not readable(prompt, answer, moment.key):
        raise NotFound("prompt.answer_gone")
    text = books.answer_texts([answer])[answer.id]
    return About("answer", answer.id, text, answer.person, answer.name, answer.number, answer.version)
