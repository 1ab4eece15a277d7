"""Policy sessions: opening, priorities, locking, services, and which calls are refused."""

from necp_replay.abi.policy import SessionAction, SessionPriority
from necp_replay.events.syscalls import NecpSessionAction
from necp_replay.scenario import Errno, System, faulting
from necp_replay.scenario.policies import drop, pass_through, trigger

A = SessionAction
SERVICE = b"\5" * 16


def session_open(system: System) -> None:
    """Root and privileged processes may open a session; others are EACCES, no free fd is EMFILE.

    Source: necp_session_open, xnu-4570.51.1.
    """
    root = system.add_process(300, "root", uid=0, platform_binary=True)
    assert root.necp_session_open().fd == 3
    held = ["PRIV_NET_PRIVILEGED_NECP_POLICIES"]
    daemon = system.add_process(301, "daemon", privileged=held, fd_limit=4, platform_binary=True)
    assert daemon.necp_session_open().fd == 3
    assert daemon.necp_session_open().fd == -1
    assert system.add_process(100).necp_session_open().fd == -1
    system.snapshot(full=True)


def session_priorities(system: System) -> None:
    """A better priority comes before a better order; undefined priorities are accepted.

    Source: necp_session_set_session_priority, necp_create_session, xnu-4570.51.1.
    """
    daemon = system.add_process(300, "daemon", privileged=True, platform_binary=True)
    fd = system.add_process(100).necp_open()
    low = daemon.open_policy_session(priority=SessionPriority.LOW)
    low.add_policy(order=1, result=drop())
    low.apply_all()
    fd.add(remote="203.0.113.5:443").copy_result()
    high = daemon.open_policy_session(priority=SessionPriority.HIGH)
    high.add_policy(order=9, result=pass_through())
    high.apply_all()
    fd.add(remote="203.0.113.5:443").copy_result()
    for priority in (*SessionPriority, 6, 0xFFFFFFFF):
        assert high.set_priority(priority).errno == 0
        high.apply_all()
    fd.add(remote="203.0.113.5:443").copy_result()
    system.snapshot(full=True)


def session_priorities_refused(system: System) -> None:
    """The two best priorities require the privilege again, which may be lost by then: EPERM.

    Source: necp_session_set_session_priority, xnu-4570.51.1.
    """
    daemon = system.add_process(300, "daemon", uid=0, platform_binary=True)
    session = daemon.open_policy_session()
    raw = session.session
    assert raw.action(A.SET_SESSION_PRIORITY, None).errno == Errno.EINVAL
    assert raw.action(A.SET_SESSION_PRIORITY, b"\1").errno == Errno.EINVAL
    assert raw.action(A.SET_SESSION_PRIORITY, faulting(4, 2)).errno == Errno.EFAULT
    assert session.set_priority(SessionPriority.CONTROL).errno == 0
    daemon.update(uid=501)
    for priority in (SessionPriority.CONTROL, SessionPriority.PRIVILEGED_TUNNEL):
        assert session.set_priority(priority).errno == Errno.EPERM
    session.set_priority(SessionPriority.HIGH)


def session_locked(system: System) -> None:
    """A session is locked to its process, twice; closing it removes its policies.

    Source: necp_session_lock_to_process, xnu-4570.51.1.
    """
    session = system.add_process(
        300, "daemon", privileged=True, platform_binary=True
    ).open_policy_session()
    assert session.lock_to_process().errno == 0
    assert session.lock_to_process().errno == 0
    session.add_policy(order=1, result=drop())
    session.apply_all()
    system.snapshot(full=True)
    assert session.close().errno == 0
    system.snapshot(full=True)


def services(system: System) -> None:
    """A service is registered twice, for triggers to name it, and unregistered more often.

    Source: necp_session_register_service, necp_session_unregister_service, xnu-4570.51.1.
    """
    app = system.add_process(100)
    session = system.add_process(
        300, "daemon", privileged=True, platform_binary=True
    ).open_policy_session()
    session.add_policy(order=1, result=trigger(SERVICE, 7))
    session.apply_all()
    app.match_policy(remote="203.0.113.5:443")
    for _ in range(2):
        assert session.register_service(SERVICE).errno == 0
    app.match_policy(remote="203.0.113.5:443")
    for _ in range(3):
        assert session.unregister_service(SERVICE).errno == 0
    app.match_policy(remote="203.0.113.5:443")


def services_refused(system: System) -> None:
    """Every error of REGISTER_SERVICE and UNREGISTER_SERVICE, and undefined actions.

    Source: necp_session_register_service, necp_session_action, xnu-4570.51.1.
    """
    session = system.add_process(
        300, "daemon", privileged=True, platform_binary=True
    ).open_policy_session()
    for action in (A.REGISTER_SERVICE, A.UNREGISTER_SERVICE):
        assert session.session.action(action, None).errno == Errno.EINVAL
        assert session.session.action(action, SERVICE[:15]).errno == Errno.EINVAL
        assert session.session.action(action, faulting(16, 8)).errno == Errno.EFAULT
    for number in (0, 12, 0xFFFFFFFF):
        assert session.session.action(number).errno == Errno.EINVAL
    closed = NecpSessionAction(300, 99, A.POLICY_APPLY_ALL)
    assert system.submit(closed).errno == Errno.EBADF
