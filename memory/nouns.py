"""How a noun of the story (a frozen dataclass) is a row: one column a field, by the field's type.

Plain types are plain columns; tuples, maps and nested values are JSON text. Nothing but these dataclasses leaves
memory/.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

from bot.story import provenance
from bot.story.rounds import Terms

N = TypeVar("N")

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text compared bytewise on both databases (order keys, ids)."""


class UTCDateTime(TypeDecorator[datetime]):
    """Aware instants, kept in UTC. SQLite would drop an offset; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; raises ValueError for a naive value."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """On SQLite straight to the text that SQLAlchemy would make of it in three steps (every command writes a dozen)."""
        return _written if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """On SQLite straight from its text."""
        return _read if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _written(value: datetime | None) -> str | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:-6]


def _read(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


Codec = tuple[Any, Callable[[Any], Any], Callable[[Any], Any]]


def _same(value: Any) -> Any:
    return value


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def dumps(value: Any) -> str:
    """Compact JSON with sorted keys."""
    return _JSON.encode(value)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value


def _codec(hint: Any) -> Codec:
    """Column type, to column, from column."""
    if hint is Terms:
        return TEXT, lambda v: dumps(dataclasses.asdict(v)), lambda v: Terms(**json.loads(v))
    if hint == tuple[provenance.Span, ...]:
        return TEXT, lambda v: dumps(provenance.to_json(v)), lambda v: provenance.from_json(json.loads(v))
    if hint == tuple[date, ...]:
        return (
            TEXT,
            lambda v: dumps([d.isoformat() for d in v]),
            lambda v: tuple(date.fromisoformat(d) for d in json.loads(v)),
        )
    if hint is datetime:
        return UTCDateTime(), _same, _same
    if hint is bool:
        return Boolean(create_constraint=False), _same, bool
    if hint is int:
        return BigInteger(), _same, _same
    if hint is str or typing.get_origin(hint) is typing.Literal:
        return TEXT, _same, _same
    if isinstance(hint, type) and issubclass(hint, Enum):
        return TEXT, lambda v: v.value, hint
    if typing.get_origin(hint) in (tuple, list):
        return TEXT, lambda v: dumps(list(v)), lambda v: _tuples(json.loads(v))
    if typing.get_origin(hint) is Mapping or hint is dict or typing.get_origin(hint) is dict:
        return TEXT, lambda v: dumps(dict(v)), json.loads
    raise TypeError(f"no column for {hint!r}")


class Shelf(Generic[N]):
    """One noun's table, and the way between its rows and its values."""

    def __init__(
        self,
        metadata: MetaData,
        name: str,
        noun: type[N],
        *indexes: tuple[str, ...],
        unique: tuple[tuple[str, ...], ...] = (),
    ) -> None:
        hints = typing.get_type_hints(noun)
        self.noun = noun
        self._fields: list[tuple[str, Callable[[Any], Any], Callable[[Any], Any]]] = []
        columns = []
        for field in dataclasses.fields(noun):  # type: ignore[arg-type]  # every noun is a dataclass
            hint = hints[field.name]
            either = typing.get_origin(hint) in (types.UnionType, typing.Union)
            nullable = either and type(None) in typing.get_args(hint)
            if nullable:
                (hint,) = (h for h in typing.get_args(hint) if h is not type(None))
            kind, to_column, from_column = _codec(hint)
            if nullable:
                to_column, from_column = _unless_none(to_column), _unless_none(from_column)
            columns.append(Column(field.name, kind, primary_key=field.name == "id", nullable=nullable))
            self._fields.append((field.name, to_column, from_column))
        self._names = tuple(name for name, _, _ in self._fields)
        self._cells = attrgetter(*self._names)
        self._changed = [(name, to_column) for name, to_column, _ in self._fields if to_column is not _same]
        self.table = Table(name, metadata, *columns)
        for index in indexes:
            Index(f"ix_{name}_{'_'.join(index)}", *(self.table.c[c] for c in index))
        for index in unique:
            Index(f"uq_{name}_{'_'.join(index)}", *(self.table.c[c] for c in index), unique=True)

    def row(self, value: N) -> dict[str, Any]:
        """The row of a value."""
        row = dict(zip(self._names, self._cells(value), strict=True))
        for name, to_column in self._changed:
            row[name] = to_column(row[name])
        return row

    def value(self, row: Any) -> N:
        """The value of a row (columns in the table's order)."""
        return self.noun(
            *(from_column(cell) for cell, (_, _, from_column) in zip(row, self._fields, strict=True))
        )


def _unless_none(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return change if change is _same else lambda v: None if v is None else change(v)


@cache
def insert_for(dialect: str) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as pg_insert  # noqa: PLC0415  # only the dialect in use is loaded

        return pg_insert
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert  # noqa: PLC0415

    return sqlite_insert
