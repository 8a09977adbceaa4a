"""What can go wrong, by who can act on it.

Room37Error
├── UserError          the person who called can act: the sentence is shown to them, their text is kept
│   ├── NotAllowed     the room's rules say no to this person
│   ├── NotFound       no such round, scene, draft ... in this room
│   └── Stale          the thing changed since the person saw it
├── OperatorError      who runs the bot can act: configuration, database, disk
│   └── StorageFull    nothing can be written; the caller gets their text back
├── WriterError        the co-writer failed; the room goes on without it
└── PostingError       the platform did not take a public card; the room goes on and the card waits
    ├── PostLater      it may take it in a while
    ├── CannotPost     it will not until somebody lets the bot post there again
    └── MessageGone    the message that should be redrawn was deleted
"""

from __future__ import annotations

from bot.sentences import Marked, say


class Room37Error(Exception):
    """The root of everything this program raises by itself."""


class UserError(Room37Error):
    """A refusal: a key of the catalogue and its fields; `argument` names the argument that is at fault."""

    def __init__(self, key: str, /, *, argument: str | None = None, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.argument = argument
        self.values = values

    @property
    def sentence(self) -> Marked:
        """What happened, then what to do, as markup."""
        return say(self.key, **self.values)

    def __str__(self) -> str:
        return str(self.sentence)


class NotAllowed(UserError):
    """The room's rules do not let this person do this."""


class NotFound(UserError):
    """There is no such thing in this room."""


class Stale(UserError):
    """It changed since the person saw it; nothing was overwritten."""


class OperatorError(Room37Error):
    """Something that only who runs the bot can mend; the message says what and how, and holds no secret."""


class StorageFull(OperatorError):
    """The database cannot be written (full or read-only disk); nothing was stored."""


class WriterError(Room37Error):
    """The co-writer could not write. `key` is a sentence of the catalogue; `again` says whether trying again may help."""

    def __init__(self, key: str, /, *, again: bool = True, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.again = again
        self.values = values

    @property
    def sentence(self) -> Marked:
        """What happened, then what to do, as markup."""
        return say(self.key, **self.values)

    def __str__(self) -> str:
        return str(self.sentence)


class PostingError(Room37Error):
    """A platform did not take a public card. `why` is for the log: a code or a word, never people's text.

    `alone` says that it is this card's trouble and not the place's: others may be posted there meanwhile.
    """

    def __init__(self, why: str, *, alone: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.alone = alone


class PostLater(PostingError):
    """The platform is busy or out of reach; `seconds` is how long to wait at least.

    `unsure` says that the card may have been posted all the same, so that it is looked for before it is posted again.
    """

    def __init__(self, why: str, seconds: float, *, unsure: bool = False, alone: bool = False) -> None:
        super().__init__(why, alone=alone)
        self.seconds = seconds
        self.unsure = unsure


class CannotPost(PostingError):
    """The bot may not post there (it was removed, the channel is gone or locked, a permission is missing)."""


class MessageGone(PostingError):
    """Somebody deleted the message that should be redrawn."""


def without_text(crash: Exception) -> Exception:
    """The crash for the log: its message may hold people's text, its type and place are enough."""
    bare = RuntimeError(type(crash).__name__)
    bare.__traceback__ = crash.__traceback__
    return bare
