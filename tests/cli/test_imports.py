"""The command line starts without importing the engine."""

import subprocess
import sys

import pytest

PROBE = """
import sys
from necp_replay.cli.main import main
try:
    main([sys.argv[1]])
except SystemExit:
    pass
heavy = ("google", "lz4", "tabulate", "tqdm", "necp_replay.kernel", "necp_replay.trace")
print(sorted(name for name in sys.modules if name.startswith(heavy)), file=sys.stderr)
"""


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_import_neither_engine_nor_formats(option: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, option], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"
