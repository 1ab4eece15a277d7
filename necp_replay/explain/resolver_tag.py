"""Explains why the kernel refused the resolver tag of a client, and with it the client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from necp_replay.abi.client import RESOLVER_TAG_BYTES
from necp_replay.abi.signable import VALIDATABLE
from necp_replay.kernel.objects.signer import signable_content
from necp_replay.kernel.parameters.resolver_tag import tag_mismatches

if TYPE_CHECKING:
    from necp_replay.kernel.objects.client import Client
    from necp_replay.kernel.objects.parsed_parameters import ParsedParameters
    from necp_replay.kernel.state import KernelState


def explain_refusal(kernel: KernelState, client: Client) -> tuple[str, ...]:
    """Why a client's resolver tag is refused, a sentence for each reason; nothing if it is not.

    What counts is how its last evaluation read the parameters: matching can change them later.
    """
    parsed = client.parsed_parameters
    if parsed is None or parsed.resolver_tag is None or not parsed.is_refused:
        return ()
    return tuple(_reasons(kernel, client.client_id, parsed, parsed.resolver_tag))


def _reasons(
    kernel: KernelState, client_id: bytes, parsed: ParsedParameters, tag: bytes
) -> Iterator[str]:
    if not kernel.profile.signables_have_types:
        if parsed.host_name:
            yield "the kernel did not sign it for this domain, remote address and parent"
        else:
            yield "the parameters name no domain that it could be of"
        return
    if parsed.further_tags:
        yield "the parameters have several"
    if len(tag) <= VALIDATABLE.size:
        yield f"it has {len(tag)} bytes, and the start of every tag has {VALIDATABLE.size}"
        return
    wrong = tag_mismatches(client_id, parsed, tag)
    yield from wrong
    if wrong:
        # The kernel compares the signature only if everything else is right.
        return
    _, signed_for, sign_type = VALIDATABLE.unpack_from(tag)
    content = signable_content(signed_for, sign_type, tag[VALIDATABLE.size :])
    if not kernel.resolver_signer.is_right(tag[:RESOLVER_TAG_BYTES], content):
        yield "its signature is not the kernel's"
