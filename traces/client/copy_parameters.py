"""COPY_PARAMETERS: the parameters of ADD, as evaluating them left them."""

from necp_replay.abi.client import ClientAction, OpenFlag
from necp_replay.scenario import Errno, System, client_parameters, faulting, read_only, room

ACTION = ClientAction.COPY_PARAMETERS


def copy_parameters(system: System) -> None:
    """The stored parameters are returned, also to an observer on another fd.

    Source: necp_client_copy, xnu-4570.51.1.
    """
    parameters = client_parameters(remote="203.0.113.5:443", uid=501, traffic_class=200)
    fd = system.add_process(100).necp_open()
    client = fd.add(parameters)
    assert client.copy_parameters().buffer == parameters
    watcher = system.add_process(400, privileged=True).necp_open(OpenFlag.OBSERVER)
    assert watcher.client(client.client_id).copy_parameters().buffer == parameters


def copy_parameters_refused(system: System) -> None:
    """Every error of COPY_PARAMETERS, in the order in which the kernel checks for it.

    Source: necp_client_copy, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    id_ = client.client_id
    assert fd.action(ACTION, id_, None, buffer_size=64).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, room(64), buffer_size=0).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, room(64), client_id_len=15).errno == Errno.ERANGE
    assert fd.action(ACTION, faulting(16, 8, id_[:8]), room(64)).errno == Errno.EFAULT
    assert fd.action(ACTION, None, room(64)).errno == Errno.ENOENT
    assert fd.action(ACTION, b"\7" * 16, room(64)).errno == Errno.ENOENT
    assert client.copy_parameters(8).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, read_only(bytes(64))).errno == Errno.EFAULT
    other = system.add_process(200).necp_open()
    assert other.client(id_).copy_parameters().errno == Errno.ENOENT
