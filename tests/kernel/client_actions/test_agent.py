"""AGENT."""

from __future__ import annotations

import tracemalloc

import pytest

from necp_replay.abi.client import ClientAction, ClientParameter
from necp_replay.abi.errno import Errno
from necp_replay.abi.netagent import AgentMessageType
from necp_replay.abi.tlv import TLV_HEADER, pack_tlv
from necp_replay.events.effects import AgentMessage, KernelAgentMessage, Log, Panic
from necp_replay.events.outcome import Panicked
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import room
from tests.kernel.builders import NEWER, OLDER, REMOTE, Laptop, effects_of, make_laptop
from tests.kernel.client_actions.arguments import Arguments, unreadable, verdict
from tests.work import lines_run

FUNCTION = "necp_client_agent_action"
AGENT = ClientAction.AGENT
TRIGGER = ClientParameter.TRIGGER_AGENT
ASSERT = ClientParameter.ASSERT_AGENT
UNASSERT = ClientParameter.UNASSERT_AGENT
USER_ACTIVATED = 0x8
UNKNOWN = b"\x99" * 16
MIB = 1024 * 1024


def sent(answer: CallAnswer) -> list[int]:
    """The types of the messages to agents."""
    found = effects_of(answer, AgentMessage)
    return [effect.type for effect in found if isinstance(effect, AgentMessage)]


def laptop_with_agent(release: str = NEWER, *, via: str = "setopt") -> tuple[Laptop, bytes]:
    laptop = make_laptop(release)
    return laptop, laptop.system.add_agent("a1", flags=0x3 | USER_ACTIVATED, via=via).uuid


@pytest.mark.parametrize(("release", "logs"), [(OLDER, []), (NEWER, [FUNCTION])])
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(Arguments(None), id="no id"),
        pytest.param(Arguments(room(15)), id="a short id"),
        pytest.param(Arguments(room(16), None), id="no buffer"),
        pytest.param(Arguments(room(16), buffer_size=0), id="length 0"),
    ],
)
def test_bad_arguments_are_refused_and_logged_in_newer_releases(
    arguments: Arguments, release: str, logs: list[str]
) -> None:
    answer = arguments.call(make_laptop(release).fd, AGENT)
    assert verdict(answer) == (Errno.EINVAL, logs)


@pytest.mark.parametrize(
    "arguments", [Arguments(unreadable()), Arguments(room(16), unreadable(bytes(64)))]
)
def test_unreadable_arguments_fault(arguments: Arguments) -> None:
    assert verdict(arguments.call(make_laptop().fd, AGENT)) == (Errno.EFAULT, [FUNCTION])


@pytest.mark.parametrize("size_bytes", [64 * MIB + 1, 1 << 40])
def test_a_buffer_of_more_than_64_mib_panics_before_the_client_is_looked_for(
    size_bytes: int,
) -> None:
    answer = Arguments(UNKNOWN, UserBuffer(length=16 * MIB), buffer_size=size_bytes).call(
        make_laptop().fd, AGENT
    )
    assert answer.answer == Panicked()
    assert [type(effect) for effect in answer.effects] == [Panic]


def test_a_buffer_of_16_mib_is_read() -> None:
    answer = Arguments(UNKNOWN, UserBuffer(length=16 * MIB)).call(make_laptop().fd, AGENT)
    assert verdict(answer) == (Errno.ENOENT, [])


def test_zeros_that_a_record_does_not_hold_cost_neither_memory_nor_work() -> None:
    laptop, agent = laptop_with_agent()
    client = laptop.fd.add(remote=REMOTE)
    tlvs = UserBuffer(content=pack_tlv(TRIGGER, agent), length=16 * MIB, mapped=64 * MIB)
    arguments = Arguments(client.client_id, tlvs, buffer_size=64 * MIB)
    answers: list[CallAnswer] = []
    tracemalloc.start()
    lines = lines_run(lambda: answers.append(arguments.call(laptop.fd, AGENT)))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent(answers[0]) == [AgentMessageType.CLIENT_TRIGGER]
    assert lines < 10_000
    assert peak_bytes < MIB


@pytest.mark.parametrize("cut", [1, 16])
def test_zero_bytes_at_the_end_of_an_id_belong_to_it(cut: int) -> None:
    laptop = make_laptop()
    uuid = (bytes(range(1, 17))[:-cut] or b"").ljust(16, b"\0")
    laptop.system.add_agent("a1", uuid=uuid, flags=0x3 | USER_ACTIVATED)
    client = laptop.fd.add(remote=REMOTE)
    tlv = pack_tlv(TRIGGER, uuid)
    buffer = UserBuffer(content=tlv.rstrip(b"\0"), length=len(tlv))
    answer = Arguments(client.client_id, buffer).call(laptop.fd, AGENT)
    assert sent(answer) == [AgentMessageType.CLIENT_TRIGGER]


def test_a_tlv_that_passes_the_end_of_the_zeros_is_logged() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE)
    buffer = UserBuffer(content=TLV_HEADER.pack(TRIGGER, 100), length=104)
    answer = Arguments(client.client_id, buffer).call(laptop.fd, AGENT)
    assert verdict(answer) == (Errno.ENOENT, [FUNCTION])


def test_a_client_of_another_fd_is_not_found() -> None:
    laptop, agent = laptop_with_agent()
    client = laptop.fd.add(remote=REMOTE)
    other = laptop.app.necp_open().client(client.client_id)
    assert other.agent_action(pack_tlv(TRIGGER, agent)).errno == Errno.ENOENT


