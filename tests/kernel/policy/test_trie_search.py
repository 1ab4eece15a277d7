"""Domain tries: which names are found in them, and where a search ends."""

from __future__ import annotations

import pytest

from necp_replay.abi.domain_filter import NO_TRIE_INDEX, TRIE_HEADER, TRIE_LEAF, TRIE_NODE
from necp_replay.kernel.exceptions import NotModelled, UnknownInput
from necp_replay.kernel.objects.domain_filter import DomainTrie
from necp_replay.kernel.objects.policy_session import PolicySession
from necp_replay.kernel.policy.trie_search import is_in_trie, sizes_fit
from necp_replay.scenario.domain_sets import domain_trie

NAMES = ["example.com", "example.org", "sample.com", "com"]
OWNER = PolicySession(1, 1)


def trie_of(request: bytes) -> DomainTrie:
    return DomainTrie(10_001, request, OWNER)


def found(request: bytes, *names: str, around: tuple[int, int] | None = None) -> list[bool]:
    trie = trie_of(request)
    return [is_in_trie(trie, name.encode(), around) for name in names]


def one_node(*, length: int, child_map: int = NO_TRIE_INDEX, maps: bytes = b"") -> bytes:
    """A trie whose root has the first ``length`` bytes of ``com``, and no flags."""
    node = TRIE_NODE.pack(0, length, child_map, 0, 0)
    sizes = (len(node), len(maps), 3)
    return (
        TRIE_HEADER.pack(0, sum(sizes), *sizes, 1, len(maps) // 192, 3, 0, 0) + node + maps + b"com"
    )


@pytest.mark.parametrize("from_end", [True, False])
def test_every_name_of_a_trie_is_found_and_no_other(from_end: bool) -> None:
    request = domain_trie(NAMES, takes_subdomains=False, from_end=from_end)
    assert found(request, *NAMES) == [True] * len(NAMES)
    assert found(request, "example.co", "le.com", "example.comm", "www.example.org") == [False] * 4


def test_names_below_one_of_a_trie_are_found_where_a_part_is_enough() -> None:
    request = domain_trie(["example.org"])
    names = ("example.org", "www.example.org", "wwwexample.org", "www.example.com")
    assert found(request, *names) == [True, True, False, False]


def test_a_part_is_taken_where_a_longer_name_is_not_found() -> None:
    request = domain_trie(["com", "example.com"])
    assert found(request, "sample.com", "a.example.com", "samplecom") == [True, True, False]


def test_letters_are_compared_with_their_case_and_others_than_ascii_end_a_search() -> None:
    request = domain_trie(["example.com"])
    assert found(request, "EXAMPLE.COM", "ex\u00e4mple.example.com") == [False, True]
    assert found(request, "\u00e4.com", "\u00e4example.com") == [False, False]


def test_a_terminator_that_is_no_ascii_character_ends_no_name() -> None:
    request = bytearray(domain_trie(["com"]))
    request[32] = 0xAE
    assert found(bytes(request), "a.com", "com") == [False, True]


def test_an_empty_name_is_in_no_trie() -> None:
    assert found(one_node(length=TRIE_LEAF), "") == [False]


def test_the_character_next_to_a_name_is_compared_where_the_release_does() -> None:
    empty_leaf = TRIE_NODE.pack(0, TRIE_LEAF, NO_TRIE_INDEX, 0, 0)
    root = TRIE_NODE.pack(0, 3, 0, 0, 0)
    children = [0xFFFF] * 96
    children[ord(".") - 32] = 1
    maps = b"".join(child.to_bytes(2, "little") for child in children)
    sizes = (20, 192, 3)
    header = TRIE_HEADER.pack(0, sum(sizes), *sizes, 2, 1, 3, 0, 0)
    request = header + root + empty_leaf + maps + b"com"
    assert found(request, "com", around=(0, ord("."))) == [True]
    assert found(request, "com", around=(ord("."), 0)) == [False]
    assert found(request, "com") == [False]


def test_nothing_is_in_a_trie_without_nodes() -> None:
    assert found(bytes(TRIE_HEADER.size), "com", "example.com") == [False, False]


def test_a_node_that_is_its_own_child_is_not_modelled() -> None:
    request = one_node(length=0, child_map=0, maps=bytes(192))
    with pytest.raises(NotModelled, match="does not end"):
        found(request, "com")


def test_what_is_in_a_trie_whose_memory_is_gone_is_not_known() -> None:
    trie = trie_of(domain_trie(["com"]))
    trie.is_released = True
    with pytest.raises(UnknownInput):
        is_in_trie(trie, b"com", None)


@pytest.mark.parametrize(
    ("field", "change", "fits"),
    [
        (0, 7, True),
        (1, 1, False),
        (2, 10, False),
        (5, 1, False),
        (5, 0x10000, True),
        (6, 1, False),
        (7, 1, False),
        (9, 8, True),
    ],
)
def test_sizes_have_to_fit_counts_of_16_bits(field: int, change: int, fits: bool) -> None:
    fields = list(TRIE_HEADER.unpack_from(domain_trie(["com"])))
    fields[field] += change
    assert sizes_fit(TRIE_HEADER.pack(*fields)) is fits
