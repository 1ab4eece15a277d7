"""Tables of reports: alignment, numbers, and cells that must not be changed."""

from __future__ import annotations

import pytest

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


WIDE = [*left("trace"), *left("release", turn=2), *right("differ", "absent"), *right("s", turn=1)]
ROWS = [
    ("traces/differences/remove_unknown_client.necptrace", "xnu-4570.51.1", 12, 0, "0.01"),
    ("traces/vpn.necptrace", "xnu-4570.51.1", 0, 0, "0.25"),
]


@pytest.mark.parametrize(
    ("width", "headings"),
    [
        (120, ["trace", "release", "differ", "absent", "s"]),
        (82, ["trace", "release", "differ", "s"]),
        (75, ["trace", "release", "differ"]),
        (60, ["trace", "differ"]),
        (30, ["trace", "differ"]),
    ],
)
def test_a_narrow_table_leaves_out_zeros_first(width: int, headings: list[str]) -> None:
    lines = table(WIDE, ROWS, width=width).splitlines()
    assert lines[0].split() == headings
    assert len(lines) == 4
    assert max(map(len, lines)) <= width


def test_a_name_is_cut_in_the_middle_and_prose_is_broken() -> None:
    columns = [*left("name", "what it is")]
    rows = [
        ("traces/differences/remove_unknown.necptrace", "a trace of one client that is removed")
    ]
    assert table(columns, rows, width=44).splitlines() == [
        "name                   what it is",
        "---------------------  ---------------------",
        "traces...move_unknown  a trace of one client",
        "                       that is removed",
    ]


def test_colours_have_no_width_and_are_not_cut() -> None:
    columns = [*left("trace"), *left("verdict")]
    shown = table(columns, [("traces/a_long_name.necptrace", "\x1b[31mdifferent\x1b[0m")], width=30)
    assert shown.splitlines()[2] == "traces/a_long_name   \x1b[31mdifferent\x1b[0m"


def test_headings_are_broken_last() -> None:
    columns = [*left("area"), *right("exercised", "reachable", "not reachable")]
    row = ("session action", 2, 1_055, 3)
    assert table(columns, [row], width=40).splitlines() == [
        "area     exercised  reachable        not",
        "                               reachable",
        "-------  ---------  ---------  ---------",
        "session          2      1,055          3",
        "action",
    ]
    assert table(columns, [row], width=49).splitlines() == [
        "area          exercised  reachable  not reachable",
        "------------  ---------  ---------  -------------",
        "session               2      1,055              3",
        "action",
    ]
