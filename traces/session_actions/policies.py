"""Session actions that add, read, list and delete policies, and which calls are refused."""

from necp_replay.abi.policy import PolicyTlv, SessionAction
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import Errno, PolicySessionHandle, System, faulting, read_only, room
from necp_replay.scenario.policies import (
    application,
    default,
    domain,
    drop,
    entitlement,
    pass_through,
    pid,
    policy,
    real_application,
    remote_address,
    skip,
    socket_scoped,
    uid,
)

A = SessionAction
PROGRAM = b"\7" * 16


def policy_add(system: System) -> None:
    """Policies get ids from 1; none takes effect before POLICY_APPLY_ALL.

    Source: necp_session_add_policy, necp_session_apply_all, xnu-4570.51.1.
    """
    session = _session(system)
    fd = system.add_process(100).necp_open()
    added = [
        session.add_policy(order=order, conditions=[uid(501)], result=drop()).id
        for order in (3, 1, 2)
    ]
    assert added == [1, 2, 3]
    fd.add(remote="203.0.113.5:443").copy_result()
    assert session.apply_all().errno == 0
    fd.add(remote="203.0.113.5:443").copy_result()
    # A policy that is never applied: closing the session removes it.
    session.add_policy(order=4, result=pass_through())
    system.snapshot(full=True)
    session.close()
    fd.add(remote="203.0.113.5:443").copy_result()
    system.snapshot(full=True)


def policy_add_refused(system: System) -> None:
    """Every error of POLICY_ADD, in the order in which the kernel checks for it.

    Source: necp_session_add_policy, necp_handle_policy_add, xnu-4570.51.1.
    """
    session = _session(system).session
    good, out = policy(order=1, result=drop()), room(4)
    for content in (None, b"", room(5633)):
        assert session.action(A.POLICY_ADD, content, out).errno == Errno.EINVAL
    for short in (None, room(3)):
        assert session.action(A.POLICY_ADD, good, short).errno == Errno.EINVAL
    unreadable = faulting(len(good), 9, good[:9])
    assert session.action(A.POLICY_ADD, unreadable, out).errno == Errno.EFAULT
    *always, named_entitlement = _wrong_policies()
    for content in always:
        assert session.action(A.POLICY_ADD, content, out).errno == Errno.EINVAL
    # From xnu-8792 on an entitlement may have a name without a condition on the real application.
    session.action(A.POLICY_ADD, named_entitlement, out)
    # The id cannot be written, but the policy is added.
    assert session.action(A.POLICY_ADD, good, read_only(bytes(4))).errno == Errno.EFAULT
    system.snapshot(full=True)


def policy_get(system: System) -> None:
    """Order and conditions are returned, and as many bytes as the result has.

    Source: necp_session_get_policy, xnu-4570.51.1.
    """
    session = _session(system)
    added = session.add_policy(order=7, conditions=[domain("example.com")], result=drop())
    asked = added.id.to_bytes(4, "little")
    for out in (room(512), room(39)):
        session.session.action(A.POLICY_GET, asked, out)


def policy_get_refused(system: System) -> None:
    """Every error of POLICY_GET, in the order in which the kernel checks for it.

    Source: necp_session_get_policy, xnu-4570.51.1.
    """
    session = _session(system)
    added = session.add_policy(order=7, conditions=[domain("example.com")], result=drop())
    raw, asked, out = session.session, added.id.to_bytes(4, "little"), room(512)
    assert raw.action(A.POLICY_GET, None, out).errno == Errno.EINVAL
    assert raw.action(A.POLICY_GET, b"\1", out).errno == Errno.EINVAL
    assert raw.action(A.POLICY_GET, faulting(4, 2), out).errno == Errno.EFAULT
    assert raw.action(A.POLICY_GET, b"\7\0\0\0", out).errno == Errno.ENOENT
    assert raw.action(A.POLICY_GET, asked, None).errno == Errno.EINVAL
    assert raw.action(A.POLICY_GET, asked, room(4)).errno == Errno.EINVAL
    assert raw.action(A.POLICY_GET, asked, read_only(bytes(512))).errno == Errno.EFAULT
    session.delete_policy(added.id)
    assert raw.action(A.POLICY_GET, asked, out).errno == Errno.ENOENT


def policy_delete(system: System) -> None:
    """A deleted policy matches until POLICY_APPLY_ALL; POLICY_DELETE_ALL does the same for all.

    Source: necp_session_delete_policy, necp_session_delete_all, xnu-4570.51.1.
    """
    session = _session(system)
    fd = system.add_process(100).necp_open()
    first = session.add_policy(order=1, conditions=[uid(501)], result=drop())
    session.add_policy(order=2, conditions=[uid(501)], result=pass_through())
    session.apply_all()
    assert session.delete_policy(first.id).errno == 0
    fd.add(remote="203.0.113.5:443").copy_result()
    session.apply_all()
    fd.add(remote="203.0.113.5:443").copy_result()
    assert session.delete_all().errno == 0
    session.apply_all()
    fd.add(remote="203.0.113.5:443").copy_result()
    system.snapshot(full=True)


