"""The updates that push observers get, and those that are dropped."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ObserverUpdateType, OpenFlag
from necp_replay.events.effects import Panic, Wake
from necp_replay.events.interfaces import IfaceUpdate
from necp_replay.events.outcome import Panicked
from tests.kernel.builders import REMOTE, Laptop, effects_of, make_laptop, update


def outgrow(laptop: Laptop) -> None:
    """Put more agents on the primary interface than a result has room for."""
    agents = tuple(laptop.system.add_agent(f"a{number}").uuid for number in range(24))
    laptop.wifi.update(IfaceUpdate(0, agents=agents))


def test_every_observer_gets_the_update_the_one_opened_last_first() -> None:
    laptop = make_laptop()
    observers = [laptop.app.necp_open(OpenFlag.PUSH_OBSERVER) for _ in range(2)]
    added = laptop.fd.add(remote=REMOTE).added
    assert added is not None
    older, newer = (Wake(100, observer.fd) for observer in observers)
    assert effects_of(added, Wake) == [newer, older, newer, older]


def test_only_a_result_that_changed_is_an_update() -> None:
    laptop = make_laptop()
    laptop.app.necp_open(OpenFlag.PUSH_OBSERVER)
    laptop.fd.add(remote=REMOTE)
    update(laptop)
    assert laptop.system.snapshot().observers[0].update_count == 2
    laptop.wifi.update(IfaceUpdate(0, mtu=1400))
    update(laptop)
    updates = laptop.system.snapshot().observers[0].updates
    assert [u.update_type for u in updates[2:]] == [ObserverUpdateType.RESULT]


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_updates_beyond_the_limit_are_dropped_without_a_log_record(limit: int) -> None:
    laptop = make_laptop()
    laptop.system.set_sysctl("observer_message_limit", limit)
    observer = laptop.app.necp_open(OpenFlag.PUSH_OBSERVER)
    answers = [laptop.fd.add(remote=REMOTE).added for _ in range(2)]
    woken = sum(len(effects_of(answer, Wake)) for answer in answers if answer is not None)
    assert woken == limit
    assert laptop.system.snapshot().observers[0].update_count == limit
    if limit:
        observer.copy_client_update()
        laptop.fd.add(remote=REMOTE)
        assert laptop.system.snapshot().observers[0].update_count == limit


def test_the_default_limit_is_256_updates() -> None:
    laptop = make_laptop()
    laptop.app.necp_open(OpenFlag.PUSH_OBSERVER)
    for _ in range(129):
        laptop.fd.add(remote=REMOTE)
    state = laptop.system.snapshot()
    assert (state.observer_message_limit, state.observers[0].update_count) == (256, 256)


def test_a_result_that_outgrows_its_buffer_panics_the_kernel_when_an_observer_is_told() -> None:
    laptop = make_laptop()
    laptop.app.necp_open(OpenFlag.PUSH_OBSERVER)
    outgrow(laptop)
    added = laptop.fd.add(remote=REMOTE).added
    assert added is not None
    assert added.answer == Panicked()
    assert [type(effect) for effect in added.effects][-1] is Panic


def test_a_full_queue_prevents_that_panic() -> None:
    laptop = make_laptop()
    laptop.app.necp_open(OpenFlag.PUSH_OBSERVER)
    laptop.system.set_sysctl("observer_message_limit", 1)
    outgrow(laptop)
    added = laptop.fd.add(remote=REMOTE).added
    assert added is not None and added.errno == 0
    assert laptop.system.snapshot().observers[0].update_count == 1
