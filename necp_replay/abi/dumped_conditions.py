"""The conditions of a policy in a dump: TLVs, in later releases with flags before each value.

The length of such a TLV does not count its byte of flags. Which form a dump has is found from the
place where its conditions end. Source: necp_handle_policy_dump_all, xnu-4570.51.1;
necp_buffer_write_tlv_with_flags, xnu-11215.1.10.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from necp_replay.abi.policy import PolicyCondition
from necp_replay.abi.tlv import TLV_HEADER, TLV_HEADER_BYTES
from necp_replay.dataclass import dataclass

_FLAGS_BYTES: Final = 1
_TYPES: Final = frozenset(int(type_) for type_ in PolicyCondition)


@dataclass(frozen=True, slots=True)
class DumpedCondition:
    """A condition: type, flags (None in the form without), length as stated, and value.

    The value is shorter than ``length`` bytes if it is cut.
    """

    type_: int
    flags: int | None
    length: int
    value: bytes

    def pack(self, value: bytes) -> bytes:
        """The condition as the dump has it, with a value of as many bytes in its place."""
        flags = b"" if self.flags is None else bytes((self.flags,))
        return TLV_HEADER.pack(self.type_, self.length) + flags + value


def read_conditions(content: bytes, *, have_flags: bool) -> tuple[list[DumpedCondition], bytes]:
    """The conditions of a policy, and what follows that is too short for one."""
    header_bytes = TLV_HEADER_BYTES + (_FLAGS_BYTES if have_flags else 0)
    conditions = []
    offset = 0
    while offset + header_bytes <= len(content):
        type_, length = TLV_HEADER.unpack_from(content, offset)
        start = offset + header_bytes
        flags = content[start - 1] if have_flags else None
        value = content[start : start + length]
        conditions.append(DumpedCondition(type_, flags, length, value))
        offset = start + length
    return conditions, content[offset:]


def are_whole(conditions: list[DumpedCondition], rest: bytes) -> bool:
    """Whether conditions that were read are of known types, and end where their content does."""
    return not rest and all(
        each.type_ in _TYPES and len(each.value) == each.length for each in conditions
    )


def conditions_have_flags(contents: Iterable[bytes]) -> bool:
    """Whether the policies of one dump have conditions with flags, given those of each policy."""
    with_flags = without = 0
    for content in contents:
        with_flags += are_whole(*read_conditions(content, have_flags=True))
        without += are_whole(*read_conditions(content, have_flags=False))
    return with_flags > without
