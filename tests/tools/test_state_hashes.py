"""New hashes of states: those of the engine, as long as it answers what was recorded."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from necp_replay.events.state_hash import StateHash, hash_of
from necp_replay.history.history import StateHistory
from necp_replay.tools.state_hashes import NewStateHashes, hash_states
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter
from tests.tools.recorded import TRACES

VPN = TRACES / "policies/vpn.necptrace"


def test_a_trace_gets_the_hashes_of_its_states_and_stays_as_it_is(tmp_path: Path) -> None:
    output = tmp_path / "hashed.necptrace"
    assert hash_states(VPN, output, 7).count == 5
    with StateHistory(output) as history, TraceReader(output) as hashed, TraceReader(VPN) as old:
        for number, step, outcome in hashed:
            if number in hashed.state_hashes:
                history.go_to(number)
                assert hashed.state_hashes[number] == hash_of(history.snapshot())
                assert number % 7 == 0
            assert next(old.records(number)) == (number, step, outcome)
        assert hashed.header == old.header
    again = tmp_path / "again.necptrace"
    assert hash_states(output, again, 35).count == 1
    with TraceReader(again) as reader:
        assert reader.read_index().state_hashes == 1


def test_unknown_fields_survive(tmp_path: Path) -> None:
    source, output = tmp_path / "newer.necptrace", tmp_path / "hashed.necptrace"
    stream = io.BytesIO()
    with TraceReader(VPN) as reader:
        header = reader.header_message
        header.MergeFromString(b"\xba\x3e\x03new")
        with TraceWriter(stream, header) as writer:
            for _, step, outcome in reader:
                writer.write(step, outcome)
    source.write_bytes(stream.getvalue())
    hash_states(source, output, 10)
    assert b"\xba\x3e\x03new" in _header_bytes(output)


@pytest.mark.parametrize(
    ("trace", "number", "why"),
    [
        (VPN, 12, "another outcome than was recorded"),
        (TRACES / "vulnerabilities/agent_action_unbounded.necptrace", None, "system down"),
    ],
    ids=["differs", "panics"],
)
def test_no_hash_is_made_after_the_state_becomes_unknown(
    trace: Path, number: int | None, why: str
) -> None:
    with TraceReader(trace) as reader:
        hashes = NewStateHashes(reader.header, 1)
        found: list[StateHash | None] = []
        for record, step, outcome in reader:
            if record == number and outcome is not None:
                outcome = replace(outcome, errno=99)
            found.append(hashes.after(step, outcome))
    assert hashes.ends_at is not None
    assert why in hashes.why
    assert hashes.count == hashes.ends_at - 1
    assert all(found[: hashes.ends_at - 1])
    assert not any(found[hashes.ends_at - 1 :])


def test_a_trace_without_outcomes_gets_all_hashes() -> None:
    with TraceReader(VPN) as reader:
        hashes = NewStateHashes(reader.header, 5)
        for _, step, _ in reader:
            hashes.after(step, None)
    assert (hashes.count, hashes.ends_at) == (7, None)


def _header_bytes(path: Path) -> bytes:
    with TraceReader(path) as reader:
        return bytes(reader.header_message.SerializeToString())
