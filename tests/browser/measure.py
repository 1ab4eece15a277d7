"""Measures the HTML page with many differences in a browser (`make bench-report`)."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from tabulate import tabulate

from necp_replay.report.html.page import page_of
from tests.browser.chromium import open_browser
from tests.browser.reports import many

_NEXT_FRAME: Final = "await new Promise(done => requestAnimationFrame(() => setTimeout(done)));"
_KEYS: Final = f"""async keys => {{
  const times = [];
  for (const key of keys) {{
    const start = performance.now();
    document.body.dispatchEvent(new KeyboardEvent('keydown', {{ key, bubbles: true }}));
    document.body.getBoundingClientRect();
    times.push(performance.now() - start);
    {_NEXT_FRAME}
  }}
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}}"""
_SEARCH: Final = """query => {
  const field = document.getElementById('search');
  const start = performance.now();
  field.value = query;
  field.dispatchEvent(new Event('input'));
  return new Promise(done => requestAnimationFrame(() => {
    document.body.getBoundingClientRect();
    done(performance.now() - start);
  }));
}"""


def main() -> None:
    """Make a report, open it, use it, and print how long that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--differences", type=int, default=10_000, metavar="N")
    parser.add_argument("--traces", type=int, default=50, metavar="N")
    options = parser.parse_args()
    run = many(options.differences, options.traces)
    started = time.process_time()
    page_text = "".join(page_of(run))
    made = time.process_time() - started
    rows = [["made, processor time", f"{made:.1f} s"], ["file", f"{len(page_text) / 1e6:.1f} MB"]]
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        path = Path(folder, "report.html")
        path.write_text(page_text, "utf-8")
        rows += _measure(browser, path.as_uri())
    print(tabulate(rows, disable_numparse=True, colalign=("left", "right")))


def _measure(browser: Any, address: str) -> list[list[str]]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(address)
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].domComplete")
    page.keyboard.press("/")
    key = page.evaluate(_KEYS, ["j"] * 41)
    first = page.evaluate(_SEARCH, "enoent flags_3")
    again = page.evaluate(_SEARCH, "enoent flags_4")
    page.evaluate("gc()")
    heap = page.evaluate("performance.memory.usedJSHeapSize")
    elements = page.evaluate("document.querySelectorAll('*').length")
    return [
        ["loaded and drawn", f"{loaded:,.0f} ms"],
        ["next difference (j), median", f"{key:,.1f} ms"],
        ["first search", f"{first:,.0f} ms"],
        ["further searches", f"{again:,.0f} ms"],
        ["memory of the script", f"{heap / 1e6:,.1f} MB"],
        ["elements on the page", f"{elements:,}"],
    ]


if __name__ == "__main__":
    main()
