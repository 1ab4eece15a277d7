"""What one test found, small and plain enough to travel from a worker of xdist to the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from necp_replay.replay.report_model import TraceReport


@dataclass(slots=True)
class Found:
    """What one trace did as one test. ``path`` is absolute, ``tests`` names all of the trace's.

    ``name`` is the trace's below its root, ``shown`` the path to type where pytest was started,
    and ``is_own`` says that it was replayed on the release it was recorded on. ``is_measured``
    says that it needs no golden. ``hidden`` counts what rules hid, by their numbers. ``written``
    says which goldens were accepted.

    ``verdict`` is the replay's, an error until there is one. Of a failure, ``vanished`` is the rule
    whose difference is gone, and ``painted``, ``causes`` and ``advice`` are the failure's own.
    """

    path: str
    name: str
    shown: str
    test: str
    tests: list[str]
    is_own: bool = False
    is_measured: bool = False
    hidden: dict[str, int] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    verdict: str = "error"
    painted: str = ""
    causes: list[tuple[str, str]] = field(default_factory=list)
    advice: list[tuple[str, str]] = field(default_factory=list)
    vanished: int | None = None

    def as_plain(self) -> dict[str, Any]:
        """As nothing but dictionaries, lists, text and numbers."""
        return asdict(self)

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Self:
        """The reverse of :meth:`as_plain`."""
        return cls(**plain)

    def report(self) -> TraceReport:
        """As much of the replay's report as says what rules did in it."""
        from necp_replay.replay.report_model import TraceReport, Verdict

        could_run = self.verdict != Verdict.ERROR.value
        return TraceReport(
            self.shown,
            self.test,
            error=None if could_run else "could not run",
            hidden={int(rule): count for rule, count in self.hidden.items()},
        )
