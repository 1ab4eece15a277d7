"""The manual pages in docs/man/: one for each command, current, and without faults of form."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

from necp_replay.cli.command_line import COMMANDS
from tests.docs.manual_pages import FOLDER, pages

ROOT = Path(__file__).parents[2]
SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS", "SEE ALSO"]


def test_every_command_has_a_page() -> None:
    assert len(pages()) == len(COMMANDS) + 1
    missing = [
        f"{name}: {section}"
        for name, page in pages().items()
        for section in SECTIONS
        if f".SH {section}\n" not in page
    ]
    assert missing == []


def test_the_pages_are_current() -> None:
    found = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    assert found == pages(), "run `make manual`"


def test_a_page_has_every_option_and_no_silent_alias() -> None:
    page = pages()["necp-replay-replay.1"]
    for option in ("release", "golden", "rules", "engine", "html", "junit", "format"):
        assert f"\\fB\\-\\-{option}\\fR" in page
    assert "\\-\\-json\\fR" not in page
    assert ".SS reports" in page


def test_a_page_has_the_commands_inside_of_a_command() -> None:
    assert ".SS necp\\-replay releases diff" in pages()["necp-replay-releases.1"]


def test_the_pages_are_in_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["tool"]["setuptools"]["data-files"]["share/man/man1"] == ["docs/man/*.1"]


def test_every_line_is_text_or_a_known_request() -> None:
    known = re.compile(r'^\.(TH|SH|SS|TP|PP|B|I|nf|fi|nh|ad l|\\")\b|^\.\\"')
    faults = [
        f"{name}:{number}: {line}"
        for name, page in pages().items()
        for number, line in enumerate(page.splitlines(), start=1)
        if not line or line.startswith("'") or (line.startswith(".") and not known.match(line))
    ]
    assert faults == []


def test_formatters_have_no_complaint() -> None:
    """With a formatter that is installed; the rules above hold without one."""
    commands = [["mandoc", "-Tlint", "-Wwarning"], ["groff", "-man", "-Tutf8", "-ww", "-z"]]
    for command in commands:
        if shutil.which(command[0]) is not None:
            paths = sorted(map(str, FOLDER.glob("*.1")))
            run = subprocess.run([*command, *paths], capture_output=True, text=True, check=False)
            told = [line for line in (run.stdout + run.stderr).splitlines() if "date" not in line]
            assert told == []
