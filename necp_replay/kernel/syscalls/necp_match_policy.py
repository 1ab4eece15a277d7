"""``necp_match_policy`` (460): evaluates parameters without a client."""

from __future__ import annotations

from typing import Final

from necp_replay.abi.aggregate_result import (
    AGGREGATE_RESULT,
    MAX_MATCH_POLICY_PARAMETER_BYTES,
)
from necp_replay.abi.errno import Errno
from necp_replay.events.effects import UserOverrun
from necp_replay.events.outcome import MatchResult, Outcome
from necp_replay.events.syscalls import NecpMatchPolicy
from necp_replay.kernel.call import copyin, copyout
from necp_replay.kernel.description import NO_PROCESS, Description, silent
from necp_replay.kernel.exceptions import SyscallError
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.policy.evaluate_parameters import evaluate_parameters
from necp_replay.kernel.state import KernelState
from necp_replay.kernel.user_memory import UserMemory

_FUNCTION: Final = "necp_match_policy"


def necp_match_policy(kernel: KernelState, process: Process, event: NecpMatchPolicy) -> Outcome:
    """Evaluate the parameters and write the result. It needs no privilege.

    EINVAL without parameters or result, or with more than 1024 bytes of parameters; EFAULT if
    either cannot be copied. The result's flags and recommended MSS are never filled in.

    The call has no length for the result, so the length of the buffer stands for it. One of 212
    bytes is not overrun by the longer structures of xnu-7195: measured in policy_result_divert.

    Source: necp_match_policy, xnu-4570.51.1.
    """
    result_memory = UserMemory.without_length(event.result)
    errno: int = Errno.OK
    try:
        _match(kernel, process, event, result_memory)
    except SyscallError as error:
        errno = kernel.note(error.failed)
    if result_memory.written_to and result_memory.declared_bytes < AGGREGATE_RESULT.size:
        kernel.emit(UserOverrun(result_memory.declared_bytes, result_memory.written_to, _FUNCTION))
    return Outcome(
        errno=errno,
        retval=None if errno else 0,
        answer=MatchResult(result_memory.after()),
    )


def _match(
    kernel: KernelState, process: Process, event: NecpMatchPolicy, result_memory: UserMemory
) -> None:
    size_bytes = event.parameters_size
    parameters_memory = UserMemory(event.parameters, size_bytes)
    if parameters_memory.is_null or result_memory.is_null:
        raise SyscallError(
            Errno.EINVAL,
            parameters="NULL" if parameters_memory.is_null else "given",
            result="NULL" if result_memory.is_null else "given",
        )
    if size_bytes == 0 or size_bytes > MAX_MATCH_POLICY_PARAMETER_BYTES:
        raise SyscallError(Errno.EINVAL, parameters_size=size_bytes)

    parameters = bytearray(copyin(kernel, parameters_memory, size_bytes, _FUNCTION, logs=False))
    match = evaluate_parameters(
        kernel,
        process,
        parameters,
        required_interface_index=0,
        local_addr=None,
        remote_addr=None,
        ignore_address=False,
        want_flags=False,
    )
    copyout(
        kernel, result_memory, match.result.pack(kernel.profile.match_result), _FUNCTION, logs=False
    )


NECP_MATCH_POLICY: Final = Description(
    subject=NecpMatchPolicy,
    handler=necp_match_policy,
    function=_FUNCTION,
    summary="Evaluates parameters of a process without a client.",
    checks=(
        NO_PROCESS,
        silent(Errno.EINVAL, "parameters or result are NULL, or the length is 0 or above 1024"),
        silent(Errno.EFAULT, "the parameters cannot be read, or the result not written"),
    ),
    answer="0; struct necp_aggregate_result",
    other_facts=(
        "match_result",
        "entitlement_asks_coalition_leader",
        "match_reports_agent_flags",
        "clat46_has_no_ipv4",
        "policies_see_ports_alone",
        "flow_addresses_win",
        "prohibited_routes_are_dropped",
        "ultra_constrained_needs_permission",
        "route_rules_count_one_by_one",
        "filter_units_are_combined",
        "drop_all_has_bypass",
        "unentitled_traffic_can_be_dropped",
        "interpose_clients_pass",
        "responsible_process_counts",
        "responsible_application_is_kept",
        "responsible_binaries_count",
        "acted_for_process_is_asked",
        "platform_binaries_are_valid",
        "transparent_proxies_add_up",
        "multicast_is_restricted",
        "some_processes_need_clients",
        "missing_local_address_has_family",
        "loopback_may_be_filtered",
        "drops_have_flags",
        "alerts_can_be_suppressed",
        "denials_name_responsible_process",
        "agents_of_policies_are_listed_once",
        "route_rules_count_without_route",
        "specific_rules_decide_about_agents",
        "platform_binaries_need_no_client",
        "unspecified_destinations_are_not_local",
        "missing_domains_are_in_no_filter",
        "missing_domain_sets_never_match",
        "trie_search_ends_with_name",
        "urls_match_as_a_whole",
        "entitlement_asks_caller",
        "rules_that_need_agents_come_last",
        "removed_agents_meet_no_rule",
        "right_to_match_is_an_entitlement",
        "coprocessor_traffic_passes",
        "mapped_loopback_is_loopback",
        "loopback_can_be_denied",
        "own_addresses_are_not_local_networks",
        "route_rule_kinds",
        "companion_rules_ask_delegates",
        "transparent_proxies_of_rules_add_up",
        "services_are_not_unentitled",
        "no_match_has_an_id",
        "management_traffic_can_be_dropped",
    ),
    syscall_number=460,
)
