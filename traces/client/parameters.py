"""Every parameter of a client, and how it changes the client's result."""

from necp_replay.abi.client import ClientParameter, OpenFlag
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import NecpFdHandle, System, client_parameters
from necp_replay.scenario.keywords import ClientParameters

REMOTE = "203.0.113.5:443"
WIRED, WIFI, AWDL, CELLULAR = 2, 3, 4, 5
AGENT = b"\6" * 16
KIND = ("WiFi", "Assist")


def parameters_of_every_kind(system: System) -> None:
    """Each parameter alone, on a laptop with Wi-Fi, Ethernet and a tunnel.

    Source: necp_client_parse_parameters, necp_ifnet_matches_parameters, xnu-4570.51.1.
    """
    fd = _laptop(system)
    cases: tuple[ClientParameters, ...] = (
        {},
        {"remote": REMOTE},
        {"remote": "[2001:db8:99::1]:443"},
        {"remote": "[fe80::77%4]:443"},
        {"remote": REMOTE, "local": "198.51.100.5:0"},
        {"remote_endpoint": REMOTE, "local_endpoint": "198.51.100.5:0"},
        {"remote": REMOTE, "ip_protocol": 17},
        {"remote": REMOTE, "ip_protocol": None},
        {"remote": REMOTE, "application": b"\1" * 16, "real_application": b"\2" * 16},
        {"remote": REMOTE, "domain": "www.example.com", "account": "me"},
        {"remote": REMOTE, "domain": b"ab", "account": b"c"},
        {"remote": REMOTE, "pid": 300, "uid": 0, "traffic_class": 900},
        {"remote": REMOTE, "bound_interface": "en5"},
        {"remote": REMOTE, "bound_interface": "nosuch0"},
        {"remote": REMOTE, "prohibit_interface": ["en0"]},
        {"remote": REMOTE, "prohibit_interface": ["en0", "en5", "utun0"]},
        {"remote": REMOTE, "prohibit_if_type": [WIFI, WIRED]},
        {"remote": REMOTE, "require_if_type": [WIRED]},
        {"remote": REMOTE, "require_if_type": [CELLULAR, AWDL]},
        {"remote": REMOTE, "require_agent": [AGENT]},
        {"remote": REMOTE, "require_agent_type": [KIND]},
        {"remote": REMOTE, "require_agent_type": [("WiFi", "")]},
        {"remote": REMOTE, "prefer_agent": [AGENT]},
        {"remote": REMOTE, "prefer_agent_type": [("", "Assist")]},
        {"remote": REMOTE, "prohibit_agent": [AGENT]},
        {"remote": REMOTE, "prohibit_agent_type": [("", "")]},
        {"browse_category": bytes(8) + b"_http._tcp"},
    )
    for case in cases:
        client = fd.add(**case)
        client.copy_parameters()
        client.copy_result()
        client.remove()


def parameters_of_delegation(system: System) -> None:
    """PID, UID and application of another: used if the process has the privilege, else ignored.

    Source: necp_application_fillout_info_locked, necp_match_policy, xnu-4570.51.1.
    """
    _laptop(system)
    system.add_process(300, "other", uid=502, exec_uuid=b"\3" * 16)
    parameters = client_parameters(remote=REMOTE, pid=300, uid=503, application=b"\4" * 16)
    held = ["PRIV_NET_PRIVILEGED_SOCKET_DELEGATE"]
    for process in (system.add_process(200, privileged=held), system.add_process(201)):
        process.necp_open().add(parameters).copy_result()
        process.match_policy(parameters)


def parameter_flags(system: System) -> None:
    """Each flag alone, for clients with and without a remote address.

    Source: necp_client_parse_parameters, necp_update_client_result, xnu-4570.51.1.
    """
    fd = _laptop(system)
    flags: tuple[ClientParameters, ...] = (
        {"multipath": True},
        {"browse": True},
        {"prohibit_expensive": True},
        {"listener": True},
        {"discretionary": True},
        {"ecn_enable": True},
        {"ecn_disable": True},
        {"tfo_enable": True},
        {"flags": 0xFFFFFF00},
    )
    for flag in flags:
        for remote in (REMOTE, None):
            client = fd.add(**{**flag, "remote": remote})
            client.copy_result()
            client.remove()


