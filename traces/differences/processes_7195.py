"""What xnu-7195 changed about whose traffic policies drop, and whose privileges count."""

from necp_replay.scenario import PolicySessionHandle, System, policies

REMOTE = "203.0.113.5:443"
MULTICAST = "224.0.0.251:5353"
IOS = 2
SDK_13, SDK_14 = 0x000D0000, 0x000E0000


def privileges_of_the_process_acted_for(system: System) -> None:
    """A policy about an entitlement, and a process that acts for one that has it.

    Source: necp_application_fillout_info_locked, xnu-7195.50.7.100.1.
    """
    session = _network(system)
    editor = bytes([7]) * 16
    conditions = [
        policies.application(editor),
        policies.real_application(editor),
        policies.entitlement("com.example.right"),
    ]
    session.add_policy(order=1, conditions=conditions, result=policies.drop())
    session.add_policy(order=2, conditions=[policies.platform_binary()], result=policies.drop())
    session.apply_all()
    helper = system.add_process(100, "helper", exec_uuid=editor, privileged=True)
    system.add_process(101, "editor", exec_uuid=editor, entitlements=["com.example.right"])
    system.add_process(102, "tool", platform_binary=True)
    for pid in (100, 101, 102):
        helper.match_policy(remote=REMOTE, pid=pid)


def platform_binary_that_is_not_valid(system: System) -> None:
    """A policy about platform binaries, and one whose code signature becomes invalid.

    Source: necp_is_platform_binary, xnu-7195.50.7.100.1.
    """
    session = _network(system)
    session.add_policy(order=1, conditions=[policies.platform_binary()], result=policies.drop())
    session.apply_all()
    tool = system.add_process(100, "tool", platform_binary=True)
    for invalid in (False, True):
        tool.update(cs_invalid=invalid)
        tool.match_policy(remote=REMOTE)
        tool.necp_open().add(remote=REMOTE).copy_result()


def restricted_multicast(system: System) -> None:
    """Multicast of iOS applications, by the kit they were built with, and with an entitlement.

    Source: necp_check_restricted_multicast_drop, xnu-7195.50.7.100.1; measured in
    x7195_restricted_multicast.
    """
    _network(system)
    app = system.add_process(100)
    for sdk, entitlements in (
        (SDK_13, ()),
        (SDK_14, ()),
        (SDK_14, ("com.apple.developer.networking.multicast",)),
    ):
        app.update(platform_id=IOS, sdk=sdk, entitlements=entitlements)
        for remote in (REMOTE, MULTICAST, "255.255.255.255:9", "[ff02::fb]:5353"):
            app.match_policy(remote=remote, ip_protocol=17)
        app.necp_open().add(remote=MULTICAST, ip_protocol=17).copy_result()
    app.update(entitlements=())
    system.set_sysctl("restrict_multicast", 0)
    app.match_policy(remote=MULTICAST, ip_protocol=17)


def process_installed_on_demand(system: System) -> None:
    """Traffic of a process that can be installed on demand, without a client and with one.

    Source: necp_check_missing_client_drop, xnu-7195.50.7.100.1.
    """
    _network(system)
    clip = system.add_process(
        100, "clip", entitlements=["com.apple.developer.on-demand-install-capable"]
    )
    clip.match_policy(remote=REMOTE)
    clip.necp_open().add(remote=REMOTE).copy_result()


def _network(system: System) -> PolicySessionHandle:
    """One interface with a default route; returns a session that may do everything."""
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    daemon = system.add_process(200, "neagent", uid=0, privileged=True, platform_binary=True)
    return daemon.open_policy_session()
