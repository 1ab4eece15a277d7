"""The files of a new project, and writing them."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Final

from necp_replay.errors import UsageError
from necp_replay.files.folders import make_folder
from necp_replay.files.write_together import write_together

SCENARIO: Final = "scenarios/vpn.py"
FILES: Final[dict[str, str]] = {
    "README.md": "README.md",
    "necp-replay.toml": "necp-replay.toml",
    "pyproject.toml": "pyproject.toml.txt",
    ".gitattributes": "gitattributes",
    ".github/workflows/necp.yml": "workflow.yml",
    SCENARIO: "vpn.py.txt",
}
"""The files of a project, and the template of each."""


def template(name: str) -> str:
    """The text of a file of the project."""
    found = resources.files("necp_replay.starter").joinpath("files", FILES[name])
    return found.read_text("utf-8")


def write_project(folder: Path) -> list[Path]:
    """Write the files of a project into a folder, which is made if it is not there.

    Returns their paths. Raises UsageError if one of them exists already; nothing is written then.
    Raises WriteError if one cannot be written.
    """
    texts = {folder / name: template(name) for name in FILES}
    taken = [path for path in texts if path.exists() or path.is_symlink()]
    if taken:
        raise UsageError(
            "a file of this name is there already, and nothing was written",
            file=str(taken[0]),
            hint="Name a new folder, or move the file away.",
        )
    for path in texts:
        make_folder(path.parent)
    write_together(texts)
    return list(texts)
