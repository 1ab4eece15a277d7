"""The examples of docs/scenarios.md do what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from necp_replay.releases.lineage import RELEASES
from necp_replay.scenario import System
from necp_replay.trace.reader import TraceReader
from tests.docs.markdown import ROOT, marked_blocks

PAGE = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
SCENARIO, IN_PART, RECORDING, WITHOUT_A_FILE = [block.text for block in marked_blocks(PAGE)]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("release", RELEASES)
def test_the_scenario_holds_on_every_release(release: str) -> None:
    module: dict[str, object] = {}
    exec(compile(SCENARIO, "scenario", "exec"), module)
    scenario = module["wifi_goes_away"]
    assert callable(scenario)
    scenario(System.of_release(release))


def test_the_example_of_unmeasured_parts_runs() -> None:
    exec(compile(IN_PART, "in part", "exec"), {})


def test_a_program_records_what_passes_through_an_engine(tmp_path: Path) -> None:
    exec(compile(RECORDING, "recording", "exec"), {})
    with TraceReader(tmp_path / "seen.necptrace") as reader:
        assert reader.header.name == "seen"
        assert len(list(reader)) == 2


def test_a_system_needs_no_file(tmp_path: Path) -> None:
    exec(compile(WITHOUT_A_FILE, "system", "exec"), {})
    assert not list(tmp_path.iterdir())
