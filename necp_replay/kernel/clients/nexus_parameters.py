"""The parameters of a client that a nexus or a kernel agent gets."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientParameterFlag, ClientResultFlag, LaterParameterFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.effects import NexusParameters
from necp_replay.events.notifications import CopyNexusParameters
from necp_replay.kernel.agents.structure import pack_structure
from necp_replay.kernel.clients.parents import tell_parent
from necp_replay.kernel.description import NO_CLIENT, Description, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.agent_request import AgentRequest
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.parsed_parameters import ParsedField, ParsedParameters
from necp_replay.kernel.parameters.parse import parse_client_parameters
from necp_replay.kernel.results.tlv_writer import stored_flags
from necp_replay.kernel.state import KernelState


def copy_nexus_parameters(kernel: KernelState, client_id: bytes) -> NexusParameters | None:
    """The nexus parameters of a client of any fd, None for an unknown id.

    Raises SyscallError, EAUTH or EINVAL, for parameters with a resolver tag that is wrong.

    Source: necp_client_copy_parameters, xnu-4570.51.1, xnu-6153.11.26.
    """
    client = flow_rules(kernel).find_anywhere(kernel, client_id)
    if client is None:
        return None
    parsed = parse_client_parameters(kernel, client)
    if parsed.is_refused:
        raise SyscallError(_WRONG_TAG if parsed.refusal == Errno.EAUTH else _BAD_TAG)
    return _nexus_parameters(kernel, client, parsed)


def _nexus_parameters(
    kernel: KernelState, client: Client, parsed: ParsedParameters
) -> NexusParameters:
    """The nexus parameters of a client, made from its parameters and its last result.

    Endpoint parameters count as address parameters here; of several the last one is used.

    Source: necp_client_copy_parameters_locked, xnu-4570.51.1, xnu-6153.11.26.
    """
    has_effective_pid = parsed.valid_fields & ParsedField.EFFECTIVE_PID
    is_own = client.override_euuid == ZERO_UUID
    result_flags = stored_flags(client) or 0
    parameters = NexusParameters(
        pid=client.proc_pid,
        epid=parsed.effective_pid if has_effective_pid else client.proc_pid,
        euuid=parsed.effective_uuid if is_own else client.override_euuid,
        local_addr=parsed.local_addr,
        remote_addr=parsed.remote_addr,
        ip_protocol=parsed.ip_protocol,
        traffic_class=parsed.traffic_class,
        policy_id=client.policy_id,
        is_listener=int(bool(parsed.flags & ClientParameterFlag.LISTENER)),
        allow_qos_marking=int(bool(result_flags & ClientResultFlag.ALLOW_QOS_MARKING)),
    )
    if kernel.profile.nexus_parameters_are_whole:
        preference = parsed.local_address_preference or 0
        parameters.transport_protocol = _transport_protocol(parsed)
        parameters.ethertype = parsed.ethertype
        parameters.is_interpose = int(bool(parsed.flags & ClientParameterFlag.INTERPOSE))
        parameters.is_custom_ether = int(bool(parsed.flags & ClientParameterFlag.CUSTOM_ETHER))
        parameters.override_address_selection = int(preference in (_TEMPORARY, _STABLE))
        parameters.use_stable_address = int(preference == _STABLE)
    if kernel.profile.skywalk_is_published:
        _add_skywalk(kernel, client, parsed, parameters)
    return parameters


def _add_skywalk(
    kernel: KernelState, client: Client, parsed: ParsedParameters, parameters: NexusParameters
) -> None:
    """Fill in the further fields of releases with Skywalk.

    Source: necp_client_copy_parameters_locked, xnu-8019.80.24, xnu-8020.140.41, xnu-8792.41.9,
    xnu-10002.61.3.
    """
    profile, flags = kernel.profile, parsed.flags
    parameters.port_reservation = int(client.port_reservation is not None)
    if profile.clients_can_forbid_wakes:
        parameters.no_wake_from_sleep = int(bool(flags & LaterParameterFlag.NO_WAKE_FROM_SLEEP))
    if profile.flows_can_be_demultiplexed:
        parameters.reuse_port = int(bool(flags & LaterParameterFlag.REUSE_LOCAL))
        tell_parent(kernel, client, parsed, parameters)
    if profile.clients_keep_skip_policy:
        parameters.skip_policy_id = client.skip_policy_id


def _transport_protocol(parsed: ParsedParameters) -> int:
    if parsed.valid_fields & ParsedField.TRANSPORT_PROTOCOL:
        return parsed.transport_protocol
    return parsed.ip_protocol


def agent_request(
    kernel: KernelState,
    client: Client,
    *,
    remote_addr: bytes = b"",
    ip_protocol: int | None = None,
) -> AgentRequest:
    """What a client asks of an agent, with the structure where the release lets handlers have it.

    ``remote_addr`` is written over the beginning of the remote address, and ``ip_protocol`` in
    place of the protocol, if given.

    Source: necp_client_agent_action, necp_client_add_flow, necp_client_copy_parameters_locked,
    xnu-6153.11.26, xnu-7195.50.7.100.1, xnu-8019.41.5.
    """
    parsed = parse_client_parameters(kernel, client)
    parameters = _nexus_parameters(kernel, client, parsed)
    if remote_addr:
        parameters.remote_addr = remote_addr + parameters.remote_addr[len(remote_addr) :]
    if ip_protocol is not None:
        parameters.ip_protocol = ip_protocol
    if not kernel.profile.agents_get_structure:
        return AgentRequest(parameters, None)
    bits = (
        parameters.is_listener * _IS_LISTENER
        | bool(parsed.flags & ClientParameterFlag.INTERPOSE) * _IS_INTERPOSE
        | bool(parsed.flags & ClientParameterFlag.CUSTOM_ETHER) * _IS_CUSTOM_ETHER
        | parameters.allow_qos_marking * _ALLOW_QOS_MARKING
        | _ADDRESS_PREFERENCES.get(parsed.local_address_preference or 0, 0)
    )
    for name, bit in _LATER_BITS:
        bits |= bit if getattr(parameters, name) else 0
    structure = pack_structure(
        kernel.profile,
        parameters,
        transport_protocol=_transport_protocol(parsed),
        ethertype=parsed.ethertype,
        bits=bits,
    )
    return AgentRequest(parameters, structure)


_IS_LISTENER: Final = 0x01
_IS_INTERPOSE: Final = 0x02
_IS_CUSTOM_ETHER: Final = 0x04
_ALLOW_QOS_MARKING: Final = 0x08
_TEMPORARY, _STABLE = 1, 2
_ADDRESS_PREFERENCES: Final = {_TEMPORARY: 0x10, _STABLE: 0x30}
"""A temporary address overrides the selection; a stable one is used in addition."""
_LATER_BITS: Final = (
    ("no_wake_from_sleep", 0x40),
    ("is_demuxable_parent", 0x80),
    ("reuse_port", 0x100),
)

_BAD_TAG: Final = silent(
    Errno.EINVAL,
    "the resolver tag of the parameters is too short, or one of several",
    fact="signables_have_types",
)
_WRONG_TAG: Final = silent(Errno.EAUTH, "the resolver tag of the parameters is wrong")

COPY_NEXUS_PARAMETERS: Final = Description(
    subject=CopyNexusParameters,
    handler=copy_nexus_parameters,
    function="necp_client_copy_parameters",
    summary="Copies the parameters of a client for a nexus.",
    checks=(NO_CLIENT, _BAD_TAG, _WRONG_TAG),
    answer="struct necp_client_nexus_parameters",
    other_facts=(
        "agents_get_structure",
        "agent_structure_has_reserve",
        "nexus_parameters_are_whole",
        "skywalk_is_published",
        "clients_can_forbid_wakes",
        "flows_can_be_demultiplexed",
        "clients_keep_skip_policy",
    ),
)
