"""Hiding prompts and answers, and showing them again: as with passages, nothing is lost by it, and no number changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.story.hiding import Veiled, refuse_unless_hidden, refuse_unless_open, settled
from bot.story.ledger import Act
from bot.story.moderating import require_keeper
from bot.story.moments import Mark, Moment, Outcome
from bot.story.prompts import Answer, AnswerVersion, Prompt
from bot.story.snapshot import Snapshot
from bot.story.text import first_words
from bot.story.tidings import tell


def hide_answer(
    snapshot: Snapshot, answer: Answer, versions: Sequence[AnswerVersion], moment: Moment
) -> Outcome[Veiled]:
    """Hide an answer with all its versions; ballots that hold it count what else they hold."""
    require_keeper(snapshot, moment)
    refuse_unless_open(answer.veil)
    rows = (
        replace(answer, veil="hidden", opening=""),
        *(replace(v, text="", hidden_text=v.text) for v in versions),
        *tell(snapshot, (answer.person,), "tidings.answer_hidden", moment, number=answer.number),
    )
    news = Veiled("answer", answer.id, answer.number, answer.name, True)
    return settled(snapshot, _done(rows, "answer.hidden", answer, moment), news, moment)


def show_answer(
    snapshot: Snapshot, answer: Answer, versions: Sequence[AnswerVersion], moment: Moment
) -> Outcome[Veiled]:
    """Show a hidden answer again, exactly as it was."""
    require_keeper(snapshot, moment)
    refuse_unless_hidden(answer.veil)
    back = tuple(replace(v, text=v.hidden_text, hidden_text="") for v in versions)
    words = next((v.text for v in back if v.version == answer.version), "")
    rows = (
        replace(answer, veil="", opening=first_words(words, 80)),
        *back,
        *tell(snapshot, (answer.person,), "tidings.answer_shown", moment, number=answer.number),
    )
    news = Veiled("answer", answer.id, answer.number, answer.name, False)
    return _done(rows, "answer.shown", answer, moment).answering(news)


def hide_prompt(snapshot: Snapshot, prompt: Prompt, moment: Moment) -> Outcome[Veiled]:
    """Hide a prompt; what was answered stays where it can be read."""
    require_keeper(snapshot, moment)
    refuse_unless_open(prompt.veil)
    hidden = replace(prompt, veil="hidden", text="", hidden_text=prompt.text)
    news = Veiled("prompt", prompt.id, prompt.number, "", True)
    return settled(snapshot, _asked(hidden, "prompt.hidden", moment), news, moment)


def show_prompt(snapshot: Snapshot, prompt: Prompt, moment: Moment) -> Outcome[Veiled]:
    """Show a hidden prompt again."""
    require_keeper(snapshot, moment)
    refuse_unless_hidden(prompt.veil)
    back = replace(prompt, veil="", text=prompt.hidden_text, hidden_text="")
    return _asked(back, "prompt.shown", moment).answering(Veiled("prompt", prompt.id, prompt.number, "", False))


def _done(rows: tuple[object, ...], kind: str, answer: Answer, moment: Moment) -> Outcome[None]:
    act = Act(kind, (answer.room_id, answer.prompt_id, answer.id), moment.key, "", {"number": answer.number})
    return Outcome(None, rows, (act,), (Mark("prompt", answer.prompt_id), Mark("picked", answer.prompt_id)))


def _asked(prompt: Prompt, kind: str, moment: Moment) -> Outcome[None]:
    act = Act(kind, (prompt.room_id, prompt.id), moment.key, "", {"number": prompt.number})
    return Outcome(None, (prompt,), (act,), (Mark("prompt", prompt.id),))
