"""Storing all TLVs of a result at once, compared with writing one after the other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from necp_replay.abi.client import CLIENT_RESULT_ROOM_BYTES
from necp_replay.abi.tlv import pack_tlv
from necp_replay.kernel.objects.client import RESULT_OVERFLOWED, Client
from necp_replay.kernel.results.tlv_writer import append_if_it_fits, store_result
from necp_replay.kernel.state import KernelState
from necp_replay.releases.lineage import RELEASES

# Few types and values, so that results often begin alike.
tlvs = st.builds(
    lambda type_, byte, length: pack_tlv(type_, bytes([byte]) * length),
    st.integers(6, 7),
    st.integers(0, 1),
    st.sampled_from((0, 1, 4, 20, 150)),
)
results = st.lists(st.lists(tlvs, max_size=8), min_size=1, max_size=4)


def write_one_by_one(client: Client, result: list[bytes]) -> tuple[bool, int]:
    """Whether the result is news, and how many writes failed."""
    cursor: int | None = 0
    updated = False
    failures = 0
    for tlv in result:
        if cursor is None or cursor + len(tlv) > 512:
            cursor = None
            failures += 1
            continue
        end = cursor + len(tlv)
        for start, stop in ((cursor, cursor + 1), (cursor + 1, cursor + 5), (cursor + 5, end)):
            value = tlv[start - cursor : stop - cursor]
            if updated or client.result[start:stop] != value:
                client.result[start:stop] = value
                updated = updated or bool(value)
        cursor = end
    length = RESULT_OVERFLOWED if cursor is None else cursor
    updated = updated or length != client.result_length
    client.result_length = length
    return updated, failures


@given(results)
def test_it_leaves_the_same_bytes_and_gives_the_same_answer(history: list[list[bytes]]) -> None:
    kernel = KernelState(next(iter(RELEASES.values())))
    stored, written = Client(bytes(16), b"", 1), Client(bytes(16), b"", 1)
    for result in history:
        kernel.effects = []
        content = bytearray()
        overflowed = False
        for tlv in result:
            overflowed = append_if_it_fits(kernel, content, tlv, overflowed=overflowed)
        updated = store_result(stored, content, overflowed=overflowed)
        assert (updated, len(kernel.effects)) == write_one_by_one(written, result)
        assert stored.result == written.result
        assert stored.result_length == written.result_length
        assert len(stored.result) == CLIENT_RESULT_ROOM_BYTES
