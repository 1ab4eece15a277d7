"""Facts about privileges that clients need, the ports of listeners, and clients with a parent."""

from __future__ import annotations

from typing import Annotated

from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class PortFacts:
    """What a client must have or gets before it is evaluated for the first time."""

    observers_need_privilege: Annotated[
        bool,
        Fact(
            title="Opening an fd that observes the clients of others",
            function="necp_open, necp_skywalk_priv_check_cred",
            meanings={
                False: "is never refused",
                True: "EACCES and a log record without a privilege for nexuses or for network"
                " statistics",
            },
            traces=("observers_without_a_privilege",),
        ),
    ] = False

    added_clients_need_privileges: Annotated[
        bool,
        Fact(
            title="ADD of a client that acts for another process or bundle, is put between others,"
            " or has a protocol of its own",
            function="necp_client_add",
            meanings={
                False: "needs no privilege",
                True: "EPERM and a log record without the privilege for it",
            },
            traces=("clients_that_need_a_privilege",),
        ),
    ] = False

    listeners_reserve_ports: Annotated[
        bool,
        Fact(
            title="ADD of a listener for TCP or UDP",
            function="necp_client_add, netns_reserve, netns_reserve_ephemeral",
            meanings={
                False: "reserves no port",
                True: "reserves its port; one that is taken is EADDRINUSE, and for port 0 a free"
                " one is chosen",
            },
            traces=("ports_of_listeners",),
        ),
    ] = False

    listeners_can_reuse_ports: Annotated[
        bool,
        Fact(
            title="The flag REUSE_LOCAL of a listener",
            function="necp_client_add, _netns_is_port_used",
            meanings={
                False: "does not let others have its port",
                True: "lets later listeners on other addresses have its port",
            },
            traces=("listeners_that_share_a_port",),
        ),
    ] = False

    unknown_parents_are_logged: Annotated[
        bool,
        Fact(
            title="ADD of a client whose parent the fd does not have",
            function="necp_client_add",
            meanings={False: "does not look for it", True: "has a log record"},
            traces=("parent_that_is_not_there",),
        ),
    ] = False

    children_follow_transport_protocol: Annotated[
        bool,
        Fact(
            title="A transport protocol in the parameters of a client that shares the flow of its"
            " parent",
            function="necp_client_add",
            meanings={
                True: "must be UDP, or it may not share the flow",
                False: "does not matter",
            },
            traces=("clients_that_share_a_flow",),
        ),
    ] = True

    statistics_read_parameters: Annotated[
        bool,
        Fact(
            title="Parameters of a new client in which a TLV passes the end",
            function="necp_find_conn_netstat_data",
            meanings={
                False: "are not read for network statistics",
                True: "have one more log record, when network statistics read them",
            },
            traces=("parameters_that_pass_the_end",),
        ),
    ] = False

    flow_statistics_read_parameters: Annotated[
        bool,
        Fact(
            title="Parameters of a client whose flow is given statistics",
            function="necp_find_netstat_initial_properties",
            meanings={
                False: "are not read for them",
                True: "are read up to the flags; a TLV before them that passes the end has a log"
                " record",
            },
            traces=("parameters_that_pass_the_end",),
        ),
    ] = False
