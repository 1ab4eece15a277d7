"""Pseudonyms in steps and outcomes: what each field holds, and so how it is renamed.

The names of clients, agents, sockets and the like are where ``events/references.py`` says. Every
other field that can hold text or bytes has a row in :data:`_CONTENTS`, even one that is kept; tests
compare the two with the vocabulary. Buffers of calls are left to ``calls.py``.
"""

from __future__ import annotations

import dataclasses
import functools
import ipaddress
from collections.abc import Callable
from typing import Any, Final

from necp_replay.abi.address_text import ip_text
from necp_replay.abi.client import DEMUX_PATTERN_BYTES, MAX_DEMUX_PATTERNS
from necp_replay.abi.netagent import (
    KEV_NETAGENT_SUBCLASS,
    MESSAGE_HEADER_BYTES,
    TRIGGER_MESSAGE_BYTES,
    AgentMessageType,
    AgentOption,
    AgentOption8019,
    AgentOption11417,
    ReportMessageType,
)
from necp_replay.abi.tlv import TLV_HEADER_BYTES, pack_tlv
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events import (
    agents,
    clock,
    effects,
    interfaces,
    notifications,
    outcome,
    policy_control,
    processes,
    references,
    routes,
    snapshot,
    sockets,
    syscalls,
    user_buffer,
)
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.references import IDS, Thing
from necp_replay.tools.pseudonyms import tlvs
from necp_replay.tools.pseudonyms.calls import rename_answer, rename_call
from necp_replay.tools.pseudonyms.names import Collector, Names
from necp_replay.tools.pseudonyms.tlvs import AGENT, LABEL, PROCESS, Rename, keep, opaque


def collect(collector: Collector, step: Step) -> None:
    """Take in what a step tells for the choice of pseudonyms."""
    collector.learn(step)
    event = step.input
    if isinstance(event, interfaces.IfaceAttach | interfaces.IfaceUpdate):
        for entry in event.addrs or ():
            address = _packed(entry.addr)
            if address is not None:
                width = 8 * len(address)
                collector.subnet(address, width if entry.prefix is None else entry.prefix)
    rename_step(collector, step)


def rename_step(names: Names, step: Step) -> Step:
    """The step with pseudonyms."""
    event = _rename(names, rename_call(names, step.input))
    uuids = tuple(names.uuid(uuid) for uuid in step.uuids)
    return Step(event, uuids, step.now_ns, step.unmeasured)


def rename_outcome(names: Names, step: Step, renamed: Step, before: Outcome) -> Outcome:
    """The outcome of a step with the pseudonyms that the step has got."""
    answer = rename_answer(names, step.input, renamed.input, before)
    return Outcome(
        before.errno,
        before.retval,
        _rename(names, answer),
        _rename(names, before.effects),
        before.unmeasured,
    )


def rename_snapshot(names: Names, state: snapshot.Snapshot) -> snapshot.Snapshot:
    """A state with pseudonyms."""
    renamed = _rename_fields(names, state)
    assert isinstance(renamed, snapshot.Snapshot)
    # Routes are listed by their names.
    statistics = tuple(sorted(renamed.route_statistics, key=lambda each: each.route))
    return dataclasses.replace(renamed, route_statistics=statistics)


