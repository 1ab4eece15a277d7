"""The order in which calls that were recorded took effect, as far as it can be known.

Calls are in the order in which they began. Two calls that overlapped may have taken effect in the
other order. Where the number of an fd shows that, they are put in that order: an fd that is opened
again was closed before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from necp_replay.capture.recording import CallKind, RecordedCall

OPENINGS: Final = frozenset({CallKind.NECP_OPEN, CallKind.NECP_SESSION_OPEN})
_MOST_OVERLAPPING: Final = 4096
"""How many calls are compared at most. Each thread makes one at a time."""


class EffectOrder:
    """Puts calls in order. ``overlapping`` counts calls whose order is not known."""

    def __init__(self) -> None:
        self.overlapping = 0
        self._open: set[tuple[int, int]] = set()
        self._end_of_fd: dict[tuple[int, int], int] = {}

    def sort(self, calls: Iterable[RecordedCall]) -> Iterator[RecordedCall]:
        """Yield the calls, given in the order of their starts, in the order of their effects."""
        source = iter(calls)
        ahead: deque[RecordedCall] = deque()
        while call := ahead.popleft() if ahead else next(source, None):
            if call.kind in OPENINGS and (call.process, call.result) in self._open:
                closing = self._closing_of(call, source, ahead)
                if closing is not None:
                    yield self._note(closing)
            yield self._note(call)

    def _closing_of(
        self, opening: RecordedCall, source: Iterator[RecordedCall], ahead: deque[RecordedCall]
    ) -> RecordedCall | None:
        """Remove from the following calls the one that closed the fd which is opened again."""
        position = 0
        while position < _MOST_OVERLAPPING:
            if position == len(ahead):
                following = next(source, None)
                if following is None:
                    return None
                ahead.append(following)
            call = ahead[position]
            if call.begin > opening.end:
                return None
            if (
                call.kind is CallKind.CLOSE
                and call.process == opening.process
                and call.arguments[0] == opening.result
            ):
                del ahead[position]
                return call
            position += 1
        return None

    def _note(self, call: RecordedCall) -> RecordedCall:
        fd = (call.process, call.arguments[0])
        if call.kind in OPENINGS:
            self._open.add((call.process, call.result))
        elif call.kind is CallKind.CLOSE:
            self._open.discard(fd)
        elif call.kind in _ON_AN_FD:
            if call.begin < self._end_of_fd.get(fd, 0):
                self.overlapping += 1
            self._end_of_fd[fd] = max(call.end, self._end_of_fd.get(fd, 0))
        return call


_ON_AN_FD: Final = frozenset({CallKind.NECP_CLIENT_ACTION, CallKind.NECP_SESSION_ACTION})
