"""UPDATE_CACHE: stores what a process learned about ECN or Fast Open on its flow's network."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.address_text import address_text
from necp_replay.abi.client import ClientAction
from necp_replay.abi.client_structs import CACHE_BUFFER, CACHE_BUFFER_ADDR_OFFSET
from necp_replay.abi.errno import Errno
from necp_replay.abi.tcp_cache import (
    CACHE_TYPE_ECN_VER_1,
    CACHE_TYPE_TFO_VER_1,
    ECN_CACHE_BYTES,
    TFO_CACHE_BYTES,
    CacheType,
)
from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.kernel.call import copyin, refuse
from necp_replay.kernel.client_actions.client_call import (
    ID_FAULT,
    NO_ID,
    NOT_ON_FD,
    ClientCall,
    find_client,
)
from necp_replay.kernel.description import Description, logged, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.flows.choose import flow_rules
from necp_replay.kernel.heuristics.flow_addresses import is_internet
from necp_replay.kernel.heuristics.update import update_heuristics
from necp_replay.kernel.objects.flow import Flow
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.type_confusion import SESSION_LOSES_LISTS
from necp_replay.kernel.user_memory import UserMemory

_FUNCTION: Final = "necp_client_update_cache"
_CONTENT_BYTES: Final[dict[tuple[int, int], int]] = {
    (CacheType.ECN, CACHE_TYPE_ECN_VER_1): ECN_CACHE_BYTES,
    (CacheType.TFO, CACHE_TYPE_TFO_VER_1): TFO_CACHE_BYTES,
}
"""The length of the content by type and version."""


def update_cache(kernel: KernelState, necp_fd: NecpFd, call: ClientCall) -> int:
    """Follow the pointer in the buffer, and store what it leads to in TCP's caches.

    The newest flow says which network it is for: of the client, or of the registration that the id
    means. Raises SyscallError: EINVAL without an
    id, without a flow between IP addresses, or for an unknown type, version or size of the content;
    EFAULT for either buffer; ENOENT. Source: necp_client_update_cache, xnu-4570.51.1.
    """
    if not call.names_client:
        raise SyscallError(_NO_ID, **call.id_values)
    client_id = copyin(kernel, call.client_id, UUID_BYTES, _FUNCTION, check=ID_FAULT)
    client = find_client(kernel, necp_fd, client_id)
    holder = flow_rules(kernel).find_holder(client, client_id)
    if holder is None:
        raise SyscallError(_NO_REGISTRATION, client_id=client_id)
    flow = holder.flow_list[0] if holder.flow_list else None
    if flow is None or not is_internet(flow.remote_addr) or not is_internet(flow.local_addr):
        addresses = {} if flow is None else _addresses(flow)
        refuse(kernel, _NO_FLOW, _FUNCTION, values=addresses | {"flows": len(holder.flow_list)})

    cache_type, content = _read_content(kernel, call)
    update_heuristics(kernel, client, flow, cache_type, content)
    return 0


def _read_content(kernel: KernelState, call: ClientCall) -> tuple[int, bytes]:
    """The type of cache and its content, copied in through the pointer in the buffer."""
    if call.buffer_bytes != CACHE_BUFFER.size or call.buffer.is_null:
        raise SyscallError(_BUFFER_LENGTH, **call.buffer_values)
    cache_buffer = copyin(kernel, call.buffer, CACHE_BUFFER.size, _FUNCTION, check=_BUFFER_FAULT)
    cache_type, version, declared_bytes, address = CACHE_BUFFER.unpack(cache_buffer)
    content_bytes = _CONTENT_BYTES.get((cache_type, version))
    if content_bytes is None:
        raise SyscallError(_UNKNOWN_TYPE, type=cache_type, version=version)
    if declared_bytes != content_bytes:
        raise SyscallError(_CONTENT_SIZE, size=declared_bytes, asked_for=content_bytes)
    pointed = call.buffer.pointer_at(CACHE_BUFFER_ADDR_OFFSET)
    if pointed is None:
        if address == 0:
            raise SyscallError(_CONTENT_SIZE, size=declared_bytes, pointer=0)
        # The trace has no buffer at this address, so the process has no memory there.
        pointed = UserBuffer(unmapped=True)
    call.nested = UserMemory.without_length(pointed)
    return cache_type, copyin(kernel, call.nested, content_bytes, _FUNCTION, check=_CONTENT_FAULT)


def _addresses(flow: Flow) -> dict[str, str]:
    """The addresses of a flow, as the values of a check that failed."""
    return {"local": address_text(flow.local_addr), "remote": address_text(flow.remote_addr)}


_NO_ID: Final = silent(Errno.EINVAL, NO_ID)
_NO_REGISTRATION: Final = silent(
    Errno.ENOENT,
    "the client has no flow registration, where releases have them",
    fact="has_flow_registrations",
)
_NO_FLOW: Final = logged(
    Errno.EINVAL, "the client's newest flow is missing, or not between IP addresses"
)
_BUFFER_LENGTH: Final = silent(Errno.EINVAL, "the buffer is NULL, or its length is not 16")
_BUFFER_FAULT: Final = logged(Errno.EFAULT, "the buffer cannot be read")
_UNKNOWN_TYPE: Final = silent(
    Errno.EINVAL, "type and version are neither 1, 1 (ECN) nor 2, 1 (Fast Open)"
)
_CONTENT_SIZE: Final = silent(
    Errno.EINVAL, "the size in the buffer is not 1 or 18, or the pointer in it is NULL"
)
_CONTENT_FAULT: Final = logged(Errno.EFAULT, "what the pointer leads to cannot be read")

UPDATE_CACHE: Final = Description(
    subject=ClientAction.UPDATE_CACHE,
    handler=update_cache,
    function="necp_client_update_cache",
    summary="Teaches TCP's caches of ECN and Fast Open what the process learned.",
    checks=(
        _NO_ID,
        ID_FAULT,
        NOT_ON_FD,
        _NO_REGISTRATION,
        _NO_FLOW,
        _BUFFER_LENGTH,
        _BUFFER_FAULT,
        _UNKNOWN_TYPE,
        _CONTENT_SIZE,
        _CONTENT_FAULT,
    ),
    answer="returns 0; without a route nothing is learned; only platform binaries report success",
    effects="a cookie past its allocation is reported as a memory corruption",
    overwrites=SESSION_LOSES_LISTS,
    other_facts=(
        "tfo_cookie_length_is_clamped",
        "heuristics_are_logged",
        "success_makes_heuristic",
        "ecn_backoff_holds_counters",
    ),
)
