"""Stores a client's result in its buffer, and finds out whether it changed.

The kernel writes one TLV after the other over the last result. It compares each with the bytes that
are there, and from the first that differs on, everything counts as changed. Here all TLVs are
compared and stored at once. The bytes and the answer are the same, because nothing reads the buffer
between two writes. The exception is the TLV about the background, which the kernel writes
differently if something before it changed; :func:`would_change` tells it that.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from necp_replay.abi.client import ClientResult, ClientResultFlag
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.tlv import TLV_HEADER, TLV_HEADER_BYTES
from necp_replay.kernel.objects.client import RESULT_OVERFLOWED, Client
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState

U32_TLV: Final = Struct("<BII")
"""A TLV with a number of four bytes: FLAGS and most other TLVs of a result."""


def store_result(
    client: Client, tlvs: bytearray, *, overflowed: bool, ignored_tlv_at: int | None = None
) -> bool:
    """Store the TLVs of a result. Returns whether a byte or the length is different from before.

    Bytes after the TLVs stay. The next update is compared with them. The TLV with a 32-bit value
    at ``ignored_tlv_at`` is stored, but does not count as a difference.

    Source: necp_buffer_write_tlv_if_different, necp_update_client_result, xnu-4570.51.1.
    """
    if ignored_tlv_at is None:
        updated = not client.result.startswith(tlvs)
    else:
        end = ignored_tlv_at + U32_TLV.size
        updated = (
            client.result[:ignored_tlv_at] != tlvs[:ignored_tlv_at]
            or client.result[end : len(tlvs)] != tlvs[end:]
        )
        client.result[ignored_tlv_at:end] = tlvs[ignored_tlv_at:end]
    if updated:
        client.result[: len(tlvs)] = tlvs
    # Kernel quirk: after an overflow, the cursor is null and the length, which is computed from
    # it, wraps to a huge number. Measured in result_overflow_agents.
    length = RESULT_OVERFLOWED if overflowed else len(tlvs)
    if length != client.result_length:
        client.result_length = length
        updated = True
    return updated


def would_change(client: Client, tlvs: bytearray) -> bool:
    """Whether storing these TLVs would change a byte of the buffer."""
    return not client.result.startswith(tlvs)


def append_if_it_fits(
    kernel: KernelState, tlvs: bytearray, tlv: bytes, *, overflowed: bool
) -> bool:
    """Append a TLV if it fits and all before it did. Returns whether the buffer has overflowed.

    Kernel quirk: a TLV that does not fit makes the cursor null, so every TLV after it fails too,
    even if it would fit. Each failure is logged. Measured in result_overflow_agents. From
    xnu-6153 on, the cursor stays where it was.

    Source: necp_buffer_write_tlv_validate, xnu-4570.51.1, xnu-6153.11.26.
    """
    if overflowed or len(tlvs) + len(tlv) > kernel.profile.client_result_max_bytes:
        kernel.log(LOG_ERR, "necp_buffer_write_tlv_validate")
        return not kernel.profile.full_result_skips_tlvs
    tlvs += tlv
    return False


def stored_flags(client: Client) -> int | None:
    """The flags of the stored result; None if it does not start with a TLV of their length.

    Source: necp_set_client_defunct, necp_client_copy_parameters_locked, xnu-4570.51.1.
    """
    _, length = TLV_HEADER.unpack_from(client.result)
    if length != U32_TLV.size - TLV_HEADER_BYTES:
        return None
    _, _, flags = U32_TLV.unpack_from(client.result)
    return int(flags)


def store_defunct_flag(client: Client) -> bool:
    """Set DEFUNCT in the flags of the stored result. Returns whether that changed them.

    Source: necp_set_client_defunct, xnu-4570.51.1.
    """
    flags = stored_flags(client)
    if flags is None:
        return False
    tlv = U32_TLV.pack(ClientResult.FLAGS, 4, flags | int(ClientResultFlag.DEFUNCT))
    if client.result.startswith(tlv):
        return False
    client.result[: len(tlv)] = tlv
    return True


TLVS_AFTER_AN_OVERFLOW_ARE_LOST: Final = Quirk(
    "A result that outgrows its 512 bytes loses the TLV that does not fit and all after it, "
    "each with a log record.",
    "necp_buffer_write_tlv_if_different",
    "results/test_update.py::test_every_tlv_from_the_one_that_does_not_fit_on_is_logged",
)
BYTES_PAST_A_SHORTER_RESULT_STAY: Final = Quirk(
    "The bytes after the end of a shorter result stay, and the next update is compared with them.",
    "necp_buffer_write_tlv_if_different",
    "results/test_update.py"
    "::test_bytes_past_a_shorter_result_stay_and_take_part_in_the_next_comparison",
)
EVERYTHING_AFTER_A_CHANGE_IS_CHANGED: Final = Quirk(
    "Once one TLV of a result differs, everything after it counts as changed.",
    "necp_buffer_write_tlv_if_different",
    "results/test_tlv_writer.py::test_it_leaves_the_same_bytes_and_gives_the_same_answer",
)
