"""The TLVs that tell a process what was assigned to a flow."""

from __future__ import annotations

import tracemalloc

import pytest

from necp_replay.events.notifications import CreateNexusAssignMessage
from necp_replay.events.outcome import Absent, AssignMessage, Panicked
from tests.kernel.builders import make_system

NEXUS = bytes(range(16))
NONE = bytes(16)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (CreateNexusAssignMessage(NONE, port=7), None),
        (CreateNexusAssignMessage(NONE, key=b"\xaa", key_length=0), None),
        (CreateNexusAssignMessage(NONE, key=b"\xaa"), "6601000000aa"),
        (CreateNexusAssignMessage(NONE, flow_adv_index=0), "670400000000000000"),
        (
            CreateNexusAssignMessage(NEXUS, port=7),
            "6410000000" + NEXUS.hex() + "650400000007000000",
        ),
        (CreateNexusAssignMessage(NONE, local=b"\x10\x02"), "c81c0000001002" + "00" * 26),
        (CreateNexusAssignMessage(NONE, ether=b"\xaa\xbb"), "cc06000000aabb00000000"),
        (CreateNexusAssignMessage(NONE, flow_stats=1), "68080000000100000000000000"),
        (CreateNexusAssignMessage(NONE, flow_stats=0), None),
    ],
    ids=[
        "nothing",
        "empty key",
        "key",
        "flow index",
        "nexus",
        "short endpoint",
        "ether",
        "statistics",
        "no statistics",
    ],
)
def test_the_message_has_a_tlv_for_each_part_that_is_given(
    event: CreateNexusAssignMessage, message: str | None
) -> None:
    answer = make_system().submit(event).answer
    assert answer == AssignMessage(None if message is None else bytes.fromhex(message))


def test_zeros_stand_for_the_kernel_memory_after_a_short_key() -> None:
    answer = make_system().submit(CreateNexusAssignMessage(NONE, key=b"\xaa", key_length=3)).answer
    assert answer == AssignMessage(bytes.fromhex("6603000000aa0000"))


@pytest.mark.parametrize("key_length", [1 << 24, 1 << 30, (7 << 32) + (1 << 30)])
def test_a_huge_key_length_takes_no_memory(key_length: int) -> None:
    event = CreateNexusAssignMessage(NONE, key=b"\xaa", key_length=key_length)
    system = make_system()
    tracemalloc.start()
    answer = system.submit(event).answer
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(answer, Absent)
    assert peak_bytes < 1 << 20


def test_a_key_length_beyond_the_allocator_panics() -> None:
    event = CreateNexusAssignMessage(NONE, key=b"\xaa", key_length=(1 << 30) + 1)
    assert make_system().submit(event).answer == Panicked()


def test_a_long_key_is_copied_whole() -> None:
    key = bytes(range(1, 256)) * 1024
    answer = make_system().submit(CreateNexusAssignMessage(NONE, key=key)).answer
    assert answer == AssignMessage(b"\x66" + len(key).to_bytes(4, "little") + key)


def test_the_port_is_shorter_in_later_releases() -> None:
    event = CreateNexusAssignMessage(NEXUS, port=0x10007)
    answer = make_system("xnu-8792.41.9").submit(event).answer
    assert answer == AssignMessage(b"\x64\x10\0\0\0" + NEXUS + b"\x65\2\0\0\0\7\0")
