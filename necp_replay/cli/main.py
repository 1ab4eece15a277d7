"""``necp-replay``: runs a command, and decides its exit status.

This module imports almost nothing before it is ready for signals. Importing the commands takes a
tenth of a second, in which people press Ctrl-C too.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from necp_replay.cli.termination import Termination

_NOTHING_WRONG: Final = 0
_COULD_NOT_RUN: Final = 2
_UNFORESEEN: Final = 70
"""The status that ``sysexits.h`` gives a fault of the program. No verdict has it."""
_INTERRUPTED: Final = 128 + signal.SIGINT
_EXHAUSTED: Final = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status.

    Without ``argv`` it is the command line of this process, which ends afterwards.
    """
    termination: Termination | None = None
    try:
        held_before = _hold_signals()
        try:
            from necp_replay.cli.termination import tidy_termination

            termination = tidy_termination()
            termination.__enter__()
        finally:
            _let_signals_come(held_before)
        status = _status_of(argv, termination)
    except KeyboardInterrupt:
        status = _INTERRUPTED
    except BaseException:  # The message could not be made, for example without any memory.
        status = _UNFORESEEN
    if termination is None:
        return status
    # From here no signal raises: an exception while Python ends would only print a traceback.
    termination.is_over = True
    if termination.signal_number is not None:
        status = 128 + termination.signal_number
        if argv is None:
            _drop_output()
    termination.end(with_process=argv is None)
    return status


def _drop_output() -> None:
    """Let Python not wait at exit for the reader of what was printed. It may never read."""
    from necp_replay.cli.streams import drop_output

    if sys.stdout is not None:
        drop_output(sys.stdout)


def _hold_signals() -> set[int]:
    """Let signals wait while what handles them is imported."""
    if not hasattr(signal, "pthread_sigmask"):
        return set()
    held = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    return {int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, held)}


def _let_signals_come(held_before: set[int]) -> None:
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, held_before)


def _status_of(argv: Sequence[str] | None, termination: Termination) -> int:
    """Run a command line. Turns every exception into a message and a status."""
    from necp_replay.cli.streams import open_closed_streams, settle_streams, take_any_text
    from necp_replay.cli.unforeseen import UnforeseenElsewhere

    open_closed_streams()
    take_any_text()
    with UnforeseenElsewhere() as elsewhere:
        try:
            status = _run(argv)
        except BaseException as error:  # Other code may have wrapped that of a signal.
            if termination.signal_number is not None:
                return 128 + termination.signal_number
            status = _status_of_error(error)
    if elsewhere.first is not None:
        status = _fail_unforeseen(elsewhere.first)
    failure = settle_streams()
    if failure is not None and not isinstance(failure, BrokenPipeError):
        return _fail_of_system(failure)
    # A reader that has left, such as `head`, has what it wanted.
    return status


def _run(argv: Sequence[str] | None) -> int:
    from necp_replay.cli.command_line import parse
    from necp_replay.errors import Terminated

    try:
        options = parse(argv)
    except Terminated:
        raise
    except SystemExit as leaving:
        # argparse has printed what is wrong (2), or what --help or --version asks for (0).
        return int(leaving.code or 0)
    status: int = options.run(options)
    return status


def _status_of_error(error: BaseException) -> int:
    """Say what is wrong, and return the status for it."""
    from necp_replay.errors import NecpReplayError, UnforeseenError

    if isinstance(error, NecpReplayError) and not isinstance(error, UnforeseenError):
        from necp_replay.cli.streams import print_failure

        print_failure(error)
        return _COULD_NOT_RUN
    if isinstance(error, BrokenPipeError):
        # The reader of a pipe, such as `head`, has what it wanted: nothing is wrong so far.
        return _NOTHING_WRONG
    if isinstance(error, OSError):
        return _fail_of_system(error)
    if isinstance(error, KeyboardInterrupt):
        return _INTERRUPTED
    return _fail_unforeseen(error)


def _fail_of_system(error: OSError) -> int:
    """An error of the system that was not turned into a better one: mostly of standard streams."""
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