def _rename(names: Names, value: Any) -> Any:
    """Any value of the vocabulary, with the fields of dataclasses that hold something renamed."""
    if type(value) is tuple:
        return tuple(_rename(names, member) for member in value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    special = WHOLE.get(type(value))
    if special is not None:
        return special(names, value)
    return _rename_fields(names, value)


def _rename_fields(names: Names, value: Any) -> Any:
    event_class: type = type(value)
    changes = {}
    for name, rename in _renamed_fields(event_class):
        member = getattr(value, name)
        if member is not None:
            changes[name] = rename(names, member)
    return dataclasses.replace(value, **changes) if changes else value


@functools.cache
def _renamed_fields(event_class: type) -> tuple[tuple[str, RenameField], ...]:
    """The fields that may change: those of the table, and those that hold other dataclasses."""
    table = FIELDS.get(event_class, {})
    found = []
    for field in dataclasses.fields(event_class):
        rename = table.get(field.name, _rename)
        if rename is not keep:
            found.append((field.name, rename))
    return tuple(found)


RenameField = Callable[[Names, Any], Any]


def _text(rename: Rename) -> RenameField:
    """A field of text, be it a string or bytes."""

    def rename_text(names: Names, value: str | bytes) -> str | bytes:
        if isinstance(value, bytes):
            return rename(names, value)
        encoded = value.encode("utf-8", "surrogatepass")
        return rename(names, encoded).decode("utf-8", "surrogatepass")

    return rename_text


def _each(rename: RenameField) -> RenameField:
    def rename_each(names: Names, values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(rename(names, value) for value in values)

    return rename_each


def _each_or_one(rename: RenameField) -> RenameField:
    def rename_value(names: Names, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(rename(names, each) for each in value)
        return rename(names, value)

    return rename_value


def _id(names: Names, value: bytes) -> bytes:
    """An id in an event. The kernel fills a short one up with zeros, or refuses its length."""
    return tlvs.uuid(names, value)


def _address(names: Names, value: str) -> str:
    """An address as text; what is none stays none."""
    packed = _packed(value)
    if packed is None:
        renamed = _label(names, value)
        assert isinstance(renamed, str)
        return renamed
    return ip_text(names.ipv4(packed) if len(packed) == 4 else names.ipv6(packed))


def _packed(text: str) -> bytes | None:
    try:
        return None if "%" in text else ipaddress.ip_address(text).packed
    except ValueError:
        return None


def _agent_message(names: Names, message: effects.AgentMessage) -> effects.AgentMessage:
    delivery = message.delivery
    if isinstance(delivery, effects.ControlSocketMessage):
        payload = delivery.payload
        rename: Rename = opaque
        if message.type == AgentMessageType.GET:
            rename = tlvs.netagent
        elif message.type in _ABOUT_GROUPS:
            rename = tlvs.group_members
        elif message.type == ReportMessageType.CLIENT_ERROR:
            rename = tlvs.reported_error
        elif len(payload) == UUID_BYTES:
            rename = tlvs.uuid
        elif len(payload) == TRIGGER_MESSAGE_BYTES:
            rename = tlvs.after(8, tlvs.uuid)
        agent_id = None if delivery.agent_id is None else tlvs.uuid(names, delivery.agent_id)
        delivery = dataclasses.replace(delivery, payload=rename(names, payload), agent_id=agent_id)
    else:
        delivery = _rename(names, delivery)
    client_id = None if message.client_id is None else tlvs.uuid(names, message.client_id)
    return dataclasses.replace(
        message, agent=tlvs.uuid(names, message.agent), client_id=client_id, delivery=delivery
    )


def _kernel_event(names: Names, event: effects.KernelEvent) -> effects.KernelEvent:
    """About an agent it is the agent's id; about policies a number."""
    rename = _id if event.subclass == KEV_NETAGENT_SUBCLASS else keep
    return dataclasses.replace(event, data=rename(names, event.data))


def _setopt(names: Names, event: agents.NetagentSetopt) -> agents.NetagentSetopt:
    rename = _AGENT_CONTENT.get(event.opt, opaque)
    id_bytes = 0
    if event.session in names.sessions_of_several and event.opt not in _NEVER_ADDRESSED:
        id_bytes = UUID_BYTES
    agent_id, content = event.hex[:id_bytes], event.hex[id_bytes:]
    is_several = event.opt == AgentOption11417.ENABLE_SESSION_MODE
    if is_several and names.profile.sessions_can_have_many_agents:
        names.sessions_of_several.add(event.session)
    return dataclasses.replace(
        event,
        session=_label(names, event.session),
        hex=(tlvs.uuid(names, agent_id) if agent_id else b"") + rename(names, content),
        uuid=None if event.uuid is None else tlvs.uuid(names, event.uuid),
    )


def _option_data(names: Names, data: bytes) -> bytes:
    """A number of an agent; in a session for several, the id of the agent comes before it."""
    if len(data) <= UUID_BYTES:
        return data
    return tlvs.uuid(names, data[:UUID_BYTES]) + data[UUID_BYTES:]


def _nexus_parameters(names: Names, value: bytes) -> bytes:
    """``struct necp_client_nexus_parameters``: pids, an executable, two addresses, numbers.

    Later releases have a reservation before the addresses, and at the end the registration of a
    parent and patterns.
    """
    profile = names.profile
    reserve_bytes = 8 if profile.agent_structure_has_reserve else 0
    numbers_bytes = 20 if profile.clients_keep_skip_policy else 16
    flow: tuple[tuple[int, Rename], ...] = ()
    if profile.flows_can_be_demultiplexed:
        numbers_bytes -= 2
        flow = ((UUID_BYTES, tlvs.uuid), (_DEMUX_BYTES, tlvs.demux_patterns))
    return tlvs.sequence(
        *((8, keep), (UUID_BYTES, tlvs.uuid), (reserve_bytes, keep)),
        *((28, tlvs.sockaddr), (28, tlvs.sockaddr), (numbers_bytes, keep)),
        *flow,
        rest=keep,
    )(names, value)


def _close(names: Names, event: agents.NetagentClose) -> agents.NetagentClose:
    names.sessions_of_several.discard(event.session)
    return dataclasses.replace(
        event,
        session=_label(names, event.session),
        uuid=None if event.uuid is None else tlvs.uuid(names, event.uuid),
    )


def _message(names: Names, event: agents.NetagentMessage) -> agents.NetagentMessage:
    header, payload = event.hex[:MESSAGE_HEADER_BYTES], event.hex[MESSAGE_HEADER_BYTES:]
    rename = _AGENT_CONTENT.get(header[0] if header else 0, opaque)
    return dataclasses.replace(
        event,
        session=_label(names, event.session),
        hex=header + rename(names, payload),
        uuid=None if event.uuid is None else tlvs.uuid(names, event.uuid),
    )


def _control_tlv(names: Names, tlv: policy_control.ControlTlv) -> policy_control.ControlTlv:
    """A TLV of a message to the kernel control, renamed as one of a policy session is."""
    packed = tlvs.policy(names, pack_tlv(tlv.type & 0xFF, tlv.value))
    return dataclasses.replace(tlv, value=packed[TLV_HEADER_BYTES:])


def _control_message(names: Names, message: bytes) -> bytes:
    """A whole message to the kernel control: its header of 8 bytes stays."""
    return message[:8] + tlvs.policy(names, message[8:])


def _observer_update(names: Names, update: snapshot.UpdateSnapshot) -> snapshot.UpdateSnapshot:
    type_ = (update.update_type & 0xFFFFFFFF).to_bytes(4, "little")
    return dataclasses.replace(
        update,
        client_id=tlvs.uuid(names, update.client_id),
        tlv=tlvs.observer_update(names, type_ + update.tlv)[4:],
    )


_label: Final = _text(tlvs.text_of(LABEL))
_process: Final = _text(tlvs.text_of(PROCESS))
_agent: Final = _text(tlvs.text_of(AGENT))
_account: Final = _text(tlvs.text_of(tlvs.ACCOUNT))
_domain: Final = _text(tlvs.domain)
_entitlements: Final = _each(_text(tlvs.text_of(tlvs.ENTITLEMENT)))
_interface: Final = _text(tlvs.interface_name)


def _denied(names: Names, value: bytes) -> bytes:
    """``struct kev_netpolicy_ifdenied``: pids, an executable, a kind of interface."""
    pids_bytes = 16 if names.profile.denied_event_aligns_uuid else 12
    return tlvs.sequence((pids_bytes, keep), (UUID_BYTES, tlvs.uuid), rest=keep)(names, value)


_assignment: Final = tlvs.sequence((UUID_BYTES, tlvs.uuid), rest=tlvs.results)
"""A client, and what an agent assigns to it."""

_AGENT_CONTENT: Final[dict[int, Rename]] = {
    AgentOption.REGISTER: tlvs.netagent,
    AgentOption.UPDATE: tlvs.netagent,
    AgentOption.ASSIGN_NEXUS: _assignment,
    AgentOption.USE_COUNT: keep,
    AgentOption8019.ASSIGN_GROUP_MEMBERS: _assignment,
    AgentOption8019.TOKEN_LOW_WATER: tlvs.number,
}
"""What agents send, by option; messages have the same numbers."""

_ABOUT_GROUPS: Final = (
    ReportMessageType.ADD_GROUP_MEMBERS,
    ReportMessageType.REMOVE_GROUP_MEMBERS,
)
_DEMUX_BYTES: Final = MAX_DEMUX_PATTERNS * DEMUX_PATTERN_BYTES
_NEVER_ADDRESSED: Final = frozenset(
    (
        AgentOption.REGISTER,
        AgentOption.UPDATE,
        AgentOption11417.ENABLE_SESSION_MODE,
        AgentOption11417.UNREGISTER_ALL,
    )
)
"""Options that do not begin with the id of an agent in a session for several."""

WHOLE: Final[dict[type, RenameField]] = {
    effects.AgentMessage: _agent_message,
    effects.KernelEvent: _kernel_event,
    agents.NetagentSetopt: _setopt,
    agents.NetagentClose: _close,
    agents.NetagentMessage: _message,
    snapshot.Snapshot: rename_snapshot,
    snapshot.UpdateSnapshot: _observer_update,
    user_buffer.UserBuffer: keep,
}
"""Events of which one field says what another holds; buffers were renamed with their calls."""

_REGISTRATION: Final[dict[str, RenameField]] = {
    "domain": _agent,
    "type": _agent,
    "desc": _agent,
    "data": opaque,
    "via": keep,
    "raw": tlvs.netagent,
}
_VIA: Final[dict[str, RenameField]] = {"via": keep}
_INTERFACE: Final[dict[str, RenameField]] = {
    "name": _interface,
    "ipv4_signature": opaque,
    "ipv6_signature": opaque,
    "eflags_or": keep,
    "eflags_clear": keep,
    "xflags_or": keep,
    "xflags_clear": keep,
}
_PROCESS: Final[dict[str, RenameField]] = {
    "name": _process,
    "privileged": keep,
    "entitlements": _entitlements,
    "signing_id": _process,
}
_ENDPOINTS: Final[dict[str, RenameField]] = {"local": _address, "remote": _address}
_LOGGED: Final[dict[str, RenameField]] = {"function": keep, "what": keep, "reason": keep}

_CONTENTS: Final[dict[type, dict[str, RenameField]]] = {
    processes.Sandbox: {"allowed_actions": keep, "denied_privileges": keep},
    processes.ProcAdd: _PROCESS,
    processes.ProcUpdate: _PROCESS,
    interfaces.InterfaceAddress: {"addr": _address},
    interfaces.Nat64Prefix: {"prefix": _address},
    interfaces.IfaceAttach: _INTERFACE,
    interfaces.IfaceUpdate: _INTERFACE,
    routes.RouteAdd: {"dest": _address, "gateway": _address, "flags": keep},
    routes.RouteUpdate: {"flags_set": keep, "flags_clear": keep},
    agents.NetagentOpen: _VIA,
    agents.NetagentRegister: _REGISTRATION,
    policy_control.NecpCtlSend: {"hex": _control_message, "tlvs": _each(_control_tlv)},
    agents.NetagentUpdate: _REGISTRATION,
    agents.NetagentUnregister: _REGISTRATION,
    agents.NetagentSetFlags: _VIA,
    clock.TimerFire: {"timer": keep},
    agents.NetagentResults: {"results": tlvs.results},
    agents.NetagentAssignNexus: {**_VIA, "results": tlvs.results, "raw": _assignment},
    sockets.SocketFields: _ENDPOINTS,
    sockets.SocketCreate: _ENDPOINTS,
    sockets.SocketUpdate: _ENDPOINTS,
    sockets.AssignFromSocket: _ENDPOINTS,
    syscalls.FdPoll: {"how": keep},
    syscalls.FdSelect: {"which": keep},
    notifications.InjectNexusFlow: {
        "local": tlvs.sockaddr,
        "remote": tlvs.sockaddr,
        "results": tlvs.results,
    },
    notifications.AssignClientResult: {"results": tlvs.results},
    notifications.CreateNexusAssignMessage: {
        "key": opaque,
        "ether": opaque,
        "local": tlvs.sockaddr,
        "remote": tlvs.sockaddr,
    },
    notifications.SysctlSet: {"name": keep},
    notifications.ResolverKey: {"key": keep},
    notifications.ApplicationIdKey: {"key": keep},
    notifications.RandomBytes: {"content": keep},
    effects.TimerArmed: {"timer": keep},
    effects.NexusParameters: {
        "local_addr": tlvs.sockaddr,
        "remote_addr": tlvs.sockaddr,
        "demux_patterns": tlvs.demux_patterns,
    },
    effects.NetworkPolicyEvent: {"data": _denied},
    effects.Log: _LOGGED,
    effects.UserOverrun: _LOGGED,
    effects.UserOverread: _LOGGED,
    effects.MemoryCorruption: _LOGGED,
    effects.KernelPointerLeak: _LOGGED,
    effects.TypeConfusionMark: _LOGGED,
    effects.SandboxDenial: {"operation": keep},
    effects.KernelAgentMessage: {"agent_parameters": _nexus_parameters, "group_members": opaque},
    effects.Panic: _LOGGED,
    outcome.ActionBuffers: {"client_id": keep, "buffer": keep},
    outcome.SessionBuffer: {"out_buffer": keep, "beyond_vectors": keep},
    outcome.MatchResult: {"result": keep},
    outcome.AssignMessage: {"message": tlvs.results},
    outcome.AttributesAnswer: {
        "domain": _domain,
        "account": _account,
        "buffer": keep,
        "domain_owner": _domain,
        "tracker_domain": _domain,
        "domain_context": _domain,
    },
    outcome.SignatureAnswer: {"buffer": keep},
    outcome.OptionData: {"data": _option_data},
    outcome.TypeConfused: {"function": keep, "would_corrupt": keep},
    outcome.Absent: {"why": keep},
    outcome.NotDetermined: {"why": keep},
    snapshot.FlowSnapshot: {
        "local_addr": tlvs.sockaddr,
        "remote_addr": tlvs.sockaddr,
        "assigned_results": tlvs.results,
        "handle": _label,
    },
    snapshot.ClientSnapshot: {
        "result": tlvs.results,
        "parameters": tlvs.parameters,
        "assigned_group_members": tlvs.results,
    },
}
"""What fields with text or bytes hold that are no names. Fields with other events in them need no
row."""

_NAMES: Final[dict[Thing, RenameField]] = {
    **dict.fromkeys(IDS, _each_or_one(_id)),
    Thing.AGENT_SESSION: _label,
    Thing.CONTROL_SESSION: _label,
    Thing.SOCKET: _label,
    Thing.MULTIPATH: _label,
    Thing.ROUTE: _label,
}
"""How the names of things are renamed. Other things are named by numbers, which are kept."""


def _rows_of(event_class: type) -> dict[str, RenameField]:
    rows = {
        each.name: _NAMES[each.thing]
        for each in references.FIELDS.get(event_class, ())
        if each.thing in _NAMES
    }
    return {**rows, **_CONTENTS.get(event_class, {})}


FIELDS: Final = {
    event_class: _rows_of(event_class) for event_class in (*references.FIELDS, *_CONTENTS)
}
"""Every field that holds a name, text or bytes, and how it is renamed."""
