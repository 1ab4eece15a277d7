"""Short traces that count as long ones: many chunks, and checkpoints after few records."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from necp_replay.events.outcome import Outcome
from necp_replay.generate.trace import write_generated
from necp_replay.history.beginnings import beginnings
from necp_replay.history.checkpoint_file import Checkpoint
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.releases.lineage import NEWEST
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

EVERY: Final = 40
CHUNK_RECORDS: Final = 15

Change = Callable[[int, Outcome | None], Outcome | None]


def rewritten(
    source: Path, path: Path, records: int | None = None, change: Change | None = None
) -> Path:
    """Write the records of a trace in small chunks: some of them, with other recorded outcomes."""
    with TraceReader(source) as reader, TraceWriter.create(path, reader.header) as writer:
        for number, step, outcome in reader:
            writer.write(step, outcome if change is None else change(number, outcome))
            if number % CHUNK_RECORDS == 0:
                writer.flush()
            if number == records:
                break
    return path


def generated(folder: Path, release: str, seed: int, records: int) -> Path:
    """Generate a trace of everything in small chunks: ``generated.necptrace`` in the folder."""
    source = folder / "one"
    write_generated(source, release, seed=seed, records=records, mix="everything")
    return rewritten(source, folder / "generated.necptrace")


def moved(found: Iterable[Checkpoint], trace: Path) -> list[Checkpoint]:
    """Checkpoints of one trace as those of another with the same steps, in other bytes."""
    digests = {each.number: each.digest for each in beginnings(trace, EVERY)}
    return [replace(each, beginning=digests[each.number]) for each in found]


def checkpoints(
    trace: Path,
    folder: Path | None,
    engine: str = "this",
    of: str = NEWEST,
    *,
    claims: Iterable[Checkpoint] = (),
    trusted: bool = False,
) -> Checkpoints:
    """The checkpoints of a trace, after every few records."""
    return Checkpoints(
        *(trace, of, engine), folder=folder, every=EVERY, claims=claims, claims_are_known=trusted
    )
