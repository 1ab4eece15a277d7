"""The releases of xnu-7195: macOS 11, iOS 14. Each states only what it changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.client_structs import InterfaceFlag
from necp_replay.releases.release import Release
from necp_replay.releases.xnu_6153 import XNU_6153_101_6

_6153: Final = XNU_6153_101_6.profile

XNU_7195_50_7_100_1: Final = Release(
    replace(
        _6153,
        release="xnu-7195.50.7.100.1",
        client_actions=_6153.client_actions | {ClientAction.ADD_FLOW, ClientAction.REMOVE_FLOW},
        interface_details_min_bytes=100,
        interface_details_flags=_6153.interface_details_flags
        | InterfaceFlag.SUPPORTS_MULTICAST
        | InterfaceFlag.HAS_NAT64
        | InterfaceFlag.IPV4_ROUTABLE
        | InterfaceFlag.IPV6_ROUTABLE,
        only_requirements_scope=True,
        sockets_take_protocol_events=True,
        trigger_clears_uuid=True,
        agent_data_size_is_signed=False,
        change_calls_later_owners=False,
        defunct_flows_end_twice=False,
        close_makes_flows_defunct=True,
        aborts_log_from_one_function=True,
        logs_go_to_os_log=True,
        flows_follow_delegates=True,
    ),
    parent=XNU_6153_101_6.tag,
)

XNU_7195_101_1: Final = Release(
    replace(
        XNU_7195_50_7_100_1.profile,
        release="xnu-7195.101.1",
        add_flow_max_bytes=240,
    ),
    parent=XNU_7195_50_7_100_1.tag,
)
