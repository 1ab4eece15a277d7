"""What the HTML page is drawn with, as a hash: its pictures in docs/ are of that look."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path

from necp_replay.report.html.page import SCRIPTS, STYLES

ROOT = Path(__file__).parents[2]
LOOK = ROOT / "docs" / "report.look"
"""The look of which pictures were taken."""


def look() -> str:
    """The hash of the scripts and styles that the page is drawn with today."""
    digest = hashlib.sha256()
    for name in (*SCRIPTS, *STYLES, "page.html"):
        digest.update(files("necp_replay.report.html").joinpath(name).read_bytes())
    return f"{digest.hexdigest()}\n"
