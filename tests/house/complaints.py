"""Applies a house rule to every Python file of some folders."""

from collections.abc import Callable, Iterator

from tests.house.source import Source, python_files

Rule = Callable[[Source], Iterator[str]]


def complaints_of(rule: Rule, *folders: str) -> list[str]:
    """Apply a rule to every hand-written Python file of some folders, and list what is wrong."""
    return [complaint for source in python_files(*folders) for complaint in rule(source)]
