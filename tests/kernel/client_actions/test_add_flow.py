"""ADD_FLOW."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction, FlowFlag
from necp_replay.abi.client_structs import ADD_FLOW_REQUEST
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.abi.uuid import ZERO_UUID, is_flow_id
from necp_replay.events.agents import NetagentFail
from necp_replay.events.effects import AgentMessage, KernelAgentMessage, Panic
from necp_replay.events.snapshot import RegistrationSnapshot
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import BufferLike, room
from necp_replay.scenario.process import ClientHandle
from tests.kernel.builders import REMOTE, Laptop, effects_of, make_laptop
from tests.kernel.client_actions.arguments import Arguments, shown, unreadable, verdict

RELEASE = "xnu-7195.50.7.100.1"
BOUNDED = "xnu-7195.101.1"
FUNCTION = "necp_client_add_flow"
AGENT = b"\x11" * 16
KERNEL_AGENT = b"\x22" * 16
AGENT_FLAGS = 0x83
ADD_FLOW = ClientAction.ADD_FLOW


def make_world() -> tuple[Laptop, ClientHandle]:
    """A laptop with a client, a daemon's agent on en5, and an agent of the kernel."""
    laptop = make_laptop(RELEASE)
    laptop.system.add_agent("daemon", uuid=AGENT, flags=AGENT_FLAGS)
    laptop.system.add_agent("kernel", uuid=KERNEL_AGENT, flags=AGENT_FLAGS, via="kernel")
    laptop.wired.update(agents=(AGENT,))
    return laptop, laptop.fd.add(remote=REMOTE)


def registrations(laptop: Laptop, client: ClientHandle) -> tuple[RegistrationSnapshot, ...]:
    found = laptop.client(client).registrations
    assert found is not None
    return found


def request(flags: int = 0, agent: bytes = ZERO_UUID, statistics: int = 0) -> bytes:
    return ADD_FLOW_REQUEST.pack(agent, ZERO_UUID, flags, statistics)


def call(client: ClientHandle, buffer: BufferLike) -> CallAnswer:
    return client.fd.action(ADD_FLOW, client.client_id, buffer)


def messages(answer: CallAnswer | None) -> list[tuple[bytes, int, bytes | None]]:
    """Agent, type and client of each message to an agent."""
    assert answer is not None
    found = effects_of(answer, AgentMessage)
    return [(e.agent, e.type, e.client_id) for e in found if isinstance(e, AgentMessage)]


@pytest.mark.parametrize(
    ("arguments", "errno", "records"),
    [
        pytest.param(Arguments(None, room(36)), Errno.EINVAL, 2, id="no id"),
        pytest.param(Arguments(room(15), room(36)), Errno.EINVAL, 2, id="a short id"),
        pytest.param(Arguments(room(16), None), Errno.EINVAL, 2, id="no buffer"),
        pytest.param(Arguments(room(16), room(35)), Errno.EINVAL, 2, id="a short buffer"),
        pytest.param(Arguments(unreadable(), room(36)), Errno.EFAULT, 2, id="an id that faults"),
        pytest.param(
            Arguments(room(16), unreadable(bytes(36))), Errno.EFAULT, 2, id="a buffer that faults"
        ),
        pytest.param(Arguments(b"\x77" * 16, room(36)), Errno.ENOENT, 1, id="an unknown client"),
    ],
)
def test_bad_arguments_are_refused_with_log_records(
    arguments: Arguments, errno: Errno, records: int
) -> None:
    laptop = make_laptop(RELEASE)
    assert verdict(arguments.call(laptop.fd, ADD_FLOW)) == (errno, [FUNCTION] * records)


def test_a_registration_is_made_and_its_id_is_written() -> None:
    laptop, client = make_world()
    registration = client.add_flow(FlowFlag.ALLOW_NEXUS)
    assert registration.added is not None
    assert (registration.added.errno, registration.added.effects) == (0, ())
    assert is_flow_id(registration.client_id)
    (made,) = registrations(laptop, client)
    assert (made.registration_id, made.flags) == (registration.client_id, FlowFlag.ALLOW_NEXUS)
    assert made.flows == ()
    assert registration.copy_parameters().errno == 0


def test_nothing_but_the_id_is_written() -> None:
    _, client = make_world()
    content = request(FlowFlag.ALLOW_NEXUS, b"\x33" * 16, 1) + b"\x44" * 24 + b"\x55" * 7
    answer = call(client, content)
    assert answer.errno == 0
    _, after = shown(answer)
    assert after[:16] + bytes(16) + after[32:] == content


def test_the_length_of_the_buffer_has_a_bound_in_later_releases() -> None:
    for release, errno in ((RELEASE, Errno.OK), (BOUNDED, Errno.EINVAL)):
        client = make_laptop(release).fd.add(remote=REMOTE)
        assert call(client, room(240)).errno == Errno.OK
        assert call(client, room(241)).errno == errno


def test_without_a_bound_more_than_64_mib_panic() -> None:
    _, client = make_world()
    answer = client.fd.action(
        ADD_FLOW, client.client_id, UserBuffer(length=1 << 27), buffer_size=(64 << 20) + 1
    )
    assert effects_of(answer, Panic)


def test_a_registration_whose_id_cannot_be_written_stays() -> None:
    laptop, client = make_world()
    answer = call(client, UserBuffer(length=36, readonly=True))
    assert verdict(answer) == (Errno.EFAULT, [FUNCTION] * 2)
    assert len(registrations(laptop, client)) == 1


