"""`necp-replay demo` and `necp-replay init`: a project in an empty folder."""

from __future__ import annotations

import shlex

import pytest

from necp_replay.starter.project import FILES
from tests.cli.workplace import Workplace


def test_the_tour_goes_from_a_project_to_a_failing_replay_and_back(workplace: Workplace) -> None:
    printed = workplace.run("demo")
    assert printed.status == 0, printed
    assert "2 different" in printed.out
    assert "✗ domain is imap.corp.example, asks for corp.exmaple" in printed.out
    assert printed.out.count("15 identical, 0 different, 0 not modelled") == 2
    assert workplace.run("replay", "necp-demo/traces").status == 0


def test_every_command_of_the_tour_can_be_run_again(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = workplace.run("demo", "project").out
    commands = [line[2:] for line in out.splitlines() if line.startswith("$ ")]
    monkeypatch.chdir(workplace.root / "project")
    for command in commands:
        assert workplace.run(*shlex.split(command)[1:]).status == 0, command


def test_the_tour_also_works_where_ci_is_set(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    assert workplace.run("demo").status == 0


def test_a_folder_that_has_a_project_is_left_as_it_is(workplace: Workplace) -> None:
    assert workplace.run("demo").status == 0
    scenario = workplace.root / "necp-demo/scenarios/vpn.py"
    scenario.write_text("# mine\n", "utf-8")
    printed = workplace.run("demo")
    assert printed.status == 2
    assert "nothing was written" in printed.err
    assert scenario.read_text("utf-8") == "# mine\n"


def test_init_writes_every_file_and_says_what_comes_next(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = workplace.run("init", "mine")
    assert printed.status == 0
    assert all((workplace.root / "mine" / name).is_file() for name in FILES)
    next_commands = [line.strip() for line in printed.out.partition("Next:")[2].splitlines()]
    monkeypatch.chdir(workplace.root / "mine")
    for command in next_commands:
        if command.startswith("necp-replay"):
            assert workplace.run(*shlex.split(command)[1:]).status == 0, command


def test_the_folder_of_init_can_be_pasted_whatever_its_name(workplace: Workplace) -> None:
    printed = workplace.run("init", "my traces")
    assert "  cd 'my traces'" in printed.out.splitlines()


def test_init_in_the_place_of_a_file_says_that_there_is_one(workplace: Workplace) -> None:
    workplace.write("taken", "")
    printed = workplace.run("init", "taken")
    assert (printed.status, "There is a file or a link of this name" in printed.err) == (2, True)


def test_init_replaces_no_file(workplace: Workplace) -> None:
    workplace.write("README.md", "mine")
    printed = workplace.run("init")
    assert printed.status == 2
    assert printed.err.startswith("necp-replay: README.md: a file of this name is there already")
    assert [path.name for path in workplace.root.iterdir()] == ["README.md"]
