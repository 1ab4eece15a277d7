"""Traces at URLs: found with their goldens and rules, and replayed from copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.cluster.remote import find_remote, is_url, replay_remote
from necp_replay.errors import UsageError
from necp_replay.golden.store import GoldenStore
from necp_replay.outcomes.trace_report import Verdict
from necp_replay.replay.run import ReplayOptions

fsspec = pytest.importorskip("fsspec", reason="the extra dask is not installed")

REPOSITORY = Path(__file__).resolve().parents[2]
RULE = '[[expected]]\ntrace = "x"\nrecord = "ADD"\naction = "known"\nreason = "r"\n'
HOW = ReplayOptions(goldens=GoldenStore(Path("golden")))


@pytest.fixture
def memory() -> str:
    """A project in the memory of this process."""
    system = fsspec.filesystem("memory")
    system.store.clear()
    for folder, suffix in (("traces", "necptrace"), ("golden", "golden")):
        for path in (REPOSITORY / folder / "client").glob(f"remove.{suffix}"):
            system.pipe(f"/project/{folder}/client/{path.name}", path.read_bytes())
    for path in (REPOSITORY / "golden" / "client").glob("remove@*.golden"):
        system.pipe(f"/project/golden/client/{path.name}", path.read_bytes())
    system.pipe("/project/golden/gone.golden", b"")
    system.pipe("/project/necp-replay.toml", RULE.encode())
    return "memory://project/traces"


def test_traces_are_found_with_goldens_and_rules(memory: str) -> None:
    suite = find_remote(memory)
    (trace,) = suite.traces
    assert (trace.path, trace.name) == (
        "memory:///project/traces/client/remove.necptrace",
        "client/remove",
    )
    assert trace.size_bytes > 0
    assert all("/golden/client/remove" in url for url in trace.goldens)
    assert [rule.reason for rule in suite.rules] == ["r"]
    assert suite.unused_goldens == ("memory:///project/golden/gone.golden",) or (
        suite.unused_goldens == ("/project/golden/gone.golden",)
    )
    assert find_remote(memory, use_rules=False).rules == ()


def test_a_trace_is_replayed_and_named_by_its_url(memory: str) -> None:
    (trace,) = find_remote(memory).traces
    report = replay_remote(HOW, trace)
    assert report.verdict is Verdict.IDENTICAL, report
    assert report.path == trace.path
    assert report.golden == "memory:///project/golden/client/remove.golden"


def test_a_changed_golden_differs(memory: str) -> None:
    system = fsspec.filesystem("memory")
    text = system.cat_file("/project/golden/client/remove.golden")
    system.pipe("/project/golden/client/remove.golden", text.replace(b"ENOENT", b"EINVAL"))
    (trace,) = find_remote(memory).traces
    assert replay_remote(HOW, trace).verdict is Verdict.DIFFERENT


def test_what_cannot_be_read_is_the_verdict_and_names_the_url(memory: str) -> None:
    (trace,) = find_remote(memory).traces
    system = fsspec.filesystem("memory")
    system.pipe("/project/traces/client/remove.necptrace", b"x")
    damaged = replay_remote(HOW, trace)
    assert damaged.error is not None
    assert damaged.error.startswith("memory:///project/traces/client/remove.necptrace: ")
    system.rm("/project/traces/client/remove.necptrace")
    gone = replay_remote(HOW, trace)
    assert gone.error is not None
    assert "cannot be read" in gone.error


def test_nothing_at_a_url_is_refused(memory: str) -> None:
    for url, why in (("memory://nothing", "no .necptrace file"), ("what://x", "what://x")):
        with pytest.raises(UsageError, match=why):
            find_remote(url)


def test_a_url_is_told_from_a_path() -> None:
    assert is_url("s3://bucket/traces")
    assert not is_url("traces/a:b")
