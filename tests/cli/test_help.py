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


@pytest.mark.parametrize(
    ("words", "guess"),
    [
        (("replay", "traces", "--htlm", "x"), "there is no option --htlm; did you mean --html?"),
        (("cut", "a", "--selct=1"), "there is no option --selct; did you mean --select?"),
        (("replay", "traces", "--format", "jsn"), "there is no jsn; did you mean json?"),
        (("releases", "dif", "a", "b"), "there is no dif; did you mean diff?"),
        (("completion", "xyzzy"), "there is no xyzzy; choose bash, zsh, tcsh, fish"),
    ],
    ids=["option", "option before what is missing", "value", "action", "like no other"],
)
def test_the_error_for_a_mistyped_word_names_the_most_similar_one(
    workplace: Workplace, words: tuple[str, ...], guess: str
) -> None:
    printed = workplace.run(*words)
    assert printed.status == 2
    assert guess in printed.err


@pytest.mark.parametrize("columns", ["40", "80"])
def test_help_fits_the_terminal_except_for_examples(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = workplace.run("why", "--help").out.splitlines()
    prose = [line for line in lines if line[:1] not in ("", " ")]
    assert max(map(len, prose)) <= int(columns)
    assert "  necp-replay why system.log --release macos-15.5" in lines
