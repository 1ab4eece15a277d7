"""`--help` of every command."""

from __future__ import annotations

import argparse

import pytest

from necp_replay.cli.command_line import build_parser
from tests.cli.workplace import Workplace


def _commands() -> list[str]:
    (commands,) = (
        action
        for action in build_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return sorted(commands.choices)


@pytest.mark.parametrize("command", _commands())
def test_every_command_has_help_with_examples_of_itself(workplace: Workplace, command: str) -> None:
    printed = workplace.run(command, "--help")
    assert printed.status == 0
    _, _, examples = printed.out.partition("examples:")
    assert f"necp-replay {command}" in examples, "no example"


def test_a_mistyped_command_is_told_the_nearest(workplace: Workplace) -> None:
    printed = workplace.run("repaly", "traces")
    assert printed.status == 2
    assert "did you mean replay?" in printed.err


def test_a_command_like_no_other_gets_no_guess(workplace: Workplace) -> None:
    printed = workplace.run("xyzzy")
    assert printed.status == 2
    assert "did you mean" not in printed.err
