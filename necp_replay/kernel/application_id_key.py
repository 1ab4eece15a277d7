"""Handles the input that says which key the kernel signs the ids of applications with."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events.notifications import ApplicationIdKey
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.description import Description, silent
from necp_replay.kernel.objects.signer import SIGNING_KEY_BYTES
from necp_replay.kernel.state import KernelState


def set_application_id_key(kernel: KernelState, event: ApplicationIdKey) -> Outcome:
    """Store the key, which a kernel takes from its random generator. EINVAL for another length.

    Releases that sign no such ids have no use for it.
    Source: necp_client_get_signed_client_id, xnu-10063.101.15.
    """
    if len(event.key) != SIGNING_KEY_BYTES:
        return Outcome(errno=int(Errno.EINVAL))
    kernel.application_signer.key = event.key
    return Outcome(errno=0)


APPLICATION_ID_KEY: Final = Description(
    subject=ApplicationIdKey,
    handler=set_application_id_key,
    function="necp_client_get_signed_client_id",
    summary="Says which key the kernel signs the ids of clients' applications with.",
    checks=(silent(Errno.EINVAL, "the key is not of 32 bytes"),),
    answer="nothing; without this input no signature of an id is determined",
)
