"""The system call that evaluates parameters without a client."""

from __future__ import annotations

import pytest

from necp_replay.abi.aggregate_result import AGGREGATE_RESULT
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import PolicyResult
from necp_replay.events.effects import Log, UserOverrun
from necp_replay.events.outcome import MatchResult
from necp_replay.events.syscalls import NecpMatchPolicy
from necp_replay.events.user_buffer import Unseen, UserBuffer
from necp_replay.scenario.buffers import faulting, nowhere, read_only, room
from necp_replay.scenario.parameters import client_parameters
from tests.kernel.builders import make_system
from tests.kernel.policy.world import EN0, apply_policies, make_world, match_policy, policy

CONTENT = client_parameters(remote="198.18.0.1:443")
SIZE = len(CONTENT)
PARAMETERS = UserBuffer(content=CONTENT.rstrip(b"\0"), length=SIZE)
RESULT = room(AGGREGATE_RESULT.size)
SIZES = (("xnu-4570.51.1", 212), ("xnu-7195.50.7.100.1", 216), ("xnu-7195.101.1", 296))
"""How long the structure is in releases."""


@pytest.mark.parametrize(
    ("parameters", "size_bytes", "result", "errno"),
    [
        (None, SIZE, RESULT, Errno.EINVAL),
        (PARAMETERS, 0, RESULT, Errno.EINVAL),
        (PARAMETERS, 1025, RESULT, Errno.EINVAL),
        (PARAMETERS, SIZE, None, Errno.EINVAL),
        (nowhere(), SIZE, RESULT, Errno.EFAULT),
        (nowhere(), SIZE, nowhere(), Errno.EFAULT),
        (PARAMETERS, SIZE, nowhere(), Errno.EFAULT),
        (PARAMETERS, SIZE, read_only(bytes(AGGREGATE_RESULT.size)), Errno.EFAULT),
        (PARAMETERS, 1024, RESULT, Errno.OK),
    ],
)
def test_bad_arguments_are_refused_and_bad_pointers_fault(
    parameters: UserBuffer | None, size_bytes: int, result: UserBuffer | None, errno: Errno
) -> None:
    app = make_world().app
    answer = app.submit(NecpMatchPolicy(app.pid, parameters, size_bytes, result))
    assert answer.errno == errno
    assert answer.retval == (0 if errno == Errno.OK else None)


def test_the_result_of_a_route_without_policies_is_its_interface_alone() -> None:
    matched = match_policy(make_world().app, client_parameters(remote="198.18.0.1:443"))
    assert matched.routed_interface_index == EN0
    assert matched.routing_result == PolicyResult.NONE
    assert matched.policy_id == 0
    assert matched.effects == ()


def test_a_fault_midway_leaves_the_first_bytes_written() -> None:
    world = make_world()
    apply_policies(world, policy(1, PolicyResult.DROP))
    answer = world.app.submit(
        NecpMatchPolicy(100, PARAMETERS, SIZE, faulting(AGGREGATE_RESULT.size, 2))
    )
    assert answer.errno == Errno.EFAULT
    assert answer.answer == MatchResult(bytes([PolicyResult.DROP]))


@pytest.mark.parametrize(("release", "size"), SIZES)
def test_writing_past_a_short_result_is_noticed(release: str, size: int) -> None:
    app = make_system(release).add_process(100)
    for room_bytes in (16, AGGREGATE_RESULT.size - 1):
        answer = app.submit(NecpMatchPolicy(100, PARAMETERS, SIZE, room(room_bytes)))
        assert answer.errno == Errno.OK
        assert answer.effects == (UserOverrun(room_bytes, size, "necp_match_policy"),)


@pytest.mark.parametrize(("release", "size"), SIZES)
def test_a_result_as_long_as_the_oldest_structure_is_not_overrun(release: str, size: int) -> None:
    assert size >= AGGREGATE_RESULT.size
    app = make_system(release).add_process(100)
    answer = app.submit(NecpMatchPolicy(100, PARAMETERS, SIZE, RESULT))
    assert (answer.errno, answer.effects) == (Errno.OK, ())


@pytest.mark.parametrize(("release", "size"), SIZES)
def test_as_many_bytes_are_written_as_the_structure_has(release: str, size: int) -> None:
    app = make_system(release).add_process(100)
    for room_bytes, errno in ((size - 1, Errno.EFAULT), (size, Errno.OK)):
        result = UserBuffer(length=size, mapped=room_bytes)
        answer = app.submit(NecpMatchPolicy(100, PARAMETERS, SIZE, result))
        assert answer.errno == errno


def test_without_a_result_buffer_nothing_is_shown() -> None:
    answer = make_world().app.submit(NecpMatchPolicy(100, PARAMETERS, SIZE, None))
    assert answer.answer == MatchResult(Unseen.NO_BUFFER)


def test_a_tlv_past_the_end_ends_the_reading_with_a_log_record() -> None:
    cut = client_parameters(remote="127.0.0.1:443")[:-1]
    matched = match_policy(make_world().app, cut)
    assert matched.routed_interface_index == EN0
    assert matched.effects == (Log(3, "necp_application_find_policy_match_internal"),)


def test_drop_all_without_policies_answers_before_reading_anything() -> None:
    world = make_world()
    world.system.set_sysctl("drop_all_level", 1)
    matched = match_policy(world.app, b"\xff" * 16)
    assert matched.routing_result == PolicyResult.DROP
    assert (matched.policy_id, matched.routed_interface_index) == (0, 0)
    assert matched.effects == ()
