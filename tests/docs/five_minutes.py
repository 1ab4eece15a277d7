"""Writes docs/five-minutes.md: what `necp-replay demo` prints in an empty folder."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import tempfile

from necp_replay.cli.main import main
from tests.docs.markdown import ROOT

PAGE = ROOT / "docs" / "five-minutes.md"
_SECONDS = re.compile(r"\d+\.\d\d(?=  )")
_HEAD = """\
# Five minutes

All that this needs is Python 3.11 or newer:

```
$ python3 -m venv .venv
$ .venv/bin/pip install necp-replay
```

The rest is one command in an empty folder. It makes a project and shows how a replay fails and how
the reason is found; each command is printed before it runs.

"""
_TAIL = """
To go on, edit `scenarios/vpn.py` in the folder, or read [a first scenario](first-scenario.md).
`necp-replay init` makes the same project without the tour.
"""


def page() -> str:
    """The page as it has to be today, with all times as 0.00."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as out:
        os.chdir(folder)
        try:
            status = main(["demo"])
        finally:
            os.chdir(before)
    if status:
        raise AssertionError(f"the demo ended with status {status}: {out.getvalue()}")
    printed = _SECONDS.sub("0.00", out.getvalue())
    return f"{_HEAD}```\n$ .venv/bin/necp-replay demo\n{printed}```\n{_TAIL}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    sys.exit(0)
