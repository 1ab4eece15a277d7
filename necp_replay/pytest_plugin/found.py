"""What one test found, small and plain enough to travel from a worker of xdist to the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(slots=True)
class Found:
    """What one trace did as one test. ``path`` is absolute, ``tests`` names all of the trace's.

    ``name`` is the trace's below its root, ``shown`` the path to type where pytest was started.
    ``written`` says which goldens were accepted. Of a failure, ``verdict`` is the replay's,
    ``painted`` its text in colour, ``causes`` the group and the line of the first difference of
    each group, and ``may_be_accepted`` says that it differs from nothing but its golden.
    """

    path: str
    name: str
    shown: str
    test: str
    tests: list[str]
    written: list[str] = field(default_factory=list)
    verdict: str = "identical"
    may_be_accepted: bool = False
    painted: str = ""
    causes: list[tuple[str, str]] = field(default_factory=list)

    def as_plain(self) -> dict[str, Any]:
        """As nothing but dictionaries, lists, text and numbers."""
        return asdict(self)

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Self:
        """The reverse of :meth:`as_plain`."""
        return cls(**plain)
