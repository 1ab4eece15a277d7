"""An agent's control socket: registering, updating and asking, by option and by message."""

from necp_replay.abi.client import ClientResult
from necp_replay.abi.netagent import (
    MESSAGE_HEADER,
    NETAGENT,
    AgentFlag,
    AgentMessageType,
    AgentOption,
)
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import AgentHandle, Errno, System

UUID = b"\6" * 16


def agent_by_every_door(system: System) -> None:
    """An agent registers, updates, is used and unregisters: by option, by message, in the kernel.

    Source: netagent_ctl_setopt, netagent_ctl_send, netagent_register, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    for number, via in enumerate(("setopt", "message", "kernel", "kernel_nohandler"), 1):
        agent = system.add_agent(via, uuid=bytes([number]) * 16, via=via, data=b"first")
        en0.add_agent(agent.uuid)
        agent.update(data=b"second and longer")
        agent.update(data=b"second and longer")
        agent.set_flags(AgentFlag.REGISTERED)
        agent.update(domain=b"Another")
        agent.update(uuid=b"\7" * 16)
        system.snapshot(full=True)
        agent.unregister()
        agent.unregister()
        agent.update(data=b"too late")
        agent.close()
        agent.close()


def agent_registered_wrongly(system: System) -> None:
    """Registrations that are refused: a second one, too much data, wrong sizes, too short, empty.

    Source: netagent_handle_register_setopt, netagent_handle_register_message, xnu-4570.51.1.
    """
    for via in ("setopt", "message", "kernel"):
        agent = system.add_agent(via, uuid=UUID, via=via)
        system.add_agent(via, uuid=UUID, via=via)
        agent.update(data_size=5000)
        agent.update(data_size=3)
        agent.update(data=b"x" * 4096)
        agent.update(data=b"x" * 4097)
        agent.update(raw=b"\1" * 9)
        agent.close()
    options = system.add_agent("raw", uuid=b"\7" * 16)
    options.unregister()
    for content in (b"", b"\1" * 9, _netagent(b"\7" * 16)[:-1], _netagent(b"\7" * 16)):
        options.setsockopt(AgentOption.REGISTER, content)
    system.snapshot(full=True)


def agent_messages(system: System) -> None:
    """Every type of message that an agent can send; an unknown one is answered with its own type.

    Source: netagent_ctl_send, xnu-4570.51.1.
    """
    agent = system.add_agent("agent", uuid=UUID, via="message")
    for content in (b"", UUID, _netagent(UUID), _netagent(UUID) + b"data"):
        for kind in (*AgentMessageType, 0, 16, 200):
            _send(agent, int(kind), content)
    assert agent.send(bytes(15)).errno == Errno.EINVAL
    # The header says a larger and a smaller length than the message has.
    agent.send(MESSAGE_HEADER.pack(AgentMessageType.UPDATE, 0, 7, 0, 500) + _netagent(UUID))
    agent.send(MESSAGE_HEADER.pack(AgentMessageType.UPDATE, 0, 8, 0, 5) + _netagent(UUID))
    agent.fail(Errno.ENOBUFS)
    _send(agent, AgentMessageType.GET, b"")


def agent_options(system: System) -> None:
    """Every option that can be set or read, with and without an agent, and unknown options.

    Source: netagent_ctl_setopt, netagent_ctl_getopt, xnu-4570.51.1.
    """
    agent = system.add_agent("agent", uuid=UUID)
    count = (7).to_bytes(8, "little")
    for _ in range(2):
        for option in (*AgentOption, 5, 99):
            if option != AgentOption.UNREGISTER:
                agent.setsockopt(option, _netagent(UUID))
        assert agent.setsockopt(AgentOption.USE_COUNT, count[:4]).errno == Errno.EINVAL
        agent.setsockopt(AgentOption.USE_COUNT, count)
        agent.getsockopt(AgentOption.USE_COUNT)
        assert agent.getsockopt(AgentOption.USE_COUNT, 4).errno == Errno.EINVAL
        assert agent.getsockopt(AgentOption.REGISTER).errno == Errno.ENOPROTOOPT
        agent.unregister()
    again = system.add_agent("again", uuid=b"\7" * 16, flags=0x83)
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    client.inject_nexus_flow(again.uuid)
    results = pack_tlv(ClientResult.NEXUS_PORT, b"\1\0")
    assert again.setsockopt(AgentOption.ASSIGN_NEXUS, client.client_id + results).errno == 0
    client.copy_result()
    assert again.setsockopt(AgentOption.UNREGISTER).errno == 0


def agent_assigns_by_every_door(system: System) -> None:
    """Results of every type are assigned to a client's flow: by option, by message, in the kernel.

    Source: netagent_handle_assign_nexus_setopt, netagent_handle_assign_nexus_message,
    necp_assign_client_result, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    r = ClientResult
    every = (
        *(r.NEXUS_INSTANCE, r.NEXUS_PORT, r.NEXUS_KEY, r.NEXUS_PORT_FLOW_INDEX),
        *(r.LOCAL_ENDPOINT, r.REMOTE_ENDPOINT, r.DISCOVERED_ENDPOINT),
        *(r.TFO_COOKIE, r.TFO_FLAGS, r.INTERFACE_OPTION),
    )
    results = b"".join(pack_tlv(type_, bytes([type_]) * 8) for type_ in every)
    for number, via in enumerate(("setopt", "message", "kernel"), 1):
        agent = system.add_agent(via, uuid=bytes([number]) * 16, flags=0x83, via=via)
        assert agent.assign_nexus(client.client_id, results).errno in _WITHOUT_FLOW
        client.inject_nexus_flow(agent.uuid)
        for content in (results, results, b"", pack_tlv(r.NEXUS_PORT, b"\1\0")):
            agent.assign_nexus(client.client_id, content)
            client.copy_updated_result()
        agent.assign_nexus(b"\xee" * 16, results)
        agent.assign_nexus(client.client_id[:8], b"")
    client.copy_result()
    system.snapshot()


