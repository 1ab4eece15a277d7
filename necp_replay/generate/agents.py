"""Operations of network agents: register, change, message and assign, in each way they can."""

from __future__ import annotations

from typing import Any, Final

from necp_replay.abi.netagent import MESSAGE_HEADER, AgentMessageType, AgentOption8019
from necp_replay.abi.uuid import ZERO_UUID
from necp_replay.events import agents
from necp_replay.events.inputs import Input
from necp_replay.events.syscalls import NetagentTrigger
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.generate import values
from necp_replay.generate.generator import APP, NOBODY, PLATFORM, Generator

NO_SESSION: Final = "nosuch"
# How each agent of values.AGENT_NAMES registers.
_VIA: Final = (None, "message", "setopt", "kernel", "kernel_nohandler", None)
# NETAGENT_FLAG_*: 3 is registered and active. Useful combinations are listed more than once.
_FLAGS: Final = (3, 3, 0x0B, 0x0B, 0x83, 0x03, 0x01, 0x13, 0x23, 0x43, 0x103, 0x20003)
_LATER_OPTIONS: Final = tuple(map(int, AgentOption8019))
_QUESTIONS: Final = (int(AgentOption8019.TOKEN_COUNT), int(AgentOption8019.TOKEN_LOW_WATER))


def register(generator: Generator) -> None:
    """An agent registers, sometimes with a malformed registration."""
    number = generator.steer("register", range(len(values.AGENTS)))
    domain, kind = values.AGENT_KINDS[number]
    wrong: dict[str, Any] = generator.pick(
        ({}, {}, {}, {}, {"data_size": 5000}, {"raw": b"\1" * 9}, {"data": b"data"})
    )
    generator.emit(
        agents.NetagentRegister(
            values.AGENT_NAMES[number],
            values.AGENTS[number],
            domain.encode(),
            kind.encode(),
            b"generated",
            generator.pick(_FLAGS),
            via=_VIA[number],
            **wrong,
        )
    )


def change(generator: Generator) -> None:
    """An agent changes, fails, unregisters or closes."""
    name = _name(generator)
    events: tuple[Input, ...] = (
        agents.NetagentUpdate(name, flags=generator.pick(_FLAGS), data=b"x" * generator.number(5)),
        agents.NetagentUpdate(name, uuid=bytes([0xAF]) * 16),
        agents.NetagentUpdate(name, domain=b"Other"),
        agents.NetagentSetFlags(name, generator.pick(_FLAGS)),
        agents.NetagentSetFlags(name, generator.pick(_FLAGS)),
        agents.NetagentSetFlags(name, generator.pick(_FLAGS)),
        agents.NetagentUnregister(name),
        agents.NetagentClose(name),
        agents.NetagentFail(name, generator.pick((55, 0, 0))),
        agents.NetagentFail(name, 0),
    )
    event = generator.steer("change agent", events)
    generator.emit(event)
    if isinstance(event, agents.NetagentUnregister):
        generator.emit(agents.NetagentUpdate(name, desc=b"too late"))
        kernel = generator.pick(("kernel", "deaf"))
        generator.emit(agents.NetagentUnregister(kernel))
        generator.emit(agents.NetagentProtoctl(kernel, generator.any_client().id, 1, 2, 3))


def control_socket(generator: Generator) -> None:
    """Options and raw messages on an agent's control socket."""
    name = _name(generator)
    kind = generator.steer("message", (*AgentMessageType, 0, 99))
    payload = generator.pick((b"", values.AGENTS[0], values.AGENTS[0].ljust(216, b"\0")))
    message = MESSAGE_HEADER.pack(int(kind), 0, generator.number(99), 0, len(payload)) + payload
    option = generator.steer("option", (1, 2, 3, 11, 16, 17, *_LATER_OPTIONS))
    number = generator.number(9)
    content = generator.pick((payload, number.to_bytes(8, "little"), b"\1", b"\2\0\0\0"))
    if option == AgentOption8019.ASSIGN_GROUP_MEMBERS and not generator.chance(4):
        content = generator.any_client().id + b"members"
    events: tuple[Input, ...] = (
        agents.NetagentMessage(name, message),
        agents.NetagentMessage(name, message[: generator.number(16)]),
        agents.NetagentSetopt(name, option, content),
        agents.NetagentGetopt(name, option, generator.pick((8, 8, 4))),
        agents.NetagentGetopt(name, 16, generator.pick((8, 8, 4))),
        agents.NetagentGetopt(name, generator.pick(_QUESTIONS), generator.pick((4, 4, 3))),
    )
    generator.emit(generator.steer("control socket", events))


def assign(generator: Generator) -> None:
    """An agent assigns a nexus to a client, or reports an event of it."""
    name = _name(generator)
    client = generator.pick((generator.any_client().id, b"\xee" * 16, generator.any_client().id))
    results = values.nexus_results(generator)
    numbers = (generator.number(9), generator.number(9), generator.number(9))
    events: tuple[Input, ...] = (
        agents.NetagentAssignNexus(name, client, results),
        agents.NetagentAssignNexus(name, client, results, via="message"),
        agents.NetagentProtoctl("kernel", client, *numbers),
        agents.NetagentProtoctl(NO_SESSION, client, *numbers),
        agents.NetagentProtoctl("deaf", client, *numbers),
        agents.NetagentResults("kernel", results),
        agents.NetagentResults("kernel", None),
        agents.NetagentResults(NO_SESSION, results),
    )
    generator.emit(generator.steer("assign", events))


def trigger(generator: Generator) -> None:
    """A process triggers an agent with ``netagent_trigger``."""
    uuid = generator.pick((*values.AGENTS, ZERO_UUID))
    whole = UserBuffer(content=uuid.rstrip(b"\0"), length=16)
    buffers = ((whole, 16), (whole, 16), (whole, 15), (None, 0), (UserBuffer(unmapped=True), 16))
    buffer, length = generator.steer("trigger", buffers)
    generator.emit(NetagentTrigger(generator.pick((APP, PLATFORM, APP, NOBODY)), buffer, length))


def _name(generator: Generator) -> str:
    return generator.pick((*values.AGENT_NAMES, *values.AGENT_NAMES, NO_SESSION))
