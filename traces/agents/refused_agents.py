"""Agents that do not exist, triggers that are not accepted, and events of kernel agents."""

from necp_replay.abi.client import ClientAction, ClientParameter
from necp_replay.abi.netagent import AgentOption
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events import agents, notifications
from necp_replay.scenario import System

NO_SESSION = "nosuch"


def sessions_that_are_not_there(system: System) -> None:
    """Every input of an agent session that was never opened is ENOENT.

    Source: the vocabulary of inputs.
    """
    a = agents
    for event in (
        a.NetagentUpdate(NO_SESSION),
        a.NetagentSetFlags(NO_SESSION, 3),
        a.NetagentUnregister(NO_SESSION),
        a.NetagentClose(NO_SESSION),
        a.NetagentSetopt(NO_SESSION, 1),
        a.NetagentGetopt(NO_SESSION, 16),
        a.NetagentMessage(NO_SESSION),
        a.NetagentFail(NO_SESSION, 55),
        a.NetagentAssignNexus(NO_SESSION),
        a.NetagentProtoctl(NO_SESSION),
    ):
        system.submit(event)


def session_without_an_agent(system: System) -> None:
    """A control socket and a kernel agent after unregistering: ENOENT by option, else EINVAL.

    Source: netagent_handle_update_setopt, netagent_handle_use_count_getopt, netagent_update,
    xnu-4570.51.1.
    """
    gone = system.add_agent("gone", flags=0x01)
    gone.unregister()
    gone.set_flags(0x03)
    gone.getsockopt(AgentOption.USE_COUNT)
    kernel = system.add_agent("kernel", flags=0x01, via="kernel")
    kernel.unregister()
    kernel.set_flags(0x03)


def triggers_that_nobody_takes(system: System) -> None:
    """Triggers of an active agent, of one that users may not trigger, and of one that fails.

    Source: netagent_trigger, netagent_client_message_with_params, xnu-4570.51.1.
    """
    process = system.add_process(100)
    takes = system.add_agent("takes", flags=0x09)
    active = system.add_agent("active", flags=0x0B)
    voluntary = system.add_agent("voluntary", flags=0x01)
    client = process.necp_open().add(remote="203.0.113.5:443")
    for agent in (takes, active, voluntary):
        process.netagent_trigger(agent.uuid)
        client.agent_action(pack_tlv(ClientParameter.TRIGGER_AGENT, agent.uuid))
    takes.fail(55)
    process.netagent_trigger(takes.uuid)
    client.agent_action(pack_tlv(ClientParameter.TRIGGER_AGENT, takes.uuid))
    client.agent_action(pack_tlv(ClientParameter.ASSERT_AGENT, takes.uuid))
    client.fd.action(ClientAction.AGENT_USE, client.client_id, takes.uuid + bytes(8))
    process.netagent_trigger(takes.uuid, len=8)
    process.netagent_trigger(bytes(16))


def events_of_a_kernel_agent(system: System) -> None:
    """A kernel agent assigns a nexus and reports protocol-control events, also for no client.

    Source: netagent_assign_nexus, netagent_update_flow_protoctl_event, xnu-4570.51.1.
    """
    kernel = system.add_agent("kernel", flags=0x83, via="kernel")
    client = system.add_process(100).necp_open().add(remote="203.0.113.5:443")
    system.submit(agents.NetagentProtoctl("kernel", client.client_id, 1, 2, 3))
    system.submit(notifications.InjectNexusFlow(client.client_id, kernel.uuid, requested=True))
    kernel.assign_nexus(client.client_id, pack_tlv(100, b"\7" * 16))
    kernel.assign_nexus(b"\xee" * 16)
    system.submit(agents.NetagentProtoctl("kernel", client.client_id, 1, 2, 3))
    system.submit(agents.NetagentProtoctl("kernel", b"\xee" * 16, 1, 2, 3))
    client.copy_result()
    kernel.unregister()
    system.submit(agents.NetagentProtoctl("kernel", client.client_id, 4, 5, 6))
    kernel.assign_nexus(client.client_id)


def session_opened_twice(system: System) -> None:
    """An agent's session opened without an agent, opened again, used to register, and closed.

    Source: netagent_ctl_connect, netagent_ctl_disconnect, xnu-4570.51.1.
    """
    system.submit(agents.NetagentOpen("a"))
    system.submit(agents.NetagentOpen("a"))
    agent = system.add_agent("a")
    agent.close()
    system.snapshot(full=True)
