"""Public vulnerabilities: type confusion, and calls that check no privilege."""

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.abi.policy import PolicyTlv, SessionAction
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.syscalls import NecpSessionAction
from necp_replay.scenario import Errno, System, room, runs_on
from necp_replay.scenario.buffers import as_buffer
from necp_replay.scenario.policies import drop, policy

REMOTE = "203.0.113.5:443"


def client_session_type_confusion_a(system: System) -> None:
    """client-session-type-confusion (a), CVE-2018-4425: a client fd is used as a session.

    The session's fields overwrite the fd's queue of updates. Neither release refuses it. What
    follows depends on memory, so the trace ends there.
    Source: ZDI-18-1346; necp_session_action, both releases; refused from xnu-4903.221.2 on.
    """
    process = system.add_process(100)
    fd = process.necp_open(OpenFlag.PUSH_OBSERVER)
    fd.copy_client_update()
    content = as_buffer(policy(order=1, result=drop()))
    assert content is not None
    action = SessionAction.POLICY_ADD
    system.submit(
        NecpSessionAction(process.pid, fd.fd, action, content, content.length, room(4), 4)
    )


def client_session_type_confusion_locked(system: System) -> None:
    """client-session-type-confusion (a): locking the session overwrites the fd, too.

    Source: ZDI-18-1346; necp_session_action, necp_session_lock_to_process, both releases.
    """
    process = system.add_process(100)
    fd = process.necp_open()
    fd.add(remote=REMOTE)
    system.submit(NecpSessionAction(process.pid, fd.fd, SessionAction.LOCK_SESSION_TO_PROC))


def client_session_type_confusion_b(system: System) -> None:
    """client-session-type-confusion (b), CVE-2018-4425: a session fd is used for client actions.

    Source: ZDI-18-1346; necp_client_action, both releases; refused from xnu-4903.221.2 on.
    """
    session = system.add_process(300, privileged=True, platform_binary=True).necp_session_open()
    fd = session.process.on_fd(session.fd)
    fd.action(ClientAction.ADD, room(16), room(16))


def client_session_type_confusion_answered(system: System) -> None:
    """client-session-type-confusion (b): what is answered before the session is overwritten.

    A client call takes the fd's lock after it has looked at its arguments and the fd's flags, and
    some take none. Until then nothing of the session is overwritten, and the trace goes on.
    Source: necp_client_action, necp_client_list, necp_client_copy_interface, both releases.
    """
    system.add_interface("en0", 4)
    process = system.add_process(300, privileged=True, platform_binary=True)
    session = process.necp_session_open()
    fd = process.on_fd(session.fd)
    assert fd.action(99, room(16), room(16)).errno == Errno.EINVAL
    assert fd.action(ClientAction.ADD, room(16), None).errno == Errno.EINVAL
    refused = fd.action(ClientAction.COPY_RESULT, room(8), room(64)).errno
    assert refused in (Errno.ERANGE, Errno.EINVAL)
    assert fd.action(ClientAction.COPY_CLIENT_UPDATE, room(16), room(64)).errno == Errno.EINVAL
    assert fd.copy_interface(4).errno in (0, Errno.EINVAL)
    assert fd.copy_list().errno in (Errno.EACCES, Errno.EINVAL)
    assert session.action(SessionAction.POLICY_APPLY_ALL).errno == 0


def client_session_type_confusion_listed(system: System) -> None:
    """client-session-type-confusion (b): the pid of a session's owner is taken for an fd's flags.

    The process of an odd pid that has acted on the session passes for an observer.
    Source: necp_client_list, both releases.
    """
    system.add_process(100).necp_open().add(remote=REMOTE)
    process = system.add_process(301, privileged=True, platform_binary=True)
    session = process.necp_session_open()
    fd = process.on_fd(session.fd)
    assert fd.copy_list().errno in (Errno.EACCES, Errno.EINVAL)
    session.action(SessionAction.POLICY_APPLY_ALL)
    assert fd.copy_list().errno in (0, Errno.EINVAL)


def client_session_type_confusion_refused(system: System) -> None:
    """client-session-type-confusion: fds of other kinds are refused: ENODEV.

    Source: necp_client_action, necp_session_action, both releases.
    """
    process = system.add_process(300, privileged=True)
    other = process.open_other()
    assert other.action(ClientAction.ADD, room(16), room(16)).errno == Errno.ENODEV
    answer = system.submit(NecpSessionAction(300, other.fd, SessionAction.POLICY_APPLY_ALL))
    assert answer.errno == Errno.ENODEV


@runs_on(until="xnu-8019.61.5")
def push_observer_unprivileged(system: System) -> None:
    """push-observer-unprivileged: any process sees the parameters and results of all others.

    It may not list clients or copy them by id. Refused from xnu-4903.221.2 on.
    Source: necp_open, both releases.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    mail = system.add_process(200, "mail").necp_open()
    secret = mail.add(remote=REMOTE, domain="imap.corp.example", account="alice")
    spy = system.add_process(100, "spy", uid=502).necp_open(OpenFlag.PUSH_OBSERVER)
    seen = []
    while spy.poll().is_readable:
        seen.append(spy.copy_client_update())
    assert b"imap.corp.example" in seen[0].tlvs
    assert b"alice" in seen[0].tlvs
    assert spy.copy_list().errno == Errno.EACCES
    assert spy.client(secret.client_id).copy_parameters().errno == Errno.ENOENT


def socket_attributes_type_confusion(system: System) -> None:
    """socket-attributes-type-confusion, CVE-2017-13855: fixed in both releases; EINVAL.

    A socket of another domain has no IP protocol control block to read strings from.
    Source: Project Zero; necp_get_socket_attributes, necp_set_socket_attributes, xnu-4570.41.2.
    """
    for domain in (1, 16, 17, 32):
        socket = system.add_socket(f"domain {domain}", domain=domain)
        socket.get_attributes()
        content = pack_tlv(PolicyTlv.ATTRIBUTE_DOMAIN, b"a")
        assert socket.set_attributes(content).errno == Errno.EINVAL


def ifindex_signedness(system: System) -> None:
    """ifindex-signedness: fixed in both releases; an index with its highest bit set is unknown.

    Source: necp_client_copy_interface, xnu-4570.41.2.
    """
    system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    fd = system.add_process(100).necp_open()
    for index in (0x80000000, 0x80000004, 0xFFFFFFFF):
        assert fd.copy_interface(index).name == ""
