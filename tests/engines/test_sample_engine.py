"""The sample engine in docs/ keeps every rule, and differs nowhere; tested where its tools are."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from necp_replay.engines.conformance import check_engine
from necp_replay.generate.trace import recorded_steps
from necp_replay.releases.lineage import RELEASES

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-engine"
NODE = shutil.which("node")
RECORDS = 2000


def are_tools_installed() -> bool:
    if NODE is None:
        return False
    needed = [NODE, "-e", "require('protobufjs')"]
    return subprocess.run(needed, cwd=SAMPLE, capture_output=True, check=False).returncode == 0


def test_the_sample_engine_is_short_enough_to_be_read() -> None:
    assert len((SAMPLE / "engine.js").read_text("utf-8").splitlines()) < 180


if are_tools_installed():

    def test_it_keeps_every_rule_and_models_what_it_says() -> None:
        found = check_engine(
            f"{NODE} {SAMPLE / 'engine.js'}",
            list(RELEASES)[-1],
            records=RECORDS,
            record_steps=recorded_steps,
        )
        assert found.follows_protocol, found.results
        total = found.total()
        assert total.different == 0
        assert found.answers["proc_add"].same > 0
        assert found.answers["necp_client_action"].same > 100
