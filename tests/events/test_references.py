"""What records name, and what they do to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import get_args

import pytest

from necp_replay.abi.client import ClientAction, FlowFlag
from necp_replay.abi.client_structs import ADD_FLOW_REQUEST
from necp_replay.abi.errno import Errno
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import effects, notifications, outcome, processes, snapshot, sockets
from necp_replay.events.effects import AgentMessage, SocketCallback, Wake
from necp_replay.events.inputs import NAMES_OF_INPUTS
from necp_replay.events.json_shapes import field_types
from necp_replay.events.outcome import ActionBuffers, BlockClient, Outcome
from necp_replay.events.references import (
    FIELDS,
    Reference,
    References,
    Thing,
    Use,
    fd_of,
    opened_fd,
    process_of,
)
from necp_replay.events.syscalls import Close, NecpClientAction, NecpOpen, NetagentTrigger
from necp_replay.events.user_buffer import UserBuffer

CLIENT = bytes(range(1, 17))
ENDS_IN_ZERO = bytes([7, *[0] * 15])
AGENT = b"\x0a" * 16

EVERYTHING = References()
CALLER = Reference(Thing.PROCESS, 100, Use.CALL)
ON_FD = Reference(Thing.FD, (100, 3), Use.WRITE)


def action(number: int, client_id: bytes = CLIENT, *, passed_bytes: int = 16) -> NecpClientAction:
    passed = UserBuffer(client_id.rstrip(b"\0"), 16)
    return NecpClientAction(100, 3, number, passed, passed_bytes)


def test_a_call_names_its_process_its_fd_and_the_client_that_it_passes() -> None:
    assert EVERYTHING.passed(action(ClientAction.COPY_RESULT)) == [
        CALLER,
        ON_FD,
        Reference(Thing.CLIENT, CLIENT, Use.WRITE),
    ]


def test_remove_destroys_its_client() -> None:
    *_, client = EVERYTHING.passed(action(ClientAction.REMOVE))
    assert client == Reference(Thing.CLIENT, CLIENT, Use.DESTROY)


def test_the_zeros_at_the_end_of_a_passed_id_count() -> None:
    *_, client = EVERYTHING.passed(action(ClientAction.AGENT, ENDS_IN_ZERO))
    assert client.name == ENDS_IN_ZERO


@pytest.mark.parametrize(
    "call",
    [
        action(ClientAction.COPY_RESULT, passed_bytes=15),
        NecpClientAction(100, 3, ClientAction.COPY_RESULT, None, 16),
        NecpClientAction(100, 3, ClientAction.COPY_RESULT, UserBuffer(unmapped=True), 16),
    ],
)
def test_only_a_whole_id_names_a_client(call: NecpClientAction) -> None:
    assert EVERYTHING.passed(call) == [CALLER, ON_FD]


def test_an_id_of_zeros_may_be_a_clients_and_no_others() -> None:
    assert EVERYTHING.passed(action(ClientAction.REMOVE, bytes(16)))[2:] == [
        Reference(Thing.CLIENT, bytes(16), Use.DESTROY)
    ]
    assert References(Thing.AGENT).passed(notifications.InjectNexusFlow(CLIENT)) == []


def test_only_things_that_are_asked_for_are_named() -> None:
    parameters = pack_tlv(6, (200).to_bytes(4, "little"))
    call = action(ClientAction.ADD)
    call.buffer = UserBuffer(parameters.rstrip(b"\0"), len(parameters))
    assert References(Thing.FD).passed(call) == [ON_FD]
    assert References(Thing.PROCESS).passed(call) == [
        CALLER,
        Reference(Thing.PROCESS, 200, Use.READ),
    ]


def test_the_client_id_of_some_actions_holds_another_things_name() -> None:
    agent = action(ClientAction.COPY_AGENT, AGENT)
    index = NecpClientAction(100, 3, ClientAction.COPY_INTERFACE, UserBuffer(b"\x05", 4), 4)
    assert EVERYTHING.passed(agent)[2:] == [Reference(Thing.AGENT, AGENT, Use.READ)]
    assert EVERYTHING.passed(index)[2:] == [Reference(Thing.INTERFACE, 5, Use.READ)]


def test_add_names_the_process_that_its_client_acts_for() -> None:
    parameters = pack_tlv(6, (200).to_bytes(4, "little"))
    call = action(ClientAction.ADD)
    call.buffer = UserBuffer(parameters.rstrip(b"\0"), len(parameters))
    assert EVERYTHING.passed(call)[3:] == [Reference(Thing.PROCESS, 200, Use.READ)]


def test_add_flow_names_the_agent_that_it_asserts_and_the_registration_that_it_makes() -> None:
    made = bytes(range(16, 32))
    call = action(ClientAction.ADD_FLOW)
    request = b""
    for flags, named in ((FlowFlag.BROWSE, [Reference(Thing.AGENT, AGENT, Use.WRITE)]), (0, [])):
        request = ADD_FLOW_REQUEST.pack(AGENT, bytes(16), flags, 0)
        call.buffer, call.buffer_size = UserBuffer(request.rstrip(b"\0"), 36), 36
        assert EVERYTHING.passed(call)[3:] == named
        answer = Outcome(0, 0, ActionBuffers(CLIENT, request[:16] + made + request[32:]))
        assert EVERYTHING.returned(call, answer) == [
            Reference(Thing.CLIENT, CLIENT, Use.READ),
            Reference(Thing.CLIENT, made, Use.CREATE),
        ]
    refused = Outcome(Errno.EINVAL, None, ActionBuffers(CLIENT, request.rstrip(b"\0")))
    assert EVERYTHING.returned(call, refused) == [Reference(Thing.CLIENT, CLIENT, Use.READ)]


def test_remove_flow_destroys_its_registration() -> None:
    *_, registration = EVERYTHING.passed(action(ClientAction.REMOVE_FLOW))
    assert registration == Reference(Thing.CLIENT, CLIENT, Use.DESTROY)


def test_agent_use_changes_the_use_count_of_the_agent_in_its_buffer() -> None:
    call = action(ClientAction.AGENT_USE)
    call.buffer = UserBuffer(AGENT, 24)
    assert EVERYTHING.passed(call)[3:] == [Reference(Thing.AGENT_USE, AGENT, Use.WRITE)]


def test_netagent_trigger_names_the_agent_that_it_passes() -> None:
    trigger = NetagentTrigger(100, UserBuffer(AGENT, 16), 16)
    assert EVERYTHING.passed(trigger) == [CALLER, Reference(Thing.AGENT, AGENT, Use.WRITE)]


def test_interface_0_names_nothing() -> None:
    assert EVERYTHING.passed(notifications.InjectNexusFlow(CLIENT)) == [
        Reference(Thing.CLIENT, CLIENT, Use.WRITE)
    ]


def test_pid_0_is_a_process_only_where_it_does_not_stand_for_any() -> None:
    update = processes.ProcUpdate(0)
    register = sockets.RegisterSocketFlow(0, CLIENT, "s")
    assert References(Thing.PROCESS).passed(update) == [Reference(Thing.PROCESS, 0, Use.WRITE)]
    assert References(Thing.PROCESS).passed(register) == []
    assert process_of(update) == process_of(register) == 0
    assert process_of(sockets.InpcbDispose("s")) is None


def test_which_fd_was_opened_is_told_by_the_outcome_or_else_by_the_trace() -> None:
    call = NecpOpen(100, assigned_fd=5)
    assert opened_fd(call, None) == (100, 5)
    assert fd_of(call, Outcome(0, 4)) == opened_fd(call, Outcome(0, 4)) == (100, 4)
    assert opened_fd(call, Outcome(24)) is None
    assert EVERYTHING.returned(call, Outcome(0, 4)) == [Reference(Thing.FD, (100, 4), Use.CREATE)]
    assert fd_of(Close(100, 3), None) == (100, 3)
    assert opened_fd(Close(100, 3), Outcome(0)) is None
    assert fd_of(processes.ProcExit(100), None) is None


def test_add_returns_the_client_that_it_created() -> None:
    outcome = Outcome(0, 0, ActionBuffers(client_id=ENDS_IN_ZERO[:1]))
    assert EVERYTHING.returned(action(ClientAction.ADD), outcome) == [
        Reference(Thing.CLIENT, ENDS_IN_ZERO, Use.CREATE)
    ]


def test_answers_and_effects_name_things_in_order() -> None:
    told = AgentMessage(AGENT, 1, CLIENT, 0)
    called = SocketCallback("s1", 1, 0, viable=False, invalid=False, flow_flags=0)
    outcome = Outcome(0, None, BlockClient(CLIENT), (Wake(100, 3), told, called))
    assert [
        (each.thing, each.name) for each in EVERYTHING.returned(sockets.InpcbDispose("s1"), outcome)
    ] == [
        (Thing.CLIENT, CLIENT),
        (Thing.PROCESS, 100),
        (Thing.FD, (100, 3)),
        (Thing.AGENT, AGENT),
        (Thing.CLIENT, CLIENT),
        (Thing.SOCKET, "s1"),
    ]


CLASSES = (
    *NAMES_OF_INPUTS,
    *effects.EFFECT_NAMES.values(),
    *get_args(outcome.Answer),
    effects.NexusParameters,
    effects.ControlSocketMessage,
    snapshot.FailedTriggerSnapshot,
    snapshot.FlowSnapshot,
    snapshot.InterfaceOptionSnapshot,
    snapshot.RegistrationSnapshot,
    snapshot.ClientSnapshot,
    snapshot.UpdateSnapshot,
    snapshot.FdSnapshot,
    snapshot.SessionSnapshot,
    snapshot.AgentSnapshot,
    snapshot.RouteStatsSnapshot,
)
NAMING = {"pid", "fd", "client_id", "agent", "uuid", "session", "socket", "mp", "handle", "index"}
"""Fields that name something wherever they are."""
WITHOUT_ROW = {
    # What these hold depends on the action.
    "NecpClientAction.client_id",
    "ActionBuffers.client_id",
    # A flag.
    "FlowSnapshot.socket",
    # A socket or a multipath block.
    "FlowSnapshot.handle",
}


def undeclared() -> Iterator[str]:
    for kind in CLASSES:
        declared = {field.name for field in FIELDS.get(kind, ())}
        for field in dataclasses.fields(kind):
            if field.name in NAMING and field.name not in declared:
                yield f"{kind.__name__}.{field.name}"


def test_every_field_that_names_something_is_declared() -> None:
    assert set(undeclared()) == WITHOUT_ROW


def test_every_declared_field_exists_and_has_the_type_of_a_name() -> None:
    allowed: set[object] = {bytes, str, int, bytes | None, str | None, int | None}
    allowed |= {tuple[bytes, ...], tuple[int, ...], tuple[bytes, ...] | None}
    for kind, fields in FIELDS.items():
        hints = field_types(kind)
        assert all(hints[field.name] in allowed for field in fields), kind


def test_every_class_that_has_rows_is_one_of_the_vocabulary() -> None:
    assert set(FIELDS) <= set(CLASSES)
