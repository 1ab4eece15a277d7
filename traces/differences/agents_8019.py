"""What xnu-8019 changed about agents: tokens, groups, reports of clients, kernel agents."""

from necp_replay.abi.client import AgentReport, ClientAction, FlowFlag
from necp_replay.abi.netagent import AGENT_SUPPORTS_GROUPS, AgentFlag, AgentOption8019
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import ClientHandle, Errno, System, room

REMOTE = "203.0.113.5:443"
ACTIVE = int(AgentFlag.REGISTERED | AgentFlag.ACTIVE)
TOKEN_BYTES = 64


def tokens_of_an_agent(system: System) -> None:
    """An agent, such as one of a private relay, stores two tokens, and a client takes three.

    The agent is asked for more when there are fewer than its mark.
    Source: netagent_handle_add_token_setopt, netagent_acquire_token, xnu-8019.41.5; measured in
    x8019_tokens.
    """
    agent = system.add_agent("relay", flags=ACTIVE)
    agent.setsockopt(AgentOption8019.TOKEN_LOW_WATER, (2).to_bytes(4, "little"))
    for token in (b"first", b"second"):
        agent.setsockopt(AgentOption8019.ADD_TOKEN, token)
    agent.getsockopt(AgentOption8019.TOKEN_COUNT, 4)
    fd = system.add_process(100).necp_open()
    for _ in range(3):
        fd.action(ClientAction.ACQUIRE_AGENT_TOKEN, agent.uuid, room(TOKEN_BYTES))
    agent.setsockopt(AgentOption8019.FLUSH_TOKENS)


def members_of_a_group(system: System) -> None:
    """An agent tells a client who the members of its multicast group are.

    Source: necp_assign_client_group_members, xnu-8019.41.5; measured in x8019_group_members.
    """
    agent = system.add_agent("group", flags=ACTIVE | AGENT_SUPPORTS_GROUPS)
    client = _client(system)
    client.copy_result()
    agent.setsockopt(AgentOption8019.ASSIGN_GROUP_MEMBERS, client.client_id + b"members")
    client.fd.poll()
    system.snapshot()
    client.copy_updated_result()
    client.copy_updated_result()


def reports_of_a_client(system: System) -> None:
    """A client reports an error to an agent, and that it joins and leaves a group.

    Source: necp_client_agent_action, netagent_client_message_with_params, xnu-8019.41.5; measured
    in x8019_agent_error.
    """
    agent = system.add_agent("group", flags=ACTIVE | AGENT_SUPPORTS_GROUPS).uuid
    client = _client(system)
    for kind, content in (
        (AgentReport.ERROR, int(Errno.ENOENT).to_bytes(4, "little")),
        (AgentReport.ADD_GROUP_MEMBERS, b"members"),
        (AgentReport.REMOVE_GROUP_MEMBERS, b"members"),
    ):
        client.agent_action(pack_tlv(kind, agent + content))


def parameters_for_a_kernel_agent(system: System) -> None:
    """A kernel agent is asked for a flow: the parameters of the client that it gets.

    Source: struct necp_client_nexus_parameters, xnu-8019.41.5; measured in
    x7195_add_flow_agent_errors.
    """
    agent = system.add_agent("browser", flags=ACTIVE | AgentFlag.NEXUS_PROVIDER, via="kernel")
    client = _client(system)
    client.add_flow(int(FlowFlag.BROWSE), agent.uuid)
    client.copy_nexus_parameters()


def _client(system: System) -> ClientHandle:
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    return system.add_process(100).necp_open().add(remote=REMOTE)
