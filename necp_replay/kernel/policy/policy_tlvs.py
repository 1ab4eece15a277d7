"""Finds the TLVs of a policy that a process adds, as the kernel does."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.policy import POLICY_ORDER, PolicyTlv
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.state import KernelState


class PolicyTlvs:
    """The TLVs of one POLICY_ADD. Nothing is found after one that passes the end of the buffer."""

    __slots__ = ("_buffer", "_tlvs")

    def __init__(self, buffer: bytes) -> None:
        self._buffer = buffer
        self._tlvs = [(type_, value) for _, type_, value in iterate_tlvs(buffer)]

    def order(self, kernel: KernelState) -> int:
        """The policy's order. Raises SyscallError if it is empty or too long.

        Kernel quirk: a policy without an order has order 0, because searching for a TLV that is not
        there sets no error. Measured in policy_session_actions. An order of less than four bytes is
        filled up with zeros.

        Source: necp_get_tlv, necp_get_tlv_at_offset, xnu-4570.51.1, xnu-6153.11.26.
        """
        value = self._first(PolicyTlv.POLICY_ORDER)
        if value is None:
            if kernel.profile.policy_result_must_be_there:
                raise SyscallError(Errno.ENOENT)
            return 0
        if not 0 < len(value) <= POLICY_ORDER.size:
            kernel.log(LOG_ERR, "necp_get_tlv_at_offset")
            raise SyscallError(Errno.EINVAL if value else Errno.ENOENT)
        return int.from_bytes(value, "little")

    def result(self, kernel: KernelState) -> bytes:
        """The policy's result, which may be empty. Raises SyscallError if the kernel finds none.

        Kernel quirk: without a result TLV, the kernel reads one at offset -1. It takes the first
        four bytes of the buffer for the length of the result, and what follows for the result.
        Measured in policy_session_actions.

        Source: necp_handle_policy_add, necp_get_tlv_at_offset, xnu-4570.51.1.
        """
        value = self._first(PolicyTlv.POLICY_RESULT)
        if value is not None:
            return value
        if kernel.profile.policy_result_must_be_there:
            raise SyscallError(Errno.ENOENT)
        header, rest = self._buffer[:4], self._buffer[4:]
        length = int.from_bytes(header, "little")
        if len(header) < 4 or length > len(rest):
            kernel.log(LOG_ERR, "necp_get_tlv_at_offset")
            raise SyscallError(Errno.EINVAL)
        return rest[:length]

    def not_empty(self, kernel: KernelState, type_: PolicyTlv) -> list[bytes]:
        """The values of all TLVs of a type, without empty ones."""
        return [value for tlv_type, value in self._tlvs if tlv_type == type_ and value]

    def end_second_pass(self, kernel: KernelState, type_: PolicyTlv) -> None:
        """Nothing: a malformed TLV of a buffer is not found, so it is not reported either."""

    def _first(self, type_: PolicyTlv) -> bytes | None:
        for tlv_type, value in self._tlvs:
            if tlv_type == type_:
                return value
        return None