def agent_that_clients_depend_on(system: System) -> None:
    """An agent appears, changes and goes, with clients that require, prefer or prohibit it.

    Source: necp_update_parsed_parameters, necp_ifnet_matches_parameters, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    en5 = system.add_interface("en5", 5, functional_type=2, addrs=["198.51.100.5/24"])
    system.order_interfaces(en0, en5)
    system.add_route("default", en0, gateway="192.0.2.1")
    system.add_route("default", en5, gateway="198.51.100.1", scoped=True)
    fd = system.add_process(100).necp_open()
    kind = ("Proxy", "Web")
    clients = [
        fd.add(remote="203.0.113.5:443", require_agent=[UUID]),
        fd.add(remote="203.0.113.5:443", prefer_agent=[UUID]),
        fd.add(remote="203.0.113.5:443", prohibit_agent=[UUID]),
        fd.add(remote="203.0.113.5:443", require_agent_type=[kind]),
        fd.add(remote="203.0.113.5:443", prefer_agent_type=[kind]),
        fd.add(remote="203.0.113.5:443", prohibit_agent_type=[kind]),
    ]
    agent = system.add_agent("agent", uuid=UUID, domain="Proxy", type="Web")

    def look() -> None:
        system.update_all_clients()
        system.fire_timer()
        for client in clients:
            client.copy_updated_result()

    look()
    en5.add_agent(UUID)
    look()
    agent.set_flags(AgentFlag.REGISTERED)
    look()
    agent.set_flags(AgentFlag.REGISTERED | AgentFlag.ACTIVE | AgentFlag.SPECIFIC_USE_ONLY)
    look()
    en5.remove_agent(UUID)
    en0.add_agent(UUID)
    look()
    agent.close()
    look()


def _send(agent: AgentHandle, kind: int, payload: bytes) -> None:
    agent.send(MESSAGE_HEADER.pack(kind, 0, 7, 0, len(payload)) + payload)


def _netagent(uuid: bytes) -> bytes:
    return NETAGENT.pack(uuid, b"Domain", b"Type", b"by hand", AgentFlag.REGISTERED, 0)


_WITHOUT_FLOW = (0, Errno.EINVAL, Errno.ENOENT)
"""By message 0; else EINVAL up to xnu-4570, and ENOENT where clients have flow registrations."""
