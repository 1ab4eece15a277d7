"""Where the real code counts wrong or does not release something, and how far exactly."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.abi.uuid import as_client_id
from necp_replay.engines.recorder import Recorder
from necp_replay.events import sockets
from necp_replay.events.snapshot import ClientSnapshot, FlowSnapshot
from necp_replay.kernel.machine import Machine
from necp_replay.releases.lineage import RELEASES
from necp_replay.scenario.system import System
from tests.kernel.builders import PID, REMOTE

IDS = tuple(as_client_id(bytes([number]) * 16) for number in (1, 2, 3))
RELEASE = st.sampled_from(sorted(RELEASES))
FEW = settings(max_examples=40, deadline=None)


def system_of(release: str) -> System:
    return System(Recorder(Machine(RELEASES[release]), lambda step, outcome: None), "test")


@FEW
@given(
    RELEASE,
    st.lists(
        st.tuples(st.sampled_from(("add", "remove")), st.integers(0, 1), st.sampled_from(IDS))
    ),
)
def test_each_id_given_again_on_its_fd_leaves_the_count_of_clients_one_too_high(
    release: str, calls: list[tuple[str, int, bytes]]
) -> None:
    system = system_of(release)
    app = system.add_process(PID)
    fds = [app.necp_open(), app.necp_open()]
    held: tuple[set[bytes], set[bytes]] = (set(), set())
    given_again = 0
    for call, place, client_id in calls:
        if call == "add":
            system.next_uuids(client_id)
            fds[place].add(remote=REMOTE)
            given_again += client_id in held[place]
            held[place].add(client_id)
        else:
            fds[place].client(client_id).remove()
            held[place].discard(client_id)
        state = system.snapshot()
        assert [{client.client_id for client in fd.clients} for fd in state.fds] == list(held)
        assert state.necp_client_count == sum(map(len, held)) + given_again
    for fd in fds:
        fd.close()
    assert system.snapshot().necp_client_count == given_again


def flows_of(client: ClientSnapshot) -> list[FlowSnapshot]:
    """The flows of a client, and those of its registrations where the release has them."""
    held = [registration.flows for registration in client.registrations or ()]
    return [flow for flows in (client.flows, *held) for flow in flows]


@FEW
@given(RELEASE, st.lists(st.sampled_from(("s1", "s2", "s3"))))
def test_only_older_releases_keep_the_flows_of_disposed_sockets(
    release: str, disposed: list[str]
) -> None:
    system = system_of(release)
    client = system.add_process(PID).necp_open().add(remote=REMOTE)
    for name in ("s1", "s2", "s3"):
        system.add_socket(sockets.SocketCreate(name))
        system.submit(sockets.RegisterSocketFlow(PID, client.client_id, name))
    for name in disposed:
        system.submit(sockets.InpcbDispose(name))
    unregisters = RELEASES[release].inpcb_dispose_unregisters_flow
    kept = 3 - len(set(disposed)) if unregisters else 3
    state = system.snapshot()
    assert state.necp_socket_flow_count == len(flows_of(state.fds[0].clients[0])) == kept
    client.remove()
    assert system.snapshot().necp_socket_flow_count == 0


@FEW
@given(RELEASE, st.lists(st.integers(0, 2), min_size=1, max_size=6))
def test_a_socket_releases_only_the_client_that_it_named_last(
    release: str, registered: list[int]
) -> None:
    system = system_of(release)
    fd = system.add_process(PID).necp_open()
    clients = [fd.add(remote=REMOTE) for _ in range(3)]
    system.add_socket(sockets.SocketCreate("s1"))
    for place in registered:
        system.submit(sockets.RegisterSocketFlow(PID, clients[place].client_id, "s1"))
    system.submit(sockets.InpcbRemoveCb("s1"))
    left = Counter(place for place in registered if place != registered[-1])
    state = system.snapshot()
    flows = {client.client_id: len(flows_of(client)) for client in state.fds[0].clients}
    assert flows == {client.client_id: left[place] for place, client in enumerate(clients)}
    assert state.necp_socket_flow_count == left.total()
