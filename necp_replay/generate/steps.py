"""The steps of a seed: a network is set up, random operations follow, the last takes it down."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import Final

from necp_replay.bench.choices import Choices
from necp_replay.errors import UsageError
from necp_replay.events.inputs import Step
from necp_replay.generate import (
    VERSION,
    agents,
    clients,
    domain_sets,
    network,
    notifications,
    policies,
    scripted,
    signatures,
    sockets,
)
from necp_replay.generate.ending import ending_steps
from necp_replay.generate.generator import Generator

Operation = Callable[[Generator], None]
"""Emits one input, or a few that belong together."""

_CLIENTS: Final[tuple[Operation, ...]] = (
    clients.add,
    clients.add,
    clients.add,
    clients.copy_result,
    clients.copy_updated_result,
    clients.copy_parameters,
    clients.remove,
    clients.copy_list,
    clients.agent_action,
    clients.copy_agent,
    clients.copy_interface,
    clients.copy_route_statistics,
    clients.agent_use,
    clients.update_cache,
    clients.copy_client_update,
    signatures.sign,
    signatures.validate,
    signatures.signed_client_id,
    signatures.resolved_for_a_client,
    signatures.malformed_key,
    clients.claim,
    clients.add_flow,
    clients.remove_flow,
    clients.acquire_agent_token,
    clients.unhandled_action,
    clients.copy_final_result,
    clients.interface_address,
    clients.map_sysctls,
    clients.listen,
    clients.request_nexus,
    scripted.client_with_a_zero_id,
)
_FDS: Final[tuple[Operation, ...]] = (
    clients.open_fd,
    clients.open_observer,
    clients.open_other,
    clients.close_fd,
    clients.fd_operation,
    clients.fd_operation,
    scripted.sandboxed_calls,
)
_FLOWS_AND_SOCKETS: Final[tuple[Operation, ...]] = (
    notifications.nexus_flow,
    notifications.flow_registration,
    notifications.notify_fd,
    notifications.notify_client,
    notifications.divert_flows,
    signatures.socket_signature,
    sockets.socket_life,
    sockets.socket_flow,
    sockets.socket_flow,
    sockets.socket_attributes,
)
_AGENTS: Final[tuple[Operation, ...]] = (
    agents.register,
    agents.register,
    agents.change,
    agents.control_socket,
    agents.assign,
    agents.trigger,
    scripted.undeliverable_trigger,
    scripted.agent_by_options,
    scripted.session_for_several_agents,
    scripted.nexus_of_an_option,
)
_NETWORK: Final[tuple[Operation, ...]] = (
    network.change_interface,
    network.order_interfaces,
    network.attach_or_detach,
    network.interface_agents,
    scripted.more_agents_than_fit,
    network.change_route,
    network.change_process,
    network.pass_time,
    network.pass_time,
    network.write_sysctl,
    network.take_snapshot,
)
_POLICIES: Final[tuple[Operation, ...]] = (
    policies.open_session,
    policies.add_policy,
    policies.add_policy,
    policies.session_action,
    policies.session_action,
    policies.session_action,
    policies.lock_session,
    policies.match,
    scripted.lost_privilege,
    scripted.policy_control,
    scripted.entitled_by_a_leader,
    scripted.matching_policy,
    scripted.platform_binaries,
    scripted.loopback_traffic,
    scripted.equal_route_rules,
    scripted.marked_traffic,
    domain_sets.filters,
    domain_sets.tries,
    signatures.resolved_by_the_system,
)
MIXES: Final[Mapping[str, tuple[tuple[Operation, ...], ...]]] = {
    "everything": (
        _CLIENTS,
        _CLIENTS,
        _CLIENTS,
        _FDS,
        _FLOWS_AND_SOCKETS,
        _AGENTS,
        _NETWORK,
        _POLICIES,
    ),
    "clients": (_CLIENTS, _CLIENTS, _CLIENTS, _CLIENTS, _FDS, _NETWORK),
    "flows": (_CLIENTS, _FLOWS_AND_SOCKETS, _FLOWS_AND_SOCKETS, _FLOWS_AND_SOCKETS, _AGENTS),
    "policies": (_CLIENTS, _POLICIES, _POLICIES, _POLICIES, _NETWORK),
}
"""The mixes by name: each has families of operations, listed again to make them more likely.

A family is picked first, then one of its operations.
"""
DEFAULT_MIX: Final = "everything"


def generate_steps(
    seed: int,
    records: int,
    mix: str = DEFAULT_MIX,
    *,
    without: Collection[type] = frozenset(),
) -> Iterator[Step]:
    """Exactly ``records`` steps, always the same for the same arguments.

    ``without`` are inputs that are left out, because a release does not have them. Each step offers
    more ids than the kernel takes; a recorder keeps those that were taken. Raises UsageError for an
    unknown mix.
    """
    families = MIXES.get(mix)
    if families is None:
        known = ", ".join(MIXES)
        raise UsageError(f"there is no mix {mix!r}", hint=f"Choose one of {known}.")
    # A large prime keeps the random numbers of different seeds and versions apart.
    generator = Generator(Choices(seed * 1_000_003 + VERSION), seed)
    ending = ending_steps(Generator(Choices(seed), ~seed), seed)
    before = max(0, records - len(ending))
    return islice(_endless(generator, families, before, ending, without), records)


def _endless(
    generator: Generator,
    families: tuple[tuple[Operation, ...], ...],
    before: int,
    ending: list[Step],
    without: Collection[type],
) -> Iterator[Step]:
    """The setup and random operations, ``before`` steps of them, followed by the ending."""
    network.build(generator)
    signatures.prepare(generator)
    policies.prepare(generator)
    for _ in range(6):
        agents.register(generator)
    for prepare in (clients.open_fd, clients.open_observer, policies.open_session, clients.add):
        prepare(generator)
    while True:
        for step in generator.steps:
            if type(step.input) in without:
                continue
            if before == 0:
                yield from ending
                return
            before -= 1
            yield step
        generator.steps.clear()
        generator.pick(generator.pick(families))(generator)
