"""Transcripts in documents: the commands in them are run, and their output is compared.

A block below ``<!-- file: NAME -->`` is a file that the reader writes; one below
``<!-- commands -->`` has lines ``$ command``, each with what it prints. They run one after the
other in a folder of their own, ``first``, beside ``necp-replay``, a checkout that they may change.
Run as a program it rewrites the transcripts of the documents it is given::

    python -m tests.docs.transcript docs/first-scenario.md
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.docs.markdown import ROOT, MarkedBlock, marked_blocks

_SECONDS = re.compile(r"(?<= )\d+\.\d\d(?= )")
"""What a run took is another number each time, and a column of tables."""


def rerun(document: str, place: Path) -> str:
    """The document with what its commands print now, run below an empty folder."""
    folder = prepare(place)
    parts = []
    at = 0
    for block in marked_blocks(document):
        parts += [document[at : block.start], _take(block, folder)]
        at = block.end
    return "".join([*parts, document[at:]])


def _take(block: MarkedBlock, folder: Path) -> str:
    kind, _, name = block.mark.partition(": ")
    if kind == "file":
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, "utf-8")
        return block.text
    if kind != "commands":
        raise ValueError(f"a block of a transcript marked {block.mark!r}")
    commands = [line[2:] for line in block.text.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{run_command(command, folder)}" for command in commands)


def run_command(command: str, folder: Path, *, with_seconds: bool = False) -> str:
    """What a command prints on both streams, as far as it is the same each time.

    ``with_seconds`` leaves in what a run took.
    """
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "PYTHONPATH")}
    environment["PATH"] = f"{folder.parent / 'bin'}{os.pathsep}{environment['PATH']}"
    environment["NO_COLOR"] = "1"
    environment["NECP_REPLAY_CACHE"] = ""
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    printed = done.stdout.decode()
    return printed if with_seconds else _SECONDS.sub("0.00", printed)


def prepare(place: Path) -> Path:
    """A copy of the package, a command that runs it, and the folder in which commands run."""
    checkout = place / "necp-replay"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "necp_replay", checkout / "necp_replay", ignore=ignored)
    command = place / "bin" / "necp-replay"
    command.parent.mkdir()
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH="{checkout}" exec "{sys.executable}" -m necp_replay.cli.main "$@"\n'
    )
    command.chmod(0o755)
    folder = place / "first"
    folder.mkdir()
    return folder


def main(names: list[str]) -> None:
    """Rewrite the transcripts of some documents."""
    for name in names:
        path = Path(name)
        with tempfile.TemporaryDirectory() as place:
            path.write_text(rerun(path.read_text("utf-8"), Path(place)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
