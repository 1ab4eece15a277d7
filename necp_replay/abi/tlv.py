"""The TLV codec: a 1-byte type, a 4-byte length in host order, and that many bytes, unaligned.

Source: ``struct necp_tlv_header``, bsd/net/necp.h.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Final

TLV_HEADER: Final = Struct("<BI")
TLV_HEADER_BYTES: Final = 5


def pack_tlv(type_: int, value: bytes) -> bytes:
    """One TLV: header and value."""
    return TLV_HEADER.pack(type_, len(value)) + value


def iterate_tlvs(data: bytes | bytearray | memoryview) -> Iterator[tuple[int, int, bytes]]:
    """Yield (offset of the header, type, value) while whole TLVs follow each other.

    Stops silently at the first TLV whose value would pass the end; use :func:`tlvs_end` to learn
    where. Meant for reading well-formed answers; the engine has stricter readers of its own.
    """
    offset = 0
    total = len(data)
    while offset + TLV_HEADER_BYTES <= total:
        type_, length = TLV_HEADER.unpack_from(data, offset)
        end = offset + TLV_HEADER_BYTES + length
        if end > total:
            return
        yield offset, type_, bytes(data[offset + TLV_HEADER_BYTES : end])
        offset = end


def tlvs_end(data: bytes | bytearray | memoryview) -> int:
    """The offset of the first byte that no whole TLV covers."""
    offset = 0
    total = len(data)
    while offset + TLV_HEADER_BYTES <= total:
        _, length = TLV_HEADER.unpack_from(data, offset)
        if offset + TLV_HEADER_BYTES + length > total:
            break
        offset += TLV_HEADER_BYTES + length
    return offset
