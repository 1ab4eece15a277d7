"""Bloom filters: their hashes, their size, and which names are in them."""

from __future__ import annotations

import pytest

from necp_replay.kernel.policy.bloom_filter import (
    contains,
    filter_bytes,
    lookup3,
    murmur3_x86_32,
)
from necp_replay.scenario.domain_sets import domain_filter


@pytest.mark.parametrize(
    ("key", "expected"),
    [(b"", 0xDEADBEEF), (b"Four score and seven years ago", 0x17770551)],
)
def test_the_first_hash_is_lookup3(key: bytes, expected: int) -> None:
    assert lookup3(key) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [(b"", 0), (b"hello", 0x248BFA47), (b"hello, world", 0x149BBB7F)],
)
def test_the_second_hash_is_murmur3_for_32_bits(key: bytes, expected: int) -> None:
    assert murmur3_x86_32(key) == expected


@pytest.mark.parametrize(("bits", "size"), [(0, 4), (1, 8), (32, 8), (33, 12)])
def test_a_filter_has_whole_words_after_the_number_of_bits(bits: int, size: int) -> None:
    assert filter_bytes(bits) == size


def test_names_that_were_put_in_are_found_and_few_others() -> None:
    inside = [f"host{number}.example.com" for number in range(50)]
    made = domain_filter(inside, bits=1024)
    others = [f"other{number}.example.org" for number in range(200)]
    assert all(contains(made, name.encode()) for name in inside)
    assert sum(contains(made, name.encode()) for name in others) < 10
