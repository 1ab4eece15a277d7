"""Descriptions of actions and inputs."""

from __future__ import annotations

import pytest

from necp_replay.abi.client import ClientAction
from necp_replay.abi.errno import Errno
from necp_replay.abi.policy import SessionAction
from necp_replay.events import clock, inputs, syscalls
from necp_replay.kernel.description import AnyDescription, Description, Kind, logged, silent


def describe(subject: ClientAction | SessionAction | type, overwrites: str = "") -> AnyDescription:
    """A description of something that this test handles."""
    return Description(
        subject=subject,
        handler=test_the_file_is_that_of_the_handler,
        summary="Does something.",
        overwrites=overwrites,
        checks=(
            silent(Errno.EINVAL, "the buffer is NULL", fact="first_fact"),
            logged(Errno.EFAULT, "the buffer cannot be read", fact="second_fact"),
        ),
        other_facts=("first_fact", "third_fact"),
        syscall_number=6 if subject is syscalls.Close else None,
    )


def test_the_file_is_that_of_the_handler() -> None:
    assert describe(clock.Now).file == "tests/kernel/test_description.py"


@pytest.mark.parametrize(
    ("subject", "kind", "name", "number"),
    [
        (ClientAction.ADD, Kind.CLIENT_ACTION, "ADD", 1),
        (SessionAction.POLICY_GET, Kind.SESSION_ACTION, "POLICY_GET", 2),
        (syscalls.Close, Kind.SYSTEM_CALL, "close", 6),
        (syscalls.FdPoll, Kind.SYSTEM_CALL, "fd_poll", None),
        (clock.Now, Kind.CLOCK, "now", None),
    ],
)
def test_kind_name_and_number_follow_from_the_subject(
    subject: ClientAction | SessionAction | type, kind: Kind, name: str, number: int | None
) -> None:
    description = describe(subject)
    assert (description.kind, description.name, description.number) == (kind, name, number)


def test_every_class_of_input_is_of_a_kind() -> None:
    assert all(describe(input_class).kind for input_class in inputs.INPUT_NAMES.values())


def test_facts_are_those_of_checks_and_then_the_others_each_once() -> None:
    assert describe(clock.Now).facts == ("first_fact", "second_fact", "third_fact")


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        (ClientAction.ADD, "a session fd would lose its lock"),
        (SessionAction.POLICY_ADD, "a client fd would lose its lock"),
    ],
)
def test_an_action_says_what_an_fd_of_the_other_kind_would_lose(
    subject: ClientAction | SessionAction, sentence: str
) -> None:
    assert describe(subject, "its lock").confusion == sentence


def test_what_is_no_action_takes_no_fd_for_another() -> None:
    assert describe(clock.Now).confusion == ""


def test_a_check_reads_as_one_line() -> None:
    assert [check.text for check in describe(clock.Now).checks] == [
        "EINVAL: the buffer is NULL [by release: first_fact]",
        "EFAULT (log): the buffer cannot be read [by release: second_fact]",
    ]