def test_triggers_assertions_and_their_end_are_messages_in_the_order_of_the_tlvs() -> None:
    laptop, agent = laptop_with_agent()
    client = laptop.fd.add(remote=REMOTE)
    tlvs = [pack_tlv(type_, agent) for type_ in (TRIGGER, ASSERT, UNASSERT)]
    answer = client.agent_action(b"".join(tlvs))
    assert (answer.errno, answer.retval) == (0, 0)
    assert sent(answer) == [
        AgentMessageType.CLIENT_TRIGGER,
        AgentMessageType.CLIENT_ASSERT,
        AgentMessageType.CLIENT_UNASSERT,
    ]
    assert laptop.client(client).assertions == ()


def test_assertions_are_remembered_newest_first_and_taken_back_one_by_one() -> None:
    laptop, agent = laptop_with_agent()
    other = laptop.system.add_agent("a2").uuid
    client = laptop.fd.add(remote=REMOTE)
    client.agent_action(b"".join(pack_tlv(ASSERT, uuid) for uuid in (agent, other, agent)))
    assert laptop.client(client).assertions == (agent, other, agent)
    client.agent_action(pack_tlv(UNASSERT, agent))
    assert laptop.client(client).assertions == (other, agent)


def test_what_came_before_a_tlv_that_fails_stays_done() -> None:
    laptop, agent = laptop_with_agent()
    client = laptop.fd.add(remote=REMOTE)
    tlvs = [pack_tlv(ASSERT, agent), pack_tlv(ASSERT, UNKNOWN), pack_tlv(TRIGGER, agent)]
    answer = client.agent_action(b"".join(tlvs))
    assert answer.errno == Errno.ENOENT
    assert sent(answer) == [AgentMessageType.CLIENT_ASSERT]
    assert laptop.client(client).assertions == (agent,)


def test_an_assertion_that_was_not_made_cannot_be_taken_back() -> None:
    laptop, agent = laptop_with_agent()
    answer = laptop.fd.add(remote=REMOTE).agent_action(pack_tlv(UNASSERT, agent))
    assert verdict(answer) == (Errno.ENOENT, ["necp_client_remove_assertion"])


def test_an_assertion_is_forgotten_before_its_agent_is_told_so() -> None:
    laptop, agent = laptop_with_agent()
    client = laptop.fd.add(remote=REMOTE)
    client.agent_action(pack_tlv(ASSERT, agent))
    laptop.system.add_agent("a1").fail(Errno.ENOBUFS)
    assert client.agent_action(pack_tlv(UNASSERT, agent)).errno == Errno.ENOBUFS
    assert laptop.client(client).assertions == ()


def test_a_trigger_needs_an_agent_that_users_activate() -> None:
    laptop = make_laptop()
    agent = laptop.system.add_agent("a1", flags=0x3).uuid
    answer = laptop.fd.add(remote=REMOTE).agent_action(pack_tlv(TRIGGER, agent))
    assert (answer.errno, sent(answer)) == (Errno.ENOTSUP, [])


@pytest.mark.parametrize(("release", "notices"), [(OLDER, 0), (NEWER, 1)])
def test_a_trigger_is_noticed_in_newer_releases(release: str, notices: int) -> None:
    laptop, agent = laptop_with_agent(release)
    answer = laptop.fd.add(remote=REMOTE).agent_action(pack_tlv(TRIGGER, agent))
    assert len(effects_of(answer, Log)) == notices


@pytest.mark.parametrize(
    "tlvs",
    [
        pytest.param(bytes(4), id="no whole header"),
        pytest.param(pack_tlv(TRIGGER, b""), id="an empty TLV"),
        pytest.param(pack_tlv(TRIGGER, bytes(15)), id="too short for an id"),
        pytest.param(pack_tlv(ClientParameter.REQUIRE_AGENT, bytes(16)), id="another type"),
    ],
)
def test_nothing_about_an_agent_is_enoent(tlvs: bytes) -> None:
    laptop = make_laptop()
    answer = laptop.fd.add(remote=REMOTE).agent_action(UserBuffer(tlvs.rstrip(b"\0"), len(tlvs)))
    assert verdict(answer) == (Errno.ENOENT, [])


def test_a_tlv_longer_than_what_is_left_ends_the_list_with_a_log_record() -> None:
    laptop, agent = laptop_with_agent(OLDER)
    client = laptop.fd.add(remote=REMOTE)
    cut = TLV_HEADER.pack(TRIGGER, 17) + agent
    assert verdict(client.agent_action(cut)) == (Errno.ENOENT, [FUNCTION])
    assert verdict(client.agent_action(pack_tlv(TRIGGER, agent) + cut)) == (0, [FUNCTION])


def test_bytes_after_an_id_are_ignored() -> None:
    laptop, agent = laptop_with_agent()
    client = laptop.fd.add(remote=REMOTE)
    assert client.agent_action(pack_tlv(ASSERT, agent + b"\xff" * 9)).errno == 0
    assert laptop.client(client).assertions == (agent,)


def test_a_kernel_agent_gets_the_parameters_of_the_client_it_is_triggered_for() -> None:
    laptop, agent = laptop_with_agent(via="kernel")
    answer = laptop.fd.add(remote=REMOTE).agent_action(pack_tlv(TRIGGER, agent))
    (message,) = effects_of(answer, AgentMessage)
    assert isinstance(message, AgentMessage)
    assert isinstance(message.delivery, KernelAgentMessage)
    assert message.delivery.nexus_parameters is not None
    assert message.delivery.nexus_parameters.pid == laptop.app.pid
