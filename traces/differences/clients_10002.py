"""What xnu-10002 changed about clients: URLs, application ids and flows without an assignment."""

from necp_replay.abi.netagent import AgentFlag
from necp_replay.scenario import ClientHandle, System
from necp_replay.scenario.addresses import sockaddr
from necp_replay.scenario.keywords import ClientParameters

REMOTE = "203.0.113.5:443"
NEXUS = int(AgentFlag.REGISTERED | AgentFlag.ACTIVE | AgentFlag.NEXUS_PROVIDER)


def client_with_a_url(system: System) -> None:
    """The URL and the application id in the parameters of a client.

    Source: necp_client_parse_parameters, xnu-10002.1.13.
    """
    fd = system.add_process(100).necp_open()
    parameters: ClientParameters = {
        "url": "https://example.com/a",
        "application_id": (502, b"\1" * 16, 0),
    }
    fd.add(remote=REMOTE, **parameters).copy_nexus_parameters()
    helper = system.add_process(200, "helper", privileged=True).necp_open()
    helper.add(remote=REMOTE, **parameters).copy_nexus_parameters()


def flow_with_a_remote_address(system: System) -> None:
    """A flow without an assignment has a remote address, and one has none.

    Source: necp_client_fillout_flow_tlvs, xnu-10002.1.13.
    """
    agent = system.add_agent("nexus", flags=NEXUS)
    client = _client(system)
    for remote in (b"", sockaddr(REMOTE)):
        client.inject_nexus_flow(agent.uuid, remote=remote)
        client.copy_result()


def _client(system: System) -> ClientHandle:
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    return system.add_process(100).necp_open().add(remote=REMOTE)
