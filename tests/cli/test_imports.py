"""A command imports what it needs, and a command that needs no engine imports none."""

import subprocess
import sys
from pathlib import Path

from necp_replay.cli.command_line import COMMANDS

ROOT = Path(__file__).parents[2]
OTHER_COMMANDS = sorted(
    f"necp_replay.cli.{name.replace('-', '_')}" for name in COMMANDS if name != "replay"
)
"""The modules of commands. That of `import` has another name."""
UNNEEDED = (
    *("asyncio", "concurrent", "dask", "decimal", "difflib", "fractions", "http", "logging"),
    *("multiprocessing", "platform", "pytest", "tqdm", "xml"),
    *("necp_replay.accept", "necp_replay.bench", "necp_replay.capture", "necp_replay.cluster"),
    *("necp_replay.coverage", "necp_replay.explain", "necp_replay.export", "necp_replay.generate"),
    *("necp_replay.importers", "necp_replay.kernel.catalog", "necp_replay.minimize"),
    *("necp_replay.report.html", "necp_replay.scenario", "necp_replay.stepping"),
    *("necp_replay.tools", "necp_replay.why"),
)
"""What the replay of one trace that is identical has no use for.

It prints a table with ``tabulate``, which imports ``email``, ``html``, ``socket`` and others.
"""

PROBE = """
import sys
from necp_replay.cli.main import main

def imported(*names):
    return [each for each in sys.modules if any(f"{each}.".startswith(f"{n}.") for n in names)]

unneeded = sys.argv[1].split()
status = main(["replay", "traces/client/add.necptrace", "--no-cache"])
print(status, *imported(*unneeded), file=sys.stderr)
for name in imported("google", "lz4", "necp_replay", "tabulate"):
    del sys.modules[name]
from necp_replay.cli.main import main
main(["--help"])
# Commands that write traces need to know how the name of a trace ends.
light = {"necp_replay.trace", "necp_replay.trace.suffix"}
heavy = imported("google", "lz4", "tabulate", "tqdm", "necp_replay.kernel", "necp_replay.trace")
print(*sorted(set(heavy) - light), file=sys.stderr)
"""


def test_commands_import_only_what_they_need() -> None:
    # One process for both, because starting it is what takes time.
    done = subprocess.run(
        [sys.executable, "-c", PROBE, " ".join((*UNNEEDED, *OTHER_COMMANDS))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "0\n\n"
