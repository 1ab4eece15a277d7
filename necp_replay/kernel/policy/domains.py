"""Compares host names with the domains of policies."""

from __future__ import annotations

_DOT_COUNT_MASK = 0xFF


def trim_dots_and_stars(name: bytes) -> bytes:
    """A name without the dots and stars at either end.

    Source: necp_trim_dots_and_stars, xnu-4570.51.1.
    """
    return name.strip(b".*")


def count_dots(name: bytes) -> int:
    """The number of dots in a name, modulo 256: the kernel stores it in one byte.

    Source: necp_count_dots, xnu-4570.51.1.
    """
    return name.count(b".") & _DOT_COUNT_MASK


def hostname_matches_domain(
    hostname: bytes | None, hostname_dot_count: int, domain: bytes | None, domain_dot_count: int
) -> bool:
    """Whether a trimmed host name is the domain or ends with a dot and the domain.

    Upper and lower case of ASCII letters are the same.

    Kernel quirk: names with the same number of dots must be equal, and the number is stored in a
    byte. So a name with 256 dots more than its domain does not match it. No trace shows it.

    Source: necp_hostname_matches_domain, necp_check_suffix, xnu-4570.51.1.
    """
    if hostname is None or domain is None:
        return hostname is None and domain is None
    if hostname_dot_count == domain_dot_count:
        return hostname.lower() == domain.lower()
    if domain_dot_count < hostname_dot_count:
        return hostname.lower().endswith(b"." + domain.lower())
    return False
