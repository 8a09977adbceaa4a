"""A story as a book to export: its scenes in order, who wrote which words, which machines were asked."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Literal

from bot.exports import Book, PassageText, SceneText, credits_for, lossless, markdown, plain
from bot.faces.prompts import whence
from bot.markup import to_plain
from bot.sentences import say
from bot.story.answering import readable
from bot.story.books import Books
from bot.story.prompts import Prompt
from bot.story.stories import Scene, Story
from bot.story.veiling import mark

Format = Literal["md", "txt", "json"]
_WRITERS = {"md": markdown.write, "txt": plain.write, "json": lossless.write}
_MOST = 1_000_000
"""Passages of a story at most."""


def export_text(books: Books, story: Story, form: Format) -> str:
    """A whole story in one of the formats."""
    room = books.snapshot()
    scenes = _scenes(books, story)
    everything = [passage for scene in scenes for passage in scene.passages]
    people = {key for p in everything for key in (p.author, *(s.person for s in p.spans)) if key}
    asked = [
        m.model
        for m in books.machine_texts(story.id, limit=_MOST)
        if m.provider not in ("deck", "none") and m.model
    ]
    earned = credits_for(everything, {key: room.name(key) for key in people})
    out = io.BytesIO()
    _WRITERS[form](Book(story.title, story.logline, scenes, earned, tuple(dict.fromkeys(asked))), out)
    return out.getvalue().decode("utf-8")


def reading_copy(books: Books, story: Story) -> str:
    """A whole story to read, in Markdown: its words alone, without the credits that an export earns."""
    texts: dict[str, list[str]] = {}
    for scene, veil, text in books.words(story.id):
        texts.setdefault(scene, []).append(str(mark(veil)) if veil else text)
    scenes = ((scene.title, texts.get(scene.id, ())) for scene in books.snapshot().scenes_of(story.id))
    out = io.BytesIO()
    markdown.write_words(story.title, scenes, out)
    return out.getvalue().decode("utf-8")


def _scenes(books: Books, story: Story) -> list[SceneText]:
    parts: tuple[Scene | None, ...] = books.snapshot().scenes_of(story.id) or (None,)
    return [_scene(books, story, part) for part in parts]


def _scene(books: Books, story: Story, scene: Scene | None) -> SceneText:
    """A scene; None is the whole of a story whose scenes no snapshot holds (an archived one)."""
    found = books.passages(story.id, scene_id=None if scene is None else scene.id, limit=_MOST)
    texts = tuple(
        PassageText(p.id, p.number, v.version, str(mark(p.veil)), (), p.author, p.at)
        if p.veil
        else PassageText(p.id, p.number, v.version, v.text, v.spans, p.author, p.at)
        for p, v in found
    )
    return SceneText("" if scene is None else scene.title, texts)


def export_prompts(books: Books, prompts: Sequence[Prompt], reader: str | None) -> str:
    """Prompts with their answers in Markdown, as far as this person may read them."""
    lines = [f"# {to_plain(say('prompt.export_title'))}", ""]
    for prompt in prompts:
        lines += [f"## {to_plain(say('prompt.title', number=prompt.number))} ({prompt.asked_at:%Y-%m-%d})", ""]
        lines += [str(mark(prompt.veil)) or prompt.text, ""]
        if where := whence(prompt, books):
            lines += [to_plain(where), ""]
        answers = books.answers(prompt.id)
        texts = books.answer_texts([a for a in answers if readable(prompt, a, reader)])
        for answer in answers:
            picked = " *" if answer.id in prompt.picks else ""
            blind = to_plain(say("prompt.export_blind"))
            words = str(mark(answer.veil)) if answer.veil else texts.get(answer.id, blind)
            lines += [f"### {answer.number}. {answer.name}{picked}", "", words, ""]
    return "\n".join(lines)
