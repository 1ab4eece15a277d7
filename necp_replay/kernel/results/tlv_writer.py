"""The result buffer: TLVs are stored in place and compared with what stood there.

The kernel writes one TLV after the other over the last result, and from the first byte that differs
on everything counts as changed. Comparing and writing the finished TLVs at once leaves the same
bytes and the same answer, since nothing between two writes reads the buffer, but for the one
question that :func:`would_change` answers.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from necp_replay.abi.client import MAX_CLIENT_RESULT_BYTES, ClientResult, ClientResultFlag
from necp_replay.abi.log import LOG_ERR
from necp_replay.abi.tlv import TLV_HEADER, TLV_HEADER_BYTES
from necp_replay.kernel.objects.client import RESULT_OVERFLOWED, Client
from necp_replay.kernel.quirk import Quirk
from necp_replay.kernel.state import KernelState

U32_TLV: Final = Struct("<BII")
"""Type, length 4, and a number: most TLVs of a result, FLAGS among them."""


def store_result(client: Client, tlvs: bytearray, *, overflowed: bool) -> bool:
    """Store a result's TLVs; whether a byte or the length differs from before.

    Bytes past the TLVs stay, and take part in the next comparison.

    Source: necp_buffer_write_tlv_if_different, necp_update_client_result, xnu-4570.51.1.
    """
    updated = would_change(client, tlvs)
    if updated:
        client.result[: len(tlvs)] = tlvs
    # Kernel quirk: after an overflow the length is computed from a null cursor.
    length = RESULT_OVERFLOWED if overflowed else len(tlvs)
    if length != client.result_length:
        client.result_length = length
        updated = True
    return updated


def would_change(client: Client, tlvs: bytearray) -> bool:
    """Whether storing these TLVs at the start of the buffer would change a byte of it."""
    return not client.result.startswith(tlvs)


def append_if_it_fits(
    kernel: KernelState, tlvs: bytearray, tlv: bytes, *, overflowed: bool
) -> bool:
    """Append a TLV unless the buffer has no room for it or for one before it; whether it failed.

    Kernel quirk: the TLV that does not fit makes the cursor null, so every one after it fails too,
    with a log record each.

    Source: necp_buffer_write_tlv_validate, xnu-4570.51.1.
    """
    if overflowed or len(tlvs) + len(tlv) > MAX_CLIENT_RESULT_BYTES:
        kernel.log(LOG_ERR, "necp_buffer_write_tlv_validate")
        return True
    tlvs += tlv
    return False


def stored_flags(client: Client) -> int | None:
    """The flags that stand first in the buffer; None when nothing of their length does.

    Source: necp_set_client_defunct, necp_client_copy_parameters_locked, xnu-4570.51.1.
    """
    _, length = TLV_HEADER.unpack_from(client.result)
    if length != U32_TLV.size - TLV_HEADER_BYTES:
        return None
    _, _, flags = U32_TLV.unpack_from(client.result)
    return int(flags)


def store_defunct_flag(client: Client) -> bool:
    """Set DEFUNCT in the stored flags; whether that changed them.

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
