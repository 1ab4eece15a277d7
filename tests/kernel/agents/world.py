"""A system with agent sessions, and the effects that agents have, for tests of agents."""

from __future__ import annotations

from collections.abc import Iterable

from necp_replay.abi.netagent import MESSAGE_HEADER, NETAGENT, AgentEvent, AgentMessageType
from necp_replay.engines.recorder import Recorder
from necp_replay.events import agents, notifications
from necp_replay.events.effects import (
    AgentMessage,
    ControlSocketMessage,
    Effect,
    KernelEvent,
    Log,
    TimerArmed,
)
from necp_replay.events.snapshot import AgentSnapshot, NetagentsSnapshot
from necp_replay.kernel.machine import Machine
from necp_replay.releases.profile import Profile
from necp_replay.releases.xnu_4570 import XNU_4570_51_1
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.system import System

A1 = b"\xa1" * 16
A2 = b"\xa2" * 16
NO_UUID = bytes(16)
DEFAULT_FLAGS = 0x3


def make_system(profile: Profile = XNU_4570_51_1.profile) -> System:
    """A system with nothing in it."""
    return System(Recorder(Machine(profile), lambda step, outcome: None), "agent tests")


def register(
    system: System,
    session: str = "a1",
    uuid: bytes = A1,
    *,
    flags: int = DEFAULT_FLAGS,
    via: str | None = None,
    domain: bytes = b"Dom",
    data: bytes | None = None,
) -> CallAnswer:
    """Register an agent of domain ``Dom`` and type ``Typ``."""
    return system.submit(
        agents.NetagentRegister(session, uuid, domain, b"Typ", b"", flags, data, via)
    )


def encoded_agent(uuid: bytes = A1, *, flags: int = DEFAULT_FLAGS, data_size: int = 0) -> bytes:
    """``struct netagent`` as :func:`register` sends it."""
    return NETAGENT.pack(uuid, b"Dom", b"Typ", b"", flags, data_size)


def message(message_type: int, payload: bytes = b"", *, payload_length: int | None = None) -> bytes:
    """A message with id 9 for the control socket."""
    length = len(payload) if payload_length is None else payload_length
    return MESSAGE_HEADER.pack(message_type, 0, 9, 0, length) + payload


def send(system: System, content: bytes, session: str = "a1") -> CallAnswer:
    """Write a message to the session's control socket."""
    return system.submit(agents.NetagentMessage(session, content))


def registry_of(system: System) -> NetagentsSnapshot:
    """The agent registry as a snapshot shows it."""
    registry = system.snapshot(full=True).netagents
    assert registry is not None
    return registry


def only_agent(system: System) -> AgentSnapshot:
    """The one agent that is registered."""
    (agent,) = registry_of(system).agents
    return agent


def response(answer: CallAnswer) -> tuple[int, int]:
    """Type and error of the one message to an agent among the effects."""
    (sent,) = messages(answer.effects)
    assert isinstance(sent.delivery, ControlSocketMessage)
    return sent.type, sent.delivery.error


def messages(effects: Iterable[Effect]) -> list[AgentMessage]:
    """The messages to agents among the effects."""
    return [effect for effect in effects if isinstance(effect, AgentMessage)]


def logs(answer: CallAnswer) -> list[tuple[int, str | None]]:
    """Level and function of each log record."""
    return [(e.level, e.function) for e in answer.effects if isinstance(e, Log)]


def announced(answer: CallAnswer) -> list[AgentEvent]:
    """The kernel events about agents among the effects."""
    return [AgentEvent(e.code) for e in answer.effects if isinstance(e, KernelEvent)]


def arms_timer(answer: CallAnswer) -> bool:
    """Whether clients will be evaluated again."""
    return any(isinstance(effect, TimerArmed) for effect in answer.effects)


def inject_flow(system: System, client_id: bytes, agent: bytes = A1) -> CallAnswer:
    """A nexus flow of the client that the agent was asked for."""
    return system.submit(notifications.InjectNexusFlow(client_id, agent))


CLIENT_TRIGGER = AgentMessageType.CLIENT_TRIGGER
CLIENT_ASSERT = AgentMessageType.CLIENT_ASSERT
CLIENT_UNASSERT = AgentMessageType.CLIENT_UNASSERT
