"""The command line starts without importing the engine."""

import subprocess
import sys

PROBE = """
import sys
from necp_replay.cli.main import main
try:
    main(["--help"])
except SystemExit:
    pass
heavy = ("google", "lz4", "tabulate", "tqdm", "necp_replay.kernel", "necp_replay.trace")
# Commands that write traces need to know how the name of a trace ends.
light = {"necp_replay.trace", "necp_replay.trace.suffix"}
imported = {name for name in sys.modules if name.startswith(heavy)}
print(sorted(imported - light), file=sys.stderr)
"""


def test_help_imports_neither_engine_nor_formats() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
