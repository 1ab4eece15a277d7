"""Facts about single conditions of policies, and about traffic that is dropped before them."""

from __future__ import annotations

from typing import Annotated

from necp_replay.dataclass import dataclass
from necp_replay.releases.fact import Fact


@dataclass(frozen=True, kw_only=True)
class ConditionFacts:
    """What conditions are compared with, and how."""

    own_addresses_are_not_local_networks: Annotated[
        bool,
        Fact(
            title="A condition on local networks, and addresses of the system itself",
            function="IS_NECP_DEST_IN_LOCAL_NETWORKS, necp_is_route_local",
            meanings={
                False: "is met by them where their route is direct",
                True: "is met by them only with the flag INCLUDE_LOCAL_ADDRESSES, and over an"
                " interface with IFEF_DIRECTLINK by no address",
            },
            traces=("client_of_an_own_address",),
        ),
    ] = False

    mapped_loopback_is_loopback: Annotated[
        bool,
        Fact(
            title="The loopback address of IPv4 in the form of IPv6 (::ffff:127.0.0.1)",
            function="necp_addr_is_loopback",
            meanings={
                False: "is an address like any other",
                True: "counts as a loopback address",
            },
            traces=("loopback_address_in_the_form_of_ipv6",),
        ),
    ] = False

    loopback_can_be_denied: Annotated[
        bool,
        Fact(
            title="Loopback traffic of a process with the entitlement to discover media devices",
            function="necp_task_has_loopback_drop_entitlement",
            meanings={
                False: "is like that of any other process",
                True: "is dropped whatever policies say",
            },
            traces=("program_that_discovers_media_devices",),
        ),
    ] = False
