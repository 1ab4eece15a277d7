"""Host names against domain conditions: dots and stars trimmed, then compared label-wise."""

from __future__ import annotations

_DOT_COUNT_MASK = 0xFF


def trim_dots_and_stars(name: bytes) -> bytes:
    """A name without the dots and stars at either end.

    Source: necp_trim_dots_and_stars, xnu-4570.51.1.
    """
    return name.strip(b".*")


def count_dots(name: bytes) -> int:
    """Dots in a name, as the kernel stores the number: in one byte.

    Source: necp_count_dots, xnu-4570.51.1.
    """
    return name.count(b".") & _DOT_COUNT_MASK


def hostname_matches_domain(
    hostname: bytes | None, hostname_dot_count: int, domain: bytes | None, domain_dot_count: int
) -> bool:
    """Whether a trimmed host name is the domain, or ends in it after a dot; ASCII case is ignored.

    Kernel quirk: equal numbers of dots allow equality only, and the numbers are kept in a byte, so
    a name with 256 more dots than its domain does not match it.

    Source: necp_hostname_matches_domain, necp_check_suffix, xnu-4570.51.1.
    """
    if hostname is None or domain is None:
        return hostname is None and domain is None
    if hostname_dot_count == domain_dot_count:
        return hostname.lower() == domain.lower()
    if domain_dot_count < hostname_dot_count:
        return hostname.lower().endswith(b"." + domain.lower())
    return False
