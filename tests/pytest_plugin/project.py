"""A small project with traces in two folders, and ways to run pytest in it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

PLUGIN = ("-p", "necp_replay.pytest_plugin")
OLD = "xnu-4570.41.2"
NEW = "xnu-4570.51.1"
REMOVE = "traces/client/remove_twice.necptrace"
ADD = "traces/policies/deep-er/add.necptrace"

SCENARIOS = '''\
"""Two programs that were traced."""

from necp_replay.scenario import System


def remove_twice(system: System) -> None:
    """A client is removed twice."""
    fd = system.add_process(pid=100).necp_open()
    client = fd.add(remote="203.0.113.5:443")
    client.remove()
    client.remove()


def add(system: System) -> None:
    """A client is added and its result read."""
    fd = system.add_process(pid=100).necp_open()
    fd.add(remote="203.0.113.5:443").copy_result()
'''


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with ``traces``, their accepted goldens in ``golden``, and an empty pytest.ini."""

    pytester: pytest.Pytester

    @property
    def root(self) -> Path:
        """The folder."""
        return self.pytester.path

    def run(self, *arguments: str) -> pytest.RunResult:
        """Run pytest in this process, with our plugin only."""
        return self.pytester.runpytest_inprocess(*PLUGIN, *arguments)

    def run_workers(self, *arguments: str) -> pytest.RunResult:
        """Run pytest with two workers of xdist."""
        return self.pytester.runpytest_subprocess(*PLUGIN, "-p", "xdist", "-n", "2", *arguments)

    def change_golden(self, old: str = "-> ENOENT", new: str = "-> EBADF") -> None:
        """Replace a text in the golden of one trace."""
        golden = self.root / "golden" / "client" / "remove_twice@xnu-4570.51.1.golden"
        text = golden.read_text("utf-8")
        assert old in text
        golden.write_text(text.replace(old, new), "utf-8")

    def damage(self, trace: str = REMOVE) -> Path:
        """Cut a trace within its header."""
        path = self.root / trace
        path.write_bytes(path.read_bytes()[:40])
        return path


def ids(result: pytest.RunResult) -> list[str]:
    """The node ids that ``--collect-only -q`` listed."""
    return [line for line in result.outlines if "::" in line]


def rewrite(source: Path, target: Path, **changes: Any) -> None:
    """Copy a trace, and change some fields of its header."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with TraceReader(source) as reader:
        header = dataclasses.replace(reader.header, **changes)
        with TraceWriter.create(target, header) as writer:
            for _, step, outcome in reader:
                writer.write(step, outcome)
