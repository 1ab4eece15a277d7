"""Explains a record of a trace: replays the trace up to it, and explains its evaluations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from necp_replay.abi.client import COPIES_OF_RESULTS, ClientResult
from necp_replay.abi.errno import errno_name
from necp_replay.abi.tlv import iterate_tlvs
from necp_replay.errors import UsageError
from necp_replay.events.outcome import ActionBuffers, MatchResult, NotDetermined, Outcome
from necp_replay.events.references import passed_client
from necp_replay.events.syscalls import NecpClientAction, NecpMatchPolicy
from necp_replay.events.user_buffer import OutBuffer, UserBuffer
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
from necp_replay.explain.observed_machine import EvaluatedClient
from necp_replay.explain.possible_checks import explain_possible
from necp_replay.explain.replayed_trace import ReplayedTrace, Replays
from necp_replay.history.checkpoints import Checkpoints
from necp_replay.outcomes.decode_match import match_nodes
from necp_replay.outcomes.decode_tlv import parameter_nodes
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.safe_text import escape
from necp_replay.releases.profile import Profile

if TYPE_CHECKING:
    from necp_replay.events.inputs import Step


def explain_record(
    path: Path,
    record: int | None,
    *,
    client: str | None = None,
    release: str | Profile | None = None,
    record_limit_s: float | None = None,
    checkpoints: Checkpoints | None = None,
) -> RecordExplanation:
    """Explain the evaluations that a record made, or why it failed.

    A record that failed is explained by the check that failed. If the engine cannot tell which one
    did, all checks that give the recorded errno are listed. ``client`` chooses one client: by its
    stable name (``#1``) or its id in hex. For a record that evaluates no client, such as
    COPY_RESULT, the last evaluation of its client is explained. Without a ``record``, it is the
    last evaluation of ``client`` in the trace. ``release`` is by default that of the trace; it may
    also be a profile that is no release's. ``record_limit_s`` is how much processor time one record
    may take. ``checkpoints`` are states of the trace on this release. The replay begins at them;
    they change nothing else.

    Raises UsageError if there is nothing to explain, TraceError if the file cannot be read, and
    EngineError if a record takes too long.
    """
    replays = Replays(path, release, record_limit_s, checkpoints)
    if record is None:
        whole = replays.up_to(None)
        found = whole.last_evaluation(whole.find(client or ""))
        assert found is not None, "a client that is found was evaluated"
        record = found
    replayed = replays.up_to(record)
    if checkpoints is not None:
        checkpoints.save()
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
    at = replayed.last_evaluation(wanted)
    if at is None:
        raise _nothing_to_explain(replayed)
    if at == record:
        return _explain_evaluated(replayed, replayed, wanted)
    return _explain_evaluated(replayed, replays.up_to(at), wanted)


def _explain_evaluated(
    asked: ReplayedTrace, replayed: ReplayedTrace, wanted: bytes | None
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


def _explanation_without_parts(replayed: ReplayedTrace) -> RecordExplanation:
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
    asked: ReplayedTrace, replayed: ReplayedTrace, evaluated: EvaluatedClient
) -> ClientExplanation:
    """The explanation of one evaluation, and what changed before and after it."""
    explained = explain_client(replayed.machine.kernel, evaluated, asked.names)
    before = replayed.evaluation_before(evaluated.client.client_id)
    return replace(
        explained,
        changed_before=None
        if before is None
        else replayed.changes_between(before, replayed.record),
        changed_after=None
        if asked is replayed
        else asked.changes_between(replayed.record, asked.record),
    )


def _note(asked: ReplayedTrace, replayed: ReplayedTrace) -> str | None:
    if asked is not replayed and asked.machine.kernel.update_timer_armed:
        return (
            "the update timer is armed: what the client depends on may have changed since,"
            " and it is evaluated again when the timer fires"
        )
    return None


def _explain_failed(replayed: ReplayedTrace) -> RecordExplanation:
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


def _explain_possible(replayed: ReplayedTrace, answer: NotDetermined) -> RecordExplanation | None:
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


def _note_of_failure(replayed: ReplayedTrace) -> str | None:
    """What the trace recorded, if it is another errno, and how to see the client's evaluation."""
    recorded, errno = replayed.recorded_errno, replayed.outcome.errno
    if recorded is not None and recorded != errno:
        was = errno_name(recorded) if recorded else "success"
        return f"the trace recorded {was}; what follows is what the engine does"
    client = _client_of(replayed.step, replayed.outcome)
    at = None if client is None else replayed.last_evaluation(client)
    if client is None or at is None:
        return None
    name = replayed.names.name(client)
    return f"--client '{name}' explains the last evaluation of its client, at record {at}"


def _explain_call(replayed: ReplayedTrace, event: NecpMatchPolicy) -> RecordExplanation:
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


def _nothing_to_explain(replayed: ReplayedTrace) -> UsageError:
    """The error for a record without evaluations; it names the nearest records that have some."""
    last = replayed.latest_evaluation()
    following = replayed.replays.next_evaluation(replayed.record)
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
