"""Registering multipath blocks for clients, and disposing of them."""

from __future__ import annotations

from necp_replay.abi.errno import Errno
from necp_replay.events.effects import MultipathCallback
from necp_replay.events.outcome import BlockClient
from necp_replay.events.sockets import MppcbDispose, RegisterMultipathCb
from tests.kernel.builders import PID, REMOTE, effects_of, make_laptop, update


def test_registering_with_an_unknown_client_or_a_wrong_pid_is_enoent_and_clears_the_id() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE, multipath=True)
    for pid, client_id in ((PID, bytes(range(16))), (999, client.client_id)):
        answer = laptop.system.submit(RegisterMultipathCb(pid, client_id, "m1"))
        assert (answer.errno, answer.answer) == (Errno.ENOENT, BlockClient(bytes(16)))


def test_a_block_without_a_callback_is_not_called() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE, multipath=True)
    answer = laptop.system.submit(RegisterMultipathCb(PID, client.client_id, "m1", cb=False))
    assert (answer.errno, answer.effects) == (0, ())
    assert laptop.client(client).interface_handle == "m1"


def test_disposing_of_an_older_block_removes_the_newer_one_from_the_client_only() -> None:
    laptop = make_laptop()
    client = laptop.fd.add(remote=REMOTE, multipath=True)
    for name in ("older", "newer"):
        laptop.system.submit(RegisterMultipathCb(PID, client.client_id, name))
    laptop.system.submit(MppcbDispose("older"))
    state = laptop.client(client)
    assert state.interface_handle is None
    assert {flow.handle for flow in state.flows} == {"newer"}
    # The next update gives the flows what the client has.
    update(laptop)
    assert not any(flow.handle for flow in laptop.client(client).flows)


def test_disposing_of_an_unknown_block_is_enoent() -> None:
    answer = make_laptop().system.submit(MppcbDispose("m9"))
    assert answer.errno == Errno.ENOENT
    assert not effects_of(answer, MultipathCallback)
