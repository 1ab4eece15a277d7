"""Tables of reports: alignment, numbers, and cells that must not be changed."""

from __future__ import annotations

from necp_replay.report.table import label_table, left, right, table

COLUMNS = [*left("trace"), *right("records")]


def test_numbers_are_aligned_to_the_right_with_separators() -> None:
    assert table(COLUMNS, [("a", 1234), ("longer name", 5)]).splitlines() == [
        "trace          records",
        "-----------  ---------",
        "a                1,234",
        "longer name          5",
    ]


def test_text_that_looks_like_a_number_is_not_changed() -> None:
    first, second = table(COLUMNS, [("1e5", "007"), ("  b", "")]).splitlines()[2:]
    assert first.split() == ["1e5", "007"]
    assert second == "  b"


def test_a_table_without_rows_has_its_headings() -> None:
    assert table(COLUMNS, []).splitlines()[0].split() == ["trace", "records"]


def test_markdown_aligns_columns_too() -> None:
    head, rule, row = table(COLUMNS, [("a", 12)], markdown=True).splitlines()
    assert head == "| trace   |   records |"
    assert rule == "|:--------|----------:|"
    assert row == "| a       |        12 |"


def test_labels_stand_before_their_texts() -> None:
    assert label_table([("name", "a"), ("release", "b")]) == "name     a\nrelease  b"
