"""ACQUIRE_AGENT_TOKEN, which releases from xnu-8019 on handle: others refuse the action."""

from necp_replay.abi.client import ClientAction
from necp_replay.abi.netagent import AgentOption8019
from necp_replay.scenario import AgentHandle, NecpFdHandle, System, faulting, nowhere, room

ACQUIRE = ClientAction.ACQUIRE_AGENT_TOKEN
TOKEN = b"token"


def acquire_agent_token(system: System) -> None:
    """Takes tokens in the order in which the agent stored them, into buffers that they fit in.

    Source: netagent_acquire_token, xnu-8019.41.5; measured in x8019_tokens.
    """
    agent, fd = _agent_and_fd(system)
    for token in (TOKEN, b"second"):
        agent.setsockopt(AgentOption8019.ADD_TOKEN, token)
    fd.action(ACQUIRE, agent.uuid, room(len(TOKEN)))
    fd.action(ACQUIRE, agent.uuid, room(64))


def acquire_agent_token_refused(system: System) -> None:
    """Calls without a whole id or a buffer, for unknown agents, and with too little room.

    A token is lost where it cannot be copied out, and stays where the buffer is too short.
    Source: necp_client_acquire_agent_token, netagent_acquire_token, xnu-8019.41.5; measured in
    x8019_tokens.
    """
    agent, fd = _agent_and_fd(system)
    for agent_id, buffer in (
        (None, room(64)),
        (bytes(15), room(64)),
        (faulting(16, 8), room(64)),
        (agent.uuid, None),
        (agent.uuid, room(0)),
        (bytes([9]) * 16, room(64)),
        (agent.uuid, room(64)),
    ):
        fd.action(ACQUIRE, agent_id, buffer)
    agent.setsockopt(AgentOption8019.ADD_TOKEN, TOKEN)
    for buffer in (room(len(TOKEN) - 1), nowhere(), room(64)):
        fd.action(ACQUIRE, agent.uuid, buffer)


def _agent_and_fd(system: System) -> tuple[AgentHandle, NecpFdHandle]:
    return system.add_agent("relay"), system.add_process(100).necp_open()
