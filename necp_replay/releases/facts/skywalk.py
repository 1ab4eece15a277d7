"""Facts about what Skywalk gives to clients: nexuses, arenas and reserved ports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class SkywalkFacts:
    """Which parts of Skywalk the published source has, and what clients and nexuses get of it."""

    skywalk_is_published: Annotated[
        bool,
        Fact(
            title="Nexuses, statistics in arenas and reserved ports",
            function="necp_client_add_flow, necp_client_map_sysctls",
            meanings={
                False: "are in no published code, and snapshots do not show them",
                True: "are published",
            },
        ),
    ] = False

    clients_can_forbid_wakes: Annotated[
        bool,
        Fact(
            title="A client whose traffic does not wake the system",
            function="necp_client_copy_parameters_locked",
            meanings={False: "cannot say so", True: "says so, and nexuses are told"},
        ),
    ] = False

    flows_can_be_demultiplexed: Annotated[
        bool,
        Fact(
            title="Clients that share the flow of a parent",
            function="necp_client_copy_parameters_locked",
            meanings={
                False: "there are none",
                True: "a client names its parent and patterns, and nexuses are told",
            },
        ),
    ] = False

    clients_keep_skip_policy: Annotated[
        bool,
        Fact(
            title="The policy that decided that a client skips others",
            function="necp_update_client_result",
            meanings={False: "is not kept", True: "is kept, and nexuses are told"},
        ),
    ] = False

    flow_divert_can_be_in_process: Annotated[
        bool,
        Fact(
            title="Flow divert by a process itself",
            function="necp_client_request_in_process_flow_divert",
            meanings={
                False: "is not known",
                True: "is asked of a process by a result of its fd",
            },
        ),
    ] = False
