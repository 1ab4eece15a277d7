"""Messages of commands about hashes of states: which were made, and which were left out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from necp_replay.cli.say import say

if TYPE_CHECKING:
    from necp_replay.tools.state_hashes import NewStateHashes
    from necp_replay.trace.reader import TraceReader


def say_made(hashes: NewStateHashes) -> None:
    """Say how many hashes were written, and why there are no more."""
    line = f"{hashes.count:,} {'hash' if hashes.count == 1 else 'hashes'} of states written"
    if hashes.ends_at is not None:
        line += f", none from record {hashes.ends_at:,} on: {hashes.why}"
    say(line, stream=sys.stderr)


def say_left_out(*traces: Path) -> None:
    """Say that the hashes of states of these traces are not right for what was made of them."""
    from necp_replay.trace.reader import TraceReader

    for trace in traces:
        with TraceReader(trace) as reader:
            if has_hashes(reader):
                say(_LEFT_OUT, stream=sys.stderr)
                return


def has_hashes(reader: TraceReader) -> bool:
    """Whether a trace has hashes of states; False if only reading all of it would tell."""
    from necp_replay.errors import TraceError

    try:
        return reader.read_index().state_hashes > 0
    except TraceError:
        return False


def say_left_out_of(reader: TraceReader) -> None:
    """The same of a trace that is open."""
    if has_hashes(reader):
        say(_LEFT_OUT, stream=sys.stderr)


_LEFT_OUT: Final = (
    "The hashes of states are left out: each holds only after all the records that were before it."
    " `necp-replay convert --state-hashes` makes new ones."
)
