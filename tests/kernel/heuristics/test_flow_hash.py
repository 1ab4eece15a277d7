"""The hash of TCP's caches."""

from __future__ import annotations

import pytest

from necp_replay.kernel.heuristics.flow_hash import flow_hash

KNOWN = {
    b"": 0,
    b"hello": 0x41BD9B02,
    b"The quick brown fox jumps over the lazy dog": 0xBC071B6C,
}


@pytest.mark.parametrize(("key", "hashed"), KNOWN.items())
def test_the_hash_is_the_published_one(key: bytes, hashed: int) -> None:
    assert flow_hash(key, 0) == hashed


def test_another_seed_gives_another_hash() -> None:
    assert flow_hash(b"hello", 1) != flow_hash(b"hello", 0)
