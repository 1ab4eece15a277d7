"""Starts the Chromium of the system, headless and without a network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_ARGUMENTS = (
    # In containers tests run as root, where the sandbox of Chromium does not work.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-precise-memory-info",
    "--js-flags=--expose-gc",
)


def chromium_path() -> str:
    """The path of ``$CHROMIUM``, or of the first Chromium in ``$PATH``."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise SystemExit("no chromium found: install Debian's `chromium`, or set CHROMIUM=/path")
    return found


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start a browser, and close it at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), headless=True, args=list(_ARGUMENTS)
        )
        try:
            yield browser
        finally:
            browser.close()
