"""Re-runs an evaluation with tracing on, and explains policies, route and flags from its trace.

The kernel's code fills in the ``MatchExplanation`` that it is given. Running it again changes
nothing but the effects of the current step, which :func:`traced` restores.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from struct import Struct
from typing import TYPE_CHECKING, Final

from necp_replay.abi.client import ClientParameter
from necp_replay.explain.conditions import ConditionInput
from necp_replay.explain.describe import process_text, uuid_text
from necp_replay.explain.explanation import Asker, MatchCheck
from necp_replay.explain.flags import explain_loopback_flags, explain_match_flags
from necp_replay.explain.policies import explain_policies
from necp_replay.explain.routes import RecordingRouteTable, explain_route
from necp_replay.kernel.objects.matched_policies import NO_RULE
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.policy.evaluate_parameters import evaluate_parameters
from necp_replay.kernel.policy.explanation import MatchExplanation
from necp_replay.kernel.policy.parameter_reading import ParameterReading, read_parameters
from necp_replay.kernel.privileges import denies_privilege, has_privilege

if TYPE_CHECKING:
    from necp_replay.kernel.objects.flow import Flow
    from necp_replay.kernel.objects.process import Process
    from necp_replay.kernel.policy.delegation import Identity
    from necp_replay.kernel.state import KernelState


def explain_match(
    kernel: KernelState,
    process: Process,
    parameters: bytes | bytearray,
    *,
    required_interface_index: int = 0,
    flow: Flow | None = None,
    ignore_address: bool = False,
    want_flags: bool = True,
) -> tuple[ParameterEvaluation, MatchCheck]:
    """Evaluate parameters against policies and routes, and explain the result.

    ``flow`` is the flow to evaluate for: its addresses replace those that parameters leave out.
    """
    why = MatchExplanation()
    with traced(kernel) as table:
        match = evaluate_parameters(
            kernel,
            process,
            bytearray(parameters),
            required_interface_index=required_interface_index,
            local_addr=None if flow is None else flow.local_addr,
            remote_addr=None if flow is None else flow.remote_addr,
            ignore_address=ignore_address,
            want_flags=want_flags,
            why=why,
        )
    reading = read_parameters(bytes(parameters))
    identity = why.identity
    given = None
    if why.info is not None and identity is not None:
        given = ConditionInput(kernel, why.info, identity, reading)
    policies = explain_policies(kernel, why, given, match.result)
    if identity is None:
        return match, MatchCheck(None, policies, None, ())
    if why.is_loopback:
        asker = _asker(process, identity, reading)
        return match, MatchCheck(asker, policies, None, explain_loopback_flags(match))
    rule_ids = NO_RULE if why.matched is None else why.matched.applied_rule_ids
    flags = explain_match_flags(kernel, match, rule_ids, reading.client_flags) if want_flags else ()
    route = explain_route(
        kernel, why, table.lookups, match.result, reading.client_flags, want_flags=want_flags
    )
    return match, MatchCheck(_asker(process, identity, reading), policies, route, flags)


@contextmanager
def traced(kernel: KernelState) -> Iterator[RecordingRouteTable]:
    """Record the look-ups of routes, and restore the kernel's effects afterwards."""
    routes, effects = kernel.routes, kernel.effects
    # What is known of the default routes of an interface is not looked up again.
    kernel.family_answers.entries.clear()
    table = RecordingRouteTable(routes)
    kernel.routes, kernel.effects = table, []
    try:
        yield table
    finally:
        kernel.routes, kernel.effects = routes, effects


def _asker(process: Process, identity: Identity, reading: ParameterReading) -> Asker:
    return Asker(
        process=process_text(process),
        pid=identity.pid,
        uid=identity.uid,
        application=uuid_text(identity.application),
        real_application=uuid_text(identity.real_application),
        delegations=tuple(_delegation_texts(process, reading)),
    )


def _delegation_texts(process: Process, reading: ParameterReading) -> Iterator[str]:
    """What the kernel makes of each parameter that names another identity, in their order."""
    may_delegate = has_privilege(process, _DELEGATION)
    current = {
        int(ClientParameter.APPLICATION): process.exec_uuid,
        int(ClientParameter.REAL_APPLICATION): process.exec_uuid,
        int(ClientParameter.PID): _PID.pack(process.pid),
        int(ClientParameter.UID): _UID.pack(process.uid),
    }
    for type_, value in reading.delegations:
        shown = f"{ClientParameter(type_).name} {_value_text(type_, value)}"
        if current[type_] == value:
            yield f"{shown} equals the actual value"
        elif may_delegate:
            current[type_] = value
            yield f"{shown} is accepted: the process has {_DELEGATION}"
        else:
            denied = denies_privilege(process, _DELEGATION)
            why = "the sandbox of the process denies" if denied else "the process lacks"
            yield f"{shown} is ignored: {why} {_DELEGATION}"


def _value_text(type_: int, value: bytes) -> str:
    if type_ == ClientParameter.PID:
        return str(_PID.unpack(value)[0])
    return str(_UID.unpack(value)[0]) if type_ == ClientParameter.UID else uuid_text(value)


_PID: Final = Struct("<i")
_UID: Final = Struct("<I")
_DELEGATION: Final = "PRIV_NET_PRIVILEGED_SOCKET_DELEGATE"
