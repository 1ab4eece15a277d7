"""Whatever happens to the engine: it answers, it counts right, and it answers the same again."""

from __future__ import annotations

from typing import get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from necp_replay.events import interfaces, processes, routes
from necp_replay.events.inputs import INPUT_NAMES, Input, Step
from necp_replay.events.outcome import ActionBuffers, Outcome, Panicked, TypeConfused
from necp_replay.events.snapshot import ClientSnapshot, FdSnapshot, Snapshot
from necp_replay.events.syscalls import NecpClientAction, NecpOpen
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.kernel import machine
from necp_replay.kernel.machine import Machine
from necp_replay.releases.chain import RELEASES
from tests.kernel import arbitrary

WORLD: tuple[Input, ...] = (
    processes.ProcAdd(100, "app", 501),
    processes.ProcAdd(200, "tool", 0, platform_binary=True),
    processes.ProcAdd(300, "daemon", 501, privileged=True),
    interfaces.IfaceAttach(1, "lo0", functional_type=1),
    interfaces.IfaceAttach(
        4, "en0", functional_type=3, addrs=(interfaces.InterfaceAddress("192.0.2.10", 24),)
    ),
    interfaces.IfaceAttach(
        5, "en5", functional_type=2, addrs=(interfaces.InterfaceAddress("198.51.100.5", 24),)
    ),
    interfaces.IfaceOrder((4, 5)),
    routes.RouteAdd("default", "0.0.0.0", 0, 4, "192.0.2.1"),
    NecpOpen(100),
    NecpOpen(100, 4),
    NecpOpen(200, 1),
)


class AnyInputs(RuleBasedStateMachine):
    """Two machines are given the same inputs; a third thing, the id, is never given twice."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[bytes] = []
        self.generated = 0
        self.down = False

    @initialize(release=st.sampled_from(sorted(RELEASES)))
    def build_the_world(self, release: str) -> None:
        self.one = Machine(RELEASES[release])
        self.other = Machine(RELEASES[release])
        for event in WORLD:
            self.submit(event)

    @rule(parameters=arbitrary.parameters, pid=st.sampled_from((100, 200)))
    def add(self, parameters: bytes, pid: int) -> None:
        buffer = UserBuffer(hex=parameters.rstrip(b"\0"), bytes=len(parameters))
        event = NecpClientAction(pid, 3, 1, UserBuffer(bytes=16), 16, buffer, len(parameters))
        outcome = self.submit(event)
        if outcome.errno == 0 and isinstance(outcome.answer, ActionBuffers):
            assert isinstance(outcome.answer.client_id, bytes)
            self.ids.append(outcome.answer.client_id.ljust(16, b"\0"))

    @rule(data=st.data())
    def call_a_client(self, data: st.DataObject) -> None:
        self.submit(data.draw(arbitrary.client_calls(self.ids[-6:])))

    @rule(data=st.data())
    def notify(self, data: st.DataObject) -> None:
        self.submit(data.draw(arbitrary.notification_calls(self.ids[-6:])))

    @rule(data=st.data())
    def call_a_socket(self, data: st.DataObject) -> None:
        self.submit(data.draw(arbitrary.socket_calls(self.ids[-6:])))

    @rule(data=st.data())
    def call_an_agent(self, data: st.DataObject) -> None:
        self.submit(data.draw(arbitrary.agent_calls(self.ids[-6:])))

    @rule(event=arbitrary.network_changes())
    def change_the_network(self, event: Input) -> None:
        self.submit(event)

    @rule(event=arbitrary.fd_calls())
    def call_an_fd(self, event: Input) -> None:
        self.submit(event)

    def submit(self, event: Input) -> Outcome:
        pool = tuple((self.generated + i).to_bytes(16, "big") for i in range(0x40, 0x44))
        self.generated += 4
        outcome = self.one.submit(Step(event, pool))
        assert outcome == self.other.submit(Step(event, pool)), "the same inputs answer the same"
        if isinstance(outcome.answer, Panicked | TypeConfused):
            self.down = True
        return outcome

    @invariant()
    def counters_are_what_the_snapshot_holds(self) -> None:
        if self.down or not hasattr(self, "one"):
            return
        state = self.one.snapshot()
        assert state == self.other.snapshot()
        clients = [client for fd in state.fds for client in fd.clients]
        flows = [flow for client in clients for flow in client.flows]
        assert state.necp_client_fd_count == len(state.fds)
        assert state.necp_observer_fd_count == len(state.observers)
        assert state.necp_client_count == len(clients)
        assert state.necp_socket_flow_count == sum(flow.socket for flow in flows)
        assert state.necp_if_flow_count == sum(not flow.socket for flow in flows)
        assert len({client.client_id for client in clients}) == len(clients)

    @invariant()
    def readiness_is_what_the_read_flags_say(self) -> None:
        if self.down or not hasattr(self, "one"):
            return
        state: Snapshot = self.one.snapshot()
        for fd in state.fds:
            assert fd.readable == any(_unread(client) for client in fd.clients)
        for observer in state.observers:
            assert observer.readable == bool(observer.updates)
            assert len(observer.updates) == observer.update_count
            _check_queue(observer, state.observer_message_limit)


def _unread(client: ClientSnapshot) -> bool:
    return not (client.result_read and client.flow_result_read)


def _check_queue(observer: FdSnapshot, limit: int) -> None:
    # The limit may be lowered below what is queued already.
    assert observer.update_count <= max(limit, 256)


AnyInputs.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_any_inputs = AnyInputs.TestCase


def test_every_input_of_the_vocabulary_has_a_handler() -> None:
    assert set(machine.HANDLERS) == set(INPUT_NAMES.values())
    assert set(INPUT_NAMES.values()) == set(get_args(Input))
