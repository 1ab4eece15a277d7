"""Fails a test with all that is wrong in a table, not only with the first row."""

from collections.abc import Iterable


def assert_none(complaints: Iterable[str]) -> None:
    """Fail if there are complaints, and print each on a line of its own."""
    found = list(complaints)
    assert not found, "\n" + "\n".join(found)
