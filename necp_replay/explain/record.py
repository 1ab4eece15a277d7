"""Explains a record of a trace: replays the trace up to it, and explains its evaluations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from necp_replay.abi.client import COPIES_OF_RESULTS, ClientResult
from necp_replay.abi.errno import errno_name
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.engines.limited import limited
from necp_replay.errors import UsageError
from necp_replay.events.outcome import ActionBuffers, MatchResult, NotDetermined, Outcome
from necp_replay.events.references import passed_client
from necp_replay.events.syscalls import NecpClientAction, NecpMatchPolicy
from necp_replay.events.user_buffer import OutBuffer, UserBuffer
from necp_replay.explain.changes import ChangeLog, is_change
from necp_replay.explain.client import explain_client, outcome_text
from necp_replay.explain.describe import process_text
from necp_replay.explain.explanation import (
    CallExplanation,
    ClientExplanation,
    RecordExplanation,
    ResultChange,
)
from necp_replay.explain.failure import explain_failure
from necp_replay.explain.match import explain_match
from necp_replay.explain.observed_machine import EvaluatedClient, ObservedMachine
from necp_replay.explain.possible_checks import explain_possible
from necp_replay.outcomes.decode_match import match_nodes
from necp_replay.outcomes.decode_tlv import parameter_nodes
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.safe_text import escape
from necp_replay.outcomes.shown_title import shown_title
from necp_replay.releases.names import canonical_tag, find_release
from necp_replay.releases.profile import Profile
from necp_replay.trace.reader import TraceReader

if TYPE_CHECKING:
    from necp_replay.events.inputs import Step


def explain_record(
    path: Path,
    record: int | None,
    *,
    client: str | None = None,
    release: str | Profile | None = None,
    record_limit_s: float | None = None,
) -> RecordExplanation:
    """Explain the evaluations that a record made, or why it failed.

    A record that failed is explained by the check that failed. If the engine cannot tell which one
    did, all checks that give the recorded errno are listed. ``client`` chooses one client: by its
    stable name (``#1``) or its id in hex. For a record that evaluates no client, such as
    COPY_RESULT, the last evaluation of its client is explained. Without a ``record``, it is the
    last evaluation of ``client`` in the trace. ``release`` is by default that of the trace; it may
    also be a profile that is no release's. ``record_limit_s`` is how much processor time one record
    may take.

    Raises UsageError if there is nothing to explain, TraceError if the file cannot be read, and
    EngineError if a record takes too long.
    """
    if record is None:
        record = _last_evaluation(path, client or "", release, record_limit_s)
    replayed = _replay(path, record, release, record_limit_s)
    if replayed.outcome.errno and client is None:
        return _explain_failed(replayed)
    if isinstance(replayed.outcome.answer, NotDetermined) and client is None:
        possible = _explain_possible(replayed, replayed.outcome.answer)
        if possible is not None:
            return possible
    if isinstance(replayed.step.input, NecpMatchPolicy) and client is None:
        return _explain_call(replayed, replayed.step.input)
    if replayed.machine.is_down:
        raise UsageError(
            f"record {record} took the modelled system down: {escape(str(replayed.why_down))}",
            hint="Explain a record before it.",
        )
    wanted = replayed.find(client) if client is not None else None
    evaluated = replayed.machine.evaluated
    if wanted is None and not evaluated:
        wanted = _client_of(replayed.step, replayed.outcome)
    if wanted is None:
        return _explain_evaluated(replayed, replayed, None)
    at = replayed.last_evaluations.get(wanted)
    if at is None:
        raise _nothing_to_explain(replayed)
    if at == record:
        return _explain_evaluated(replayed, replayed, wanted)
    return _explain_evaluated(replayed, _replay(path, at, release, record_limit_s), wanted)


def _last_evaluation(
    path: Path, client: str, release: str | Profile | None, record_limit_s: float | None
) -> int:
    """The record that evaluated a client last. Raises UsageError if none did."""
    whole = _replay(path, None, release, record_limit_s)
    return whole.last_evaluations[whole.find(client)]


@dataclass(slots=True)
class _ReplayedTrace:
    """A trace replayed up to a record; ``last_evaluations`` has a record for each client."""

    path: Path
    record: int
    step: Step
    outcome: Outcome
    machine: ObservedMachine
    names: StableNames
    last_evaluations: dict[bytes, int]
    changes: ChangeLog
    why_down: str | None
    record_limit_s: float | None
    recorded_errno: int | None

    @property
    def title(self) -> str:
        return shown_title(self.step.input, self.names)

    def find(self, client: str) -> bytes:
        """The id of a client by its name. Raises UsageError if it was never evaluated."""
        plain = client.replace("-", "").lower()
        for client_id in self.last_evaluations:
            if self.names.name(client_id) in (client, f"#{client}") or plain == client_id.hex():
                return client_id
        known = ", ".join(self.names.name(client_id) for client_id in self.last_evaluations)
        raise UsageError(
            f"no client {escape(client)} was evaluated up to record {self.record}",
            hint=f"Evaluated were: {known}." if known else "Explain a later record.",
        )


def _replay(
    path: Path, record: int | None, release: str | Profile | None, record_limit_s: float | None
) -> _ReplayedTrace:
    """Replay up to a record; with None to the end, or to where the modelled system goes down."""
    names = StableNames()
    last_evaluations: dict[bytes, int] = {}
    changes = ChangeLog()
    number = 0
    step: Step | None = None
    recorded: Outcome | None = None
    outcome = Outcome()
    with TraceReader(path) as reader:
        if isinstance(release, Profile):
            profile = release
        else:
            profile = find_release(release or reader.header.release, under_way=True)
        machine = ObservedMachine(profile)
        if machine.profile.release != canonical_tag(reader.header.release):
            machine.make_missing_ids()
        engine = limited(machine, record_limit_s)
        for number, step, known in reader:
            recorded = known
            names.learn(step)
            outcome = engine.submit(step)
            clients = [evaluated.client.client_id for evaluated in machine.evaluated]
            last_evaluations.update(dict.fromkeys(clients, number))
            changes.evaluated(number, clients)
            if is_change(step, outcome):
                changes.add(number, shown_title(step.input, names))
            if number == record or (record is None and machine.is_down):
                break
            if machine.is_down:
                raise UsageError(
                    f"record {number} ({shown_title(step.input, names)}) took the modelled system"
                    f" down, before record {record}",
                    hint="Explain a record before it, or choose another release with --release.",
                )
        else:
            if record is not None or number == 0:
                raise UsageError(
                    f"there is no record {record or 1}: the trace has {number}",
                    hint="Records are counted from 1, as reports and goldens show them.",
                )
    assert step is not None, "a trace without a record is refused above"
    why_down = type(outcome.answer).__name__ if machine.is_down else None
    return _ReplayedTrace(
        path,
        number,
        step,
        outcome,
        machine,
        names,
        last_evaluations,
        changes,
        why_down,
        record_limit_s,
        None if recorded is None else recorded.errno,
    )


def _explain_evaluated(
    asked: _ReplayedTrace, replayed: _ReplayedTrace, wanted: bytes | None
) -> RecordExplanation:
    """Explain the evaluations of ``replayed``.

    ``asked`` is the record that the user asked about; it may be a later one than ``replayed``.
    """
    evaluated = replayed.machine.evaluated
    if not evaluated:
        raise _nothing_to_explain(asked)
    if wanted is not None:
        shown = [entry for entry in evaluated if entry.client.client_id == wanted]
    else:
        shown = [entry for entry in evaluated if entry.change is not ResultChange.UNCHANGED]
    return replace(
        _explanation_without_parts(asked),
        evaluated_at=replayed.record,
        evaluated_by=replayed.title,
        note=_note(asked, replayed),
        clients=tuple(_explain_client(asked, replayed, entry) for entry in shown),
        unchanged=len(evaluated) - len(shown) if wanted is None else 0,
    )


def _explanation_without_parts(replayed: _ReplayedTrace) -> RecordExplanation:
    """The explanation of the record up to which a trace was replayed, still without its parts."""
    return RecordExplanation(
        trace=escape(str(replayed.path)),
        release=replayed.machine.profile.release,
        record=replayed.record,
        title=replayed.title,
        evaluated_at=replayed.record,
        evaluated_by=replayed.title,
        note=None,
    )


def _explain_client(
    asked: _ReplayedTrace, replayed: _ReplayedTrace, evaluated: EvaluatedClient
) -> ClientExplanation:
    """The explanation of one evaluation, and what changed before and after it."""
    explained = explain_client(replayed.machine.kernel, evaluated, asked.names)
    before = replayed.changes.evaluation_before(evaluated.client.client_id)
    return replace(
        explained,
        changed_before=None
        if before is None
        else replayed.changes.between(before, replayed.record),
        changed_after=None
        if asked is replayed
        else asked.changes.between(replayed.record, asked.record),
    )


def _note(asked: _ReplayedTrace, replayed: _ReplayedTrace) -> str | None:
    if asked is not replayed and asked.machine.kernel.update_timer_armed:
        return (
            "the update timer is armed: what the client depends on may have changed since,"
            " and it is evaluated again when the timer fires"
        )
    return None


def _explain_failed(replayed: _ReplayedTrace) -> RecordExplanation:
    """Explain which check failed, and the evaluations that the record made all the same."""
    kernel, outcome = replayed.machine.kernel, replayed.outcome
    evaluated = replayed.machine.evaluated
    shown = [entry for entry in evaluated if entry.change is not ResultChange.UNCHANGED]
    return replace(
        _explanation_without_parts(replayed),
        note=_note_of_failure(replayed),
        clients=tuple(explain_client(kernel, entry, replayed.names) for entry in shown),
        unchanged=len(evaluated) - len(shown),
        failure=explain_failure(
            replayed.step, outcome, kernel.failed, kernel.profile, replayed.names
        ),
    )


def _explain_possible(replayed: _ReplayedTrace, answer: NotDetermined) -> RecordExplanation | None:
    """The checks that can have given the recorded errno; None if none was recorded."""
    if not replayed.recorded_errno:
        return None
    profile = replayed.machine.profile
    return replace(
        _explanation_without_parts(replayed),
        possible=explain_possible(
            replayed.step.input, replayed.recorded_errno, profile, escape(answer.why)
        ),
    )


def _note_of_failure(replayed: _ReplayedTrace) -> str | None:
    """What the trace recorded, if it is another errno, and how to see the client's evaluation."""
    recorded, errno = replayed.recorded_errno, replayed.outcome.errno
    if recorded is not None and recorded != errno:
        was = errno_name(recorded) if recorded else "success"
        return f"the trace recorded {was}; what follows is what the engine does"
    client = _client_of(replayed.step, replayed.outcome)
    at = None if client is None else replayed.last_evaluations.get(client)
    if client is None or at is None:
        return None
    name = replayed.names.name(client)
    return f"--client '{name}' explains the last evaluation of its client, at record {at}"


def _explain_call(replayed: _ReplayedTrace, event: NecpMatchPolicy) -> RecordExplanation:
    """Explain the result of ``necp_match_policy``."""
    kernel = replayed.machine.kernel
    process = kernel.find_process(event.pid)
    answer = replayed.outcome.answer
    if replayed.outcome.errno or process is None or not isinstance(answer, MatchResult):
        raise _nothing_to_explain(replayed)
    parameters = _content(event.parameters, event.parameters_size)
    match, check = explain_match(kernel, process, parameters, want_flags=False)
    expected, written = match.result.pack(kernel.profile.match_result), answer.result
    agrees = isinstance(written, bytes) and (
        written[: len(expected)].ljust(len(expected), b"\0") == expected
    )
    return replace(
        _explanation_without_parts(replayed),
        call=CallExplanation(
            process=process_text(process),
            outcome=outcome_text(kernel, match.result),
            parameters=tuple(parameter_nodes(parameters, replayed.names)),
            match=check,
            result=tuple(_fields_of(written, kernel.profile, replayed.names)),
            disagreements=() if agrees else ("the call answered other bytes",),
        ),
    )


def _fields_of(written: OutBuffer, profile: Profile, names: StableNames) -> list[Node]:
    """The fields of a result, or its bytes if the fields do not show all of them."""
    if not isinstance(written, bytes):
        return []
    nodes = match_nodes(written, profile.match_result, names)
    return [Node("bytes", f"0x{written.hex()}")] if nodes is None else nodes


def _content(buffer: UserBuffer | None, size_bytes: int) -> bytes:
    return b"" if buffer is None else buffer.content[:size_bytes].ljust(size_bytes, b"\0")


def _client_of(step: Step, outcome: Outcome) -> bytes | None:
    """The client that a record names, or whose result it returned."""
    event = step.input
    if not isinstance(event, NecpClientAction):
        return None
    if event.action in COPIES_OF_RESULTS and isinstance(outcome.answer, ActionBuffers):
        content = outcome.answer.buffer
        if isinstance(content, bytes):
            for _, type_, value in iterate_tlvs(content):
                if type_ == ClientResult.CLIENT_ID:
                    return value
    named = passed_client(event)
    return named if named is not None and any(named) else None


def _nothing_to_explain(replayed: _ReplayedTrace) -> UsageError:
    """The error for a record without evaluations; it names the nearest records that have some."""
    last = max(replayed.last_evaluations.values(), default=None)
    following = _next_evaluation(replayed)
    near = []
    if last is not None:
        near.append(f"the last before it that does is {last}")
    if following is not None:
        near.append(f"the next is {following}")
    hint = "No client is evaluated in this trace." if not near else ", ".join(near) + "."
    return UsageError(
        f"record {replayed.record} ({replayed.title}) evaluates nothing",
        hint=hint[0].upper() + hint[1:],
    )


def _next_evaluation(replayed: _ReplayedTrace) -> int | None:
    """The first record after this one that evaluates a client."""
    with TraceReader(replayed.path) as reader:
        machine = ObservedMachine(replayed.machine.profile)
        if machine.profile.release != canonical_tag(reader.header.release):
            machine.make_missing_ids()
        engine = limited(machine, replayed.record_limit_s)
        for number, step, _ in reader:
            engine.submit(step)
            if number > replayed.record and machine.evaluated:
                return number
    return None
