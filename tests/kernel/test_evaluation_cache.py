"""Cached evaluations, compared with an engine that makes every one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from necp_replay.abi.client import ClientAction
from necp_replay.abi.netagent import MESSAGE_HEADER
from necp_replay.abi.policy import PolicyCondition, PolicyResult, RouteRuleAction, SessionAction
from necp_replay.events import agents, clock, interfaces, notifications, processes, routes, sockets
from necp_replay.events.inputs import Input, Step
from necp_replay.events.outcome import ActionBuffers, Outcome
from necp_replay.events.snapshot import Snapshot
from necp_replay.events.syscalls import (
    Close,
    NecpClientAction,
    NecpMatchPolicy,
    NecpOpen,
    NecpSessionAction,
    NecpSessionOpen,
)
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.kernel.machine import Machine
from necp_replay.kernel.objects.matched_policies import RuleIds
from necp_replay.kernel.objects.parameter_evaluation import ParameterEvaluation
from necp_replay.kernel.objects.process import Process
from necp_replay.kernel.objects.socket_info import SocketInfo
from necp_replay.kernel.policy import ask_policies
from necp_replay.kernel.policy.evaluate_parameters import evaluate_parameters
from necp_replay.kernel.policy.matched_result import apply_matching_policies
from necp_replay.kernel.results import evaluate_client
from necp_replay.kernel.state import KernelState
from necp_replay.releases.lineage import RELEASES
from necp_replay.releases.profile import Profile
from necp_replay.scenario.parameters import client_parameters
from tests.examples import examples
from tests.kernel import arbitrary
from tests.kernel.arbitrary_policies import plain, policy_actions
from tests.kernel.policy.world import condition, policy, route_rule, word

NEWER = "xnu-4570.51.1"
APPLY = SessionAction.POLICY_APPLY_ALL
DROP_ALL = policy(1, PolicyResult.DROP)
APP, TOOL, DAEMON = 100, 200, 300
AGENT = arbitrary.AGENTS[0]
EXECUTABLE, NOT_REGISTERED = arbitrary.AGENTS[1:]
ENTITLED = (
    condition(PolicyCondition.APPLICATION, EXECUTABLE),
    condition(PolicyCondition.REAL_APPLICATION, EXECUTABLE),
    condition(PolicyCondition.ENTITLEMENT, b"com.example.ent\0"),
)

SHAPES: Final = (
    client_parameters(remote="203.0.113.9:443"),
    client_parameters(remote="192.0.2.77:443", domain=b"www.example.comX"),
    client_parameters(account=b"meX", application=EXECUTABLE, uid=0),
    client_parameters(multipath=True, remote="198.51.100.77:80"),
    client_parameters(listener=True, local="192.0.2.10:80", require_agent=[AGENT]),
    client_parameters(require_if_type=[2], prohibit_interface=["en0"]),
    client_parameters(require_agent_type=[("WiFi", "")], prefer_agent=[AGENT]),
    client_parameters(prohibit_if_type=[3], flags=4),
    client_parameters(bound_interface="en5", local="198.51.100.5"),
    client_parameters(extra=b"\x0d\xff\0\0\0cut short"),
)
TRIGGERING: Final = policy(
    7, PolicyResult.TRIGGER, AGENT, condition(PolicyCondition.ACCOUNT, b"me\0")
)
"""A policy that later releases refuse."""
POLICIES: Final = (
    policy(1, PolicyResult.USE_NETAGENT, AGENT),
    policy(2, PolicyResult.SKIP, word(6), condition(PolicyCondition.DOMAIN, b"example.com\0")),
    policy(
        3,
        PolicyResult.ROUTE_RULES,
        b"",
        route_rule(RouteRuleAction.DENY_INTERFACE, "en5"),
        route_rule(RouteRuleAction.DENY_INTERFACE, flags=1),
        condition(PolicyCondition.ALL_INTERFACES),
    ),
    policy(
        4,
        PolicyResult.ROUTE_RULES,
        b"",
        route_rule(RouteRuleAction.QOS_MARKING),
        condition(PolicyCondition.DEFAULT),
    ),
    policy(5, PolicyResult.SOCKET_SCOPED, b"en5\0", condition(PolicyCondition.UID, word(0))),
    policy(6, PolicyResult.DROP, b"", *ENTITLED),
    TRIGGERING,
    policy(8, PolicyResult.DROP, b"", condition(PolicyCondition.PID, word(TOOL))),
    policy(9, PolicyResult.DROP, b"", condition(PolicyCondition.APPLICATION, NOT_REGISTERED)),
)
KEPT_POLICIES: Final = tuple(each for each in POLICIES if each != POLICIES[5])
"""Without the custom entitlement, because of which no answer of policies is kept."""
WORLD: Final[tuple[Input, ...]] = (
    processes.ProcAdd(APP, "app", 501, exec_uuid=EXECUTABLE),
    processes.ProcAdd(TOOL, "tool", 0, EXECUTABLE, entitlements=("com.example.ent",)),
    processes.ProcAdd(DAEMON, "daemon", 501, privileged=True, platform_binary=True),
    interfaces.IfaceAttach(1, "lo0", functional_type=1),
    interfaces.IfaceAttach(
        4, "en0", functional_type=3, addrs=(interfaces.InterfaceAddress("192.0.2.10", 24),)
    ),
    interfaces.IfaceAttach(
        5, "en5", functional_type=2, addrs=(interfaces.InterfaceAddress("198.51.100.5", 24),)
    ),
    interfaces.IfaceAttach(6, "pdp_ip0", functional_type=5, cell_mss_recommended=1),
    interfaces.IfaceOrder((4, 5)),
    routes.RouteAdd("default", "0.0.0.0", 0, 4, "192.0.2.1"),
    routes.RouteAdd("wired", "0.0.0.0", 0, 5, "198.51.100.1", scoped=True),
    interfaces.IfaceAddAgent(4, AGENT),
    interfaces.IfaceAddAgent(5, NOT_REGISTERED),
    agents.NetagentRegister("a0", AGENT, b"WiFi", b"X", None, 3),
    NecpOpen(APP),
    NecpOpen(TOOL),
    NecpOpen(APP, 4),
    NecpOpen(TOOL, 2),
    NecpSessionOpen(DAEMON),
)


def session_action(action: int, content: bytes = b"") -> Input:
    """What the daemon asks of its session."""
    room = UserBuffer(length=64)
    return NecpSessionAction(DAEMON, 3, action, plain(content), len(content), room, 64)


def world_changes() -> st.SearchStrategy[Input]:
    """One thing about the world is different, and often just one."""
    pids = st.sampled_from((APP, TOOL))
    return st.one_of(
        arbitrary.network_changes(),
        arbitrary.agent_calls([]),
        st.builds(
            interfaces.IfaceUpdate,
            st.sampled_from((4, 5, 6)),
            flags=st.none() | st.sampled_from((0x8863, 0x8051)),
            eflags=st.none() | st.sampled_from((0, 0x10, 0x200000)),
            lqm_state=st.none() | st.sampled_from((10, 50)),
            if_state_valid=st.none() | st.just(2),
            cell_mss_recommended=st.none() | st.integers(0, 2),
            agents=st.none() | st.integers(0, 24).map(lambda count: (AGENT,) * count),
            del_addrs=st.none() | st.just((interfaces.InterfaceAddress("192.0.2.10", 24),)),
        ),
        st.builds(
            routes.RouteUpdate,
            st.sampled_from(("default", "wired")),
            mtu=st.none() | st.sampled_from((900, 1280)),
            flags_set=st.none() | st.just(("LOCAL",)),
            flags_clear=st.none() | st.just(("GATEWAY", "UP")),
        ),
        st.builds(
            processes.ProcUpdate,
            pids,
            uid=st.none() | st.sampled_from((0, 501)),
            exec_uuid=st.none() | st.sampled_from(arbitrary.AGENTS),
            privileged=st.none() | st.booleans(),
            entitlements=st.none() | st.sampled_from(((), ("com.example.ent",))),
        ),
        st.builds(
            notifications.SysctlSet,
            st.sampled_from(("drop_all_level", "debug", "netagent_debug")),
            st.sampled_from((0, 1, 3, 7)),
        ),
        policy_actions(DAEMON, 3),
        st.sampled_from(POLICIES).map(lambda content: session_action(1, content)),
        st.just(session_action(APPLY)),
    )


CHANGES: Final[tuple[tuple[Input, ...], ...]] = (
    (interfaces.IfaceAttach(7, "en7", functional_type=2, position=0),),
    (interfaces.IfaceUpdate(4, generation=9),),
    (interfaces.IfaceUpdate(5, functional_type=5),),
    (interfaces.IfaceUpdate(5, clear_addrs=True),),
    (interfaces.IfaceUpdate(4, delegate=5),),
    (interfaces.IfaceDetach(5),),
    (interfaces.IfaceOrder((5, 4)),),
    (interfaces.IfaceAddAgent(5, AGENT),),
    (interfaces.IfaceDelAgent(4, AGENT),),
    (routes.RouteAdd("host", "203.0.113.9", 32, 5),),
    (routes.RouteUpdate("default", mtu=900),),
    (routes.RouteUpdate("default", flags_clear=("UP",)),),
    (routes.RouteDelete("default"),),
    (agents.NetagentRegister("a1", NOT_REGISTERED, b"WiFi", b"Y", None, 3),),
    (agents.NetagentUpdate("a0", flags=0x81),),
    (agents.NetagentSetFlags("a0", 0x83),),
    (agents.NetagentUnregister("a0"),),
    (agents.NetagentClose("a0"),),
    (agents.NetagentSetopt("a0", 2, b""),),
    (agents.NetagentMessage("a0", MESSAGE_HEADER.pack(2, 0, 1, 0, 0)),),
    (processes.ProcUpdate(APP, uid=0),),
    (processes.ProcUpdate(APP, exec_uuid=NOT_REGISTERED),),
    (notifications.SysctlSet("drop_all_level", 1),),
    (session_action(SessionAction.POLICY_DELETE_ALL), session_action(APPLY)),
    (session_action(SessionAction.POLICY_ADD, DROP_ALL), session_action(APPLY)),
    (Close(DAEMON, 3),),
    (processes.ProcExit(DAEMON),),
)
"""Every kind of change, each of which some client's result shows."""


