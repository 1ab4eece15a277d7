"""A report that is open in a browser, with the actions of a user."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page


class Opened:
    """A page, with its messages and requests, and the actions of a user."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.messages: list[str] = []
        self.requested: list[str] = []
        self._own: str | None = None
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("dialog", lambda dialog: self.messages.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: self._note(request.url))

    def go(self, url: str) -> None:
        """Open a file. Every other request is noted."""
        self._own = url.split("#")[0]
        self.page.goto(url)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def search(self, query: str) -> None:
        """Type a query into the search field, and leave the field."""
        self.press("/")
        self.page.keyboard.type(query)
        self.press("Enter")
        self.settle()

    def settle(self) -> None:
        """Wait until the page has drawn all changes."""
        self.page.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def text(self, selector: str) -> str:
        """The text of the first element."""
        return str(self.page.locator(selector).first.inner_text())

    def texts(self, selector: str) -> list[str]:
        """The text of all elements."""
        return list(self.page.locator(selector).all_inner_texts())

    def count(self, selector: str) -> int:
        """How many elements there are."""
        return int(self.page.locator(selector).count())

    def script(self, expression: str) -> Any:
        """The value of an expression that is evaluated in the page."""
        return self.page.evaluate(expression)

    def _note(self, url: str) -> None:
        if url.split("#")[0] != self._own:
            self.requested.append(url)
