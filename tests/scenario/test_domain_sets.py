"""The bytes of domain filters and tries that scenarios make."""

from __future__ import annotations

import pytest

from necp_replay.abi.domain_filter import FILTER_HEADER, TRIE_HEADER
from necp_replay.errors import ScenarioError
from necp_replay.kernel.policy.bloom_filter import contains
from necp_replay.kernel.policy.trie_search import sizes_fit
from necp_replay.scenario.domain_sets import domain_filter, domain_trie


def test_a_filter_has_the_bits_it_was_given() -> None:
    made = domain_filter(["example.com"], bits=100)
    assert (FILTER_HEADER.unpack_from(made), len(made)) == ((100,), 20)
    assert contains(made, b"example.com")


def test_a_trie_shares_what_its_names_have_in_common() -> None:
    one, two = domain_trie(["a.example.com"]), domain_trie(["a.example.com", "b.example.com"])
    assert sizes_fit(one)
    assert sizes_fit(two)
    assert (TRIE_HEADER.unpack_from(one)[7], TRIE_HEADER.unpack_from(two)[7]) == (13, 14)


def test_a_trie_holds_ascii_only() -> None:
    with pytest.raises(ScenarioError, match="nothing but ASCII"):
        domain_trie(["b\u00fccher.example"])
