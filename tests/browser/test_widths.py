"""On a phone, a tablet and a screen everything can be read, in light and dark."""

from itertools import pairwise

import pytest

from necp_replay.replay.facts.likely_fact import LikelyFact
from necp_replay.report.html.explained import ExplainedSides
from tests.browser.conftest import Open
from tests.browser.opened import Opened
from tests.browser.reports import every_kind

LINK = "#traces/client/remove.necptrace@xnu-4570.51.1:6"
SMALLEST_PIXELS = 48
LEAST_CONTRAST = 4.5

VISIBLE = """
  const visible = [...document.querySelectorAll('body *')].filter(each =>
    [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim().length > 3)
    && each.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !each.closest('.said, script, svg, thead, .off-screen'));
"""
COUNT = f"(() => {{ {VISIBLE} return visible.length; }})()"
SQUEEZED = f"""(() => {{ {VISIBLE}
  return visible.filter(each => {{
    const box = each.getBoundingClientRect();
    return each.textContent.trim().length > 6 && box.width < {SMALLEST_PIXELS} && box.height > 40;
  }}).map(each => each.textContent); }})()"""
FAINT = f"""(() => {{ {VISIBLE}
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const over = (top, below) => {{
    const [r, g, b, a = 1] = top;
    return [r, g, b].map((each, at) => each * a + below[at] * (1 - a));
  }};
  const background = each => {{
    const own = numbers(getComputedStyle(each).backgroundColor);
    const below = each.parentElement ? background(each.parentElement) : [255, 255, 255];
    return over(own, below);
  }};
  const light = colour => {{
    const [r, g, b] = colour.map(each => each / 255)
      .map(each => each <= 0.03928 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }};
  return visible.map(each => {{
    const behind = background(each);
    const two = [light(behind), light(over(numbers(getComputedStyle(each).color), behind))];
    const ratio = (Math.max(...two) + 0.05) / (Math.min(...two) + 0.05);
    return [ratio, each.className, each.textContent];
  }}).filter(([ratio]) => ratio < {LEAST_CONTRAST}); }})()"""
BEYOND = """(() => [...document.querySelectorAll('.traces .verdict, .findings .number')]
  .filter(each => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth)
  .map(each => each.textContent))()"""


def check(opened: Opened, width: int) -> None:
    """Nothing is wider than the screen, squeezed into a narrow column, or hard to see."""
    assert opened.script("document.documentElement.scrollWidth") <= width
    assert opened.script(COUNT) > 20
    assert opened.script(SQUEEZED) == []
    assert opened.script(FAINT) == []


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 800, 1280])
def test_everything_can_be_read(open_report: Open, width: int, colours: str) -> None:
    run = every_kind()
    run.facts = {
        group.key: LikelyFact("remove_unknown_client_is_error", "True", "False", ())
        for group in run.groups
    }
    linked = run.traces[0].examples[1]
    tree = ("client #1 of a process: NONE, through en0, satisfied", "├─ asks for", "│  └─ PORT 1")
    explained = {id(linked): ExplainedSides("with 1", "with 2", tree, (*tree[:2], "│  └─ PORT 2"))}
    opened = open_report(run, size=(width, 900), colours=colours, explained=explained)
    check(opened, width)
    assert opened.script(BEYOND) == [], "verdicts and counts are on the screen"
    opened.script(f"location.hash = {LINK!r}")
    opened.settle()
    check(opened, width)
    assert opened.page.locator(".where").is_visible(), "a link opens the difference, not the list"
    assert opened.text(".where") == "record 6"
    assert opened.page.locator("#section-explained").is_visible()


def test_on_a_phone_the_back_button_leads_to_the_list(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences", size=(400, 800))
    opened.page.locator(".row").nth(1).click()
    assert opened.text(".where") == "record 6"
    opened.page.go_back()
    opened.settle()
    assert opened.page.locator("#list").is_visible()
    assert not opened.page.locator("#detail").is_visible()
    opened.page.go_forward()
    opened.settle()
    assert opened.text(".where") == "record 6"


def test_headings_go_down_one_level_at_a_time(open_report: Open) -> None:
    opened = open_report(every_kind(), fragment="#differences")
    levels = opened.script(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5')]"
        ".filter(each => each.checkVisibility()).map(each => Number(each.localName[1]))"
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert opened.script("document.documentElement.lang") == "en"