def policy_delete_refused(system: System) -> None:
    """Every error of POLICY_DELETE, in the order in which the kernel checks for it.

    Source: necp_session_delete_policy, xnu-4570.51.1.
    """
    session = _session(system)
    added = session.add_policy(order=1, result=drop())
    raw = session.session
    assert raw.action(A.POLICY_DELETE, None).errno == Errno.EINVAL
    assert raw.action(A.POLICY_DELETE, b"\1").errno == Errno.EINVAL
    assert raw.action(A.POLICY_DELETE, faulting(4, 2)).errno == Errno.EFAULT
    assert session.delete_policy(99).errno == Errno.ENOENT
    assert session.delete_policy(added.id).errno == 0
    assert session.delete_policy(added.id).errno == Errno.ENOENT


def policy_list_and_dump(system: System) -> None:
    """The ids of a session's policies, and the kernel's policies of all sessions.

    Source: necp_session_list_all, necp_session_dump_all, xnu-4570.51.1.
    """
    session = _session(system)
    session.add_policy(order=1, conditions=[application(PROGRAM)], result=socket_scoped("en0"))
    session.add_policy(order=2, conditions=[domain("example.com")], result=skip(9))
    session.add_policy(order=9, result=drop())
    session.apply_all()
    for size_bytes in (512, 27):
        assert session.session.action(A.POLICY_LIST_ALL, None, room(size_bytes)).errno == 0
    for size_bytes in (4096, 2048):
        assert session.session.action(A.POLICY_DUMP_ALL, None, room(size_bytes)).errno == 0


def policy_list_and_dump_refused(system: System) -> None:
    """Every error of POLICY_LIST_ALL and POLICY_DUMP_ALL; without policies both are ENOMEM.

    Source: necp_session_list_all, necp_session_dump_all, xnu-4570.51.1.
    """
    session = _session(system)
    raw, out = session.session, room(4096)
    for action in (A.POLICY_LIST_ALL, A.POLICY_DUMP_ALL):
        assert raw.action(action, None, out).errno == Errno.ENOMEM
    session.add_policy(order=1, result=drop())
    session.apply_all()
    assert raw.action(A.POLICY_LIST_ALL, None, None).errno == Errno.EINVAL
    assert raw.action(A.POLICY_LIST_ALL, None, room(3)).errno == Errno.EINVAL
    assert raw.action(A.POLICY_LIST_ALL, None, read_only(bytes(64))).errno == Errno.EFAULT
    assert raw.action(A.POLICY_DUMP_ALL, None, None).errno == Errno.EINVAL
    assert raw.action(A.POLICY_DUMP_ALL, None, room(16)).errno == Errno.EINVAL
    assert raw.action(A.POLICY_DUMP_ALL, None, read_only(bytes(4096))).errno == Errno.ENOMEM
    raw.process.update(uid=501, privileged=False)
    assert raw.action(A.POLICY_DUMP_ALL, None, out).errno == Errno.ENOMEM


def policy_list_of_too_many(system: System) -> None:
    """1024 policies are listed, 1025 are EINVAL.

    Source: necp_session_list_all, xnu-4570.51.1.
    """
    session = _session(system)
    for order in range(1024):
        session.add_policy(order=order, result=drop())
    assert session.session.action(A.POLICY_LIST_ALL, None, room(16_384)).errno == 0
    session.add_policy(order=1024, result=drop())
    assert session.session.action(A.POLICY_LIST_ALL, None, room(16_384)).errno == Errno.EINVAL


def _session(system: System) -> PolicySessionHandle:
    return system.add_process(
        300, "daemon", privileged=True, platform_binary=True
    ).open_policy_session()


def _wrong_policies() -> list[bytes]:
    """Policies with one error each, in the order of the kernel's checks."""
    t = PolicyTlv
    order = pack_tlv(t.POLICY_ORDER, b"\1\0\0\0")
    condition, result = default().pack(), drop().pack()
    rules = pack_tlv(t.POLICY_RESULT, b"\x0d")
    return [
        pack_tlv(t.POLICY_ORDER, b"") + condition + result,
        pack_tlv(t.POLICY_ORDER, bytes(5)) + condition + result,
        order + condition,
        order + condition + pack_tlv(t.POLICY_RESULT, bytes((3,)) + bytes(512)),
        order + condition + pack_tlv(t.POLICY_RESULT, b"\x63"),
        order + condition + pack_tlv(t.POLICY_RESULT, b"\2\0"),
        order + condition + rules,
        order + condition + rules + pack_tlv(t.ROUTE_RULE, b"\1\0" + bytes(1023)),
        order + condition + rules + pack_tlv(t.ROUTE_RULE, b"\x63\0"),
        order + condition + rules + pack_tlv(t.ROUTE_RULE, b"\1\0") * 2,
        order + result,
        order + pack_tlv(t.POLICY_CONDITION, b"\3\0" + b"a" * 4096) + result,
        order + pack_tlv(t.POLICY_CONDITION, b"\x63\0") + result,
        order + pack_tlv(t.POLICY_CONDITION, b"\7\0\1") + result,
        order + (~application(PROGRAM)).pack() + result,
        order + pid(0).pack() + result,
        order + remote_address("203.0.113.5").pack() + socket_scoped("en0").pack(),
        order + condition + uid(501).pack() + result,
        order + real_application(PROGRAM).pack() + result,
        order + application(PROGRAM).pack() + entitlement("com.example").pack() + result,
    ]
