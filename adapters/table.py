"""One table, several people, one terminal: what somebody says becomes a call of the room, and its reply is printed.

A slash begins a command, a bare number or letter presses the card in front of the one who types it, a form's
answers are that person's next lines, and everything else is heard. A command of the same person leaves their open
form first, and what was typed in it is kept as a draft; other people's lines leave it open.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from adapters.forms import Filling
from adapters.paper import Paper, small
from adapters.screen import Screen, Speaker
from bot.arguments import Text
from bot.calls import Call
from bot.cards import Form, Reply, note
from bot.chat import Inbox
from bot.commands import Command, Growing
from bot.context import Incoming
from bot.errors import UserError
from bot.sentences import Marked, say
from bot.story.people import Person, Place

CANCEL = "/cancel"
_SAID = Call("said")


class Table:
    """The people of one terminal and the forms they are filling in."""

    def __init__(
        self, inbox: Inbox, place: Place, screen: Screen, paper: Paper, *, long_hint: str = "console.how_long"
    ) -> None:
        self._inbox = inbox
        self._place = place
        self._screen = screen
        self._paper = paper
        self._long_hint = long_hint
        self._fillings: dict[Person, Filling] = {}

    @property
    def open_forms(self) -> dict[Person, Filling]:
        """Who is answering what."""
        return dict(self._fillings)

    def filling(self, person: Person) -> Filling | None:
        """The form that a person is answering."""
        return self._fillings.get(person)

    async def meet(self, person: Person) -> bool:
        """Bring back the cards of a person who was here before; false when there are none."""
        if self._screen.knows(person):
            return True
        lately = await self._inbox.lately(self._place, person)
        self._screen.meet(person, lately)
        return any(audience == "private" for audience, _ in lately)

    async def says(self, who: Speaker, text: str, *, source_id: str, seed: str | None = None) -> None:
        """Carry out what somebody typed, and print what they alone see. Public cards are the board's."""
        await self.meet(who.person)
        incoming = Incoming(self._place, who.person, who.name, _SAID, source_id, seed=seed)
        filling = self._fillings.get(who.person)
        cancelled = text.strip().casefold() == CANCEL
        if filling is not None:
            if not cancelled and not self._is_command(text):
                await self._take(who, filling, incoming, line=text)
                return
            await self._leave(who, filling, incoming if cancelled else _beside(incoming, "kept"))
        elif cancelled:
            self._tell(who, say("console.nothing_to_cancel", name=who.name))
        if not cancelled:
            await self._speak(who, text, incoming)

    async def written(self, who: Speaker, text: str, *, source_id: str) -> None:
        """The whole answer to a long question at once, from an editor."""
        filling = self._fillings.get(who.person)
        if filling is not None:
            incoming = Incoming(self._place, who.person, who.name, _SAID, source_id)
            await self._take(who, filling, incoming, whole=text)

    async def recall(self, who: Speaker, text: str) -> None:
        """Go through a line of an earlier run without doing it again: only open forms and pure reads come back.

        Nothing that changes the room is carried out: what the desk does not hold of it was refused.
        """
        await self.meet(who.person)
        filling = self._fillings.get(who.person)
        cancelled = text.strip().casefold() == CANCEL
        if filling is not None:
            if not cancelled and not self._is_command(text):
                try:
                    filling.take(text)
                except UserError:
                    return
                if filling.question is None:
                    del self._fillings[who.person]
                return
            del self._fillings[who.person]
        try:
            call = self._inbox.commands.parse(text.strip()) if _slash(text) else self._screen.pressed(who, text)
        except UserError:
            return
        command = None if call is None else self._inbox.commands.find(call.command)
        if call is None or command is None or (command.changes and not lacks(command, call)):
            return
        async for out in self._inbox.call(Incoming(self._place, who.person, who.name, call, "")):
            if isinstance(out, Reply):
                self._screen.show(who.person, out.cards)
                if out.form is not None:
                    self._fillings[who.person] = Filling(out.form, self._long_hint)

    # ---- inside

    async def _speak(self, who: Speaker, text: str, incoming: Incoming) -> None:
        if not text.strip():
            self._tell(who, say("console.said_nothing", name=who.name))
            return
        if _slash(text):
            await self._carry_out(who, self._inbox.typed(incoming, text.lstrip()))
            return
        try:
            call = self._screen.pressed(who, text)
        except UserError as refusal:
            self._tell(who, refusal.sentence)
            return
        if call is None:
            await self._carry_out(who, self._inbox.heard(incoming, text))
        else:
            await self._carry_out(who, self._inbox.call(replace(incoming, call=call)))

    async def _take(
        self, who: Speaker, filling: Filling, incoming: Incoming, *, line: str = "", whole: str | None = None
    ) -> None:
        try:
            answered = filling.take(line) if whole is None else filling.answer(whole)
        except UserError as refusal:
            self._tell(who, refusal.sentence)
            return
        if not answered:
            return
        if filling.question is not None:
            self._paper.only(who.name, [filling.card()])
            return
        del self._fillings[who.person]
        await self._carry_out(who, self._inbox.call(replace(incoming, call=filling.call)))

    async def _leave(self, who: Speaker, filling: Filling, incoming: Incoming) -> None:
        """Close a form; what was typed in it goes into the drafts."""
        del self._fillings[who.person]
        title = Marked(filling.form.title)
        if not filling.typed.strip():
            self._tell(who, say("console.left", title=title))
            return
        self._tell(who, say("console.left_kept", title=title))
        await self._carry_out(who, self._inbox.heard(incoming, filling.typed))

    async def _carry_out(self, who: Speaker, outputs: AsyncIterator[Growing | Reply]) -> None:
        """Print one "writing…" line while text grows, then the reply."""
        growing = False
        async for out in outputs:
            if isinstance(out, Reply):
                self._print(who, out)
            elif not growing:
                growing = True
                label = say("console.writing", label=out.label) if out.label else say("console.writing_plain")
                self._paper.only(who.name, [small(label)])

    def _print(self, who: Speaker, reply: Reply) -> None:
        self._paper.only(who.name, reply.cards)
        self._screen.show(who.person, reply.cards)
        if reply.file is not None:
            self._paper.file(*reply.file)
        if reply.form is not None:
            self._open(who, reply.form)

    def _open(self, who: Speaker, form: Form) -> None:
        filling = Filling(form, self._long_hint)
        self._fillings[who.person] = filling
        self._paper.only(who.name, [filling.card()])

    def _tell(self, who: Speaker, sentence: Marked) -> None:
        self._paper.only(who.name, [note(sentence)])

    def _is_command(self, text: str) -> bool:
        """Whether this is a command that exists, and not a text that happens to begin with a slash."""
        words = text.split(None, 1)
        return _slash(text) and words[0][1:].casefold() in self._inbox.commands.groups()


def lacks(command: Command, call: Call) -> bool:
    """Whether a call lacks an argument, so that it is answered by a form and changes nothing."""
    for argument in command.arguments:
        raw = call.args.get(argument.name)
        if argument.required and (raw is None or (isinstance(argument.kind, Text) and not raw.strip())):
            return True
    return False


def _slash(text: str) -> bool:
    return text.lstrip().startswith("/")


def _beside(incoming: Incoming, what: str) -> Incoming:
    """The same delivery's second call, under ids of its own."""
    seed = None if incoming.seed is None else f"{incoming.seed}:{what}"
    return replace(incoming, source_id=f"{incoming.source_id}:{what}", seed=seed)
