"""``necp-replay``: runs a command, and decides the exit status whatever happens.

This module imports almost nothing before it is ready for Ctrl-C. Importing the commands takes a
tenth of a second, in which people press it too.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_COULD_NOT_RUN: Final = 2
_UNFORESEEN: Final = 70
"""The status that ``sysexits.h`` gives a fault of the program. No verdict has it."""
_INTERRUPTED: Final = 128 + signal.SIGINT
_EXHAUSTED: Final = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status.

    Without ``argv`` it is the command line of this process, which ends afterwards.
    """
    try:
        status = _status_of(argv)
    except KeyboardInterrupt:
        status = _INTERRUPTED
    except BaseException:  # Not even the message could be made, such as without any memory.
        status = _UNFORESEEN
    if argv is None:
        # The status is decided: an interrupt while Python ends would only print a traceback.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return status


def _status_of(argv: Sequence[str] | None) -> int:
    """Run a command line. Turns every exception into a message and a status."""
    from necp_replay.cli.streams import open_closed_streams, settle_streams, take_any_text
    from necp_replay.errors import NecpReplayError, Terminated, UnforeseenError

    open_closed_streams()
    take_any_text()
    try:
        status = _run(argv)
    except Terminated as ending:
        status = ending.status
    except UnforeseenError as error:
        status = _fail_unforeseen(error)
    except NecpReplayError as error:
        status = _fail(str(error), error.hint)
    except BrokenPipeError:
        # The reader of a pipe, such as `head`, has closed it. That is no news to anybody.
        status = _COULD_NOT_RUN
    except OSError as error:
        status = _fail_of_system(error)
    except KeyboardInterrupt:
        status = _INTERRUPTED
    except BaseException as error:  # A fault of this program, or no memory.
        status = _fail_unforeseen(error)
    failure = settle_streams()
    if failure is not None and not isinstance(failure, BrokenPipeError):
        return _fail_of_system(failure)
    return status if failure is None else _COULD_NOT_RUN


def _run(argv: Sequence[str] | None) -> int:
    from necp_replay.cli.command_line import build_parser
    from necp_replay.cli.termination import tidy_termination

    with tidy_termination():
        try:
            options = build_parser().parse_args(argv)
        except SystemExit as leaving:
            # argparse has printed what is wrong (2), or what --help or --version asks for (0).
            return int(leaving.code or 0)
        status: int = options.run(options)
        return status


def _fail_of_system(error: OSError) -> int:
    """An error of the system that nobody turned into a better one: of standard streams, mostly."""
    from necp_replay.errors import hint_for

    if error.filename is None:
        # Without a name it is a standard stream, unless the system has run out of something.
        where = "the system" if error.errno in _EXHAUSTED else "standard input or output"
        return _fail(f"{where}: {error.strerror or error}", hint_for(error, writes=True))
    place = os.fsdecode(error.filename) if isinstance(error.filename, bytes) else error.filename
    return _fail(f"{place}: {error.strerror or error}", hint_for(error))


def _fail_unforeseen(error: BaseException) -> int:
    from necp_replay.cli.unforeseen import describe

    _fail(*describe(error))
    return _UNFORESEEN


def _fail(reason: str, hint: str) -> int:
    from necp_replay.cli.streams import print_error

    print_error(reason, hint)
    return _COULD_NOT_RUN


if __name__ == "__main__":
    sys.exit(main())
