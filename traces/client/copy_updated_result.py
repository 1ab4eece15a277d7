"""COPY_UPDATED_RESULT: results that were not read yet, and which calls are refused."""

from necp_replay.abi.client import ClientAction
from necp_replay.scenario import Errno, System, faulting, read_only, room

ACTION = ClientAction.COPY_UPDATED_RESULT


def copy_updated_result(system: System) -> None:
    """A client that was read returns nothing until its result changes.

    Source: necp_client_copy, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    assert client.copy_updated_result().retval
    assert client.copy_updated_result().retval == 0
    system.add_route("default", en0, gateway="192.0.2.1")
    system.fire_timer()
    assert fd.poll().is_readable
    assert fd.copy_updated_result().interface_index == en0.index
    assert fd.copy_updated_result().errno == Errno.ENOENT


def copy_updated_result_refused(system: System) -> None:
    """Every error of COPY_UPDATED_RESULT, in the order in which the kernel checks for it.

    Source: necp_client_copy, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    id_ = client.client_id
    assert fd.action(ACTION, id_, None, buffer_size=64).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, room(64), buffer_size=0).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, room(64), client_id_len=17).errno == Errno.ERANGE
    assert fd.action(ACTION, faulting(16, 8, id_[:8]), room(64)).errno == Errno.EFAULT
    assert fd.action(ACTION, b"\7" * 16, room(64)).errno == Errno.ENOENT
    assert client.copy_updated_result(8).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, read_only(bytes(512))).errno == Errno.EFAULT
    assert client.copy_updated_result().retval
