"""A timeline has each record on the track of its fd, in order, and arrows from wake-ups."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from necp_replay.errors import TraceError
from necp_replay.events.effects import Wake
from necp_replay.export.perfetto import write_timeline
from necp_replay.trace.reader import TraceReader

ROOT = Path(__file__).parents[2]
VPN = ROOT / "traces/policies/vpn.necptrace"
DAEMON = ROOT / "traces/sessions/daemon_watches_everything.necptrace"


def _timeline(trace: Path, folder: Path) -> list[dict[str, Any]]:
    output = folder / "out.json"
    with TraceReader(trace) as reader:
        write_timeline(reader, output)
    events: list[dict[str, Any]] = json.loads(output.read_text("utf-8"))["traceEvents"]
    return events


def test_each_record_is_a_slice_and_slices_are_in_order(tmp_path: Path) -> None:
    slices = [event for event in _timeline(DAEMON, tmp_path) if event["ph"] == "X"]
    with TraceReader(DAEMON) as reader:
        records = list(reader)
    assert [each["args"]["record"] for each in slices] == [number for number, _, _ in records]
    ends = [each["ts"] + each["dur"] for each in slices]
    assert all(end <= after["ts"] for end, after in zip(ends, slices[1:], strict=False))
    assert all(each["args"]["clock_ns"] // 1000 <= each["ts"] for each in slices)
    refused = [number for number, _, outcome in records if outcome and outcome.errno]
    assert [each["args"]["record"] for each in slices if each["cat"] == "refused"] == refused


def test_processes_have_their_names(tmp_path: Path) -> None:
    named = [
        (event["pid"], event["args"]["name"])
        for event in _timeline(VPN, tmp_path)
        if event["name"] == "process_name"
    ]
    assert named == [(0, "kernel"), (300, "vpnd"), (301, "filterd"), (100, "mail")]


def test_every_track_is_named_before_its_first_slice(tmp_path: Path) -> None:
    named: set[tuple[int, int]] = set()
    for event in _timeline(DAEMON, tmp_path):
        place = (event["pid"], event["tid"])
        if event["ph"] == "M" and event["name"] == "thread_name":
            named.add(place)
        else:
            assert event["ph"] == "M" or place in named


def test_a_wake_up_leads_to_the_next_call_on_its_fd(tmp_path: Path) -> None:
    events = _timeline(DAEMON, tmp_path)
    begins = {event["id"]: event for event in events if event["ph"] == "s"}
    ends = {event["id"]: event for event in events if event["ph"] == "f"}
    with TraceReader(DAEMON) as reader:
        wakes = Counter(
            (effect.pid, effect.fd)
            for _, _, outcome in reader
            for effect in (outcome.effects if outcome else ())
            if isinstance(effect, Wake)
        )
    assert len(begins) == wakes.total()
    assert ends
    for flow, end in ends.items():
        assert begins[flow]["ts"] <= end["ts"]
        assert (end["pid"], end["tid"] - 1) in wakes


def test_a_damaged_trace_leaves_no_timeline(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.necptrace"
    damaged.write_bytes(DAEMON.read_bytes()[:-300])
    with pytest.raises(TraceError), TraceReader(damaged) as reader:
        write_timeline(reader, tmp_path / "out.json")
    assert [path.name for path in tmp_path.iterdir()] == ["damaged.necptrace"]
