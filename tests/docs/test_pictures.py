"""The pictures in docs/ are of the terminal and of the page as they are today."""

from __future__ import annotations

from tests.browser.look import LOOK, look
from tests.docs.terminal_pictures import pictures


def test_the_pictures_are_what_the_demo_prints() -> None:
    stale = [path.name for path, text in pictures().items() if path.read_text("utf-8") != text]
    assert stale == [], "run `make transcripts`"


def test_the_pictures_of_the_page_have_its_current_styles() -> None:
    assert LOOK.read_text("utf-8") == look(), "run `make pictures`, and look at the pictures"
