"""Errors of single traces: each is reported, and the work on the other traces goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from necp_replay.cli.streams import print_error, print_failure
from necp_replay.errors import NecpReplayError, UnforeseenError, error_of_trace
from necp_replay.outcomes.report_table import notable_of
from necp_replay.outcomes.trace_report import TraceReport

_COULD_NOT_RUN = 2


class TraceErrors:
    """Gathers what is wrong with traces, for commands that work on many."""

    def __init__(self, errors: Iterable[NecpReplayError] = ()) -> None:
        """Begin with errors that were met before."""
        self.errors = list(errors)

    @contextmanager
    def of(self, trace: object) -> Iterator[None]:
        """Turn every exception in the block into an error of a trace, and go on after it."""
        try:
            yield
        except BrokenPipeError:
            # The reader of the output has closed it. That is not an error of a trace.
            raise
        except Exception as error:  # An error in one trace must not stop the others.
            self.errors.append(error_of_trace(error, str(trace)))

    def attempt(self, trace: object, work: Callable[[], object]) -> bool:
        """Do some work, and return whether nothing went wrong."""
        before = len(self.errors)
        with self.of(trace):
            work()
        return len(self.errors) == before

    def status(self, status: int) -> int:
        """Print the errors on standard error, and return 2 if there are any, else ``status``.

        Raises UnforeseenError, after all were printed, if one is a fault of this program.
        """
        sys.stdout.flush()
        for error in self.errors:
            print_failure(error)
        for error in self.errors:
            if isinstance(error, UnforeseenError):
                raise error
        return _COULD_NOT_RUN if self.errors else status


def say_errors(traces: Iterable[TraceReport]) -> None:
    """Print on standard error why traces could not run, for outputs that only programs read."""
    sys.stdout.flush()
    for trace in notable_of(traces):
        if trace.error is not None and not trace.unforeseen:
            print_error(trace.error, trace.hint or "")


def check_foreseen(traces: Iterable[TraceReport]) -> None:
    """Raise UnforeseenError if the verdict on a trace is an unforeseen exception."""
    for trace in notable_of(traces):
        if trace.unforeseen:
            trace.check_ran()