def update(machine: Machine) -> None:
    """Have every client evaluated again."""
    machine.submit(Step(clock.UpdateAllClients()))
    machine.submit(Step(clock.TimerFire()))


def _has_triggers(profile: Profile) -> bool:
    return PolicyResult.TRIGGER in profile.policy_results


class Machines:
    """Engines that keep many evaluations, two and none, and are given the same inputs."""

    def __init__(self, release: str, policies: Sequence[bytes], *, copies: int = 1) -> None:
        profile = RELEASES[release]
        self.machines = tuple(Machine(profile, cache_entries=kept) for kept in (1000, 2, 0))
        self.generated = 0
        self.ids: list[bytes] = []
        for event in WORLD:
            self.submit(event)
        for content in policies:
            errno = self.submit(session_action(SessionAction.POLICY_ADD, content)).errno
            assert (errno == 0) is (content != TRIGGERING or _has_triggers(profile))
        self.submit(session_action(APPLY))
        for parameters in copies * SHAPES:
            self.add(parameters, APP, 3)
        self.update()

    def add(self, parameters: bytes, pid: int, fd: int) -> None:
        outcome = self.submit(
            NecpClientAction(
                *(pid, fd, ClientAction.ADD, UserBuffer(length=16), 16),
                plain(parameters),
                len(parameters),
            )
        )
        if isinstance(outcome.answer, ActionBuffers) and outcome.errno == 0:
            assert isinstance(outcome.answer.client_id, bytes)
            self.ids.append(outcome.answer.client_id)

    def update(self) -> Outcome:
        """Every client is evaluated again."""
        self.submit(clock.UpdateAllClients())
        return self.submit(clock.TimerFire())

    def submit(self, event: Input) -> Outcome:
        """The outcome of an input, which all give."""
        pool = tuple((self.generated + i).to_bytes(16, "big") for i in range(0x40, 0x44))
        self.generated += 4
        many, few, none = (each.submit(Step(event, pool)) for each in self.machines)
        assert many == none
        assert few == none
        return none

    def snapshot(self) -> Snapshot:
        """The state, which all have."""
        many, few, none = (each.snapshot() for each in self.machines)
        assert many == none
        assert few == none
        return none


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change[0]).__name__)
def test_a_change_of_the_world_reaches_every_client(change: tuple[Input, ...]) -> None:
    machines = Machines(NEWER, POLICIES)
    before = machines.snapshot().fds
    for event in change:
        machines.submit(event)
    machines.update()
    assert machines.snapshot().fds != before


