"""Reads the policies that were in force: from a trace, a dump, or a scenario that makes them."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Final

from necp_replay.abi.policy import SessionAction
from necp_replay.dataclass import dataclass
from necp_replay.errors import ImportedFileError, NecpReplayError
from necp_replay.events.inputs import Step
from necp_replay.events.interfaces import IfaceAttach
from necp_replay.events.outcome import Outcome
from necp_replay.events.processes import ProcAdd
from necp_replay.events.syscalls import NecpSessionAction, NecpSessionOpen
from necp_replay.importers.errno_names import errno_text
from necp_replay.importers.import_file import import_file
from necp_replay.scenario.run_all import ToRun, record_all
from necp_replay.trace.find import TRACE_SUFFIX
from necp_replay.trace.reader import TraceReader

_KEPT: Final = frozenset(
    {
        SessionAction.POLICY_ADD,
        SessionAction.POLICY_APPLY_ALL,
        SessionAction.POLICY_DELETE,
        SessionAction.POLICY_DELETE_ALL,
        SessionAction.SET_SESSION_PRIORITY,
        SessionAction.REGISTER_SERVICE,
    }
)
_SCENARIO_SUFFIX: Final = ".py"


@dataclass(frozen=True, slots=True)
class SessionStep:
    """One call on a policy session, which is counted from 0; ``action`` 0 opens it."""

    session: int
    pid: int
    action: int = 0
    content: bytes | None = None


@dataclass(slots=True)
class GivenPolicies:
    """Calls that make policies, the names of the processes that make them, and interfaces.

    ``lost`` counts what could not be taken: policies of the older control socket, or calls of which
    not all is known. ``refused`` is the errno of a session that was not opened, 0 without one.
    """

    source: str
    steps: list[SessionStep] = field(default_factory=list)
    owners: dict[int, str] = field(default_factory=dict)
    interfaces: list[str] = field(default_factory=list)
    lost: int = 0
    refused: int = 0


def read_policies(path: Path, release: str) -> GivenPolicies:
    """The policies of a file. Raises an error for one that has none.

    A ``.py`` file is run as scenarios, in a process of its own.
    """
    given = GivenPolicies(str(path))
    if path.suffix == _SCENARIO_SUFFIX:
        errors: list[NecpReplayError] = []
        with tempfile.TemporaryDirectory() as folder:
            to_run = ToRun(path, Path(folder), None, release)
            for each in record_all(to_run, errors.append):
                with TraceReader(io.BytesIO(each.recorded.content)) as reader:
                    _take(given, ((step, outcome) for _, step, outcome in reader))
        if errors:
            raise errors[0]
    elif path.suffix == TRACE_SUFFIX:
        with TraceReader(path) as reader:
            _take(given, ((step, outcome) for _, step, outcome in reader))
    else:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / f"policies{TRACE_SUFFIX}"
            given.lost += import_file(path, target, release).lost
            with TraceReader(target) as reader:
                _take(given, ((step, outcome) for _, step, outcome in reader))
    if not any(step.action == SessionAction.POLICY_ADD for step in given.steps):
        if given.refused:
            raise ImportedFileError(
                f"its policy session was not opened: {errno_text(given.refused)}",
                file=str(path),
                hint="Add the process with privileged=True, and for macOS 13 and later with"
                " platform_binary=True.",
            )
        raise ImportedFileError(
            "it adds no policy that is completely known",
            file=str(path),
            hint="Name an answer of POLICY_DUMP_ALL, a trace with session actions, or a scenario.",
        )
    return given


def _take(given: GivenPolicies, records: Iterator[tuple[Step, Outcome | None]]) -> None:
    sessions: dict[tuple[int, int], int] = {}
    next_fd: dict[int, int] = {}
    opened = len({step.session for step in given.steps})
    for step, outcome in records:
        event = step.input
        if isinstance(event, IfaceAttach) and event.name and event.name not in given.interfaces:
            given.interfaces.append(event.name)
        elif isinstance(event, ProcAdd):
            given.owners.setdefault(event.pid, event.name)
        elif isinstance(event, NecpSessionOpen):
            if outcome is not None and outcome.errno:
                given.refused = outcome.errno
                continue
            fd = event.assigned_fd
            if fd is None:
                fd = next_fd.get(event.pid, 3)
            next_fd[event.pid] = fd + 1
            sessions[event.pid, fd] = opened
            given.steps.append(SessionStep(opened, event.pid))
            opened += 1
        elif isinstance(event, NecpSessionAction) and event.action in _KEPT:
            session = sessions.get((event.pid, event.fd))
            content = event.in_buffer
            if session is None or step.unmeasured:
                given.lost += 1
                continue
            data = None if content is None else content.content.ljust(content.length, b"\0")
            given.steps.append(SessionStep(session, event.pid, event.action, data))
