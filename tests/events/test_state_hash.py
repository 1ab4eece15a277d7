"""The hash of a state is the same everywhere, and changes with whatever a snapshot shows."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import replace

from necp_replay.events import snapshot
from necp_replay.events.snapshot import ClientSnapshot, FdSnapshot, Snapshot
from necp_replay.events.state_hash import STATE_HASH_FORM, StateHash, canonical_form, hash_of

CLIENT = ClientSnapshot(
    client_id=bytes(range(16)),
    result_read=1,
    flow_result_read=0,
    allow_multiple_flows=0,
    defunct=0,
    background=0,
    background_update=0,
    platform_binary=0,
    policy_id=7,
    ip_protocol=6,
    proc_pid=100,
    has_route=True,
    route_ifindex=4,
    route_flags=3,
    interface_handle=None,
    result_length=2,
    result=b"\x00\xff",
    parameters=b"",
    assertions=(),
    flows=(),
)
STATE = Snapshot(
    necp_client_fd_count=1,
    necp_observer_fd_count=0,
    necp_client_count=1,
    necp_socket_flow_count=0,
    necp_if_flow_count=0,
    observer_message_limit=256,
    timer_armed=True,
    fds=(FdSnapshot(3, 100, 0, 0, (), False, (CLIENT,)),),
    observers=(),
)


def test_the_canonical_form_is_json_in_one_line() -> None:
    assert canonical_form(STATE) == (
        b'{"fds":[{"clients":[{"allow_multiple_flows":0,"client_id":"000102030405060708090a0b0'
        b'c0d0e0f","has_route":true,"interface_handle":null,"ip_protocol":6,"parameters":"","p'
        b'latform_binary":0,"policy_id":7,"proc_pid":100,"result":"00ff","result_length":2,"re'
        b'sult_read":1,"route_flags":3,"route_ifindex":4}],"fd":3,"flags":0,"pid":100,"readabl'
        b'e":false,"update_count":0,"updates":[]}],"necp_client_count":1,"necp_client_fd_count'
        b'":1,"necp_if_flow_count":0,"necp_observer_fd_count":0,"necp_socket_flow_count":0,"ob'
        b'server_message_limit":256,"observers":[],"timer_armed":true}'
    )


def test_the_hash_is_sha256_of_it() -> None:
    found = hash_of(STATE)
    assert found == StateHash(STATE_HASH_FORM, hashlib.sha256(canonical_form(STATE)).digest())
    assert str(found) == found.sha256.hex()
    assert found.is_known
    assert not found._replace(form=STATE_HASH_FORM + 1).is_known


def test_any_difference_gives_another_hash() -> None:
    statistics = (snapshot.RouteStatsSnapshot("default", (1,)),)
    others = [
        replace(STATE, timer_armed=False),
        replace(STATE, fds=(replace(STATE.fds[0], clients=(replace(CLIENT, result=b"\0"),)),)),
        replace(STATE, route_statistics=statistics),
        replace(STATE, necp_arena_count=0),
    ]
    assert len({hash_of(each) for each in (STATE, *others)}) == 5


def test_a_new_field_of_a_snapshot_needs_a_new_form() -> None:
    """A field that is always written raises STATE_HASH_FORM, and changes this digest."""
    classes = sorted(
        (each for each in vars(snapshot).values() if dataclasses.is_dataclass(each)),
        key=lambda each: each.__name__,  # type: ignore[union-attr] # They are classes.
    )
    described = [
        f"{each.__name__}.{field.name}"  # type: ignore[union-attr] # As above.
        for each in classes
        for field in dataclasses.fields(each)
        if field.default is dataclasses.MISSING
    ]
    digest = hashlib.sha256("\n".join(described).encode()).hexdigest()[:16]
    assert (STATE_HASH_FORM, digest) == (1, "db3a70850236d569")
