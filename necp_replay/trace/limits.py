"""Limits on large chunks, so that a small file cannot take much memory when it is parsed.

A parsed protobuf message takes many times the memory of its bytes. For chunks of up to 1 MiB that
does not matter. The fields of a larger chunk are counted before it is parsed.
"""

from __future__ import annotations

from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor

from necp_replay.errors import TraceError
from necp_replay.trace.pb import trace_pb2

ORDINARY_CHUNK_BYTES: Final = 1024 * 1024
"""A chunk of more bytes may only hold the header or exactly one record."""
MAX_FIELDS: Final = 1_000_000
"""The most fields and numbers in such a chunk, those of nested messages included."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED_BYTES: Final = {_FIXED64: 8, _FIXED32: 4}


def check_large_chunk(content: bytes) -> None:
    """Raise TraceError if parsing a chunk would take too much memory.

    Bytes that are not a message pass: the parser refuses them without using memory.
    """
    if len(content) <= ORDINARY_CHUNK_BYTES:
        return
    parts, fields = _count_fields(content, trace_pb2.Chunk.DESCRIPTOR)
    if parts > 1:
        raise TraceError("a chunk of more than 1 MiB holds more than one record or header")
    if fields > MAX_FIELDS:
        raise TraceError(f"a chunk with more than {MAX_FIELDS} fields")


def check_large_message(content: bytes, kind: Any) -> None:
    """The same for a message of any kind (its descriptor), such as a reply of an engine."""
    if len(content) > ORDINARY_CHUNK_BYTES and _count_fields(content, kind)[1] > MAX_FIELDS:
        raise TraceError(f"a message with more than {MAX_FIELDS:,} fields")


def _count_fields(content: bytes, outermost: Any) -> tuple[int, int]:
    """The number of messages directly in a message, and of all fields and numbers in it.

    Counting stops above :data:`MAX_FIELDS`, or at the first byte that is not part of a field.
    """
    parts = fields = 0
    pending: list[tuple[int, int, Any]] = [(0, len(content), outermost)]
    try:
        while pending and fields <= MAX_FIELDS:
            offset, end, message = pending.pop()
            is_outermost = message is outermost
            while offset < end and fields <= MAX_FIELDS:
                tag, offset = _read_varint(content, offset)
                fields += 1
                wire_type = tag & 7
                if wire_type == _VARINT:
                    _, offset = _read_varint(content, offset)
                elif wire_type == _BYTES:
                    length_bytes, offset = _read_varint(content, offset)
                    field = message.fields_by_number.get(tag >> 3)
                    if field is not None and field.message_type is not None:
                        pending.append((offset, offset + length_bytes, field.message_type))
                        parts += is_outermost
                    elif field is not None and _may_be_packed(field):
                        fields += length_bytes
                    offset += length_bytes
                else:
                    offset += _FIXED_BYTES.get(wire_type, 0)
    except IndexError:
        return parts, fields
    return parts, fields


def _may_be_packed(field: FieldDescriptor) -> bool:
    return field.cpp_type not in (FieldDescriptor.CPPTYPE_STRING, FieldDescriptor.CPPTYPE_MESSAGE)


def _read_varint(content: bytes, offset: int) -> tuple[int, int]:
    """A varint (7 bits a byte) and the offset after it. Raises IndexError past the end."""
    value = shift = 0
    while True:
        byte = content[offset]
        offset += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80 or shift > 63:
            return value, offset
        shift += 7
