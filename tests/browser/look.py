"""The styles of the HTML page as a hash: its pictures in docs/ are of that look."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path

from necp_replay.report.html.page import STYLES

ROOT = Path(__file__).parents[2]
LOOK = ROOT / "docs" / "report.look"
"""The look of which pictures were taken."""


def look() -> str:
    """The hash of the styles and the frame that the page has today."""
    digest = hashlib.sha256()
    for name in (*STYLES, "page.html"):
        digest.update(files("necp_replay.report.html").joinpath(name).read_bytes())
    return f"{digest.hexdigest()}\n"
