"""COPY_RESULT: results by id, of any unread client and with flows; which calls are refused."""

from necp_replay.abi.client import ClientAction, ClientResult, OpenFlag
from necp_replay.abi.tlv import pack_tlv
from necp_replay.scenario import ClientHandle, Errno, System, faulting, read_only, room

ACTION = ClientAction.COPY_RESULT
REMOTE = "203.0.113.5:443"


def copy_result(system: System) -> None:
    """By id and for any unread client: those are returned in the order of their ids, each once.

    Source: necp_client_copy, xnu-4570.51.1.
    """
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    fd = system.add_process(100).necp_open()
    clients = [fd.add(remote=REMOTE) for _ in range(3)]
    for _ in clients:
        assert fd.copy_result().errno == 0
    assert fd.copy_result().errno == Errno.ENOENT
    assert fd.copy_result(bytes(16)).errno == Errno.ENOENT
    assert clients[0].copy_result().interface_index == en0.index


def copy_result_by_an_observer(system: System) -> None:
    """An observer copies any client's result; the client stays unread for its own fd.

    Source: necp_client_copy, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    watcher = system.add_process(400, privileged=True).necp_open(OpenFlag.OBSERVER)
    assert watcher.client(client.client_id).copy_result().errno == 0
    assert fd.poll().is_readable
    assert fd.copy_updated_result().errno == 0
    assert not fd.poll().is_readable


def copy_result_with_flows(system: System) -> None:
    """A nexus flow and a socket flow, newest first, with assigned results and an event.

    Source: necp_client_copy_internal, xnu-4570.51.1.
    """
    client, _ = _client_with_flows(system)
    flows = client.copy_result().flows
    assert len(flows) == 2
    assert flows[0].value(ClientResult.PROTO_CTL_EVENT)
    # The first copy clears the event.
    assert client.copy_result().flows[0].value(ClientResult.PROTO_CTL_EVENT) is None


def copy_result_faults_between_flows(system: System) -> None:
    """A fault in the second flow: EFAULT, the client stays unread, the first flow's event is lost.

    Source: necp_client_copy_internal, xnu-4570.51.1.
    """
    client, whole_bytes = _client_with_flows(system)
    short = faulting(1024, whole_bytes - 40)
    assert client.fd.action(ACTION, client.client_id, short).errno == Errno.EFAULT
    assert client.fd.poll().is_readable
    assert client.copy_result().flows[0].value(ClientResult.PROTO_CTL_EVENT) is None


def copy_result_refused(system: System) -> None:
    """Every error of COPY_RESULT, in the order in which the kernel checks for it.

    Source: necp_client_copy, xnu-4570.51.1.
    """
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE)
    id_ = client.client_id
    assert fd.action(ACTION, id_, None, buffer_size=64).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, room(64), buffer_size=0).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, room(64), client_id_len=15).errno == Errno.ERANGE
    assert fd.action(ACTION, faulting(16, 8, id_[:8]), room(64)).errno == Errno.EFAULT
    assert fd.action(ACTION, b"\7" * 16, room(64)).errno == Errno.ENOENT
    assert client.copy_result(8).errno == Errno.EINVAL
    assert fd.action(ACTION, id_, read_only(bytes(512))).errno == Errno.EFAULT
    assert fd.action(ACTION, id_, faulting(512, 20)).errno == Errno.EFAULT
    other = system.add_process(200).necp_open()
    assert other.client(id_).copy_result().errno == Errno.ENOENT
    assert client.copy_result().errno == 0


def _client_with_flows(system: System) -> tuple[ClientHandle, int]:
    """A client with a socket flow and a newer nexus flow, and the length of its result."""
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    agent = system.add_agent("nexus", flags=0x83, via="kernel")
    fd = system.add_process(100).necp_open()
    client = fd.add(remote=REMOTE, multipath=True)
    socket = system.add_socket("tcp", local="192.0.2.10:50000", remote=REMOTE, last_outif=4)
    socket.register(client)
    socket.assign(client)
    client.inject_nexus_flow(agent.uuid, interface_index=4)
    agent.assign_nexus(client.client_id, pack_tlv(ClientResult.NEXUS_INSTANCE, b"\7" * 16))
    length = client.copy_result().retval or 0
    agent.protoctl_event(client.client_id, 1, 2, 3)
    return client, length + 17
