"""Plans the acceptance of traces in several processes, with the result of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from necp_replay.accept.trace_plan import PlanOptions, TracePlan, plan_trace
from necp_replay.errors import NecpReplayError, error_of_trace
from necp_replay.replay.many_processes import why_killed, work_in_processes
from necp_replay.replay.parallel import MOST_IN_PART
from necp_replay.replay.progress import TraceProgress
from necp_replay.trace.find import FoundTrace


def plan_in_processes(
    jobs: int, bar: TraceProgress, traces: Sequence[FoundTrace], how: PlanOptions
) -> Iterable[tuple[int, TracePlan | NecpReplayError]]:
    """Plan the traces in up to ``jobs`` processes: a planner of :meth:`.Acceptance.plan_elsewhere`.

    ``bar`` counts the traces.
    """
    if not traces:
        return
    work = partial(_plan_of, how)
    order = range(len(traces))
    for found in work_in_processes(traces, work, why_killed, jobs, bar, order, MOST_IN_PART):
        bar.on_trace()
        yield found


def _plan_of(how: PlanOptions, trace: FoundTrace) -> TracePlan | NecpReplayError:
    try:
        return plan_trace(how, trace)
    except Exception as error:  # An error in one trace must not stop the others.
        return error_of_trace(error, str(trace.path))
