"""REMOVE_FLOW, which releases from xnu-7195 on handle: others refuse the action."""

from necp_replay.abi.client import ClientAction, FlowFlag
from necp_replay.abi.netagent import AgentFlag
from necp_replay.scenario import System, faulting, nowhere, room, runs_on

REMOTE = "203.0.113.5:443"
NEXUS = int(AgentFlag.REGISTERED | AgentFlag.ACTIVE | AgentFlag.NEXUS_PROVIDER)
STATISTICS_BYTES = 96


@runs_on(since="xnu-4903.221.2")
def remove_flow(system: System) -> None:
    """Registrations with a nexus and without, with statistics, again, and by another fd.

    Source: necp_client_remove_flow, xnu-7195.50.7.100.1; measured in x7195_remove_flow.
    """
    agent = system.add_agent("nexus", flags=NEXUS, via="kernel")
    app = system.add_process(100)
    client = app.necp_open().add(remote=REMOTE)
    plain = client.create_registration()
    plain.remove_flow()
    plain.remove_flow()
    nexus = client.create_registration(int(FlowFlag.ALLOW_NEXUS))
    nexus.inject_nexus_flow(agent.uuid)
    app.necp_open().action(ClientAction.REMOVE_FLOW, nexus.client_id)
    nexus.remove_flow(room(STATISTICS_BYTES))
    client.create_registration().remove_flow(room(STATISTICS_BYTES - 1))
    client.fd.action(ClientAction.REMOVE_FLOW, client.client_id)
    system.snapshot()


@runs_on(since="xnu-4903.221.2")
def remove_flow_refused(system: System) -> None:
    """Calls without a whole id, and statistics that cannot be read: the registration is gone.

    Source: necp_client_remove_flow, xnu-7195.50.7.100.1; measured in x7195_remove_flow.
    """
    client = system.add_process(100).necp_open().add(remote=REMOTE)
    flow = client.create_registration()
    for client_id in (None, faulting(16, 8), nowhere()):
        client.fd.action(ClientAction.REMOVE_FLOW, client_id, client_id_len=16)
    client.fd.action(ClientAction.REMOVE_FLOW, bytes(15))
    flow.remove_flow(faulting(STATISTICS_BYTES, 10))
    system.snapshot()
