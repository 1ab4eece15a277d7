"""docs/api.md says of everything that scenarios and fuzzers can import what it is."""

from __future__ import annotations

from necp_replay import scenario
from tests.docs.api_reference import MINIMIZING, PAGE, page


def test_everything_that_is_imported_is_on_the_page() -> None:
    headings = {line[3:] for line in page().splitlines() if line.startswith("## ")}
    assert headings == set(scenario.__all__) | {found.__name__ for found in MINIMIZING}


def test_nothing_is_without_a_docstring() -> None:
    assert [line for line in page().splitlines() if line.endswith("|  |")] == []


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make transcripts`"
