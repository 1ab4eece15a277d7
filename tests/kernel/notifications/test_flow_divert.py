"""Flow divert asks that a process diverts its flows by itself."""

from __future__ import annotations

from necp_replay.abi.client import ClientAction, ClientResult
from necp_replay.abi.errno import Errno
from necp_replay.abi.tlv import pack_tlv
from necp_replay.events.effects import Wake
from necp_replay.scenario.answers import CallAnswer
from necp_replay.scenario.buffers import BufferLike, read_only, room
from tests.kernel.builders import PID, REMOTE, Laptop, make_laptop
from tests.kernel.client_actions.arguments import shown, verdict

NEWEST = "xnu-11417.121.6"
REQUEST = pack_tlv(ClientResult.REQUEST_IN_PROCESS_FLOW_DIVERT, b"").rstrip(b"\0")


def asked(laptop: Laptop, *pids: int) -> list[object]:
    """Ask processes, fire the timer, and return its effects."""
    for pid in pids or (PID,):
        assert laptop.system.request_in_process_flow_divert(pid).errno == 0
    laptop.system.update_all_clients()
    return list(laptop.system.fire_timer().effects)


def copy(
    laptop: Laptop, buffer: BufferLike, action: ClientAction = ClientAction.COPY_RESULT
) -> CallAnswer:
    return laptop.fd.action(action, None, buffer)


def test_each_fd_of_the_process_is_woken_and_answers_once_it_has_no_unread_client() -> None:
    laptop = make_laptop(NEWEST)
    laptop.fd.add(remote=REMOTE)
    assert asked(laptop) == [Wake(PID, laptop.fd.fd)]
    assert (copy(laptop, room(1024)).retval or 0) > 5
    assert laptop.fd.poll().is_readable
    answer = copy(laptop, room(1024))
    assert (answer.retval, shown(answer)[1]) == (5, REQUEST)
    assert not laptop.fd.poll().is_readable
    assert copy(laptop, room(1024)).errno == Errno.ENOENT


def test_every_action_that_copies_the_next_unread_client_answers_it() -> None:
    for action in (
        ClientAction.COPY_RESULT,
        ClientAction.COPY_UPDATED_RESULT,
        ClientAction.COPY_UPDATED_RESULT_FINAL,
    ):
        laptop = make_laptop(NEWEST)
        asked(laptop)
        assert copy(laptop, room(5), action).retval == 5


def test_waiters_are_woken_at_each_update_until_it_is_read() -> None:
    laptop = make_laptop(NEWEST)
    asked(laptop)
    laptop.system.update_all_clients()
    assert laptop.system.fire_timer().effects == (Wake(PID, laptop.fd.fd),)


def test_a_buffer_without_room_or_that_faults_loses_the_request() -> None:
    for buffer, verdict_of in (
        (room(4), (Errno.EINVAL, [])),
        (read_only(bytes(5)), (Errno.EFAULT, ["necp_client_copy"])),
    ):
        laptop = make_laptop(NEWEST)
        asked(laptop)
        assert verdict(copy(laptop, buffer)) == verdict_of
        assert copy(laptop, room(1024)).errno == Errno.ENOENT


def test_a_fifth_process_and_pid_0_are_not_noted() -> None:
    laptop = make_laptop(NEWEST)
    assert asked(laptop, 1, 1, 1, 1, PID) == []
    assert asked(laptop, 0, 1, 1, 1, PID) == [Wake(PID, laptop.fd.fd)]


def test_a_copy_of_a_named_client_leaves_the_request() -> None:
    laptop = make_laptop(NEWEST)
    client = laptop.fd.add(remote=REMOTE)
    asked(laptop)
    assert client.copy_result().errno == 0
    assert client.copy_result().errno == 0
    assert copy(laptop, room(1024)).retval == 5


def test_releases_before_xnu_10002_have_no_such_function() -> None:
    laptop = make_laptop("xnu-8796.141.3")
    assert laptop.system.request_in_process_flow_divert(PID).errno == Errno.ENOTSUP
