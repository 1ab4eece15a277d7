"""Writes docs/terminal-*.svg: steps of `necp-replay demo` on a terminal of 80 columns."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
from pathlib import Path
from unittest import mock

from necp_replay.cli.main import main
from tests.docs.markdown import ROOT
from tests.docs.terminal import COLUMNS, Terminal, picture

PICTURES = {
    "terminal-replay.svg": (
        r"(\$ necp-replay replay traces\n.*?different.*?)\n\n\x1b\[1m6\.",
        "A failing replay: a table of traces, the difference, and the commands to go on with",
    ),
    "terminal-explain.svg": (
        r"(\$ necp-replay explain .*?)\n\n\x1b\[1m7\.",
        "An explanation: the policy did not match, because its domain is mistyped",
    ),
}
"""Each picture: where its text is in the output of the demo, and what it shows."""
_ENVIRONMENT = {"COLUMNS": str(COLUMNS), "TERM": "xterm-256color", "NO_COLOR": ""}


def pictures() -> dict[Path, str]:
    """The pictures as they have to be today, by the path of each."""
    printed = _demo()
    _, _, printed = printed.partition("\x1b[1m5. ")
    found = {}
    for name, (pattern, what) in PICTURES.items():
        text = re.search(pattern, printed, re.DOTALL)
        assert text is not None, f"the demo does not print what {name} shows"
        found[ROOT / "docs" / name] = picture(text[1], what)
    return found


def _demo() -> str:
    """What the demo prints on a terminal."""
    before = os.getcwd()
    out = Terminal()
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.dict(os.environ, _ENVIRONMENT),
        contextlib.redirect_stdout(out),
    ):
        os.chdir(folder)
        try:
            status = main(["demo"])
        finally:
            os.chdir(before)
    assert status == 0, out.getvalue()
    return out.getvalue()


if __name__ == "__main__":
    for path, text in pictures().items():
        path.write_text(text, "utf-8")
    sys.exit(0)
