"""How Discord says no: an error with its status and number, and the tree that names each wrong field."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import Any

Json = dict[str, Any]
Path = tuple[str | int, ...]

CODES: Mapping[int, tuple[int, str]] = {
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10014: (404, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    20016: (429, "This action cannot be performed due to slowmode rate limit"),
    30003: (400, "Maximum number of pins reached for the channel"),
    30007: (400, "Maximum number of webhooks reached"),
    30010: (400, "Maximum number of reactions reached"),
    30013: (400, "Maximum number of guild channels reached"),
    30032: (400, "Maximum number of application commands reached"),
    30034: (429, "Max number of daily application command creates has been reached"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    40066: (400, "There are no tags available that can be set by non-moderators"),
    40094: (400, "You have reached the maximum number of follow up messages for this interaction"),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50016: (400, "Provided too few or too many messages to delete"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50034: (400, "A message provided was too old to bulk delete"),
    50083: (400, "Tried to perform an operation on an archived thread"),
    50109: (400, "The request body contains invalid JSON."),
    160004: (400, "A thread has already been created for this message"),
    160005: (400, "This thread is locked"),
    520000: (400, "Poll expired"),
}


class Refused(Exception):
    """A call that Discord would refuse, as it would word it."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        errors: Json | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{code} {message}" if errors is None else f"{code} {message} {_first(errors)}")
        self.status = status
        self.code = code
        self.body: Json = {"message": message, "code": code}
        if errors is not None:
            self.body["errors"] = errors
        if retry_after is not None:
            self.body |= {"retry_after": retry_after, "global": False}


def refuse(code: int, retry_after: float | None = None) -> Refused:
    """The refusal of that number."""
    status, message = CODES[code]
    return Refused(status, code, message, retry_after=retry_after)


class Problems:
    """What is wrong with a body, field by field; raised together as 50035."""

    def __init__(self) -> None:
        self.tree: Json = {}

    def add(self, path: Path, code: str, message: str) -> None:
        """One more problem, at that field."""
        node = self.tree
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def check(self) -> None:
        """Raise if anything was wrong."""
        if self.tree:
            raise Refused(400, 50035, "Invalid Form Body", self.tree)

    def required(self, path: Path) -> None:
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def length(self, path: Path, value: Sized, most: int, least: int = 0) -> None:
        """A text or a list is too long or too short."""
        if least <= len(value) <= most:
            return
        if least == 0:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        else:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def text(self, path: Path, value: object, most: int, least: int = 0, *, required: bool = False) -> None:
        """A field that holds a text."""
        if value is None:
            if required:
                self.required(path)
        elif not isinstance(value, str):
            self.add(path, "STRING_TYPE_CONVERT", "Could not interpret value as string.")
        else:
            self.length(path, value, most, least)

    def items(self, path: Path, value: object, most: int, least: int = 0) -> list[Any]:
        """A field that holds a list; what is not one counts as empty."""
        if value is None:
            value = []
        if not isinstance(value, list):
            self.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        self.length(path, value, most, least)
        return value

    def number(self, path: Path, value: object, least: float, most: float) -> None:
        """A field that holds a number within bounds."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')
        elif value < least:
            self.add(path, "NUMBER_TYPE_MIN", f"Value should be greater than or equal to {least}.")
        elif value > most:
            self.add(path, "NUMBER_TYPE_MAX", f"Value should be less than or equal to {most}.")

    def one_of(self, path: Path, value: object, choices: tuple[object, ...]) -> None:
        """A field that holds one of a few values."""
        if value not in choices:
            self.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {choices}.")


def _first(errors: Json, path: str = "") -> str:
    for name, below in errors.items():
        if name == "_errors":
            return f"{path.lstrip('.')}: {below[0]['code']} {below[0]['message']}"
        return _first(below, f"{path}.{name}")
    return path
