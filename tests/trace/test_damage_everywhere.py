"""Three small traces cut at every byte and flipped at every bit, all others at random places."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from necp_replay.events.inputs import Step
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.trace import frames
from necp_replay.trace.writer import TraceWriter
from tests.examples import examples
from tests.trace.damage import Original, every_cut, every_flip, some_cuts, some_flips
from tests.trace.traces import HEADER, RECORDS, trace_of

TRACES = Path(__file__).resolve().parent.parent.parent / "traces"


def incompressible() -> bytes:
    """A trace whose chunks LZ4 leaves as they are."""
    content = random.Random(7).randbytes(250)
    call = NecpClientAction(1, 3, 1, None, 0, UserBuffer(content, 300), 300)
    return trace_of([(Step(call), None), *RECORDS[:2]], flush_after=1)


def of_another_time() -> bytes:
    """A trace with content that this version steps over."""
    stream = io.BytesIO()
    frame = frames.Frame(0, frames.FIRST_SKIPPABLE_MAGIC, b"from the future")
    with TraceWriter(stream, HEADER) as writer:
        for record in RECORDS:
            writer.write(*record)
            writer.copy_optional(frame)
    return stream.getvalue()


def smallest() -> Path:
    return min(TRACES.rglob("*.necptrace"), key=lambda path: (path.stat().st_size, path))


SMALL: dict[str, Callable[[], bytes]] = {
    "compressed": lambda: trace_of(flush_after=1),
    "incompressible": incompressible,
    "measured": lambda: smallest().read_bytes(),
}
SHARES = 16
"""So that several processes can share the work on the corpus."""
EVERY = examples(10, thorough=1)
"""One of this many traces of the corpus is damaged: most of them do not differ in what matters."""
Damages = Callable[[bytes], Iterator[bytes]]


@pytest.mark.parametrize("damages", [every_cut, every_flip])
@pytest.mark.parametrize("make", SMALL.values(), ids=SMALL)
def test_damage_anywhere_is_found(make: Callable[[], bytes], damages: Damages) -> None:
    original = Original(make())
    assert original.records
    for damaged in damages(original.content):
        assert original.complaint(damaged) is None


@pytest.mark.parametrize("make", SMALL.values(), ids=SMALL)
def test_damage_anywhere_recovers_only_records_of_the_trace(
    make: Callable[[], bytes],
) -> None:
    original = Original(make())
    for damaged in [*every_cut(original.content), *every_flip(original.content)]:
        assert original.recovery_complaint(damaged) is None


def test_damage_of_content_of_another_version_changes_no_record() -> None:
    original = Original(of_another_time())
    for damaged in [*every_cut(original.content), *every_flip(original.content)]:
        # Nobody but a newer version could tell whether the content that is stepped over is right.
        assert original.complaint(damaged) in (
            None,
            f"read as a whole, {len(original.chunks)} chunks",
        )


@pytest.mark.parametrize("share", range(SHARES))
def test_damage_of_any_trace_of_the_corpus_is_found(share: int) -> None:
    paths = sorted(TRACES.rglob("*.necptrace"))[::EVERY][share::SHARES]
    assert paths
    for path in paths:
        original = Original(path.read_bytes())
        for damages in (some_cuts, some_flips):
            for damaged in damages(original.content, examples(40, thorough=200), 5):
                assert original.complaint(damaged) is None, path
