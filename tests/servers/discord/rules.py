"""What Discord takes as a message: its text, embeds, files, mentions and poll, each within its limit.

https://docs.discord.com/developers/resources/message#create-message
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.servers.discord.components import Components
from tests.servers.discord.limits import Limits
from tests.servers.discord.refusal import Json, Path, Problems, Refused, refuse
from tests.servers.discord.things import (
    EPHEMERAL,
    HAS_THREAD,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
    V2,
    Message,
)

_PARSE = ("users", "roles", "everyone")
_SETTABLE = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | V2
_LEGACY = ("content", "embeds", "poll", "sticker_ids")


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file: which `files[n]` it was, its name as sent, and its bytes."""

    number: int
    name: str
    data: bytes


def plain_name(name: str) -> str:
    """A file's name as Discord keeps it: letters, digits, dots, dashes and underscores of ASCII."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name) or "file"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of messages, with the limits of one server."""

    limits: Limits

    def check(
        self,
        body: Json,
        files: list[File],
        *,
        path: Path = (),
        old: Message | None = None,
        ephemeral: bool = False,
    ) -> None:
        """Refuse a body of a new message, or of an edit of `old`; afterwards its content is trimmed."""
        problems = Problems()
        v2 = self._flags(problems, path, body, old, ephemeral=ephemeral)
        if isinstance(body.get("content"), int | float):
            body["content"] = str(body["content"])
        problems.text((*path, "content"), body.get("content"), self.limits["message.content"])
        if isinstance(body.get("content"), str):
            body["content"] = body["content"].strip()
        if v2:
            self._no_legacy(problems, path, body, old)
        nonce = body.get("nonce")
        problems.text((*path, "nonce"), None if nonce is None else str(nonce), self.limits["message.nonce"])
        self._embeds(problems, (*path, "embeds"), body.get("embeds"))
        kept = self._attachments(problems, path, body, files, old)
        parts = Components(problems, self.limits, kept)
        parts.of_message(body.get("components"), (*path, "components"), v2=v2)
        self._mentions(problems, (*path, "allowed_mentions"), body.get("allowed_mentions"))
        if body.get("poll") is not None:
            self._poll(problems, (*path, "poll"), body["poll"])
        problems.check()
        if self._empty(body, files, old):
            raise refuse(50006)

    def _flags(
        self, problems: Problems, path: Path, body: Json, old: Message | None, *, ephemeral: bool
    ) -> bool:
        """Whether the message is (or becomes) one of components alone."""
        flags = body.get("flags") or 0
        had = 0 if old is None else old.flags
        if not isinstance(flags, int):
            problems.add((*path, "flags"), "NUMBER_TYPE_COERCE", "Message flags must be a number")
            return False
        allowed = _SETTABLE | (EPHEMERAL if ephemeral else 0) | had | HAS_THREAD
        if flags & ~allowed:
            problems.add(
                (*path, "flags"), "MESSAGE_FLAGS_INVALID", f"Flags {flags & ~allowed} cannot be set here"
            )
        return bool((flags | had) & V2)

    def _no_legacy(self, problems: Problems, path: Path, body: Json, old: Message | None) -> None:
        for name in _LEGACY:
            left = old is not None and not old.flags & V2 and name not in body and old.data.get(name)
            if body.get(name) or left:
                words = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                problems.add((*path, name), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", words)

    def _empty(self, body: Json, files: list[File], old: Message | None) -> bool:
        """Whether nothing would be left to see."""
        if files or body.get("sticker_ids") or (body.get("message_reference") or {}).get("type") == 1:
            return False
        seen = ("content", "embeds", "components", "poll", "attachments")
        if old is None:
            return not any(body.get(name) for name in seen if name != "attachments")
        return not any(body[name] if name in body else old.data.get(name) for name in seen)

    def _attachments(
        self, problems: Problems, path: Path, body: Json, files: list[File], old: Message | None
    ) -> frozenset[str]:
        """Check files and what is said of them; the names that a component may refer to."""
        here = (*path, "attachments")
        said = body.get("attachments")
        entries = [] if said is None else problems.items(here, said, self.limits["message.attachments"])
        held = {} if old is None else {str(one["id"]): one for one in old.data["attachments"]}
        numbers = {str(file.number) for file in files}
        for index, entry in enumerate(entries):
            problems.text(
                (*here, index, "description"), entry.get("description"), self.limits["message.alt_text"]
            )
            if str(entry.get("id")) not in numbers and str(entry.get("id")) not in held:
                problems.add(
                    (*here, index, "id"),
                    "ATTACHMENT_NOT_FOUND",
                    f"Attachment {entry.get('id')} was not found",
                )
        for file in files:
            if len(file.data) > self.limits["message.attachment_bytes"]:
                raise refuse(40005)
        kept = [
            one
            for one in held.values()
            if said is None or any(str(e.get("id")) == one["id"] for e in entries)
        ]
        if len(kept) + len(files) > self.limits["message.attachments"]:
            problems.length(here, [*kept, *files], self.limits["message.attachments"])
        return frozenset([plain_name(file.name) for file in files] + [one["filename"] for one in kept])

    def _embeds(self, problems: Problems, path: Path, embeds: object) -> None:
        total = 0
        for index, embed in enumerate(problems.items(path, embeds, self.limits["message.embeds"])):
            at = (*path, index)
            texts: list[Any] = [embed.get("title"), embed.get("description")]
            problems.text((*at, "title"), embed.get("title"), self.limits["embed.title"])
            problems.text((*at, "description"), embed.get("description"), self.limits["embed.description"])
            footer, author = embed.get("footer") or {}, embed.get("author") or {}
            problems.text((*at, "footer", "text"), footer.get("text"), self.limits["embed.footer"])
            problems.text((*at, "author", "name"), author.get("name"), self.limits["embed.author"])
            texts += [footer.get("text"), author.get("name")]
            fields = problems.items((*at, "fields"), embed.get("fields"), self.limits["embed.fields"])
            for place, field in enumerate(fields):
                for name in ("name", "value"):
                    text = field.get(name)
                    most = self.limits[f"embed.field_{name}"]
                    problems.text((*at, "fields", place, name), text or None, most, required=True)
                    texts.append(text)
            total += sum(len(text) for text in texts if isinstance(text, str))
        if total > self.limits["embed.total"]:
            words = f"Embed size exceeds maximum size of {self.limits['embed.total']}"
            problems.add(path, "MAX_EMBED_SIZE_EXCEEDED", words)

    def _mentions(self, problems: Problems, path: Path, allowed: object) -> None:
        if allowed is None:
            return
        if not isinstance(allowed, dict):
            problems.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
            return
        parse = allowed.get("parse") or []
        for index, name in enumerate(parse):
            problems.one_of((*path, "parse", index), name, _PARSE)
        for name in ("users", "roles"):
            listed = problems.items((*path, name), allowed.get(name), self.limits[f"message.allowed_{name}"])
            if name in parse and listed:
                words = f'parse:["{name}"] and {name}: [ids...] are mutually exclusive.'
                problems.add(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words)

    def _poll(self, problems: Problems, path: Path, poll: Json) -> None:
        question = (poll.get("question") or {}).get("text")
        problems.text((*path, "question", "text"), question, self.limits["poll.question"], 1, required=True)
        answers = problems.items((*path, "answers"), poll.get("answers"), self.limits["poll.answers"], 1)
        for index, answer in enumerate(answers):
            text = (answer.get("poll_media") or {}).get("text")
            at = (*path, "answers", index, "poll_media", "text")
            problems.text(at, text, self.limits["poll.answer"], 1, required=True)
        problems.number((*path, "duration"), poll.get("duration", 24), 1, self.limits["poll.hours"])


def check_modal(data: Json, limits: Limits) -> None:
    """Refuse a modal that Discord would not open."""
    problems = Problems()
    Components(problems, limits).of_modal(data, ("data",))
    problems.check()


def check_choices(data: Json, limits: Limits, kind: int) -> None:
    """Refuse suggestions that Discord would not show; their values have the type of the option."""
    problems = Problems()
    here = ("data", "choices")
    wanted = {3: str, 4: int}.get(kind, (int, float))
    for index, choice in enumerate(problems.items(here, data.get("choices"), limits["interaction.choices"])):
        most = limits["interaction.choice_name"]
        problems.text((*here, index, "name"), choice.get("name"), most, 1, required=True)
        value = choice.get("value")
        if isinstance(value, bool) or not isinstance(value, wanted):
            problems.add((*here, index, "value"), "CHOICE_TYPE_MISMATCH", f"Could not interpret {value!r}")
        elif isinstance(value, str):
            problems.length((*here, index, "value"), value, limits["interaction.choice_value"], 1)
    problems.check()


def invalid(path: Path, code: str, message: str) -> Refused:
    """A refusal of one field, to be raised by its finder."""
    problems = Problems()
    problems.add(path, code, message)
    return Refused(400, 50035, "Invalid Form Body", problems.tree)
