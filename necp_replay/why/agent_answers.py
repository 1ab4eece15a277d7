"""What an agent can answer to a call that makes a flow.

ADD_FLOW and REQUEST_NEXUS_INSTANCE pass on what the agent answers that they ask for a nexus. For
most flows it is the flow switch of an interface, a part of the kernel that NECP asks. It is not
modelled, and its errors come from no check of NECP.

Source: fsw_netagent_flow_add, fsw_flow_add, flow_req_prepare, flow_entry_alloc, netns_reserve,
xnu-8019.80.24 to xnu-11417.121.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.releases.profile import Profile

ASK_AN_AGENT: Final = frozenset({ClientAction.ADD_FLOW, ClientAction.REQUEST_NEXUS_INSTANCE})
"""The actions that pass on what an agent answers."""
_FIRST_PUBLISHED: Final = "xnu-8019.80.24"
_ANSWERS: Final[Mapping[int, tuple[str, ...]]] = {
    Errno.EPERM: (
        "a policy module denies the connection or the listener; a sandbox does so with"
        " network-outbound and network-inbound (mac_skywalk_flow_check_connect,"
        " mac_skywalk_flow_check_listen)",
        "the port that is reserved for the client is another process's"
        " (flow_req_prepare_namespace)",
    ),
    Errno.EINVAL: (
        "the addresses are of two families, have a wrong length, or of remote address and port only"
        " one is given (flow_req_prepare)",
        "it provides no nexus, or is not active (netagent_client_message_with_params)",
        "the traffic class is unknown (fsw_netagent_flow_add)",
    ),
    Errno.EEXIST: (
        "another flow has the same addresses, ports and protocol, as one that reuses its local"
        " address can (flow_entry_alloc)",
        "the flow was made before (fsw_flow_add)",
    ),
    Errno.EADDRINUSE: (
        "a socket, a listener or another flow has the local port, or the system keeps it for others"
        " (netns_reserve)",
    ),
    Errno.EADDRNOTAVAIL: (
        "the interface does not have the local address, or an address is multicast"
        " (flow_req_prepare)",
    ),
    Errno.ENXIO: ("the interface goes away, or the process ends (fsw_flow_add)",),
    Errno.ENOENT: ("it is not registered any more (netagent_client_message_with_params)",),
    Errno.ENOMEM: ("memory or slots of the flow switch are used up (flow_entry_alloc)",),
}


def agent_answers(action: int | None, errno: int, profile: Profile) -> Iterator[str]:
    """Why a flow switch can answer an errno to a call; nothing for other calls."""
    if action not in ASK_AN_AGENT:
        return
    where = "" if profile.skywalk_is_published else f", as published from {_FIRST_PUBLISHED} on"
    for answer in _ANSWERS.get(errno, ()):
        yield f"flow switch{where}: {answer}"
