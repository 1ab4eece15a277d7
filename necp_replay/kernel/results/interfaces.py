"""Which interfaces a result lists: the original scoped one, the direct one, and its delegate."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.policy import PolicyResult
from necp_replay.kernel.objects.aggregate_result import AggregateResult
from necp_replay.kernel.objects.shared_result import ResultInterfaces
from necp_replay.kernel.state import KernelState


def result_interfaces(
    kernel: KernelState,
    result: AggregateResult,
    required_interface_index: int,
    tunnel_interface_index: int,
) -> ResultInterfaces:
    """The interfaces of a result, without agents that policies take away.

    None for an index whose interface is gone.

    ``tunnel_interface_index`` is the one that is listed besides that of a tunnel.

    Source: necp_update_client_result, xnu-4570.51.1.
    """
    interfaces = kernel.interfaces
    by_index = interfaces.by_index
    routed_index = result.routed_interface_index
    parameter = result.routing_result_parameter
    if routed_index != 0 and routed_index <= interfaces.if_index:
        direct = by_index.get(routed_index)
    elif required_interface_index != 0 and required_interface_index <= interfaces.if_index:
        direct = by_index.get(required_interface_index)
    elif routed_index == 0 and result.routing_result == _SOCKET_SCOPED:
        direct = by_index.get(parameter)
    else:
        direct = None
    original_scoped = None
    if (
        result.routing_result == _IP_TUNNEL
        and tunnel_interface_index not in (0, parameter)
        and tunnel_interface_index <= interfaces.if_index
    ):
        original_scoped = by_index.get(tunnel_interface_index)
    delegate = direct.delegate if direct else None
    return ResultInterfaces(original_scoped, direct, delegate, result.removed_agents())


# Plain numbers: operations on enumeration members cost several times as much.
_SOCKET_SCOPED: Final = int(PolicyResult.SOCKET_SCOPED)
_IP_TUNNEL: Final = int(PolicyResult.IP_TUNNEL)
