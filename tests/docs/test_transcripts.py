"""The transcripts in docs/ are what the commands print; `make transcripts` writes them again."""

from __future__ import annotations

from pathlib import Path

from tests.docs.markdown import ROOT, marked_blocks
from tests.docs.transcript import rerun

REAL_SYSTEM = (ROOT / "docs" / "from-a-real-system.md").read_text("utf-8")
LOCAL_NETWORK = (ROOT / "docs" / "local-network.md").read_text("utf-8")
PAGE = (ROOT / "docs" / "first-scenario.md").read_text("utf-8")


def test_the_first_scenario_goes_as_the_page_says(tmp_path: Path) -> None:
    assert rerun(PAGE, tmp_path) == PAGE, "run `make transcripts`"


def test_what_is_imported_from_a_real_system_is_what_the_page_says(tmp_path: Path) -> None:
    assert rerun(REAL_SYSTEM, tmp_path) == REAL_SYSTEM, "run `make transcripts`"


def test_an_application_without_the_local_network_goes_as_the_page_says(tmp_path: Path) -> None:
    assert rerun(LOCAL_NETWORK, tmp_path) == LOCAL_NETWORK, "run `make transcripts`"


def test_the_first_scenario_is_the_example_of_the_readme() -> None:
    (file,) = [block for block in marked_blocks(PAGE) if block.mark.startswith("file: ")]
    assert file.text in (ROOT / "README.md").read_text("utf-8")
