"""The command line: each command becomes one call of a function of `bot.app`, which is imported only then.

Exit status: 0 done, 1 something the operator can mend, 2 a line that was typed wrongly, 130 interrupted, 141
the reader of the output went away.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence

from bot.command_line import parser, text
from bot.errors import OperatorError
from bot.options import App, TryOptions

_FAILED = 1
_MISTYPED = 2
_INTERRUPTED = 130
_READER_GONE = 141
_FULL = (errno.ENOSPC, errno.EDQUOT)


def _app() -> App:
    from bot import app  # noqa: PLC0415 - it imports the database and the SDKs, which `--help` must not wait for

    return app


def main(argv: Sequence[str] | None = None, load_app: Callable[[], App] = _app) -> int:
    """Run one command and give its exit status; the arguments are the process's own unless given."""
    try:
        asked = _asked(argv)
        code = asked if isinstance(asked, int) else _answer(load_app(), asked)
    except OperatorError as error:
        sys.stderr.write(f"{error}\n")
        code = _FAILED
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except BrokenPipeError:
        code = _READER_GONE
    except OSError as error:
        if error.errno not in _FULL:
            raise
        code = _lost(error)
    return _flushed(code)


def _asked(argv: Sequence[str] | None) -> argparse.Namespace | int:
    """The line as argparse reads it; a status when there is nothing to run."""
    grammar = parser()
    try:
        asked = grammar.parse_args(argv)
        if asked.command == "try" and asked.transcript is None:
            if sys.stdin is None or not sys.stdin.isatty():
                asked.transcript = "-"
            elif asked.resume:
                asked.asker.error(text("resume_alone"))
        if asked.command == "manifest" and asked.platform != "slack":
            for option, given in (("--http", asked.http), ("--history", asked.history), ("--out", asked.out)):
                if given:
                    asked.asker.error(text("only_slack", option=option))
    except SystemExit as leaving:  # argparse leaves by itself after --help, --version and mistakes
        return leaving.code if isinstance(leaving.code, int) else 0
    if not asked.command:  # `room37` or `room37 db` alone
        asked.asker.print_help(sys.stderr)
        return _MISTYPED
    return asked


def _answer(app: App, asked: argparse.Namespace) -> int:
    config, db = asked.config, asked.db
    match asked.command:
        case "try":
            return app.try_room(_try_options(asked))
        case "run":
            return app.run(config=config, db=db)
        case "manifest":
            return app.manifest(
                config=config, db=db, platform=asked.platform, http=asked.http or "", history=asked.history, out=asked.out
            )
        case "export":
            return app.export(config=config, db=db, story=asked.story, form=asked.form, out=asked.out)
        case "backup":
            return app.backup(config=config, db=db, file=asked.file)
        case "restore":
            return app.restore(config=config, db=db, file=asked.file)
        case "rooms":
            return app.rooms(config=config, db=db)
        case "move":
            return app.move(config=config, db=db, room=asked.room, to=asked.to)
        case "forget":
            return app.forget(config=config, db=db, person=asked.person)
        case "doctor":
            return app.doctor(
                config=config, db=db, as_json=asked.as_json, discord=asked.discord, slack=asked.slack
            )
        case _:
            return _of_database(app, asked)


def _of_database(app: App, asked: argparse.Namespace) -> int:
    """What looks after the database."""
    config, db = asked.config, asked.db
    match asked.command:
        case "db upgrade":
            return app.db_upgrade(config=config, db=db)
        case "db check":
            return app.db_check(config=config, db=db)
        case "db copy":
            return app.db_copy(config=config, db=db, source=asked.source, target=asked.target)
        case _:
            return app.db_erasures(config=config, db=db, file=asked.file, apply=asked.apply)


def _try_options(asked: argparse.Namespace) -> TryOptions:
    return TryOptions(
        transcript=asked.transcript,
        db=asked.db,
        seed=asked.seed,
        clock=asked.clock,
        resume=asked.resume,
        demo_writer=asked.demo_writer,
        config=asked.config,
    )


def _flushed(code: int) -> int:
    """The status once everything was really written; what cannot be written is let go without a traceback."""
    if sys.stdout is None:  # a program can be started without one
        return code
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = _READER_GONE
    except OSError as error:
        code = code or _lost(error)
    else:
        return code
    # Python flushes again at its end: https://docs.python.org/3/library/signal.html#note-on-sigpipe
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return code


def _lost(error: OSError) -> int:
    sys.stderr.write(f"{text('output_lost', why=error.strerror)}\n")
    return _FAILED


if __name__ == "__main__":
    sys.exit(main())
