"""The timeline of a trace: lanes, bars, marks, and clicks on them."""

from tests.browser.conftest import Open
from tests.browser.reports import every_kind, many


def test_every_fd_client_and_flow_has_a_lane(open_report: Open) -> None:
    opened = open_report(many(60, 2), fragment="#differences")
    labels = opened.texts(".lane-label")
    assert labels[:5] == [
        "differences",
        "interfaces",
        "pid 100 fd 3",
        "client #1",
        "socket flow s0",
    ]
    assert opened.count(".plot-lanes .lane") == len(labels) - 1 == 26


def test_bars_begin_and_end_at_the_right_records(open_report: Open) -> None:
    opened = open_report(many(60, 2), fragment="#differences")
    assert opened.count(".lane.client .birth") == 12
    assert opened.count(".lane.client .death") == 4
    bars = opened.page.locator(".lane.client .bar")
    starts = [float(bars.nth(index).get_attribute("x") or 0) for index in range(12)]
    assert starts == sorted(starts)


def test_every_difference_has_a_diamond_and_the_current_one_stands_out(open_report: Open) -> None:
    opened = open_report(many(60, 2), fragment="#differences")
    assert opened.count(".plot-head .difference") == 30
    assert opened.count(".plot-head .difference.current") == 1
    opened.press("j")
    assert opened.page.locator(".plot-head .current").get_attribute("data-record") == "6"


def test_a_click_on_a_difference_opens_it(open_report: Open) -> None:
    opened = open_report(many(60, 2), fragment="#differences")
    opened.page.locator(".plot-head .difference[data-record='30']").dispatch_event("click")
    assert opened.text(".where") == "record 30"
    assert opened.text(".row[aria-selected=true] .row-where") == "record 30"


def test_pointing_at_a_mark_describes_it_and_a_click_keeps_the_text(open_report: Open) -> None:
    opened = open_report(many(60, 2), fragment="#differences")
    box = opened.page.locator(".plot-lanes").bounding_box()
    ticks = opened.page.locator(".lane.client .ticks.call").nth(1)
    start = str(ticks.get_attribute("d")).removeprefix("M").split("v")[0].split(" ")
    assert box is not None
    x, y = box["x"] + float(start[0]), box["y"] + float(start[1]) + 4
    opened.page.mouse.move(x, y)
    assert "COPY_RESULT client=#2 -> ok" in opened.text(".timeline-note")
    opened.page.mouse.click(x, y)
    assert "COPY_RESULT client=#2 -> ok" in opened.text(".pinned")


def test_only_differing_lanes_can_be_shown(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences")
    opened.page.get_by_label("differing lanes only").check()
    labels = opened.texts(".lane-label")
    assert labels == ["differences", "pid 100 fd 3", "client #6", "client #7"]


def test_zooming_makes_the_timeline_wider(open_report: Open) -> None:
    opened = open_report(many(600, 2), fragment="#differences")
    width = "Number(document.querySelector('.plot-lanes').getAttribute('width'))"
    before = opened.script(width)
    opened.page.get_by_label("Zoom in").click()
    assert opened.script(width) == 2 * before
    opened.press("j")
    assert opened.script(width) == 2 * before
