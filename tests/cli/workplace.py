"""A folder with a recorded scenario, in which tests run commands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from necp_replay.cli.main import main
from necp_replay.releases import lineage
from necp_replay.releases.profile import Profile

OLD = "xnu-4570.41.2"
NEW = "xnu-4570.51.1"
LATER = (
    "xnu-4570.61.1",
    "xnu-6153.11.26",
    "xnu-7195.50.7.100.1",
    "xnu-8019.41.5",
    "xnu-8792.41.9",
)
"""The releases after NEW that answer the scenario differently from the one before."""
GOLDENS = ["remove_twice.golden", *(f"remove_twice@{each}.golden" for each in (NEW, *LATER))]
"""What ``accept`` makes of the scenario."""

SCENARIO = '''\
"""A client removed twice."""

from necp_replay.scenario import System


def remove_twice(system: System) -> None:
    """What REMOVE says of a client that is gone already."""
    en0 = system.add_interface("en0", 4, addrs=["192.0.2.10/24"])
    system.order_interfaces(en0)
    system.add_route("default", en0, gateway="192.0.2.1")
    app = system.add_process(pid=100)
    fd = app.necp_open()
    client = fd.add(remote="203.0.113.5:443")
    client.copy_result()
    assert client.remove().errno == 0
    client.remove()
'''


@dataclass(slots=True)
class Printed:
    """The output of a command, and its exit status."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(slots=True)
class Workplace:
    """The current folder of a test, with traces in ``traces`` and goldens in ``golden``."""

    root: Path
    capture: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> Printed:
        """Run one command in this process."""
        self.capture.readouterr()
        try:
            status = main(arguments)
        except SystemExit as leaving:
            status = int(leaving.code or 0)
        printed = self.capture.readouterr()
        return Printed(status, printed.out, printed.err)

    def write(self, name: str, text: str) -> Path:
        """Write a text file below the root."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def record(self) -> Path:
        """Record the scenario of this module. All tests of a process share one recording."""
        self.write("scenarios/remove.py", SCENARIO)
        path = self.root / "traces" / "remove_twice.necptrace"
        profile = lineage.RELEASES[NEW]
        if profile not in _recorded:
            printed = self.run("record", "scenarios/remove.py", "-o", "traces", "--release", NEW)
            assert printed.status == 0, printed
            _recorded[profile] = path.read_bytes()
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(_recorded[profile])
        return path


_recorded: dict[Profile, bytes] = {}
"""The trace by the profile that it was recorded with: some tests change it."""
