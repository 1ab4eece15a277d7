"""docs/export.md names every table and column as they are declared."""

from tests.docs.export_page import PAGE, page


def test_the_tables_are_current() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text) == text, "run `make transcripts`"
    assert "`clock_ns`" in text
    assert "`fingerprint`" in text
