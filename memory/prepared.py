"""Statements that every command runs: compiled once, then handed to SQLite's driver as they are.

SQLAlchemy's way to a cursor costs more than these statements take to run (measured: 13 us against 1 us a statement hot,
and 80 us cold). It still makes their SQL, says how values become columns and back, and names what fails. On a server, and
where somebody listens to statements (tests count them), they go its whole way.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError

Row = tuple[Any, ...]
Change = Callable[[Any], Any]
_DRIVER = "pysqlite"
_DECIDED = "room37.driver"
"""Where a connection holds, amid a transaction of ours, the driver's; or None where statements go the long way."""


class _Compiled:
    """A statement's SQL for one dialect and one set of parameters, and what is done to the values."""

    def __init__(self, element: Any, dialect: Dialect, keys: Sequence[str]) -> None:
        compiled: Any = element.compile(
            dialect=dialect, column_keys=list(keys) if element.is_insert else None
        )
        if compiled.literal_execute_params or compiled.post_compile_params:
            raise ValueError("a list of unknown length cannot be compiled once")
        self.sql = str(compiled)
        binds = [compiled.binds[name] for name in compiled.positiontup or ()]
        self._fixed = {bind.key: bind.effective_value for bind in binds if not bind.required}
        self._values = [(bind.key, bind.type.dialect_impl(dialect).bind_processor(dialect)) for bind in binds]
        columns = element.selected_columns if element.is_select else element.exported_columns
        changes = (c.type.dialect_impl(dialect).result_processor(dialect, None) for c in columns)
        self._changes: list[tuple[int, Change]] = [
            (n, change) for n, change in enumerate(changes) if change is not None
        ]

    def values(self, given: Mapping[str, Any]) -> Row:
        """The parameters in the order of the SQL."""
        every = {**self._fixed, **given} if self._fixed else given
        return tuple(
            [every[name] if change is None else change(every[name]) for name, change in self._values]
        )

    def row(self, cells: Row) -> Row:
        """What a row of the driver means."""
        if not self._changes:
            return cells
        row = list(cells)
        for n, change in self._changes:
            row[n] = change(row[n])
        return tuple(row)


class Prepared:
    """One statement without lists of unknown length."""

    def __init__(self, element: Executable) -> None:
        self.element: Any = element
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def run(self, connection: Connection, given: Mapping[str, Any]) -> int:
        """Run it; gives how many rows it touched."""
        if (driver := _driver(connection)) is None:
            return int(connection.execute(self.element, given).rowcount)
        compiled = self._for(connection, given)
        return int(_driven(driver, compiled.sql, compiled.values(given)).rowcount)

    def run_all(self, connection: Connection, given: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each of these; all name the same parameters."""
        if (driver := _driver(connection)) is None:
            connection.execute(self.element, given)
            return
        compiled = self._for(connection, given[0])
        for one in given:
            _driven(driver, compiled.sql, compiled.values(one))

    def rows(self, connection: Connection, given: Mapping[str, Any]) -> Sequence[Row]:
        """Run it; gives its rows."""
        if (driver := _driver(connection)) is None:
            return [tuple(row) for row in connection.execute(self.element, given)]
        compiled = self._for(connection, given)
        return [compiled.row(cells) for cells in _driven(driver, compiled.sql, compiled.values(given))]

    def _for(self, connection: Connection, given: Mapping[str, Any]) -> _Compiled:
        keys = tuple(given)
        compiled = self._compiled.get(keys)
        if compiled is None:
            compiled = self._compiled[keys] = _Compiled(self.element, connection.dialect, keys)
        return compiled


def plain(connection: Connection, sql: str) -> None:
    """Run SQL that has no parameters."""
    if (driver := _driver(connection)) is None:
        connection.exec_driver_sql(sql)
    else:
        _driven(driver, sql, ())


@contextlib.contextmanager
def straight(connection: Connection) -> Iterator[None]:
    """Whether statements go straight to the driver is decided once for all that are run inside."""
    connection.info[_DECIDED] = _found(connection)
    try:
        yield
    finally:
        del connection.info[_DECIDED]


def _driver(connection: Connection) -> Any:
    info = connection.info
    return info[_DECIDED] if _DECIDED in info else _found(connection)


def _found(connection: Connection) -> Any:
    """The driver's connection, where statements may be handed to it: on SQLite, where nobody listens to them."""
    if connection.dialect.driver != _DRIVER or connection.dispatch.before_cursor_execute:
        return None
    return connection.connection.dbapi_connection


def _driven(driver: Any, sql: str, values: Row) -> Any:
    """The driver's cursor; raises DBAPIError as SQLAlchemy does, without the values."""
    try:
        return driver.execute(sql, values)
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True) from error
