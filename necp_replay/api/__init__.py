"""The public interface for programs that replay many traces: find, replay, merge, judge.

A run is a :class:`Suite`: the traces, and what they are compared with. Any part of it can be
replayed on any machine, in any order, in any process. The result is a :class:`RunPart`. Parts are
merged in any order, and the verdict on the merged part is that of one run over all traces:

    from necp_replay import api

    suite = api.find(["traces"])
    parts = [api.replay_part(suite, numbers) for numbers in ([0, 2], [1])]
    run = api.judge(api.merge(parts))
    print(run.exit_status)

Everything here is immutable or a plain container, and can be pickled, so that it can be sent to
other processes and machines that have the same version of necp_replay. Shards of CI and the Dask
scheduler use only this. docs/api-suites.md describes it, and what is promised.

Start with `suite.py`. It imports what `necp-replay replay` uses: `project`, `golden`, `rules`,
`replay`, `engines`, `suite` and what is below them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from necp_replay.api.basis import Basis
    from necp_replay.api.judging import judge
    from necp_replay.api.parts import NamedReport, RunPart, merge
    from necp_replay.api.stored import part_from_json, part_to_json
    from necp_replay.api.suite import Options, Suite, find, replay, replay_part
    from necp_replay.outcomes.trace_report import TraceReport, Verdict
    from necp_replay.replay.findings.run_report import RunReport
    from necp_replay.trace.find import FoundTrace

__all__ = (
    "Basis",
    "FoundTrace",
    "NamedReport",
    "Options",
    "RunPart",
    "RunReport",
    "Suite",
    "TraceReport",
    "Verdict",
    "find",
    "judge",
    "merge",
    "part_from_json",
    "part_to_json",
    "replay",
    "replay_part",
)

_PLACES: Final = {
    "Basis": "necp_replay.api.basis",
    "FoundTrace": "necp_replay.trace.find",
    "NamedReport": "necp_replay.api.parts",
    "Options": "necp_replay.api.suite",
    "RunPart": "necp_replay.api.parts",
    "RunReport": "necp_replay.replay.findings.run_report",
    "Suite": "necp_replay.api.suite",
    "TraceReport": "necp_replay.outcomes.trace_report",
    "Verdict": "necp_replay.outcomes.trace_report",
    "find": "necp_replay.api.suite",
    "judge": "necp_replay.api.judging",
    "merge": "necp_replay.api.parts",
    "part_from_json": "necp_replay.api.stored",
    "part_to_json": "necp_replay.api.stored",
    "replay": "necp_replay.api.suite",
    "replay_part": "necp_replay.api.suite",
}


def __getattr__(name: str) -> Any:
    """Import a name when it is first used: judging a run needs no engine."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_PLACES[name]), name)
