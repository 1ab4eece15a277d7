"""``necp_open``."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ObserverUpdateType, OpenFlag
from necp_replay.abi.errno import Errno
from necp_replay.events.effects import Panic, Wake
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.outcome import Absent, Panicked
from necp_replay.events.processes import ProcUpdate
from necp_replay.events.syscalls import NecpOpen
from tests.kernel.builders import REMOTE, log_functions, make_laptop, make_system

OBSERVER_FLAGS = OpenFlag.OBSERVER | OpenFlag.PUSH_OBSERVER


def test_fds_are_the_lowest_free_from_three() -> None:
    app = make_system().add_process(100)
    opened = [app.necp_open() for _ in range(3)]
    assert [fd.fd for fd in opened] == [3, 4, 5]
    opened[1].close()
    assert app.open_other().fd == 4
    assert app.necp_open().fd == 6


def test_the_limit_of_the_process_is_emfile() -> None:
    app = make_system().add_process(100, fd_limit=5)
    assert [app.necp_open().fd for _ in range(2)] == [3, 4]
    assert app.submit(NecpOpen(100)).errno == Errno.EMFILE
    app.submit(ProcUpdate(100, fd_limit=6))
    assert app.necp_open().fd == 5


def test_a_process_that_is_not_there_is_esrch() -> None:
    assert make_system().submit(NecpOpen(100)).errno == Errno.ESRCH


def test_a_number_that_the_trace_names_is_taken_beyond_the_limit_too() -> None:
    app = make_system().add_process(100, fd_limit=5)
    assert app.submit(NecpOpen(100, assigned_fd=17)).retval == 17
    assert app.necp_open().fd == 3


def test_a_number_that_the_trace_names_and_that_is_open_is_not_modelled() -> None:
    app = make_system().add_process(100)
    app.necp_open()
    assert isinstance(app.submit(NecpOpen(100, assigned_fd=3)).answer, Absent)


@pytest.mark.parametrize("flags", [OpenFlag.OBSERVER, OBSERVER_FLAGS, OpenFlag.PUSH_OBSERVER])
@pytest.mark.parametrize("privileged", [True, False])
def test_observing_needs_no_privilege(flags: int, privileged: bool) -> None:
    app = make_system().add_process(100, privileged=privileged)
    assert app.necp_open(flags).fd == 3


@pytest.mark.parametrize("flags", [OpenFlag.OBSERVER, OBSERVER_FLAGS, OpenFlag.PUSH_OBSERVER])
def test_observing_needs_a_privilege_from_8019_on(flags: int) -> None:
    app = make_system("xnu-8019.80.24").add_process(100)
    answer = app.submit(NecpOpen(100, int(flags)))
    assert (answer.errno, log_functions(answer)) == (Errno.EACCES, ["necp_open"])
    for privilege in ("PRIV_NET_PRIVILEGED_NETWORK_STATISTICS", "PRIV_SKYWALK_OBSERVE_ALL"):
        app.update(privileged=(privilege,))
        assert app.submit(NecpOpen(100, int(flags))).errno == Errno.OK


@pytest.mark.parametrize("flags", [0, OpenFlag.BACKGROUND, 0xFFFFFFF8])
def test_what_does_not_observe_needs_no_privilege(flags: int) -> None:
    app = make_system("xnu-8019.80.24").add_process(100)
    assert app.submit(NecpOpen(100, int(flags))).errno == Errno.OK


def test_unknown_flags_are_kept_as_a_signed_number() -> None:
    system = make_system()
    system.add_process(100).necp_open(0xFFFFFFF8)
    assert system.snapshot().fds[0].flags == -8


def test_push_observers_are_counted_apart() -> None:
    system = make_system()
    app = system.add_process(100)
    for flags in (0, OpenFlag.OBSERVER, OpenFlag.PUSH_OBSERVER):
        app.necp_open(flags)
    state = system.snapshot()
    assert (state.necp_client_fd_count, state.necp_observer_fd_count) == (2, 1)
    assert [fd.fd for fd in state.fds] == [3, 4]
    assert [fd.fd for fd in state.observers] == [5]


def test_a_push_observer_is_queued_every_client_in_the_order_of_ids() -> None:
    laptop = make_laptop()
    laptop.system.next_uuids(b"\x22" * 16, b"\x11" * 16)
    laptop.fd.add(remote=REMOTE)
    laptop.system.add_process(300).necp_open().add(remote=REMOTE)
    answer = laptop.app.submit(NecpOpen(100, OpenFlag.PUSH_OBSERVER))
    assert answer.effects == (Wake(100, 4),) * 4
    (observer,) = laptop.system.snapshot().observers
    assert [(update.client_id[0], update.update_type) for update in observer.updates] == [
        (0x11, ObserverUpdateType.PARAMETERS),
        (0x11, ObserverUpdateType.RESULT),
        (0x22, ObserverUpdateType.PARAMETERS),
        (0x22, ObserverUpdateType.RESULT),
    ]


def test_an_observer_that_is_not_pushed_to_gets_nothing() -> None:
    laptop = make_laptop()
    laptop.fd.add(remote=REMOTE)
    assert laptop.app.submit(NecpOpen(100, OpenFlag.OBSERVER)).effects == ()


def test_a_push_observer_that_opens_after_a_result_outgrew_its_buffer_panics_the_kernel() -> None:
    laptop = make_laptop()
    agents = tuple(laptop.system.add_agent(f"a{number}").uuid for number in range(24))
    laptop.wifi.update(IfaceUpdate(0, agents=agents))
    laptop.fd.add(remote=REMOTE)
    answer = laptop.app.submit(NecpOpen(100, OpenFlag.PUSH_OBSERVER))
    assert answer.answer == Panicked()
    assert [type(effect) for effect in answer.effects] == [Wake, Panic]
    assert isinstance(laptop.app.submit(NecpOpen(100)).answer, Absent)
