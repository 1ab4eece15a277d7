"""Host names compared with domains."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.kernel.policy.domains import (
    count_dots,
    hostname_matches_domain,
    trim_dots_and_stars,
)

labels = st.text(alphabet="abAB\xe9", max_size=2).map(lambda label: label.encode("latin-1"))
names = st.lists(labels, min_size=1, max_size=4).map(b".".join).map(trim_dots_and_stars)


def matches(hostname: bytes, domain: bytes) -> bool:
    return hostname_matches_domain(hostname, count_dots(hostname), domain, count_dots(domain))


@pytest.mark.parametrize(
    ("hostname", "domain", "expected"),
    [
        (b"apple.com", b"apple.com", True),
        (b"APPLE.com", b"apple.COM", True),
        (b"www.apple.com", b"apple.com", True),
        (b"www.pineapple.com", b"apple.com", False),
        (b"apple.com", b"www.apple.com", False),
        (b"com", b"apple.com", False),
        (b"", b"", True),
        (b"a.b", b"", False),
        (b"\xc9.com", b"\xe9.com", False),
    ],
)
def test_a_name_matches_its_domain_and_every_domain_above(
    hostname: bytes, domain: bytes, expected: bool
) -> None:
    assert matches(hostname, domain) is expected


@pytest.mark.parametrize(
    ("name", "trimmed"),
    [
        (b"*.apple.com", b"apple.com"),
        (b"..*apple*.com.*", b"apple*.com"),
        (b".*.", b""),
        (b"", b""),
    ],
)
def test_dots_and_stars_are_trimmed_at_the_ends_only(name: bytes, trimmed: bytes) -> None:
    assert trim_dots_and_stars(name) == trimmed


def test_no_name_matches_no_domain_only() -> None:
    assert hostname_matches_domain(None, 0, None, 0)
    assert not hostname_matches_domain(None, 0, b"", 0)
    assert not hostname_matches_domain(b"", 0, None, 0)


def test_dots_are_counted_in_a_byte() -> None:
    deep = b"a." * 256 + b"apple.com"
    assert count_dots(deep) == count_dots(b"apple.com")
    assert not matches(deep, b"apple.com")


@given(names, names)
def test_a_match_is_a_comparison_of_labels_from_the_right(hostname: bytes, domain: bytes) -> None:
    wanted = domain.lower().split(b".")
    assert matches(hostname, domain) == (hostname.lower().split(b".")[-len(wanted) :] == wanted)
