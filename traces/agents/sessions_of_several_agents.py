"""Control sockets for several agents, which releases from xnu-11417 on have."""

from necp_replay.abi.netagent import NETAGENT, AgentOption, AgentOption11417
from necp_replay.scenario import System

ENABLE = AgentOption11417.ENABLE_SESSION_MODE


def session_for_several_agents(system: System) -> None:
    """A session for several agents: they register, one unregisters, and then all of them.

    Source: netagent_handle_enable_session_mode_setopt, netagent_handle_unregister_all_setopt,
    xnu-11417.121.6.
    """
    system.open_agent_session("relays", for_several=True)
    agents = [system.add_agent("relays", uuid=bytes([number]) * 16) for number in (1, 2)]
    agents[0].setsockopt(AgentOption.UNREGISTER, agents[0].uuid)
    agents[1].setsockopt(AgentOption.UNREGISTER)
    agents[1].unregister()
    agents[1].setsockopt(AgentOption11417.UNREGISTER_ALL)
    system.snapshot(full=True)


def session_with_an_agent_stays_as_it_is(system: System) -> None:
    """A session that has an agent cannot be made one for several; another one takes its id.

    Source: netagent_handle_enable_session_mode_setopt, netagent_handle_register_inner,
    xnu-11417.121.6; measured in x7195_netagent_register_errors.
    """
    agent = system.add_agent("relay")
    agent.setsockopt(ENABLE)
    for via in ("setopt", "message", None):
        system.add_agent(f"other by {via}", uuid=agent.uuid, via=via)
    unregistered = system.add_agent("last")
    unregistered.unregister()
    content = NETAGENT.pack(agent.uuid, b"Domain", b"Type", b"", 3, 0)
    unregistered.setsockopt(AgentOption.REGISTER, content)
    agent.unregister()
    agent.setsockopt(ENABLE)
    system.snapshot(full=True)
