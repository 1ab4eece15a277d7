"""docs/five-minutes.md is what the demo prints."""

from __future__ import annotations

from tests.docs.five_minutes import PAGE, page


def test_the_page_is_what_the_demo_prints() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make transcripts`"
