"""Vectors of releases from macOS 12 on say what their kernel drew at random."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.events.inputs import Step
from necp_replay.events.notifications import ApplicationIdKey, RandomBytes, ResolverKey
from necp_replay.importers.vectors import import_vectors
from necp_replay.trace.knowledge import takes_golden
from necp_replay.trace.reader import TraceReader

KEY = bytes(range(32))


def imported(folder: Path, release: str) -> list[Step]:
    """The steps of a vector of one operation, which alone has an outcome; it takes no golden."""
    vector = folder / "v.jsonl"
    vector.write_text(
        f'{{"vectors":1,"release":"{release}","name":"v"}}\n'
        '{"op":"now","ns":5,"out":{"effects":[]}}\n'
    )
    import_vectors([vector], folder)
    with TraceReader(folder / release / "v.necptrace") as reader:
        assert not takes_golden(reader)
        records = list(reader)
    assert [outcome is None for _, _, outcome in records] == [True] * (len(records) - 1) + [False]
    return [step for _, step, _ in records[:-1]]


@pytest.mark.parametrize("release", ["xnu-8019.41.5", "xnu-11417.121.6", "xnu-20000.1.1"])
def test_the_keys_and_the_random_bytes_come_first(tmp_path: Path, release: str) -> None:
    steps = imported(tmp_path, release)
    assert [step.input for step in steps] == [
        ResolverKey(KEY),
        ApplicationIdKey(KEY),
        RandomBytes(bytes(range(0x5A, 0x7A))),
    ]


@pytest.mark.parametrize("release", ["xnu-7195.101.1", "xnu-4570.51.1", "fork-9000.1"])
def test_older_releases_and_other_kernels_say_nothing(tmp_path: Path, release: str) -> None:
    assert imported(tmp_path, release) == []
