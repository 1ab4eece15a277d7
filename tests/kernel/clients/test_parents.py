"""Clients that share the flow of a parent."""

from __future__ import annotations

from collections.abc import Callable
from struct import pack

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.ip import IPPROTO_TCP, IPPROTO_UDP
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.effects import Log, NexusParameters
from necp_replay.events.outcome import NexusParametersAnswer
from necp_replay.scenario.buffers import room
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.process import ClientHandle
from tests.kernel.builders import REMOTE, Laptop, effects_of, log_functions, make_laptop

RELEASE = "xnu-8792.41.9"
BEFORE_PATTERNS = "xnu-8020.140.41"
IGNORES_TRANSPORT = "xnu-10002.41.9"
LOCAL = "192.0.2.10:7"
PATTERN = pack("<HH32s32s", 0, 4, b"\xff" * 4, b"abcd")
PARENTS_PATTERN = bytes(68)


def add(
    laptop: Laptop,
    parent: bytes | None,
    *,
    patterns: tuple[bytes, ...] = (PATTERN,),
    protocol: int = IPPROTO_UDP,
    transport: int | None = None,
    local: str | None = LOCAL,
    remote: str | None = REMOTE,
    listener: bool = False,
) -> ClientHandle:
    """ADD a client with a parent and patterns."""
    return laptop.fd.add(
        parent_id=parent,
        flow_demux_pattern=patterns,
        ip_protocol=protocol,
        transport_protocol=transport,
        local=local,
        remote=remote,
        listener=listener,
    )


def add_parent(laptop: Laptop) -> ClientHandle:
    """ADD a client without patterns."""
    return add(laptop, None, patterns=())


def told(client: ClientHandle) -> NexusParameters:
    """What a nexus is told of a client."""
    answer = client.copy_nexus_parameters().answer
    assert isinstance(answer, NexusParametersAnswer)
    return answer.parameters


def is_valid(laptop: Laptop, client: ClientHandle) -> bool:
    """Whether a client may share the flow; ADD has a log record if it may not."""
    state = laptop.client(client)
    assert client.added is not None
    assert (log_functions(client.added) == []) is bool(state.validated_parent)
    return bool(state.validated_parent)


def test_a_child_tells_nexuses_the_flow_of_its_parent_and_its_patterns() -> None:
    laptop = make_laptop(RELEASE)
    parent = add_parent(laptop)
    flow = parent.create_registration()
    other = pack("<HH32s32s", 9, 1, b"\xff", b"x")
    child = add(laptop, parent.client_id, patterns=(PATTERN, other))
    assert laptop.client(child).validated_parent == 1
    assert laptop.client(child).parent_client_id == parent.client_id
    shown = told(child)
    assert shown.parent_flow_uuid == flow.client_id
    assert (shown.demux_pattern_count, shown.demux_patterns) == (2, PATTERN + other)
    assert shown.is_demuxable_parent == 0


def test_the_fifth_pattern_is_not_read_and_a_short_one_neither() -> None:
    laptop = make_laptop(RELEASE)
    child = add(laptop, add_parent(laptop).client_id, patterns=(PATTERN[:-1], *[PATTERN] * 5))
    assert told(child).demux_pattern_count == 4


def test_without_a_flow_or_without_its_parent_a_child_has_the_patterns_alone() -> None:
    laptop = make_laptop(RELEASE)
    parent = add_parent(laptop)
    child = add(laptop, parent.client_id)
    for _ in range(2):
        assert (told(child).parent_flow_uuid, told(child).demux_pattern_count) == (ZERO_UUID, 1)
        parent.remove()


def test_a_first_pattern_of_length_0_is_that_of_a_parent() -> None:
    laptop = make_laptop(RELEASE)
    client = add(laptop, None, patterns=(PARENTS_PATTERN,))
    assert told(client).is_demuxable_parent == 1
    child = add(laptop, client.client_id, patterns=(PARENTS_PATTERN, PATTERN))
    assert not is_valid(laptop, child)
    assert (told(child).is_demuxable_parent, told(child).demux_pattern_count) == (1, 0)


