"""COPY_LIST: the ids of all clients, for observers."""

import struct

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.scenario import Errno, System, faulting, read_only, room

ACTION = ClientAction.COPY_LIST


def copy_list(system: System) -> None:
    """The clients of all processes in the order of their ids, with room for none, some or all.

    Source: necp_client_list, xnu-4570.51.1.
    """
    watcher = system.add_process(400, privileged=True).necp_open(OpenFlag.OBSERVER)
    assert watcher.copy_list(4).client_count == 0
    clients = []
    for pid in (100, 200):
        fd = system.add_process(pid).necp_open()
        clients += [fd.add(remote="203.0.113.5:443").client_id for _ in range(2)]
    for count in (0, 1, 4, 6):
        listed = watcher.copy_list(count)
        assert listed.client_count == 4
        assert listed.client_ids == sorted(clients)[:count]


def copy_list_refused(system: System) -> None:
    """Every error of COPY_LIST, in the order in which the kernel checks for it.

    Source: necp_client_list, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    fd.add(remote="203.0.113.5:443")
    watcher = system.add_process(400, privileged=True).necp_open(OpenFlag.OBSERVER)
    assert watcher.action(ACTION, None, None, buffer_size=20).errno == Errno.EINVAL
    assert watcher.action(ACTION, None, room(3)).errno == Errno.EINVAL
    assert fd.copy_list().errno == Errno.EACCES
    assert watcher.action(ACTION, None, faulting(20, 2)).errno == Errno.EFAULT
    for count, length in ((1, 19), (1, 21), (2, 20), (0, 5)):
        buffer = struct.pack("<I", count).ljust(length, b"\0")
        assert watcher.action(ACTION, None, buffer).errno == Errno.EINVAL
    too_many = struct.pack("<I", 65_537).ljust(4 + 16 * 65_537, b"\0")
    assert watcher.action(ACTION, None, too_many).errno == Errno.EINVAL
    assert watcher.action(ACTION, None, read_only(b"\1".ljust(20, b"\0"))).errno == Errno.EFAULT
    # The count is written before writing the ids faults.
    assert watcher.action(ACTION, None, faulting(20, 8, b"\1")).errno == Errno.EFAULT