@pytest.mark.parametrize("flag", [FlowFlag.BROWSE, FlowFlag.RESOLVE])
def test_a_flow_that_browses_or_resolves_asserts_its_agent(flag: FlowFlag) -> None:
    laptop, client = make_world()
    registration = client.add_flow(flag, AGENT)
    assert messages(registration.added) == [
        (AGENT, AgentMessageType.CLIENT_ASSERT, registration.client_id)
    ]
    ((flow,),) = (each.flows for each in registrations(laptop, client))
    assert (flow.nexus, flow.nexus_agent, flow.check_tcp_heuristics) == (1, AGENT, 1)
    # The interface that has the agent, and that it is wired.
    assert (flow.interface_index, flow.interface_flags) == (laptop.wired.index, 0x10)


def test_an_agent_on_no_interface_gets_a_flow_on_none() -> None:
    laptop, client = make_world()
    client.add_flow(FlowFlag.BROWSE, KERNEL_AGENT)
    ((flow,),) = (each.flows for each in registrations(laptop, client))
    assert (flow.interface_index, flow.interface_flags) == (0, 0)


def test_an_agent_may_know_the_flow_by_the_id_of_its_client() -> None:
    _, client = make_world()
    registration = client.add_flow(FlowFlag.BROWSE | FlowFlag.USE_CLIENT_ID, AGENT)
    assert messages(registration.added) == [
        (AGENT, AgentMessageType.CLIENT_ASSERT, client.client_id)
    ]


def told_address(answer: CallAnswer) -> bytes:
    """The remote address that an agent of the kernel is told."""
    (message,) = (e for e in answer.effects if isinstance(e, AgentMessage))
    assert isinstance(message.delivery, KernelAgentMessage)
    assert message.delivery.nexus_parameters is not None
    return message.delivery.nexus_parameters.remote_addr


OTHER = "203.0.113.77:80"
BROWSE_AND_OVERRIDE = FlowFlag.BROWSE | FlowFlag.OVERRIDE_ADDRESS


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(
            request(BROWSE_AND_OVERRIDE, KERNEL_AGENT) + sockaddr(OTHER), OTHER, id="an address"
        ),
        pytest.param(
            request(BROWSE_AND_OVERRIDE, KERNEL_AGENT, 1) + bytes(24) + sockaddr(OTHER)[:16],
            OTHER,
            id="behind a request of statistics",
        ),
        pytest.param(
            request(FlowFlag.BROWSE, KERNEL_AGENT) + sockaddr(OTHER), REMOTE, id="without the flag"
        ),
        pytest.param(
            request(BROWSE_AND_OVERRIDE, KERNEL_AGENT) + sockaddr(OTHER)[:15],
            REMOTE,
            id="cut short",
        ),
        pytest.param(
            request(BROWSE_AND_OVERRIDE, KERNEL_AGENT) + bytes([29]) + sockaddr(OTHER)[1:] + b"\0",
            REMOTE,
            id="longer than an address",
        ),
        pytest.param(
            request(BROWSE_AND_OVERRIDE, KERNEL_AGENT) + bytes([28]) + sockaddr(OTHER)[1:16],
            REMOTE,
            id="longer than the buffer",
        ),
    ],
)
def test_a_flow_can_have_an_address_of_its_own(content: bytes, told: str) -> None:
    _, client = make_world()
    assert told_address(call(client, content)) == sockaddr(told)


def test_a_registration_whose_agent_cannot_be_told_is_gone_again() -> None:
    laptop, client = make_world()
    laptop.system.submit(NetagentFail("daemon", Errno.ENOBUFS))
    answer = call(client, request(FlowFlag.BROWSE, AGENT))
    flow_id = messages(answer)[0][2]
    assert messages(answer) == [
        (AGENT, AgentMessageType.CLIENT_ASSERT, flow_id),
        (AGENT, AgentMessageType.CLIENT_UNASSERT, flow_id),
    ]
    agent_logs = ["netagent_send_client_message", "netagent_client_message_with_params"]
    assert verdict(answer) == (
        Errno.ENOBUFS,
        [*agent_logs, FUNCTION, *agent_logs, "necp_destroy_client_flow_registration", FUNCTION],
    )
    assert registrations(laptop, client) == ()
    assert shown(answer)[1] == request(FlowFlag.BROWSE, AGENT).rstrip(b"\0")


def test_an_unknown_agent_is_enoent() -> None:
    laptop, client = make_world()
    answer = call(client, request(FlowFlag.BROWSE, b"\x99" * 16))
    assert verdict(answer) == (Errno.ENOENT, [FUNCTION] * 2)
    assert registrations(laptop, client) == ()


def test_a_nexus_flow_is_counted_only_when_it_ends() -> None:
    laptop, client = make_world()
    registration = client.add_flow(FlowFlag.BROWSE, AGENT)
    assert laptop.system.snapshot().necp_if_flow_count == 0
    registration.remove_flow()
    assert laptop.system.snapshot().necp_if_flow_count == -1


def test_parameters_are_parsed_even_if_no_agent_is_told() -> None:
    laptop, _ = make_world()
    client = laptop.fd.add(parameters=b"\x0b\xff\0\0\0")
    answer = call(client, request())
    assert verdict(answer) == (0, ["necp_client_parse_parameters"])


def test_a_failed_registration_leaves_its_client_without_any() -> None:
    """The next socket makes one, as if there had never been any."""
    laptop, client = make_world()
    call(client, request(FlowFlag.BROWSE, b"\x99" * 16))
    socket = laptop.system.add_socket("s1", local="192.0.2.10:1024", remote=REMOTE)
    assert socket.register(client).errno == Errno.OK
    assert len(registrations(laptop, client)) == 1


def test_an_older_release_does_not_know_it() -> None:
    answer = make_laptop().fd.action(ADD_FLOW, room(16), room(36))
    assert verdict(answer) == (Errno.EINVAL, ["necp_client_action"])
