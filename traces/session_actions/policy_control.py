"""The NECP kernel control, the older way to policies."""

from necp_replay.abi.policy import SessionAction, SessionPriority
from necp_replay.scenario import Errno, System, policies, runs_on


@runs_on(until="xnu-6153.41.3")
def policy_control(system: System) -> None:
    """Policies added, applied, listed and deleted over the control socket.

    Source: necp_ctl_connect, necp_ctl_send, necp_ctl_disconnect, xnu-4570.51.1.
    """
    wifi = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(wifi)
    system.add_route("default", wifi, gateway="192.0.2.1")
    daemon = system.add_process(200, "neagent", privileged=True, platform_binary=True)
    app = system.add_process(100)
    control = daemon.open_policy_control("necp")
    control.send(SessionAction.SET_SESSION_PRIORITY, (6, bytes([SessionPriority.CONTROL, 0, 0, 0])))
    control.add_policy(1, policies.drop().pack(), policies.remote_address("203.0.113.0/24").pack())
    control.add_policy(2, policies.pass_through().pack(), policies.default().pack())
    control.send(SessionAction.POLICY_LIST_ALL)
    control.send(SessionAction.POLICY_GET, (5, b"\1\0\0\0"))
    control.apply_all()
    app.match_policy(remote="203.0.113.5:443")
    control.send(SessionAction.POLICY_DUMP_ALL)
    control.send(SessionAction.REGISTER_SERVICE, (9, b"\7" * 16))
    control.send(SessionAction.UNREGISTER_SERVICE, (9, b"\7" * 16))
    control.send(SessionAction.POLICY_DELETE, (5, b"\1\0\0\0"))
    control.apply_all()
    app.match_policy(remote="203.0.113.5:443")
    control.send(SessionAction.POLICY_DELETE_ALL)
    control.send(SessionAction.LOCK_SESSION_TO_PROC)
    control.close()
    system.snapshot(full=True)


@runs_on(until="xnu-6153.41.3")
def policy_control_refused(system: System) -> None:
    """What the control refuses: unknown types, missing TLVs, values cut off, lost privileges.

    A value that is cut off is found and then fails to be read, with a log record of its own.
    Source: necp_ctl_send, necp_packet_find_tlv, necp_packet_get_tlv_at_offset, xnu-4570.51.1.
    """
    daemon = system.add_process(200, "neagent", privileged=True, platform_binary=True)
    control = daemon.open_policy_control("necp")
    daemon.open_policy_control("necp")
    gone = system.add_process(300, "gone")
    gone.exit()
    for action in (gone.open_policy_control("late").send(4), gone.open_policy_control().close()):
        assert action.errno == Errno.ESRCH
    control.send_bytes(b"\1")
    control.send_bytes(b"\1\0\0\0\0\0\0\0" + b"\2\4\0\0\0\1")
    control.send_bytes(b"\1\0\0\0\0\0\0\0" + b"\2\0\0\0\0" + b"\4\1\0\0\0\3" + b"\3\x09\0\0\0\0\0")
    for type_ in (0, 1, 2, 3, 7, 9, 10, 12, 99):
        control.send(type_)
    control.send(SessionAction.POLICY_DUMP_ALL)
    daemon.update(privileged=False)
    for type_, tlv in ((7, (6, b"\1\0\0\0")), (9, (9, b"\7" * 16)), (11, (0, b""))):
        control.send(type_, tlv)
    control.send(SessionAction.LOCK_SESSION_TO_PROC)
    daemon.update(exec_uuid=b"\5" * 16)
    control.add_policy(1, policies.drop().pack(), policies.default().pack())
    system.snapshot(full=True)
    control.close()
    control.close()
    control.send(SessionAction.POLICY_APPLY_ALL)
    system.snapshot()
