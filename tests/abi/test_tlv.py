"""TLVs are packed and read back, and reading ends before one that is cut."""

from hypothesis import given
from hypothesis import strategies as st

from necp_replay.abi.tlv import iterate_tlvs, pack_tlv, tlvs_end

TLVS = st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=40)), max_size=8)


@given(TLVS)
def test_packed_tlvs_are_read_back_with_their_offsets(tlvs: list[tuple[int, bytes]]) -> None:
    packed = [pack_tlv(type_, value) for type_, value in tlvs]
    offsets = [sum(map(len, packed[:position])) for position in range(len(packed))]
    content = b"".join(packed)
    expected = [(offset, *tlv) for offset, tlv in zip(offsets, tlvs, strict=True)]
    assert list(iterate_tlvs(content)) == expected
    assert tlvs_end(content) == len(content)


@given(st.binary(max_size=100))
def test_reading_any_bytes_ends_where_no_whole_tlv_follows(content: bytes) -> None:
    found = list(iterate_tlvs(content))
    assert content.startswith(b"".join(pack_tlv(type_, value) for _, type_, value in found))
    assert tlvs_end(content) == sum(5 + len(value) for _, _, value in found)


def test_a_length_beyond_the_end_ends_reading() -> None:
    whole = pack_tlv(1, b"ab")
    cut = whole + b"\x02\xff\xff\xff\xffc"
    assert list(iterate_tlvs(cut)) == [(0, 1, b"ab")]
    assert tlvs_end(cut) == len(whole)
