"""The parts of README.md and docs/releases.md that commands printed.

Each stands between ``<!-- NAME -->`` and ``<!-- end -->``.

A code block there begins with ``$ command``, whose output follows; what a comment
``<!-- run: COMMAND -->`` names is run without being shown. ``python -m tests.docs.readme`` runs
everything again and rewrites them.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from tests.docs.markdown import ROOT
from tests.docs.transcript import prepare, run_command

README = ROOT / "README.md"
RELEASES_PAGE = ROOT / "docs" / "releases.md"

_PART = "<!-- {} -->\n"
_END = "<!-- end -->"
_TOKEN = re.compile(r"<!-- run: (?P<hidden>[^\n]+) -->|^```\n(?P<shown>\$ .*?)^```$", re.M | re.S)
_SCENARIO = re.compile(r"^```python\n(?P<text>.*?)^```$", re.M | re.S)


def part(document: str, name: str) -> str:
    """What stands between the comment with this name and the next ``<!-- end -->``."""
    return document.partition(_PART.format(name))[2].partition(_END)[0]


def with_part(document: str, name: str, text: str) -> str:
    """The document with another text there."""
    return document.replace(part(document, name), text)


def output_of(document: str, name: str) -> str:
    """What the only command of a part printed."""
    return part(document, name).partition("\n")[2].partition("\n")[2].rpartition("```")[0]


def rerun_workflow(document: str, place: Path) -> str:
    """The part WORKFLOW with what its commands print now, run below an empty folder."""
    folder = prepare(place)
    (scenario,) = _SCENARIO.findall(document)
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "remove.py").write_text(scenario, "utf-8")

    def run(found: re.Match[str]) -> str:
        if found["hidden"] is not None:
            run_command(found["hidden"], folder)
            return found[0]
        commands = [line[2:] for line in found["shown"].splitlines() if line.startswith("$ ")]
        printed = "".join(f"$ {command}\n{run_command(command, folder)}" for command in commands)
        return f"```\n{printed}```"

    return _TOKEN.sub(run, part(document, "WORKFLOW"))


def _printed(command: str, place: Path) -> str:
    """What a command prints about the traces of this checkout."""
    folder = prepare(place)
    (folder / "traces").symlink_to(ROOT / "traces")
    (folder / "golden").symlink_to(ROOT / "golden")
    return f"```\n$ {command}\n{run_command(command, folder, with_seconds=True)}```\n"


PRINTED = {
    README: ("REPLAY", "EXPLAIN"),
    RELEASES_PAGE: ("LINEAGE", "DIFFERENCES"),
}
"""The parts of each page that hold one command and what it prints."""


def command_of(document: str, name: str) -> str:
    """The command of a part."""
    return next(line[2:] for line in part(document, name).splitlines() if line.startswith("$ "))


def main() -> None:
    """Rewrite every part."""
    for page, names in PRINTED.items():
        document = page.read_text("utf-8")
        for name in names:
            with tempfile.TemporaryDirectory() as place:
                printed = _printed(command_of(document, name), Path(place))
            document = with_part(document, name, printed)
        if page == README:
            with tempfile.TemporaryDirectory() as place:
                document = with_part(document, "WORKFLOW", rerun_workflow(document, Path(place)))
        page.write_text(document, "utf-8")


if __name__ == "__main__":
    main()
