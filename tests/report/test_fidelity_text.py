"""docs/fidelity.md is up to date."""

from __future__ import annotations

from pathlib import Path

from necp_replay.report.fidelity_text import fidelity_text

DOCUMENT = Path(__file__).parents[2] / "docs" / "fidelity.md"


def test_the_document_agrees_with_the_tables() -> None:
    assert DOCUMENT.read_text("utf-8") == fidelity_text(), "run `make fidelity`"
