"""Handles the input that says which key the kernel signs answers of resolvers with."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.errno import Errno
from necp_replay.events.notifications import ResolverKey
from necp_replay.events.outcome import Outcome
from necp_replay.kernel.description import Description, silent
from necp_replay.kernel.objects.signer import SIGNING_KEY_BYTES
from necp_replay.kernel.state import KernelState


def set_resolver_key(kernel: KernelState, event: ResolverKey) -> Outcome:
    """Store the key, which a kernel takes from its random generator. EINVAL for another length.

    Releases without SIGN have no use for it. Source: necp_generate_resolver_key, xnu-6153.11.26.
    """
    if len(event.key) != SIGNING_KEY_BYTES:
        return Outcome(errno=int(Errno.EINVAL))
    kernel.resolver_signer.key = event.key
    return Outcome(errno=0)


RESOLVER_KEY: Final = Description(
    subject=ResolverKey,
    handler=set_resolver_key,
    function="necp_generate_resolver_key",
    summary="Says which key the kernel signs answers of resolvers with.",
    checks=(silent(Errno.EINVAL, "the key is not of 32 bytes"),),
    answer="nothing; without this input no tag is determined, and no check of one that was made",
)
