"""COPY_CLIENT_UPDATE: which updates push observers get, which are lost, which calls fail."""

from necp_replay.abi.client import ClientAction, ObserverUpdateType, OpenFlag
from necp_replay.scenario import Errno, System, faulting, read_only, room

ACTION = ClientAction.COPY_CLIENT_UPDATE


def copy_client_update(system: System) -> None:
    """Updates for existing clients, a client that is added, its new result and its removal.

    Source: necp_client_copy_client_update, necp_fd_insert, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    fd = system.add_process(100).necp_open()
    fd.add(remote="203.0.113.5:443")
    watcher = system.add_process(400, privileged=True).necp_open(OpenFlag.PUSH_OBSERVER)
    client = fd.add(remote="203.0.113.9:443")
    system.add_route("default", en0, gateway="192.0.2.1")
    system.fire_timer()
    client.remove()
    seen = []
    while watcher.poll().is_readable:
        seen.append(watcher.copy_client_update().update_type)
    u = ObserverUpdateType
    assert seen[:4] == [u.PARAMETERS, u.RESULT, u.PARAMETERS, u.RESULT]
    assert seen[-1] is u.REMOVE


def copy_client_update_at_the_limit(system: System) -> None:
    """Updates beyond ``observer_message_limit`` are dropped without an error.

    Source: necp_client_update_observer_add_internal, xnu-4570.51.1.
    """
    system.set_sysctl("net.necp.observer_message_limit", 3)
    watcher = system.add_process(400, privileged=True).necp_open(OpenFlag.PUSH_OBSERVER)
    fd = system.add_process(100).necp_open()
    for _ in range(3):
        fd.add(remote="203.0.113.5:443")
    for _ in range(3):
        assert watcher.copy_client_update().errno == 0
    assert watcher.copy_client_update().errno == Errno.ENOENT


def copy_client_update_refused(system: System) -> None:
    """Every error of COPY_CLIENT_UPDATE in its order; three of them lose the update.

    Source: necp_client_copy_client_update, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    assert fd.copy_client_update().errno == Errno.EINVAL
    watcher = system.add_process(400, privileged=True).necp_open(OpenFlag.PUSH_OBSERVER)
    id_, into = room(16), room(1024)
    assert watcher.action(ACTION, None, into, client_id_len=16).errno == Errno.EINVAL
    assert watcher.action(ACTION, id_, into, client_id_len=15).errno == Errno.EINVAL
    assert watcher.action(ACTION, id_, None, buffer_size=64).errno == Errno.EINVAL
    assert watcher.action(ACTION, id_, into, buffer_size=0).errno == Errno.EINVAL
    assert watcher.copy_client_update().errno == Errno.ENOENT
    for _ in range(2):
        fd.add(remote="203.0.113.5:443")
    assert watcher.action(ACTION, read_only(bytes(16)), into).errno == Errno.EFAULT
    assert watcher.copy_client_update(8).errno == Errno.EINVAL
    assert watcher.action(ACTION, id_, faulting(1024, 6)).errno == Errno.EFAULT
    assert watcher.copy_client_update().errno == 0
    assert watcher.copy_client_update().errno == Errno.ENOENT
