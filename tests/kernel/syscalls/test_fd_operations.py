"""Readiness of fds, and the operations that NECP's files refuse."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import OpenFlag
from necp_replay.abi.errno import Errno
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.outcome import Readiness, Selected
from necp_replay.events.syscalls import FdPoll
from necp_replay.scenario.process import NecpFdHandle
from tests.kernel.builders import NEWER, OLDER, REMOTE, log_functions, make_laptop, update

HOWS = pytest.mark.parametrize("how", ["poll", "kqfilter"])


def is_readable(fd: NecpFdHandle, how: str = "poll") -> bool:
    answer = fd.poll(how=how)
    assert answer.errno == 0
    assert isinstance(answer.answer, Readiness)
    return answer.answer.readable


@HOWS
def test_an_fd_is_readable_while_any_client_is_unread(how: str) -> None:
    laptop = make_laptop()
    assert not is_readable(laptop.fd, how)
    clients = [laptop.fd.add(remote=REMOTE) for _ in range(2)]
    assert is_readable(laptop.fd, how)
    clients[0].copy_result()
    assert is_readable(laptop.fd, how)
    clients[1].copy_result()
    assert not is_readable(laptop.fd, how)
    laptop.wifi.update(IfaceUpdate(0, mtu=1400))
    update(laptop)
    assert is_readable(laptop.fd, how)


@HOWS
def test_a_push_observer_is_readable_while_updates_are_queued(how: str) -> None:
    laptop = make_laptop()
    observer = laptop.app.necp_open(OpenFlag.PUSH_OBSERVER)
    assert not is_readable(observer, how)
    laptop.fd.add(remote=REMOTE)
    for _ in range(2):
        assert is_readable(observer, how)
        observer.copy_client_update()
    assert not is_readable(observer, how)


@pytest.mark.parametrize(("events", "readable"), [(0x1, True), (0x40, True), (0x41, True), (4, 0)])
def test_polling_answers_what_was_asked_for(events: int, readable: bool) -> None:
    laptop = make_laptop()
    laptop.fd.add(remote=REMOTE)
    assert laptop.fd.poll(events=events).answer == Readiness(bool(readable))


@pytest.mark.parametrize("filter", [-2, 0, -19])
def test_a_knote_with_another_filter_is_refused_with_a_log_record(filter: int) -> None:
    answer = make_laptop().fd.poll(how="kqfilter", filter=filter)
    assert (answer.errno, answer.answer) == (Errno.EINVAL, None)
    assert log_functions(answer) == ["necpop_kqfilter"]


@pytest.mark.parametrize(("release", "readable"), [(OLDER, False), (NEWER, True)])
def test_being_made_defunct_makes_an_fd_readable_in_newer_releases(
    release: str, readable: bool
) -> None:
    laptop = make_laptop(release)
    laptop.fd.add(remote=REMOTE).copy_result()
    laptop.fd.defunct()
    assert is_readable(laptop.fd) is readable


def test_select_is_never_ready() -> None:
    laptop = make_laptop()
    laptop.fd.add(remote=REMOTE)
    for which in ("read", "write", "except"):
        assert laptop.fd.select(which).answer == Selected(0)


def test_reading_writing_and_ioctl_are_refused() -> None:
    fd = make_laptop().fd
    assert [fd.read().errno, fd.write().errno, fd.ioctl().errno] == [
        Errno.ENXIO,
        Errno.ENXIO,
        Errno.ENOTTY,
    ]


@pytest.mark.parametrize(
    ("release", "selected", "knote"),
    [("xnu-4903.270.47", Errno.ENXIO, Errno.OK), ("xnu-6153.11.26", Errno.ENOTSUP, Errno.ENOTSUP)],
)
def test_a_session_that_is_selected_has_an_error_that_is_taken_for_ready(
    release: str, selected: Errno, knote: Errno
) -> None:
    daemon = make_laptop(release).system.add_process(300, "daemon", privileged=True)
    fd = daemon.on_fd(daemon.necp_session_open().fd)
    assert fd.select().answer == Selected(int(selected))
    assert fd.poll(how="kqfilter").errno == knote
    assert fd.poll().errno == Errno.EOPNOTSUPP


@pytest.mark.parametrize(
    ("release", "errnos"),
    [
        ("xnu-7195.101.1", [Errno.ENOTTY, Errno.EOPNOTSUPP]),
        ("xnu-8019.41.5", [Errno.ENXIO, Errno.ENXIO]),
    ],
)
def test_ioctl_and_select_of_a_file_of_another_kind_are_refused(
    release: str, errnos: list[Errno]
) -> None:
    process = make_laptop(release).system.add_process(300, "other")
    fd = process.on_fd(process.open_other().fd)
    assert [fd.ioctl().errno, fd.select().errno] == errnos


def test_an_fd_that_is_not_open_is_ebadf() -> None:
    fd = make_laptop().app.on_fd(77)
    answers = (fd.poll(), fd.poll(how="kqfilter"), fd.read(), fd.write(), fd.ioctl())
    assert [answer.errno for answer in answers] == [Errno.EBADF] * 5
    assert (fd.select().errno, fd.select().answer) == (Errno.EBADF, Selected(None))


def test_a_process_that_is_not_there_is_esrch() -> None:
    laptop = make_laptop()
    assert laptop.system.submit(FdPoll(999, 3)).errno == Errno.ESRCH


@HOWS
def test_polling_a_file_of_another_kind_is_eopnotsupp(how: str) -> None:
    assert make_laptop().app.open_other().poll(how=how).errno == Errno.EOPNOTSUPP
