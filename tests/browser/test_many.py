"""With ten thousand differences the page stays small, and each one can be reached."""

from tests.browser.conftest import Open
from tests.browser.reports import many

DIFFERENCES = 10_000


def test_only_visible_rows_exist(open_report: Open) -> None:
    opened = open_report(many(DIFFERENCES), fragment="#differences")
    assert opened.text("#matches") == "10,000 entries"
    assert opened.count(".row") < 60
    opened.press("End")
    opened.settle()
    assert opened.count(".row") < 60
    assert opened.script("document.querySelectorAll('*').length") < 8_000


def test_the_last_difference_is_reached_by_key_by_scrolling_and_by_link(open_report: Open) -> None:
    fragment = "#traces/area0/generated_0049.necptrace@xnu-4570.51.1:600"
    linked = open_report(many(DIFFERENCES), fragment=fragment)
    last = linked.text(".row[aria-selected=true]")
    linked.press("Home")
    assert linked.text(".where") == "record 3"
    linked.press("End")
    assert linked.text(".row[aria-selected=true]") == last
    linked.press("Home")
    linked.script("document.getElementById('list').scrollTop = 1e9")
    linked.settle()
    assert linked.count(f".row[data-place='{DIFFERENCES - 1}']") == 1


def test_search_finds_a_single_difference(open_report: Open) -> None:
    opened = open_report(many(DIFFERENCES), fragment="#differences")
    opened.search('trace:generated_0031 "record 300"')
    assert opened.text("#matches") == "1 of 10,000 entries"
    assert opened.text(".where") == "record 300"
