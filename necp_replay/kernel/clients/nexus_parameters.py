"""The parameters of a client that a nexus or a kernel agent gets."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import ClientParameterFlag, ClientResultFlag
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events.effects import NexusParameters
from necp_replay.events.notifications import CopyNexusParameters
from necp_replay.kernel.description import NO_CLIENT, Description
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.objects.client import Client
from necp_replay.kernel.objects.parsed_parameters import ParsedField
from necp_replay.kernel.parameters.parse import parse_client_parameters
from necp_replay.kernel.results.tlv_writer import stored_flags
from necp_replay.kernel.state import KernelState


def copy_nexus_parameters(kernel: KernelState, client_id: bytes) -> NexusParameters | None:
    """The nexus parameters of a client of any fd, None for an unknown id.

    Source: necp_client_copy_parameters, xnu-4570.51.1.
    """
    client = flow_rules(kernel).find_anywhere(kernel, client_id)
    if client is None:
        return None
    return nexus_parameters(kernel, client)


def nexus_parameters(kernel: KernelState, client: Client) -> NexusParameters:
    """The nexus parameters of a client, made from its parameters and its last result.

    Endpoint parameters count as address parameters here; of several the last one is used.

    Source: necp_client_copy_parameters_locked, xnu-4570.51.1.
    """
    parsed = parse_client_parameters(kernel, client)
    has_effective_pid = parsed.valid_fields & ParsedField.EFFECTIVE_PID
    is_own = client.override_euuid == ZERO_UUID
    result_flags = stored_flags(client) or 0
    return NexusParameters(
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


COPY_NEXUS_PARAMETERS: Final = Description(
    subject=CopyNexusParameters,
    handler=copy_nexus_parameters,
    function="necp_client_copy_parameters",
    summary="Copies the parameters of a client for a nexus.",
    checks=(NO_CLIENT,),
    answer="struct necp_client_nexus_parameters",
)
