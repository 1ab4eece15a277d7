"""Calls that fail before NECP handles them: unknown processes, closed fds, other fds."""

from necp_replay.abi.client import ClientAction
from necp_replay.abi.policy import SessionAction
from necp_replay.events import notifications, sockets, syscalls
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario import System

NOBODY = 4242


def calls_of_no_process(system: System) -> None:
    """Every system call and fd operation with an unknown pid is ESRCH.

    Source: the vocabulary of inputs; a real process always exists.
    """
    s, n = syscalls, notifications
    for event in (
        s.NecpOpen(NOBODY),
        s.NecpSessionOpen(NOBODY),
        s.OpenOther(NOBODY),
        s.Close(NOBODY, 3),
        s.NecpClientAction(NOBODY, 3, ClientAction.ADD.value),
        s.NecpSessionAction(NOBODY, 3, SessionAction.POLICY_APPLY_ALL.value),
        s.NecpMatchPolicy(NOBODY),
        s.NetagentTrigger(NOBODY),
        s.FdPoll(NOBODY, 3),
        s.FdRead(NOBODY, 3),
        s.FdWrite(NOBODY, 3),
        s.FdIoctl(NOBODY, 3),
        s.FdSelect(NOBODY, 3),
        n.FdDefunct(NOBODY, 3),
        n.FdBackground(NOBODY, 3),
        n.FdMemstatus(NOBODY, 3),
    ):
        system.submit(event)


def operations_on_every_kind_of_fd(system: System) -> None:
    """Poll, knotes, read, write, ioctl and select on client, session, other and closed fds.

    Source: necp_fd_poll, necpop_kqfilter, necpop_select, noop_read, xnu-4570.51.1.
    """
    process = system.add_process(300, "daemon", privileged=True, platform_binary=True)
    client_fd = process.necp_open()
    session = process.necp_session_open()
    other = process.open_other()
    for number in (client_fd.fd, session.fd, other.fd, 99):
        fd = process.on_fd(number)
        fd.poll()
        fd.poll(how="kqfilter")
        fd.poll(how="kqfilter", filter=-2)
        fd.read()
        fd.write()
        fd.ioctl(1)
        for which in ("read", "write", "except"):
            fd.select(which)
    for number in (other.fd, 99):
        fd = process.on_fd(number)
        fd.defunct()
        fd.set_background()
        fd.memstatus()
        fd.close()
    process.on_fd(99).action(ClientAction.COPY_RESULT)
    system.submit(syscalls.NecpSessionAction(300, 99, SessionAction.POLICY_APPLY_ALL.value))


def no_fd_left(system: System) -> None:
    """A process at its limit of fds can open no fd of any kind: EMFILE.

    Source: falloc, xnu-4570.51.1.
    """
    process = system.add_process(300, "daemon", privileged=True, platform_binary=True, fd_limit=4)
    process.necp_open()
    process.necp_open()
    process.necp_session_open()
    process.open_other()


def match_and_trigger_badly(system: System) -> None:
    """``necp_match_policy`` and ``netagent_trigger`` with pointers to unmapped memory.

    Source: necp_match_policy, netagent_trigger, xnu-4570.51.1.
    """
    process = system.add_process(300, "daemon", privileged=True, platform_binary=True)
    nowhere = UserBuffer(unmapped=True)
    room = UserBuffer(length=212)
    parameters = UserBuffer(content=b"\x0b\x02\0\0\0\x06", length=7)
    for event in (
        syscalls.NecpMatchPolicy(300, None, 7, room),
        syscalls.NecpMatchPolicy(300, nowhere, 7, room),
        syscalls.NecpMatchPolicy(300, parameters, 7, nowhere),
        syscalls.NecpMatchPolicy(300, parameters, 7, None),
        syscalls.NecpMatchPolicy(300, parameters, 2000, room),
        syscalls.NetagentTrigger(300, nowhere, 16),
        syscalls.NetagentTrigger(300, None, 16),
        syscalls.NetagentTrigger(300, UserBuffer(content=b"\1" * 16, length=16), 15),
        syscalls.NetagentTrigger(300, UserBuffer(content=b"\1" * 16, length=16), 16),
    ):
        system.submit(event)
    assert process.pid == 300


def blocks_that_are_not_there(system: System) -> None:
    """Sockets and multipath blocks that were never created are ENOENT.

    Source: the vocabulary of inputs.
    """
    for event in (
        sockets.SocketUpdate("nosuch", lport=1),
        sockets.InpcbRemoveCb("nosuch"),
        sockets.InpcbDispose("nosuch"),
        sockets.MppcbDispose("nosuch"),
        sockets.SocketSetAttributes("nosuch"),
        sockets.SocketGetAttributes("nosuch"),
    ):
        system.submit(event)
    system.add_socket(sockets.SocketCreate("tcp", local="192.0.2.10"))
    system.submit(sockets.SocketUpdate("tcp", remote="203.0.113.5", fport=443))
    system.set_sysctl("net.necp.nosuch", 1)
