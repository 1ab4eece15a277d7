"""Makes a flow registration, as the unpublished part of the kernel would."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.abi.integers import U32_MAX
from necp_replay.events.notifications import CreateRegistration
from necp_replay.kernel.description import NO_CLIENT, Description
from necp_replay.kernel.flows.registered import REGISTERED_FLOWS, create_registration
from necp_replay.kernel.missing_inputs import check_not_missing
from necp_replay.kernel.state import KernelState


def make_registration(kernel: KernelState, event: CreateRegistration) -> int:
    """Make a registration on the client that the id means. ENOENT for an unknown id.

    Raises NotModelled where the release has no registrations.
    """
    check_not_missing(kernel.profile, CreateRegistration, "flow registrations")
    for necp_fd in kernel.clients.fd_list:
        client = REGISTERED_FLOWS.find_on_fd(necp_fd, event.client_id)
        if client is not None:
            create_registration(kernel, necp_fd, client, event.flags & U32_MAX)
            return Errno.OK
    return Errno.ENOENT


CREATE_REGISTRATION: Final = Description(
    subject=CreateRegistration,
    handler=make_registration,
    summary="Makes a flow registration on a client, as the unpublished part of the kernel would.",
    checks=(NO_CLIENT,),
    other_facts=("has_flow_registrations",),
)
