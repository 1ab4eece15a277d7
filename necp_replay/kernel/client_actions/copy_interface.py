"""COPY_INTERFACE: what a process may know of an interface, by its index."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.client import IFSCOPE_NONE, IFXNAMSIZ
from necp_replay.abi.client_structs import INTERFACE_DETAILS, INTERFACE_INDEX, InterfaceFlag
from necp_replay.abi.errno import Errno
from necp_replay.abi.interface import IFEF_NOACKPRI, IFEF_TXSTART, INTERFACE_SIGNATURE_MAX_BYTES
from necp_replay.abi.log import LOG_ERR
from necp_replay.kernel.client_actions.call import ActionCall, copyin, copyout, refuse
from necp_replay.kernel.interfaces.functional_type import functional_type, is_expensive
from necp_replay.kernel.objects.interface import Interface
from necp_replay.kernel.objects.necp_fd import NecpFd
from necp_replay.kernel.refusal import SyscallError
from necp_replay.kernel.state import KernelState

_FUNCTION: Final = "necp_client_copy_interface"
_U32: Final = 0xFFFFFFFF


def copy_interface(kernel: KernelState, necp_fd: NecpFd, call: ActionCall) -> int:
    """Copy ``struct necp_interface_details`` of the index that stands where others have an id.

    Raises SyscallError: EINVAL for an index that is not 4 bytes long, or without room; EFAULT;
    ENOENT for index 0. Kernel quirk: any other unknown index is answered with zeros.
    Source: necp_client_copy_interface, xnu-4570.51.1.
    """
    if call.client_id.is_null or call.client_id_bytes != INTERFACE_INDEX.size:
        refuse(kernel, Errno.EINVAL, _FUNCTION)
    if call.buffer_bytes < INTERFACE_DETAILS.size or call.buffer.is_null:
        refuse(kernel, Errno.EINVAL, _FUNCTION)
    named = copyin(kernel, call.client_id, INTERFACE_INDEX.size, _FUNCTION)
    (index,) = INTERFACE_INDEX.unpack(named)
    if index == IFSCOPE_NONE:
        kernel.log(LOG_ERR, _FUNCTION)
        raise SyscallError(Errno.ENOENT)

    ifp = kernel.interfaces.by_index.get(index)
    details = bytes(INTERFACE_DETAILS.size) if ifp is None else _details(ifp)
    copyout(kernel, call.buffer, details, _FUNCTION)
    return 0


def _details(ifp: Interface) -> bytes:
    flags = 0
    if is_expensive(ifp):
        flags |= InterfaceFlag.EXPENSIVE
    if ifp.eflags & IFEF_TXSTART:
        flags |= InterfaceFlag.TXSTART
    if ifp.eflags & IFEF_NOACKPRI:
        flags |= InterfaceFlag.NOACKPRI
    return INTERFACE_DETAILS.pack(
        ifp.name.encode()[: IFXNAMSIZ - 1],
        ifp.index,
        ifp.generation & _U32,
        functional_type(ifp),
        0 if ifp.delegate is None else ifp.delegate.index,
        flags,
        ifp.mtu & _U32,
        *_signature(ifp.ipv4_signature),
        *_signature(ifp.ipv6_signature),
    )


def _signature(signature: bytes) -> tuple[bytes, int]:
    """A network signature and its length; none counts as one that is too long.

    Source: ifnet_get_netsignature, xnu-4570.51.1.
    """
    if len(signature) > INTERFACE_SIGNATURE_MAX_BYTES:
        return b"", 0
    return signature, len(signature)
