"""Reading the TLVs of a message to the kernel control, as the kernel finds them in a packet."""

from __future__ import annotations

from collections.abc import Iterator

from necp_replay.abi.errno import Errno
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.policy import POLICY_ORDER, PolicyTlv
from necp_replay.abi.tlv import TLV_HEADER, TLV_HEADER_BYTES
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.state import KernelState

_LENGTH_AT = 1
"""Where the length is in a TLV, after its type."""


class PacketTlvs:
    """The TLVs of one message, after its header.

    Kernel quirk: packets are searched by another rule than buffers. A TLV is found by its type
    alone, also where its value is cut off. Reading such a TLV fails with a log record. Values that
    are too long for what they are read into are cut, and shorter ones leave zeros.

    Source: necp_packet_find_tlv, necp_packet_get_tlv_at_offset, xnu-4570.51.1.
    """

    __slots__ = ("_body",)

    def __init__(self, body: bytes) -> None:
        self._body = body

    def value(self, kernel: KernelState, type_: PolicyTlv, most_bytes: int) -> bytes:
        """The first value of a type, cut or filled up to ``most_bytes``.

        Raises SyscallError: ENOENT for a type that is not there, EINVAL for a value cut off.
        """
        offset = next(self._offsets(type_), None)
        if offset is None:
            raise SyscallError(Errno.ENOENT)
        return self._value_at(kernel, offset)[:most_bytes].ljust(most_bytes, b"\0")

    def order(self, kernel: KernelState) -> int:
        """The policy's order. Raises SyscallError."""
        return int.from_bytes(
            self.value(kernel, PolicyTlv.POLICY_ORDER, POLICY_ORDER.size), "little"
        )

    def result(self, kernel: KernelState) -> bytes:
        """The policy's result, whole. Raises SyscallError."""
        offset = next(self._offsets(PolicyTlv.POLICY_RESULT), None)
        if offset is None:
            raise SyscallError(Errno.EINVAL)
        return self._value_at(kernel, offset)

    def not_empty(self, kernel: KernelState, type_: PolicyTlv) -> list[bytes]:
        """The values of all TLVs of a type that have one; one that is cut off is logged."""
        values = []
        for offset in self._offsets(type_):
            try:
                value = self._value_at(kernel, offset)
            except SyscallError:
                continue
            if value:
                values.append(value)
        return values

    def end_second_pass(self, kernel: KernelState, type_: PolicyTlv) -> None:
        """Log again what is cut off: the kernel reads all TLVs of a type twice."""
        self.not_empty(kernel, type_)

    def _offsets(self, type_: PolicyTlv) -> Iterator[int]:
        """Where TLVs of a type begin, up to the end of the packet."""
        offset = 0
        while offset < len(self._body):
            if self._body[offset] == type_:
                yield offset
            if offset + TLV_HEADER_BYTES > len(self._body):
                return
            _, length = TLV_HEADER.unpack_from(self._body, offset)
            offset += TLV_HEADER_BYTES + length

    def _value_at(self, kernel: KernelState, offset: int) -> bytes:
        if offset + TLV_HEADER_BYTES > len(self._body):
            raise SyscallError(Errno.EINVAL)
        _, length = TLV_HEADER.unpack_from(self._body, offset)
        start = offset + TLV_HEADER_BYTES
        if start + length > len(self._body):
            kernel.log(LOG_ERR, "necp_packet_get_tlv_at_offset")
            raise SyscallError(Errno.EINVAL)
        return self._body[start : start + length]
