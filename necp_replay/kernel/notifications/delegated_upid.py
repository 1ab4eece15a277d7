"""Makes a client one that acts for another process."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events.notifications import SetDelegatedUpid
from necp_replay.kernel.description import NO_CLIENT, Description
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.missing_inputs import check_not_missing
from necp_replay.kernel.objects.process import unique_pid
from necp_replay.kernel.state import KernelState


def set_delegated_upid(kernel: KernelState, event: SetDelegatedUpid) -> int:
    """Give a client the unique pid of the process with this pid. ENOENT for an unknown client.

    Raises NotModelled where clients of the release act for no other process.
    """
    check_not_missing(kernel.profile, SetDelegatedUpid, "clients that act for another process")
    client = flow_rules(kernel).find_anywhere(kernel, event.client_id)
    if client is None:
        return Errno.ENOENT
    client.delegated_upid = unique_pid(event.pid)
    return Errno.OK


SET_DELEGATED_UPID: Final = Description(
    subject=SetDelegatedUpid,
    handler=set_delegated_upid,
    summary="Makes a client one that acts for another process, which that process can claim.",
    checks=(NO_CLIENT,),
    other_facts=("client_parameters",),
)
