"""What keeps a small file from becoming large in memory: the largest chunks, and what they hold.

Parsed messages take many times the bytes of their fields. An ordinary chunk is small enough for
that not to matter; a larger one is looked through before it is parsed.
"""

from __future__ import annotations

from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor

from necp_replay.errors import TraceError
from necp_replay.trace.pb import trace_pb2

ORDINARY_CHUNK_BYTES: Final = 1024 * 1024
"""A larger chunk holds the header or exactly one record."""
MAX_FIELDS: Final = 1_000_000
"""A larger chunk has no more fields and numbers in it, its nested messages included."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED_BYTES: Final = {_FIXED64: 8, _FIXED32: 4}


def check_large_chunk(content: bytes) -> None:
    """Refuse, with a TraceError, a chunk that would take too much memory once parsed.

    What is not a message at all passes: the parser finds that without spending memory.
    """
    if len(content) <= ORDINARY_CHUNK_BYTES:
        return
    parts, fields = _count_fields(content)
    if parts > 1:
        raise TraceError("a chunk of more than 1 MiB holds more than one record or header")
    if fields > MAX_FIELDS:
        raise TraceError(f"a chunk with more than {MAX_FIELDS} fields")


def _count_fields(content: bytes) -> tuple[int, int]:
    """How many messages stand directly in a chunk, and how many fields and numbers in all.

    Counting ends as soon as there are more than :data:`MAX_FIELDS`, or at what is no field.
    """
    parts = fields = 0
    outermost: Any = trace_pb2.Chunk.DESCRIPTOR
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
    """A number of 7 bits a byte, and where it ends; IndexError past the end of the content."""
    value = shift = 0
    while True:
        byte = content[offset]
        offset += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80 or shift > 63:
            return value, offset
        shift += 7
