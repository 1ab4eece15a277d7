"""A laptop of a release with Skywalk: its Wi-Fi has an agent in the kernel for nexuses."""

from __future__ import annotations

from dataclasses import dataclass

from necp_replay.abi.client import ClientAction, FlowFlag
from necp_replay.abi.client_structs import (
    ADD_FLOW_REQUEST,
    ADD_FLOW_STATS_ADDRESS_AT,
    FLOW_STATISTICS,
)
from necp_replay.abi.uuid import ZERO_UUID, as_flow_id
from necp_replay.events.agents import NetagentResults
from necp_replay.events.effects import AgentMessage, TimerArmed
from necp_replay.events.outcome import ActionBuffers
from necp_replay.events.snapshot import ClientSnapshot, FdSnapshot
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.process import ClientHandle
from necp_replay.scenario.system import AgentHandle
from tests.kernel.builders import REMOTE, Laptop, effects_of, make_laptop

SKYWALK = "xnu-8019.80.24"
LATER_SIZES = "xnu-10002.1.13"
AGENT = b"\x22" * 16
NEXUS_PROVIDER = 0x83
FIRST_ADDRESS = 0x7000_0000_0000
STATISTICS_TCP, STATISTICS_QUIC = 1, 3
ALLOW_NEXUS = int(FlowFlag.ALLOW_NEXUS)


@dataclass(frozen=True, slots=True)
class World:
    """The laptop, and a client whose only option is the agent."""

    laptop: Laptop
    client: ClientHandle
    agent: AgentHandle

    def shown(self) -> ClientSnapshot:
        """The state of the client."""
        return self.laptop.client(self.client)

    def fd(self) -> FdSnapshot:
        """The state of its fd."""
        (fd,) = self.laptop.system.snapshot().fds
        return fd

    def results(self, results: bytes | None) -> None:
        """What the agent hands back from now on."""
        self.laptop.system.submit(NetagentResults("kernel", results))


def make_world(release: str = SKYWALK) -> World:
    """A laptop with the agent, and a client that may use it."""
    laptop = make_laptop(release)
    agent = laptop.system.add_agent("kernel", uuid=AGENT, flags=NEXUS_PROVIDER, via="kernel")
    laptop.wifi.update(agents=(AGENT,))
    return World(laptop, laptop.fd.add(remote=REMOTE), agent)


def messages(answer: CallAnswer) -> list[int]:
    """The types of the messages to agents."""
    found = effects_of(answer, AgentMessage)
    return [each.type for each in found if isinstance(each, AgentMessage)]


def address_at(answer: CallAnswer, offset: int = 0) -> int:
    """The address that a call wrote into its buffer; zeros at its end are not shown."""
    shown = answer.outcome.answer
    assert isinstance(shown, ActionBuffers)
    assert isinstance(shown.buffer, bytes)
    return int.from_bytes(shown.buffer[offset : offset + 8], "little")


def timers(answer: CallAnswer) -> list[str | None]:
    """The timers that were armed."""
    return [each.timer for each in effects_of(answer, TimerArmed) if isinstance(each, TimerArmed)]


def add_flow(
    client: ClientHandle,
    kind: int = STATISTICS_TCP,
    *,
    size_bytes: int = 144,
    version: int = 1,
    flags: int = 0,
    agent: bytes = ZERO_UUID,
) -> tuple[ClientHandle, int]:
    """ADD_FLOW with a request of statistics; the flow, and the address in the buffer."""
    request = ADD_FLOW_REQUEST.pack(agent, ZERO_UUID, flags, 1)
    request += FLOW_STATISTICS.pack(kind, version, size_bytes, 0)
    answer = client.fd.action(ClientAction.ADD_FLOW, client.client_id, request)
    flow = ClientHandle(client.fd, as_flow_id(answer.uuids[0]), answer)
    return flow, address_at(answer, ADD_FLOW_STATS_ADDRESS_AT)
