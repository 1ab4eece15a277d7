"""Command lines that are printed do what they say when they are pasted."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from necp_replay.outcomes.safe_text import escape, first_unsafe
from necp_replay.outcomes.shell_text import command_line, shown_path

NAMES = [
    *(
        "plain",
        "two words",
        "-dash",
        "--",
        "it's",
        'a"b',
        "a$b`c;d&e|f",
        "a\\b\\x41",
        "*?[a]",
        "#1",
    ),
    *("ä.é", "a\x1b[31mb", "line\nend", "\udcff\udc80", "a\u202eb", "\x9b1'\\", "~", "!x", "é\t"),
]


def test_shells_read_the_words_as_they_are() -> None:
    line = command_line("printf", r"%s\0", *map(Path, NAMES), *NAMES)
    assert first_unsafe(line) is None
    assert "\n" not in line
    wanted = [f"./{name}" if name.startswith("-") else name for name in NAMES] + NAMES
    shells = [found for name in ("bash", "zsh", "ksh") if (found := shutil.which(name))]
    assert shells
    for shell in shells:
        printed = subprocess.run([shell, "-c", line], check=True, capture_output=True, timeout=60)
        assert printed.stdout.split(b"\0")[:-1] == [os.fsencode(name) for name in wanted]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_the_path_of_a_report_is_that_of_the_file(name: str) -> None:
    assert os.path.normpath(shown_path(escape(name))) == name


def test_a_url_stays_one() -> None:
    assert command_line("x", shown_path("s3://a/b c")) == "x 's3://a/b c'"