def test_an_update_evaluates_each_question_once_and_only_in_a_world_that_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = Machines(NEWER, POLICIES, copies=3).machines[0]
    evaluated: list[bytes] = []

    def count(
        kernel: KernelState, process: Process, parameters: bytearray, **asked: Any
    ) -> ParameterEvaluation:
        evaluated.append(bytes(parameters))
        return evaluate_parameters(kernel, process, parameters, **asked)

    monkeypatch.setattr(evaluate_client, "evaluate_parameters", count)
    update(machine)
    machine.submit(Step(routes.RouteUpdate("default", mtu=901)))
    update(machine)
    assert evaluated == []
    machine.submit(Step(interfaces.IfaceUpdate(6, generation=3)))
    update(machine)
    assert len(evaluated) == len(set(evaluated)) > 1


def test_policies_are_asked_again_only_if_more_than_the_network_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = Machines(NEWER, KEPT_POLICIES).machines[0]
    asked: list[SocketInfo] = []

    def count(kernel: KernelState, info: SocketInfo, *rest: Any) -> RuleIds | None:
        asked.append(info)
        return apply_matching_policies(kernel, info, *rest)

    monkeypatch.setattr(ask_policies, "apply_matching_policies", count)
    for change in (interfaces.IfaceUpdate(6, generation=3), routes.RouteUpdate("default", mtu=9)):
        machine.submit(Step(change))
        update(machine)
        assert asked == []
    machine.submit(Step(processes.ProcUpdate(TOOL, uid=3)))
    update(machine)
    assert len(asked) > 1


