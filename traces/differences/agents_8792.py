"""What xnu-8792 to 11417 changed about the control sockets of agents."""

from necp_replay.abi.netagent import AgentOption, AgentOption11417
from necp_replay.events.agents import NetagentOpen, NetagentSetopt
from necp_replay.scenario import System

ID = bytes([7]) * 16


def registrations_that_are_refused(system: System) -> None:
    """A socket that has an agent registers another: a whole one, and one that is cut short.

    Source: netagent_handle_register_setopt, xnu-8792.41.9.
    """
    agent = system.add_agent("vpn", via="setopt")
    agent.setsockopt(AgentOption.REGISTER, ID.ljust(216, b"\0"))
    agent.setsockopt(AgentOption.REGISTER, ID)


def two_agents_with_one_id(system: System) -> None:
    """Two sockets register agents with the same id.

    Source: netagent_handle_register_inner, xnu-11417.121.6; measured in
    x7195_netagent_register_errors.
    """
    for name in ("first", "second"):
        system.add_agent(name, uuid=ID)


def socket_for_several_agents(system: System) -> None:
    """A socket is made one for several agents before it has any.

    Source: netagent_handle_enable_session_mode_setopt, xnu-11417.121.6; measured in
    x11417_session_mode.
    """
    system.submit(NetagentOpen("many"))
    system.submit(NetagentSetopt("many", int(AgentOption11417.ENABLE_SESSION_MODE), b""))


def registration_that_is_asked_for(system: System) -> None:
    """An agent asks the kernel for its registration by a message.

    Source: netagent_ctl_send, netagent_handle_get, xnu-11215.1.10.
    """
    agent = system.add_agent("vpn", via="message")
    agent.send(bytes((4, 0, 0, 0, 1, 0, 0, 0)) + bytes(8))