def parameters_more_than_fit(system: System) -> None:
    """Up to 16 interfaces, types and agents of each kind are kept; more are ignored.

    Source: necp_client_parse_parameters, xnu-4570.51.1.
    """
    fd = _laptop(system)
    others = [f"other{number}" for number in range(16)]
    fd.add(remote=REMOTE, prohibit_interface=[*others[:15], "en0"]).copy_result()
    fd.add(remote=REMOTE, prohibit_interface=[*others, "en0"]).copy_result()
    fd.add(remote=REMOTE, prohibit_if_type=[AWDL] * 15 + [WIFI]).copy_result()
    fd.add(remote=REMOTE, prohibit_if_type=[AWDL] * 16 + [WIFI]).copy_result()
    unknown = [bytes([number]) * 16 for number in range(100, 116)]
    fd.add(remote=REMOTE, prohibit_agent=[*unknown[:15], AGENT]).copy_result()
    fd.add(remote=REMOTE, prohibit_agent=[*unknown, AGENT]).copy_result()


def parameters_that_make_no_sense(system: System) -> None:
    """TLVs that are cut, empty, of unknown types, too short for their type, and repeated.

    Source: necp_client_parse_parameters, necp_buffer_find_tlv, xnu-4570.51.1.
    """
    fd = _laptop(system)
    p = ClientParameter
    for content in (
        b"\x0d",
        pack_tlv(p.REMOTE_ADDRESS, b""),
        pack_tlv(p.REMOTE_ADDRESS, b"\0\x10\2"),
        pack_tlv(p.REMOTE_ADDRESS, b"\0\x10\x63" + bytes(26)),
        pack_tlv(p.BOUND_INTERFACE, b"en5"),
        pack_tlv(p.BOUND_INTERFACE, b"a" * 40),
        pack_tlv(p.DOMAIN, b""),
        pack_tlv(p.PID, b"\1"),
        pack_tlv(p.UID, b"\1\2"),
        pack_tlv(p.FLAGS, b"\1"),
        pack_tlv(p.REQUIRE_IF_TYPE, b""),
        pack_tlv(p.REQUIRE_IF_TYPE, b"\x63"),
        pack_tlv(p.REQUIRE_AGENT, b"\1" * 15),
        pack_tlv(p.REQUIRE_AGENT_TYPE, b"WiFi"),
        pack_tlv(p.IP_PROTOCOL, b"\x11"),
        pack_tlv(p.TRAFFIC_CLASS, b""),
        pack_tlv(99, b"unknown"),
        pack_tlv(p.IP_PROTOCOL, b"\x11\0") + pack_tlv(p.IP_PROTOCOL, b"\6\0"),
        pack_tlv(p.IP_PROTOCOL, b"\6\0") + b"\x0d\xff\xff\xff\xff",
        pack_tlv(0, b"") * 200,
    ):
        client = fd.add(content)
        client.copy_parameters()
        client.copy_result()
        client.remove()


def parameters_of_every_kind_of_fd(system: System) -> None:
    """Unknown flags of ``necp_open`` have no effect; those for background and observers do.

    Source: necp_open, necp_client_add, xnu-4570.51.1.
    """
    process = _laptop(system).process
    for flags in (0, OpenFlag.BACKGROUND, OpenFlag.OBSERVER, OpenFlag.PUSH_OBSERVER, 0xFFFFFFF0):
        fd = process.necp_open(int(flags))
        fd.add(remote=REMOTE).copy_result()
        fd.poll()
    system.snapshot()


def _laptop(system: System) -> NecpFdHandle:
    wifi = system.add_interface(
        "en0", 4, addrs=["192.0.2.10/24", "2001:db8:4::10/64", "fe80::4/64"]
    )
    cable = system.add_interface(
        "en5", 5, functional_type=WIRED, addrs=["198.51.100.5/24"], expensive=True
    )
    tunnel = system.add_interface("utun0", 8, functional_type=0, flags=0x8051, delegate=wifi)
    system.order_interfaces(wifi, cable)
    domain, type_ = KIND
    wifi.add_agent(system.add_agent("assist", uuid=AGENT, domain=domain, type=type_).uuid)
    system.add_route("default", wifi, gateway="192.0.2.1")
    system.add_route("default6", wifi, gateway="2001:db8:4::1")
    system.add_route("fe80::/64", wifi, scoped=True)
    system.add_route("default", cable, gateway="198.51.100.1", scoped=True)
    system.add_route("10.0.0.0/8", tunnel)
    return system.add_process(100).necp_open()
