"""The key of a verdict: another one whenever something changes that the verdict depends on."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from necp_replay.rules.book import RuleBook
from necp_replay.rules.project import project_of
from necp_replay.suite.inputs import VerdictKeys
from necp_replay.trace.find import FoundTrace

RULES = """
[[expected]]
trace = ["client/*", "other"]
field = "status"
layer = ["effects", "statistics"]
action = "ignored"
reason = "known"
expires = 2027-01-31
[[expected]]
record = "ADD"
field = "flags"
action = "tolerated"
tolerance = "5%"
reason = "rounds"
"""


@dataclass(frozen=True)
class Inputs:
    """What a key is made of."""

    root: Path
    engine: str = "engine"
    rules: str = RULES
    today: str = "2027-01-31"
    name: str = "client/add"
    homeless: str | None = None
    recorded_only: bool = False
    release: str | None = None
    limit: float | None = None
    goldens: str | None = "golden"

    def key(self) -> str | None:
        rules = project_of(self.root / "necp-replay.toml", self.rules).rules
        keys = VerdictKeys(
            self.engine,
            RuleBook(rules, date.fromisoformat(self.today)),
            None if self.goldens is None else self.root / self.goldens,
            homeless=self.homeless,
            recorded_only=self.recorded_only,
            release=self.release,
            record_limit_s=self.limit,
        )
        return keys.key_of(FoundTrace(self.root / "add.necptrace", self.name))

    def golden(self, name: str, text: str) -> None:
        (self.root / "golden" / "client").mkdir(parents=True, exist_ok=True)
        (self.root / "golden" / "client" / name).write_text(text, "utf-8")


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    inputs = Inputs(tmp_path)
    (tmp_path / "add.necptrace").write_bytes(b"trace")
    inputs.golden("add.golden", "one")
    inputs.golden("add@xnu-4570.51.1.golden", "two")
    return inputs


def test_the_same_inputs_have_the_same_key(inputs: Inputs) -> None:
    key = inputs.key()
    assert key is not None
    inputs.golden("add_flow.golden", "of another trace")
    inputs.golden("sub@1.txt", "no golden")
    assert inputs.key() == key
    # Comments and places in the file of rules are no part of what it says.
    assert replace(inputs, rules=f"# About.\n{RULES}").key() == key
    assert replace(inputs, today="2026-12-01").key() == key


@pytest.mark.parametrize(
    "change",
    [
        {"engine": "another"},
        {"rules": ""},
        {"rules": RULES.replace("status", "flags")},
        {"rules": RULES.replace("5%", "6%")},
        {"rules": RULES.replace('"other"', '"others"')},
        {"rules": RULES.replace('"statistics"', '"return values"')},
        {"today": "2027-02-01"},
        {"name": "client/add_flow"},
        {"name": "client/ADD"},
        {"homeless": "belongs to no project"},
        {"recorded_only": True},
        {"release": "xnu-4570.41.2"},
        {"limit": 1.0},
        {"goldens": None},
        {"goldens": "elsewhere"},
    ],
    ids=repr,
)
def test_another_option_gives_another_key(inputs: Inputs, change: dict[str, str]) -> None:
    other = replace(inputs, **change).key()  # type: ignore[arg-type]  # Each names a field.
    assert other not in (None, inputs.key())


def write_trace(inputs: Inputs) -> None:
    (inputs.root / "add.necptrace").write_bytes(b"tracf")


def remove_golden(inputs: Inputs) -> None:
    (inputs.root / "golden" / "client" / "add@xnu-4570.51.1.golden").unlink()


@pytest.mark.parametrize(
    "change",
    [
        write_trace,
        remove_golden,
        lambda inputs: inputs.golden("add.golden", "ONE"),
        lambda inputs: inputs.golden("add@xnu-4570.51.1.golden", ""),
        lambda inputs: inputs.golden("add@xnu-11417.101.15.golden", "of a later release"),
        # A file system that knows no case takes it for the trace's.
        lambda inputs: inputs.golden("Add@xnu-6153.11.26.golden", "two"),
        lambda inputs: (inputs.root / "golden" / "client").rename(inputs.root / "golden" / "c"),
    ],
    ids=[
        *("trace", "golden removed", "golden", "emptied", "inherited by a later release"),
        *("in another case", "folder"),
    ],
)
def test_another_file_gives_another_key(inputs: Inputs, change: Callable[[Inputs], object]) -> None:
    key = inputs.key()
    change(inputs)
    assert inputs.key() not in (None, key)


def test_text_that_moves_to_another_golden_gives_another_key(inputs: Inputs) -> None:
    key = inputs.key()
    inputs.golden("add.golden", "two")
    inputs.golden("add@xnu-4570.51.1.golden", "one")
    assert inputs.key() != key


def test_an_unreadable_file_has_no_key(inputs: Inputs) -> None:
    folder = inputs.root / "golden" / "client"
    (folder / "add@xnu-6153.11.26.golden").mkdir()
    assert inputs.key() is None
    (folder / "add@xnu-6153.11.26.golden").rmdir()
    (folder / "add@xnu-6153.11.26.golden").symlink_to("nothing")
    assert inputs.key() is None
    (folder / "add@xnu-6153.11.26.golden").unlink()
    (inputs.root / "add.necptrace").unlink()
    assert inputs.key() is None
    os.mkfifo(inputs.root / "add.necptrace")
    assert inputs.key() is None
