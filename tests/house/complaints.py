"""Applies a house rule to the whole project and says all it found."""

from collections.abc import Callable, Iterator

from tests.house.source import Source, python_files

Rule = Callable[[Source], Iterator[str]]


def complaints_of(rule: Rule, *folders: str) -> list[str]:
    """Apply a rule to every hand-written Python file of some folders."""
    return [complaint for source in python_files(*folders) for complaint in rule(source)]


def assert_none(complaints: list[str]) -> None:
    """Fail with every complaint on a line of its own."""
    assert not complaints, "\n" + "\n".join(complaints)
