"""A form as a terminal asks it: question after question, line after line, by one person.

Long text takes as many lines as it needs; a line with only `.` ends it, and `..` stands for a line with one dot.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.calls import Call
from bot.cards import Card, Form, Part, Prose, Question, Small, Text
from bot.errors import UserError
from bot.sentences import say

_SHOWN_OF_PREFILL = 1_500
"""Characters of what stands in a form already that a question shows; all of it is kept."""


@dataclass(slots=True)
class Filling:
    """A form that somebody is answering. It is an adapter's own state: what is typed reaches the room at the end."""

    form: Form
    long_hint: str = "console.how_long"
    """The sentence that says how several lines are typed here."""
    answers: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    _asked: int = 0

    @property
    def question(self) -> Question | None:
        """What is asked now; None when everything was answered."""
        return self.form.questions[self._asked] if self._asked < len(self.form.questions) else None

    @property
    def call(self) -> Call:
        """The form's call with the answers so far."""
        return self.form.call.with_args(**self.answers)

    @property
    def typed(self) -> str:
        """Everything that was typed, to be kept when the form is left."""
        return "\n".join([*self.answers.values(), *self.lines]).strip("\n")

    def take(self, line: str) -> bool:
        """One more line, or a paste of several; true when the question is answered.

        Raises UserError when it needs an answer and got none.
        """
        asked = self.question
        if asked is None:
            return True
        if "\n" in line:
            return self._paste(asked, line)
        if asked.long:
            if line.rstrip() != ".":
                self.lines.append("." if line.rstrip() == ".." else line)
                return False
            return self.answer("\n".join(self.lines))
        return self.answer(line.strip())

    def _paste(self, asked: Question, text: str) -> bool:
        """Several lines at once: only a `.` at their very end is an end."""
        if not asked.long:
            return self.answer(" ".join(text.split()))
        *lines, last = text.rstrip("\n").split("\n")
        self.lines += lines
        return self.take(last)

    def answer(self, text: str) -> bool:
        """The whole answer to the question. Raises UserError when it is empty and may not be."""
        asked = self.question
        if asked is None:
            return True
        self.lines = []
        if not text.strip():
            text = asked.prefill
            if not text.strip() and not asked.optional:
                raise UserError("console.needs_answer")
        if text.strip():
            self.answers[asked.argument] = text
        self._asked += 1
        return True

    def card(self) -> Card:
        """The question as a card for the one who answers."""
        asked = self.question
        if asked is None:
            return Card(self.form.title)
        first = self._asked == 0
        parts: list[Part] = []
        if first and self.form.lead:
            parts.append(Text(self.form.lead))
        parts.append(Text(asked.label))
        if asked.hint:
            parts.append(Small(asked.hint))
        if asked.prefill and asked.long:
            shown = asked.prefill[:_SHOWN_OF_PREFILL]
            parts += [Small(say("console.stands")), Prose(shown + ("…" if shown != asked.prefill else ""))]
        elif asked.prefill:
            parts.append(Small(say("console.stands_short", text=asked.prefill[:_SHOWN_OF_PREFILL])))
        if asked.long:
            parts.append(Small(say(self.long_hint)))
        else:
            parts.append(Small(say("console.how_short_optional" if asked.optional else "console.how_short")))
        return Card(self.form.title if first else "", tuple(parts))
