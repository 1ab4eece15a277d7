"""The client actions for nexuses, statistics and addresses, which xnu-8019.80.24 publishes."""

from necp_replay.abi.client import ClientAction
from necp_replay.abi.client_structs import STATISTICS_REQUEST
from necp_replay.abi.netagent import AgentFlag
from necp_replay.scenario import ClientHandle, System, faulting, nowhere, read_only, room
from necp_replay.scenario.addresses import sockaddr

REMOTE = "203.0.113.5:443"
NEXUS = int(AgentFlag.REGISTERED | AgentFlag.ACTIVE | AgentFlag.NEXUS_PROVIDER)
REQUEST = ClientAction.REQUEST_NEXUS_INSTANCE
ADDRESS = ClientAction.GET_INTERFACE_ADDRESS
EN0 = (4).to_bytes(4, "little")


def request_nexus_instance(system: System) -> None:
    """A client asks for a nexus, and for one with statistics.

    Source: necp_client_request_nexus, xnu-8019.80.24; measured in x8019_request_nexus.
    """
    client = _client(system)
    client.request_nexus()
    client.request_nexus(STATISTICS_REQUEST.pack(0xBF, 1, 1, 144, 0))
    client.copy_result()
    system.snapshot()


def request_nexus_instance_refused(system: System) -> None:
    """Calls without a whole id, for an unknown client, and where no agent is for nexuses.

    Source: necp_client_request_nexus, xnu-8019.80.24; measured in x8019_request_nexus.
    """
    client = _client(system)
    for client_id in (None, bytes(15), faulting(16, 8), bytes([9]) * 16):
        client.fd.action(REQUEST, client_id, None)
    client.fd.add(remote=REMOTE, prohibit_interface=["en0"]).request_nexus()


def set_statistics(system: System) -> None:
    """An action that no release supports.

    Source: necp_client_set_statistics, xnu-8019.80.24; measured in actions_unknown.
    """
    client = _client(system)
    client.fd.action(ClientAction.SET_STATISTICS, client.client_id, room(16))


def set_statistics_refused(system: System) -> None:
    """The same without any argument.

    Source: necp_client_set_statistics, xnu-8019.80.24; measured in actions_unknown.
    """
    _client(system).fd.action(ClientAction.SET_STATISTICS)


def map_sysctls(system: System) -> None:
    """The sysctls are mapped, at the same address each time.

    Source: necp_client_map_sysctls, xnu-8019.80.24; measured in x8019_stats_arena.
    """
    fd = _client(system).fd
    for _ in range(2):
        fd.action(ClientAction.MAP_SYSCTLS, None, room(8))
    system.snapshot()
    fd.close()


def map_sysctls_refused(system: System) -> None:
    """Buffers of another length than an address, and one that cannot be written.

    Source: necp_client_map_sysctls, xnu-8019.80.24; measured in x8019_stats_arena.
    """
    fd = _client(system).fd
    for buffer in (None, room(7), room(9), read_only(bytes(8))):
        fd.action(ClientAction.MAP_SYSCTLS, None, buffer)


def get_interface_address(system: System) -> None:
    """The source address that the system has for a destination of IPv4.

    Source: necp_client_get_interface_address, xnu-8019.80.24; measured in
    x8019_get_interface_address.
    """
    fd = _client(system).fd
    fd.action(ADDRESS, EN0, sockaddr(REMOTE)[:16])


def get_interface_address_refused(system: System) -> None:
    """Indices and addresses of every wrong kind, and a destination of IPv6.

    Source: necp_client_get_interface_address, xnu-8019.80.24; measured in
    x8019_interface_address_v6_len_28.
    """
    fd = _client(system).fd
    four, six = sockaddr(REMOTE)[:16], sockaddr("[2001:db8:99::1]:443")
    for index, address in (
        (None, four),
        (EN0, None),
        (EN0, room(8)),
        (faulting(4, 2), four),
        (bytes(4), four),
        (EN0, nowhere()),
        (EN0, faulting(16, 4)),
        (EN0, b"\x10\x01" + bytes(14)),
        (EN0, four + bytes(4)),
        ((9).to_bytes(4, "little"), four),
        (EN0, six),
        (EN0, read_only(four)),
    ):
        fd.action(ADDRESS, index, address)


def _client(system: System) -> ClientHandle:
    """A client whose interface has an agent in the kernel for nexuses."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24", "2001:db8:4::10/64"])
    wifi.add_agent(system.add_agent("tunnel", flags=NEXUS, via="kernel").uuid)
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default6", wifi, gateway="2001:db8:4::1")
    return system.add_process(100).necp_open().add(remote=REMOTE)
