"""A story as a book to export: its scenes in order, who wrote which words, which machines were asked."""

from __future__ import annotations

import io
from typing import Literal

from bot.exports import Book, PassageText, SceneText, credits_for, lossless, markdown, plain
from bot.story.books import Books
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
    out = io.BytesIO()
    markdown.write_words(story.title, _scenes(books, story), out)
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
