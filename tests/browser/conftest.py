"""A browser for all tests, and a page for each that fails on any message or request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from necp_replay.replay.findings.run_report import RunReport
from necp_replay.report.html.contents import PageLimits
from necp_replay.report.html.explained import ExplainedSides
from necp_replay.report.html.page import page_of
from tests.browser.chromium import open_browser
from tests.browser.opened import Opened

Open = Callable[..., Opened]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests. Each test has its own context."""
    with open_browser() as opened:
        yield opened


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a report from disk. At the end no page may have printed or requested anything."""
    pages: list[Opened] = []

    def open_page(
        run: RunReport,
        *,
        fragment: str = "",
        size: tuple[int, int] = (1440, 900),
        colours: str = "light",
        explained: Mapping[int, ExplainedSides] | None = None,
        limits: PageLimits | None = None,
    ) -> Opened:
        path = tmp_path / f"report{len(pages)}.html"
        page = page_of(run, explained or {}, limits or PageLimits(), ("--no-golden",))
        path.write_text("".join(page), "utf-8")
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if colours == "dark" else "light",
        )
        context.set_default_timeout(5_000)
        opened = Opened(context.new_page())
        pages.append(opened)
        opened.go(f"{path.as_uri()}{fragment}")
        return opened

    yield open_page
    for opened in pages:
        assert opened.messages == []
        assert opened.requested == []
        opened.page.context.close()
