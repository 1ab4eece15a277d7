"""ADD_FLOW, which releases from xnu-7195 on handle: others refuse the action."""

from necp_replay.abi.client import ClientAction, FlowFlag
from necp_replay.abi.client_structs import ADD_FLOW_REQUEST
from necp_replay.abi.netagent import AgentFlag
from necp_replay.scenario import ClientHandle, Errno, System, faulting, nowhere, read_only, room

REMOTE = "203.0.113.5:443"
NEXUS = int(AgentFlag.REGISTERED | AgentFlag.ACTIVE | AgentFlag.NEXUS_PROVIDER)
REQUEST_BYTES = 36
LARGEST_BYTES = 240
BROWSE, RESOLVE = int(FlowFlag.BROWSE), int(FlowFlag.RESOLVE)


def add_flow(system: System) -> None:
    """Flows for nothing special, to browse and to resolve, and with an address of their own.

    Source: necp_client_add_flow, xnu-7195.50.7.100.1; measured in x7195_add_flow_args.
    """
    agent = system.add_agent("browser", flags=NEXUS, via="kernel").uuid
    client = _client(system)
    client.add_flow()
    client.add_flow(BROWSE, agent)
    client.add_flow(RESOLVE, agent)
    client.add_flow(BROWSE | int(FlowFlag.OVERRIDE_ADDRESS), agent, address="192.0.2.77:53")
    client.copy_result()
    system.snapshot()
    client.remove()


def add_flow_refused(system: System) -> None:
    """Calls without a whole id, with buffers of every wrong kind, and agents that fail.

    Source: necp_client_add_flow, xnu-7195.50.7.100.1; measured in x7195_add_flow_agent_errors.
    """
    agent = system.add_agent("browser", flags=NEXUS, via="kernel")
    client = _client(system)
    whole = ADD_FLOW_REQUEST.pack(bytes(16), bytes(16), 0, 0)
    for client_id in (None, bytes(15), faulting(16, 8), bytes(16), bytes([9]) * 16):
        client.fd.action(ClientAction.ADD_FLOW, client_id, whole)
    for buffer in (
        None,
        room(REQUEST_BYTES - 1),
        nowhere(),
        faulting(REQUEST_BYTES, 20, whole[:20]),
        room(LARGEST_BYTES),
        room(LARGEST_BYTES + 1),
        read_only(whole),
    ):
        client.fd.action(ClientAction.ADD_FLOW, client.client_id, buffer)
    client.add_flow(BROWSE, bytes([9]) * 16)
    for errno in (45, Errno.ENOBUFS):
        agent.fail(errno)
        client.add_flow(RESOLVE, agent.uuid)
    system.snapshot()


def _client(system: System) -> ClientHandle:
    return system.add_process(100).necp_open().add(remote=REMOTE)
