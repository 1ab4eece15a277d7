"""Moves of network agents, by every door that they have."""

from __future__ import annotations

from typing import Any, Final

from necp_replay.abi.netagent import MESSAGE_HEADER, AgentMessageType
from necp_replay.events import agents
from necp_replay.events.inputs import Input
from necp_replay.events.syscalls import NetagentTrigger
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.generate import values
from necp_replay.generate.world import APP, NOBODY, PLATFORM, World

NO_SESSION: Final = "nosuch"
_VIA: Final = (None, "message", "setopt", "kernel", "kernel_nohandler", None)
_FLAGS: Final = (3, 3, 0x0B, 0x0B, 0x83, 0x03, 0x01, 0x13, 0x23, 0x43, 0x103)


def register(world: World) -> None:
    """An agent registers, now and then wrongly."""
    number = world.steer("register", range(len(values.AGENTS)))
    domain, kind = values.AGENT_KINDS[number]
    wrong: dict[str, Any] = world.pick(
        ({}, {}, {}, {}, {"data_size": 5000}, {"raw": b"\1" * 9}, {"data": b"data"})
    )
    world.emit(
        agents.NetagentRegister(
            values.AGENT_NAMES[number],
            values.AGENTS[number],
            domain.encode(),
            kind.encode(),
            b"generated",
            world.pick(_FLAGS),
            via=_VIA[number],
            **wrong,
        )
    )


def change(world: World) -> None:
    """An agent changes, fails, unregisters or closes."""
    name = _name(world)
    events: tuple[Input, ...] = (
        agents.NetagentUpdate(name, flags=world.pick(_FLAGS), data=b"x" * world.number(5)),
        agents.NetagentUpdate(name, uuid=bytes([0xAF]) * 16),
        agents.NetagentUpdate(name, domain=b"Other"),
        agents.NetagentSetFlags(name, world.pick(_FLAGS)),
        agents.NetagentSetFlags(name, world.pick(_FLAGS)),
        agents.NetagentSetFlags(name, world.pick(_FLAGS)),
        agents.NetagentUnregister(name),
        agents.NetagentClose(name),
        agents.NetagentFail(name, world.pick((55, 0, 0))),
        agents.NetagentFail(name, 0),
    )
    event = world.steer("change agent", events)
    world.emit(event)
    if isinstance(event, agents.NetagentUnregister):
        world.emit(agents.NetagentUpdate(name, desc=b"too late"))
        kernel = world.pick(("kernel", "deaf"))
        world.emit(agents.NetagentUnregister(kernel))
        world.emit(agents.NetagentProtoctl(kernel, world.any_client().id, 1, 2, 3))


def control_socket(world: World) -> None:
    """Options and raw messages on an agent's control socket."""
    name = _name(world)
    kind = world.steer("message", (*AgentMessageType, 0, 99))
    payload = world.pick((b"", values.AGENTS[0], values.AGENTS[0].ljust(216, b"\0")))
    message = MESSAGE_HEADER.pack(int(kind), 0, world.number(99), 0, len(payload)) + payload
    option = world.steer("option", (1, 2, 3, 11, 16, 17))
    content = world.pick((payload, (world.number(9)).to_bytes(8, "little"), b"\1"))
    events: tuple[Input, ...] = (
        agents.NetagentMessage(name, message),
        agents.NetagentMessage(name, message[: world.number(16)]),
        agents.NetagentSetopt(name, option, content),
        agents.NetagentGetopt(name, option, world.pick((8, 8, 4))),
        agents.NetagentGetopt(name, 16, world.pick((8, 8, 4))),
    )
    world.emit(world.steer("control socket", events))


def assign(world: World) -> None:
    """An agent assigns a nexus to a client, or reports an event of it."""
    name = _name(world)
    client = world.pick((world.any_client().id, b"\xee" * 16, world.any_client().id))
    results = values.nexus_results(world)
    numbers = (world.number(9), world.number(9), world.number(9))
    events: tuple[Input, ...] = (
        agents.NetagentAssignNexus(name, client, results),
        agents.NetagentAssignNexus(name, client, results, via="message"),
        agents.NetagentProtoctl("kernel", client, *numbers),
        agents.NetagentProtoctl(NO_SESSION, client, *numbers),
        agents.NetagentProtoctl("deaf", client, *numbers),
    )
    world.emit(world.steer("assign", events))


def trigger(world: World) -> None:
    """A process triggers an agent by system call."""
    uuid = world.pick((*values.AGENTS, bytes(16)))
    whole = UserBuffer(content=uuid.rstrip(b"\0"), length=16)
    buffers = ((whole, 16), (whole, 16), (whole, 15), (None, 0), (UserBuffer(unmapped=True), 16))
    buffer, length = world.steer("trigger", buffers)
    world.emit(NetagentTrigger(world.pick((APP, PLATFORM, APP, NOBODY)), buffer, length))


def _name(world: World) -> str:
    return world.pick((*values.AGENT_NAMES, *values.AGENT_NAMES, NO_SESSION))