class RecalledEvaluations(RuleBasedStateMachine):
    """Engines that keep many evaluations, two and none are given the same inputs."""

    @initialize(
        release=st.sampled_from(sorted(RELEASES)),
        policies=st.sampled_from(((), POLICIES, KEPT_POLICIES)),
    )
    def build_the_world(self, release: str, policies: tuple[bytes, ...]) -> None:
        self.machines = Machines(release, policies)

    @rule(
        parameters=st.sampled_from(SHAPES),
        fd=st.sampled_from(((APP, 3), (APP, 3), (TOOL, 3), (TOOL, 4))),
    )
    def add(self, parameters: bytes, fd: tuple[int, int]) -> None:
        self.machines.add(parameters, *fd)

    @rule(change=st.sampled_from(CHANGES))
    def change_the_world_and_update(self, change: tuple[Input, ...]) -> None:
        for event in change:
            self.machines.submit(event)
        self.machines.update()

    @rule(event=world_changes())
    def change_anything_and_update(self, event: Input) -> None:
        self.machines.submit(event)
        self.machines.update()

    @rule(data=st.data())
    def change_what_evaluations_do_not_read(self, data: st.DataObject) -> None:
        ids = self.machines.ids[-6:]
        self.machines.submit(
            data.draw(
                arbitrary.notification_calls(ids)
                | arbitrary.socket_calls(ids)
                | arbitrary.client_calls(ids)
            )
        )
        self.machines.update()

    @rule(data=st.data(), index=st.sampled_from((0, 4, 5)))
    def give_a_client_a_socket(self, data: st.DataObject, index: int) -> None:
        client_id = data.draw(st.sampled_from(self.machines.ids[-6:]))
        for event in (
            sockets.SocketCreate("s0", 2, "192.0.2.10", "203.0.113.9", 5000, 443, index, 4),
            sockets.RegisterSocketFlow(0, client_id, "s0"),
            sockets.AssignFromSocket(0, client_id, "s0"),
        ):
            self.machines.submit(event)

    @rule(parameters=st.sampled_from(SHAPES), pid=st.sampled_from((APP, TOOL)))
    def match_policy(self, parameters: bytes, pid: int) -> None:
        room = UserBuffer(length=212)
        self.machines.submit(NecpMatchPolicy(pid, plain(parameters), len(parameters), room))

    @invariant()
    def the_state_is_the_same(self) -> None:
        if hasattr(self, "machines"):
            self.machines.snapshot()


RecalledEvaluations.TestCase.settings = settings(
    max_examples=examples(10, thorough=40),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_recalled_evaluations = RecalledEvaluations.TestCase
