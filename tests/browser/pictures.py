"""Takes the pictures of the HTML page in docs/ (`make pictures`): a phone, a tablet and a screen.

A picture is taken again only when the page looks different, because a browser of another version
draws other bytes. ``docs/report.look`` has the hash of its styles; ``ARGS=--again`` takes all.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

from necp_replay.cli.main import main as necp_replay
from tests.browser.chromium import open_browser
from tests.browser.look import LOOK, ROOT, look

_COLOURS = 96
_RELEASES = ("--from", "xnu-4570.41.2", "--to", "xnu-4570.51.1")
_TRACE = "traces/differences/loopback_address_in_the_form_of_ipv6.necptrace"
_DIFFERENCE = f"#{_TRACE}@xnu-4570.51.1:11"
_PICTURES = (
    ("report-phone.png", (400, 800), "light", ""),
    ("report-tablet.png", (800, 900), "dark", _DIFFERENCE),
    ("report.png", (1280, 900), "light", _DIFFERENCE),
)
"""Each picture: its file in docs/, the size of the window, the theme, and the link to the place."""


def main() -> int:
    """Take every picture again if the page looks different."""
    if LOOK.is_file() and LOOK.read_text("utf-8") == look() and "--again" not in sys.argv:
        print("the page looks as it did")
        return 0
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(ROOT):
        page = Path(folder, "report.html")
        with contextlib.redirect_stdout(io.StringIO()):
            necp_replay(["diff", "traces/differences", *_RELEASES, "--html", str(page)])
        with open_browser() as browser:
            for name, (width, height), theme, link in _PICTURES:
                opened = browser.new_page(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if theme == "dark" else "light",
                )
                opened.goto(page.as_uri() + link)
                opened.wait_for_timeout(300)
                _write_small(opened.screenshot(), ROOT / "docs" / name)
    LOOK.write_text(look(), "utf-8")
    return 0


def _write_small(picture: bytes, path: Path) -> None:
    """Write a picture with few colours: a page of text has few, and the file is a third."""
    with Image.open(io.BytesIO(picture)) as drawn:
        drawn.convert("RGB").quantize(_COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
