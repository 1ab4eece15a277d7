"""Simpler forms of inputs."""

from __future__ import annotations

from pathlib import Path

from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.inputs import Step
from necp_replay.events.interfaces import IfaceAttach, InterfaceAddress
from necp_replay.events.syscalls import Close, NecpClientAction, NecpSessionAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.minimize.simpler_inputs import simpler_steps
from necp_replay.trace.reader import TraceReader

TRACES = Path(__file__).parents[2] / "traces"
FIRST, SECOND = pack_tlv(1, b"one"), pack_tlv(2, b"two\0")


def buffers_of(data: bytes) -> set[tuple[bytes, int]]:
    """The content and the length argument of each simpler form of an ADD with these bytes."""
    buffer = UserBuffer(data.rstrip(b"\0"), len(data))
    step = Step(NecpClientAction(100, 3, 1, buffer=buffer, buffer_size=len(data)))
    found = set()
    for simpler in simpler_steps(step):
        event = simpler.input
        assert isinstance(event, NecpClientAction)
        if event.buffer is not None:
            assert event.buffer.length == event.buffer_size
            found.add((event.buffer.content, event.buffer_size))
    return found


def test_each_tlv_is_left_out_and_the_length_follows() -> None:
    assert buffers_of(FIRST + SECOND) == {(SECOND.rstrip(b"\0"), len(SECOND)), (FIRST, len(FIRST))}


def test_bytes_after_the_tlvs_are_left_out() -> None:
    assert (FIRST, len(FIRST)) in buffers_of(FIRST + b"\xff\xff")


def test_tlvs_inside_of_tlvs_are_left_out() -> None:
    outer = pack_tlv(7, FIRST + SECOND)
    assert (pack_tlv(7, FIRST), len(pack_tlv(7, FIRST))) in buffers_of(outer)


def test_optional_fields_go_back_to_their_defaults_and_lists_get_shorter() -> None:
    addresses = (InterfaceAddress("192.0.2.1", 24), InterfaceAddress("192.0.2.2", 24))
    event = IfaceAttach(4, mtu=1400, addrs=addresses)
    found = [step.input for step in simpler_steps(Step(event))]
    assert IfaceAttach(4, addrs=addresses) in found
    assert IfaceAttach(4, mtu=1400) in found
    assert IfaceAttach(4, mtu=1400, addrs=addresses[:1]) in found
    assert all(isinstance(each, IfaceAttach) and each.index == 4 for each in found)


def test_what_an_input_is_about_stays() -> None:
    assert list(simpler_steps(Step(Close(100, 3)))) == []


def test_buffers_with_unknown_bytes_are_left_alone() -> None:
    buffer = UserBuffer(FIRST, 100, known=len(FIRST))
    step = Step(NecpSessionAction(100, 3, 1, buffer, 100))
    kept = [
        each.input.in_buffer
        for each in simpler_steps(step)
        if isinstance(each.input, NecpSessionAction) and each.input.in_buffer is not None
    ]
    assert set(map(id, kept)) <= {id(buffer)}


def test_every_kind_of_input_has_simpler_forms_that_are_inputs_of_that_kind() -> None:
    seen: set[type] = set()
    for path in sorted(TRACES.rglob("*.necptrace"))[::12]:
        with TraceReader(path) as reader:
            for _, step, _ in reader:
                if type(step.input) not in seen:
                    seen.add(type(step.input))
                    assert {type(each.input) for each in simpler_steps(step)} <= {type(step.input)}
    assert len(seen) > 30