def test_a_listener_is_told_nothing_of_its_patterns() -> None:
    laptop = make_laptop(RELEASE)
    parent = add_parent(laptop)
    client = add(laptop, parent.client_id, listener=True)
    assert is_valid(laptop, client)
    assert told(client).demux_pattern_count == 0
    assert told(add(laptop, None, patterns=(PARENTS_PATTERN,), local="192.0.2.10:8", listener=True))


@pytest.mark.parametrize(
    "make",
    [
        lambda laptop, parent: add(laptop, parent, protocol=IPPROTO_TCP),
        lambda laptop, parent: add(laptop, parent, local=None),
        lambda laptop, parent: add(laptop, parent, remote=None),
        lambda laptop, parent: add(laptop, parent, remote="[2001:db8::1]:443"),
        lambda laptop, parent: add(laptop, parent, transport=253),
    ],
    ids=["tcp", "no local address", "no remote address", "two families", "another transport"],
)
def test_a_child_that_may_not_share_is_logged_and_added(
    make: Callable[[Laptop, bytes], ClientHandle],
) -> None:
    laptop = make_laptop(RELEASE)
    parent = add_parent(laptop)
    child = make(laptop, parent.client_id)
    assert not is_valid(laptop, child)
    assert laptop.client(child).parent_client_id == ZERO_UUID
    assert told(child).demux_pattern_count == 0


def test_a_parent_with_two_flows_has_no_children() -> None:
    laptop = make_laptop(RELEASE)
    parent = add_parent(laptop)
    parent.create_registration()
    assert is_valid(laptop, add(laptop, parent.client_id))
    parent.create_registration()
    assert not is_valid(laptop, add(laptop, parent.client_id))


def test_what_the_parent_has_does_not_matter() -> None:
    laptop = make_laptop(RELEASE)
    parent = laptop.fd.add(local="198.51.100.5:1", remote="203.0.113.9:2", ip_protocol=IPPROTO_TCP)
    assert is_valid(laptop, add(laptop, parent.client_id))


def test_later_releases_ignore_the_transport_protocol() -> None:
    laptop = make_laptop(IGNORES_TRANSPORT)
    parent = add_parent(laptop)
    assert is_valid(laptop, add(laptop, parent.client_id, transport=253))


@pytest.mark.parametrize("release", [BEFORE_PATTERNS, RELEASE])
def test_a_parent_that_the_fd_does_not_have_is_logged(release: str) -> None:
    laptop = make_laptop(release)
    parent = laptop.app.necp_open().add(remote=REMOTE)
    child = add(laptop, parent.client_id)
    assert child.added is not None
    assert log_functions(child.added) == ["necp_client_add"]
    assert [each.os_log_type for each in effects_of(child.added, Log) if isinstance(each, Log)] == [
        16
    ]
    assert not laptop.client(child).validated_parent


def test_a_release_without_patterns_has_no_children() -> None:
    laptop = make_laptop(BEFORE_PATTERNS)
    parent = add_parent(laptop)
    child = add(laptop, parent.client_id)
    assert child.added is not None and log_functions(child.added) == []
    assert not laptop.client(child).validated_parent
    assert told(child).demux_patterns is None


def test_a_tlv_that_passes_the_end_is_logged_at_each_reading() -> None:
    laptop = make_laptop(RELEASE)
    parent = add_parent(laptop)
    parameters = client_parameters(parent_id=parent.client_id, extra=b"\x0b\x09\0\0\0\x06")
    answer = laptop.fd.action(ClientAction.ADD, room(16), parameters)
    assert log_functions(answer) == [
        "necp_client_parse_parameters",
        "necp_client_parse_parameters",
        "necp_client_parse_parameters",
        "necp_application_find_policy_match_internal",
        "necp_find_conn_netstat_data",
    ]
