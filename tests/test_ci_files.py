"""The files for CI, containers and pre-commit: what they name is there, and their steps run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.cli.process import environment

REPOSITORY = Path(__file__).resolve().parent.parent


def step(name: str) -> str:
    """The script of a step of the action."""
    text = (REPOSITORY / "action.yml").read_text("utf-8")
    found = re.search(rf"- name: {name}\n(?:.*\n)*?      run: \|\n((?: {{8}}.*\n)+)", text)
    assert found is not None
    return textwrap.dedent(found[1])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two traces, and the command on the path."""
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "necp-replay"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m necp_replay "$@"\n', "utf-8")
    command.chmod(0o755)
    for name in ("copy_list", "remove"):
        for folder, pattern in (("traces", "necptrace"), ("golden", "golden")):
            for path in (REPOSITORY / folder / "client").glob(f"{name}[.@]*{pattern}"):
                (tmp_path / folder).mkdir(exist_ok=True)
                shutil.copy(path, tmp_path / folder)
    (tmp_path / "necp-replay.toml").touch()
    return tmp_path


def run_step(project: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    variables = {"PATHS": "traces", "ARGUMENTS": "", "SHARD": "", "TIMES": "", "CACHE": "true"}
    path = f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", step("Replay")],
        cwd=project,
        env=environment({**variables, **inputs, "PATH": path}),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_action_replays_and_writes_a_page(project: Path) -> None:
    done = run_step(project, ARGUMENTS="--jobs 1 -q")
    assert done.returncode == 0, done.stderr
    assert (project / "necp-report" / "report.html").exists()
    assert (project / "necp-report" / "report.xml").exists()
    assert list((project / ".necp-cache").glob("times-*.json"))


def test_a_shard_of_the_action_keeps_its_report_and_its_status(project: Path) -> None:
    for golden in (project / "golden").glob("remove*.golden"):
        golden.write_text(golden.read_text("utf-8").replace("ENOENT", "EINVAL"), "utf-8")
    done = [run_step(project, SHARD=f"{index}/2", CACHE="false") for index in (1, 2)]
    assert sorted(each.returncode for each in done) == [0, 1]
    names = sorted(path.name for path in (project / "necp-report").iterdir())
    assert names == ["report-1.json", "report-2.json"]


def test_the_action_gives_inputs_to_scripts_as_variables_only() -> None:
    scripts = [step(name) for name in ("Install", "Replay")]
    assert not any("${{" in script for script in scripts)


def test_the_image_copies_files_that_exist_and_are_not_ignored() -> None:
    lines = (REPOSITORY / "Dockerfile").read_text("utf-8").splitlines()
    copied = [
        word
        for line in lines
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert copied
    let_in = (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines()
    assert [name for name in copied if not (REPOSITORY / name).exists()] == []
    assert {f"!{name}" for name in copied} <= set(let_in)


def test_the_pre_commit_hook_checks_traces_with_doctor() -> None:
    text = (REPOSITORY / ".pre-commit-hooks.yaml").read_text("utf-8")
    entry = re.search(r"entry: (.*)", text)
    files = re.search(r"files: (.*)", text)
    assert entry is not None and files is not None
    assert re.search(files[1], "traces/client/add.necptrace")
    assert not re.search(files[1], "golden/client/add.golden")
    words = entry[1].split()
    assert words[0] == "necp-replay"
    trace = str(REPOSITORY / "traces" / "client" / "add.necptrace")
    done = subprocess.run(
        [sys.executable, "-m", "necp_replay", *words[1:], trace],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
