"""The pages without scripts can be read on a phone, and load nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from necp_replay.cli.main import main
from tests.cli.workplace import NEW, OLD

TRACES = str(Path(__file__).parents[2] / "traces" / "differences")
SQUEEZED = """[...document.querySelectorAll('th, li, p, h1, h2, h3')]
  .filter(each => each.textContent.length > 12 && !each.closest('thead'))
  .filter(each => each.getBoundingClientRect().width < 120).map(each => each.textContent)"""


@pytest.mark.parametrize(
    ("command", "is_wide"),
    [
        (("matrix", f"{TRACES}/remove_unknown_client.necptrace"), True),
        (("changelog", OLD, NEW), False),
    ],
    ids=["matrix", "changelog"],
)
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_page_without_scripts_can_be_read_on_a_phone(
    browser: Browser, tmp_path: Path, command: tuple[str, ...], is_wide: bool, colours: str
) -> None:
    path = tmp_path / "page.html"
    assert main([*command, "--html", str(path)]) in (0, 1)
    context = browser.new_context(
        viewport={"width": 400, "height": 800},
        color_scheme="dark" if colours == "dark" else "light",
    )
    page = context.new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(path.as_uri())
    assert requested == [path.as_uri()]
    assert page.evaluate(SQUEEZED) == []
    assert is_wide or page.evaluate("document.documentElement.scrollWidth") <= 400
    context.close()
