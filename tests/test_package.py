"""The package itself: what importing it costs, and what it says of itself."""

import subprocess
import sys
import tomllib
from pathlib import Path

import necp_replay

REPOSITORY = Path(__file__).resolve().parent.parent

MODULES_AFTER_IMPORT = """
import sys
before = set(sys.modules)
import necp_replay
print(sorted(set(sys.modules) - before))
"""


def test_importing_the_package_imports_nothing_else() -> None:
    command = [sys.executable, "-c", MODULES_AFTER_IMPORT]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert run.stdout == "['necp_replay']\n"


def test_the_changelog_opens_with_this_version() -> None:
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    first = next(line for line in changelog.splitlines() if line.startswith("## ["))
    assert first.startswith(f"## [{necp_replay.__version__}]")


def test_the_schemas_need_no_newer_protobuf_than_the_package_asks_for() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    [wanted] = [each for each in project["project"]["dependencies"] if each.startswith("protobuf")]
    lower_bound = wanted.removeprefix("protobuf>=").split(",")[0]
    made_for = {
        line.removeprefix("# Protobuf Python Version: ")
        for generated in (REPOSITORY / "necp_replay/trace/pb").glob("*_pb2.py")
        for line in generated.read_text(encoding="utf-8").splitlines()
        if line.startswith("# Protobuf Python Version: ")
    }
    assert made_for <= {lower_bound}
