"""With any inputs the engine answers, counts right, and answers the same again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from necp_replay.abi.client import ClientAction
from necp_replay.abi.netagent import AgentFlag
from necp_replay.abi.policy import PolicyCondition, PolicyResult, RouteRuleAction, SessionAction
from necp_replay.events import agents, clock, interfaces, processes, routes, sockets
from necp_replay.events.inputs import INPUT_NAMES, Input, Step
from necp_replay.events.outcome import Absent, ActionBuffers, Outcome, Panicked, TypeConfused
from necp_replay.events.snapshot import ClientSnapshot, FdSnapshot, FlowSnapshot, Snapshot
from necp_replay.events.syscalls import (
    Close,
    NecpClientAction,
    NecpMatchPolicy,
    NecpOpen,
    NecpSessionAction,
    NecpSessionOpen,
)
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.kernel import machine
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import RELEASES
from tests.examples import examples
from tests.kernel import arbitrary, arbitrary_policies
from tests.kernel.arbitrary_policies import plain
from tests.kernel.policy.world import condition, policy, route_rule, word

APP, TOOL, DAEMON = 100, 200, 300
SESSION = 3
WORLD: Final[tuple[Input, ...]] = (
    processes.ProcAdd(APP, "app", 501),
    processes.ProcAdd(TOOL, "tool", 0, platform_binary=True),
    processes.ProcAdd(DAEMON, "daemon", 501, privileged=True, platform_binary=True),
    interfaces.IfaceAttach(1, "lo0", functional_type=1),
    interfaces.IfaceAttach(
        4, "en0", functional_type=3, addrs=(interfaces.InterfaceAddress("192.0.2.10", 24),)
    ),
    interfaces.IfaceAttach(
        5, "en5", functional_type=2, addrs=(interfaces.InterfaceAddress("198.51.100.5", 24),)
    ),
    interfaces.IfaceOrder((4, 5)),
    routes.RouteAdd("default", "0.0.0.0", 0, 4, "192.0.2.1"),
    NecpOpen(APP),
    NecpOpen(APP, 4),
    NecpOpen(TOOL, 1),
    NecpSessionOpen(DAEMON),
)
POLICIES: Final = (
    policy(1, PolicyResult.USE_NETAGENT, arbitrary.AGENTS[0]),
    policy(2, PolicyResult.SKIP, word(6), condition(PolicyCondition.DOMAIN, b"example.com\0")),
    policy(
        3,
        PolicyResult.ROUTE_RULES,
        b"",
        route_rule(RouteRuleAction.DENY_INTERFACE, "en5"),
        condition(PolicyCondition.ALL_INTERFACES),
    ),
    policy(5, PolicyResult.SOCKET_SCOPED, b"en5\0", condition(PolicyCondition.UID, word(0))),
    policy(7, PolicyResult.DROP, b"", condition(PolicyCondition.PID, word(300))),
)
COPIES: Final = frozenset(
    (ClientAction.COPY_PARAMETERS, ClientAction.COPY_RESULT, ClientAction.COPY_UPDATED_RESULT)
)


class AnyInputs(RuleBasedStateMachine):
    """Two machines get the same inputs, and no generated id is used twice.

    ``owners`` says on which open fd a client was added, ``fds`` and ``sessions`` what is open. When
    a system goes down another one begins.
    """

    def __init__(self) -> None:
        super().__init__()
        self.generated = 0

    @initialize(release=st.sampled_from(sorted(RELEASES)), with_policies=st.booleans())
    def build_the_world(self, release: str, with_policies: bool) -> None:
        self.release = release
        self.with_policies = with_policies
        self.one = Machine(RELEASES[release])
        self.other = Machine(RELEASES[release])
        self.owners: dict[bytes, tuple[int, int]] = {}
        self.fds: set[tuple[int, int]] = set()
        self.sessions: set[tuple[int, int]] = set()
        self.agent_sessions: set[str] = set()
        for event in WORLD:
            self.submit(event)
        for content in POLICIES if with_policies else ():
            assert self.act_on_session(SessionAction.POLICY_ADD, content).errno == 0
        self.act_on_session(SessionAction.POLICY_APPLY_ALL)

    def act_on_session(self, action: int, content: bytes = b"") -> Outcome:
        out = UserBuffer(length=4)
        return self.submit(
            NecpSessionAction(DAEMON, SESSION, action, plain(content), len(content), out, 4)
        )

    @property
    def ids(self) -> list[bytes]:
        return list(self.owners)[-6:]

    @rule(parameters=arbitrary.parameters, pid=st.sampled_from((APP, TOOL)))
    def add(self, parameters: bytes, pid: int) -> None:
        event = NecpClientAction(
            *(pid, 3, ClientAction.ADD, UserBuffer(length=16), 16),
            plain(parameters),
            len(parameters),
        )
        self.submit(event)

    @rule(data=st.data())
    def call_a_client(self, data: st.DataObject) -> None:
        self.submit(data.draw(arbitrary.client_calls(self.ids)))

    @precondition(lambda self: self.owners)
    @rule(data=st.data())
    def call_an_own_client(self, data: st.DataObject) -> None:
        for _ in range(data.draw(st.integers(1, 4))):
            if self.owners:
                client_id = data.draw(st.sampled_from(self.ids))
                place = self.owners[client_id]
                self.submit(data.draw(arbitrary.likely_calls(*place, client_id)))

    @rule(data=st.data())
    def observe(self, data: st.DataObject) -> None:
        client_id = data.draw(st.sampled_from((*self.ids, arbitrary.AGENTS[0])))
        pid, fd = data.draw(st.sampled_from(((APP, 4), (TOOL, 3))))
        self.submit(data.draw(arbitrary.likely_calls(pid, fd, client_id)))

    @rule(data=st.data())
    def notify(self, data: st.DataObject) -> None:
        self.submit(data.draw(arbitrary.notification_calls(self.ids)))

    @rule(data=st.data())
    def call_a_socket(self, data: st.DataObject) -> None:
        self.submit(data.draw(arbitrary.socket_calls(self.ids)))

    @precondition(lambda self: self.owners)
    @rule(data=st.data(), name=st.sampled_from(arbitrary.NAMES[:2]), is_assigned=st.booleans())
    def give_a_client_a_socket(self, data: st.DataObject, name: str, is_assigned: bool) -> None:
        client_id = data.draw(st.sampled_from(self.ids))
        self.submit(sockets.SocketCreate(name, local="192.0.2.10", remote="203.0.113.9"))
        self.submit(sockets.RegisterSocketFlow(0, client_id, name))
        if is_assigned:
            self.submit(sockets.AssignFromSocket(0, client_id, name))

    @rule()
    def evaluate_every_client(self) -> None:
        self.submit(clock.UpdateAllClients())
        self.submit(clock.TimerFire())

    @rule(data=st.data())
    def call_an_agent(self, data: st.DataObject) -> None:
        self.submit(data.draw(arbitrary.agent_calls(self.ids)))

    @rule(event=arbitrary.network_changes())
    def change_the_network(self, event: Input) -> None:
        self.submit(event)

    @rule(event=arbitrary.fd_calls())
    def call_an_fd(self, event: Input) -> None:
        self.submit(event)

    @rule(event=arbitrary_policies.session_calls())
    def call_a_session(self, event: Input) -> None:
        self.submit(event)

    @rule(event=arbitrary_policies.policy_actions(DAEMON, SESSION))
    def change_policies(self, event: Input) -> None:
        self.submit(event)

    @rule(parameters=arbitrary.parameters, pid=arbitrary.pids)
    def match_policies(self, parameters: bytes, pid: int) -> None:
        result = UserBuffer(length=512)
        self.submit(NecpMatchPolicy(pid, plain(parameters), len(parameters), result))

    def submit(self, event: Input) -> Outcome:
        pool = tuple((self.generated + i).to_bytes(16, "big") for i in range(0x40, 0x44))
        self.generated += 4
        outcome = self.one.submit(Step(event, pool))
        assert outcome == self.other.submit(Step(event, pool)), "the same inputs answer the same"
        if isinstance(outcome.answer, Panicked | TypeConfused):
            assert isinstance(self.one.submit(Step(event, pool)).answer, Absent)
            self.build_the_world(self.release, self.with_policies)
        else:
            self.remember(event, outcome)
        return outcome

    def remember(self, event: Input, outcome: Outcome) -> None:
        match event:
            case NecpOpen() if outcome.errno == 0:
                assert outcome.retval is not None
                self.fds.add((event.pid, outcome.retval))
            case NecpSessionOpen() if outcome.errno == 0:
                assert outcome.retval is not None
                self.sessions.add((event.pid, outcome.retval))
            case Close() if outcome.errno == 0:
                self.forget({(event.pid, event.fd)})
            case processes.ProcExit():
                self.forget({place for place in self.fds | self.sessions if place[0] == event.pid})
            case NecpClientAction():
                self.remember_action(event, outcome)
            case agents.NetagentRegister():
                self.agent_sessions.add(event.session)

    def forget(self, places: set[tuple[int, int]]) -> None:
        self.fds -= places
        self.sessions -= places
        self.owners = {id_: place for id_, place in self.owners.items() if place not in places}

    def remember_action(self, event: NecpClientAction, outcome: Outcome) -> None:
        if outcome.errno != 0 or not isinstance(outcome.answer, ActionBuffers):
            return
        assert outcome.retval is not None
        if event.action == ClientAction.ADD:
            assert isinstance(outcome.answer.client_id, bytes)
            client_id = outcome.answer.client_id[:16].ljust(16, b"\0")
            self.owners[client_id] = (event.pid, event.fd)
        elif event.action == ClientAction.REMOVE:
            assert isinstance(outcome.answer.client_id, bytes)
            removed = outcome.answer.client_id[:16].ljust(16, b"\0")
            if self.owners.get(removed) == (event.pid, event.fd):
                del self.owners[removed]
        elif event.action in COPIES:
            assert outcome.retval <= event.buffer_size

    @invariant()
    def everything_counted_is_there(self) -> None:
        state = self.one.snapshot()
        assert state == self.other.snapshot()
        clients = [client for fd in state.fds for client in fd.clients]
        flows = [flow for client in clients for flow in _flows(client)]
        assert state.necp_client_fd_count == len(state.fds)
        assert state.necp_observer_fd_count == len(state.observers)
        assert state.necp_client_count == len(clients)
        assert state.necp_socket_flow_count == sum(flow.socket for flow in flows)
        others = state.necp_if_flow_count + (state.necp_nexus_flow_count or 0)
        assert others == sum(not flow.socket for flow in flows)
        assert len({client.client_id for client in clients}) == len(clients)
        _check_agents(state)
        _check_policies(state)

    @invariant()
    def nothing_outlives_its_owner(self) -> None:
        state = self.one.snapshot()
        assert {(fd.pid, fd.fd) for fd in (*state.fds, *state.observers)} == self.fds
        assert state.policies is not None
        assert state.policies.session_count == len(self.sessions)
        for fd in state.fds:
            for client in fd.clients:
                assert self.owners[client.client_id] == (fd.pid, fd.fd)

    @invariant()
    def readiness_is_what_the_read_flags_say(self) -> None:
        state = self.one.snapshot()
        for fd in state.fds:
            assert fd.readable == any(_unread(client) for client in fd.clients)
        for observer in state.observers:
            assert observer.readable == bool(observer.updates)
            assert len(observer.updates) == observer.update_count
            _check_queue(observer, state.observer_message_limit)

    def teardown(self) -> None:
        for pid in arbitrary.PIDS:
            self.submit(processes.ProcExit(pid))
        for session in sorted(self.agent_sessions):
            self.submit(agents.NetagentClose(session))
        state = self.one.snapshot()
        assert (state.fds, state.observers) == ((), ())
        assert (state.necp_client_count, state.necp_socket_flow_count) == (0, 0)
        assert (state.necp_if_flow_count, state.necp_nexus_flow_count or 0) == (0, 0)
        assert state.policies is not None and state.policies.sessions == ()
        assert state.policies.application_policies_count == 0
        assert state.policies.socket_policies_count == 0
        assert state.policies.ip_output_policies_count == 0
        assert state.netagents is not None and state.netagents.agents == ()


def _flows(client: ClientSnapshot) -> Iterator[FlowSnapshot]:
    """The flows of a client, and of its registrations where the release has these."""
    yield from client.flows
    for registration in client.registrations or ():
        yield from registration.flows


def _unread(client: ClientSnapshot) -> bool:
    if client.registrations is None:
        return not (client.result_read and client.flow_result_read)
    flags = [registration.flow_result_read for registration in client.registrations]
    return not (client.result_read and all(flags))


def _check_queue(observer: FdSnapshot, limit: int) -> None:
    # The limit may be lowered below what is queued already.
    assert observer.update_count <= max(limit, 256)


def _check_agents(state: Snapshot) -> None:
    assert state.netagents is not None
    active = [agent for agent in state.netagents.agents if agent.flags & AgentFlag.ACTIVE]
    assert state.netagents.netagent_registered_count == len(state.netagents.agents)
    assert state.netagents.netagent_active_count == len(active)


def _check_policies(state: Snapshot) -> None:
    assert state.policies is not None
    ids = [policy.id for session in state.policies.sessions for policy in session.policies]
    assert len(set(ids)) == len(ids)
    if not ids:
        assert state.policies.socket_policies_count == 0
        assert state.policies.ip_output_policies_count == 0


AnyInputs.TestCase.settings = settings(
    max_examples=examples(20, thorough=100),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_any_inputs = AnyInputs.TestCase


def test_every_input_of_the_vocabulary_has_a_handler() -> None:
    assert set(machine.HANDLERS) == set(INPUT_NAMES.values())
    assert set(INPUT_NAMES.values()) == set(get_args(Input))
