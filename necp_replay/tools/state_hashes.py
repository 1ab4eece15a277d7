"""Makes the hashes of states that are written into a trace, by replaying it."""

from __future__ import annotations

from pathlib import Path

from necp_replay.events.equality import Likeness, compare_for
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Absent, Outcome
from necp_replay.events.state_hash import StateHash, hash_of
from necp_replay.kernel.machine import Machine
from necp_replay.releases.names import find_release
from necp_replay.tools.derived_header import OnRecords
from necp_replay.trace.header import Header
from necp_replay.trace.knowledge import compares_beyond_vectors, is_full
from necp_replay.trace.pb import trace_pb2
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.record_codec import decode_records
from necp_replay.trace.scan import IntactChunk, OptionalContent, scan_pieces
from necp_replay.trace.writer import TraceWriter


def hash_states(
    path: Path, output: Path, every: int, on_records: OnRecords | None = None
) -> NewStateHashes:
    """Write a trace again with the hash of the state after every so many records.

    Everything else stays as it is; hashes that were there are replaced. Raises UsageError for a
    release that is not modelled, WriteError for an output that cannot be written, TraceError for
    damage.
    """
    with TraceReader(path) as reader:
        for _ in reader.chunks():
            # A damaged trace is not copied.
            continue
        hashes = NewStateHashes(reader.header, every)
        header = reader.header_message
    with TraceWriter.create(output, header) as writer, path.open("rb") as stream:
        for piece in scan_pieces(stream):
            if isinstance(piece, OptionalContent):
                writer.copy_optional(piece.frame)
            elif isinstance(piece, IntactChunk) and piece.chunk.message.records:
                message = piece.chunk.message
                writer.copy_chunk(piece.chunk, piece.frame, hashes.in_chunk(message))
                if on_records is not None:
                    on_records(message.record_count)
    return hashes


class NewStateHashes:
    """The hashes of the states after every so many records of a trace.

    The states are those of the built-in engine on the release of the trace. They are those of the
    recorded system as long as the outcomes are the same: there is no hash after the first record
    that the engine answers differently, does not model, or cannot determine.
    """

    def __init__(self, header: Header, every: int) -> None:
        """Raises UsageError for a release that is not modelled."""
        self.count = 0
        """How many hashes were made."""
        self.ends_at: int | None = None
        """The first record after which the state is not known; None if there is none so far."""
        self.why = ""
        self._every = every
        self._records = 0
        self._machine = Machine(find_release(header.release, under_way=True))
        self._compare = compare_for(
            beyond_vectors=compares_beyond_vectors(header), shown_only=not is_full(header)
        )

    def after(self, step: Step, recorded: Outcome | None) -> StateHash | None:
        """The hash of the state after the next record, None if it gets none."""
        self._records += 1
        if self.ends_at is not None:
            return None
        machine = self._machine
        outcome = machine.submit(step)
        self.why = self._why_unknown(recorded, outcome)
        if self.why:
            self.ends_at = self._records
            return None
        if self._records % self._every:
            return None
        self.count += 1
        return hash_of(machine.snapshot())

    def _why_unknown(self, recorded: Outcome | None, outcome: Outcome) -> str:
        """Why the state after a record is not that of the system; empty if it is."""
        if recorded is not None and self._compare(recorded, outcome) is Likeness.DIFFERENT:
            return "the engine answers another outcome than was recorded"
        if isinstance(outcome.answer, Absent):
            return "the engine does not model it"
        if self._machine.is_down:
            return "it takes the modelled system down"
        if not self._machine.is_determined:
            return "not enough of it is known to determine the state"
        return ""

    def in_chunk(self, message: trace_pb2.Chunk) -> list[tuple[int, StateHash]]:
        """The hashes of the records of the next chunk, by record."""
        found = []
        for number, step, recorded in decode_records(message.records, message.first_record):
            state_hash = self.after(step, recorded)
            if state_hash is not None:
                found.append((number, state_hash))
        return found
