"""`necp-replay completion`: scripts for shells."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.cli.workplace import Workplace


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_the_script_names_every_command(workplace: Workplace, shell: str) -> None:
    printed = workplace.run("completion", shell)
    assert printed.status == 0, printed.err
    for command in ("replay", "check-engine", "grep", "explain"):
        assert command in printed.out


def test_bash_accepts_the_script(workplace: Workplace) -> None:
    bash = shutil.which("bash")
    assert bash is not None, "the tests need bash, as make does"
    path = workplace.write("completion", workplace.run("completion", "bash").out)
    subprocess.run([bash, "-n", str(path)], check=True)


def test_without_the_extra_it_says_how_to_install_it(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    printed = workplace.run("completion", "bash")
    assert printed.status == 2
    assert "pip install 'necp-replay[completion]'" in printed.err
