"""Text from traces inside Markdown: every character means itself, whatever it is."""

from __future__ import annotations

import re
from typing import Final

_SPECIAL: Final = re.compile(r"[^\w \-/,.=>]|[_>]", re.ASCII)
_SHOWN_CHARACTERS: Final = 300


def markdown_code(text: str) -> str:
    """Text as inline code that no character in it can end, in one line.

    Everything but letters, digits and a few plain signs is a numbered entity: no Markdown, no HTML,
    no mention of people, and nothing that turns the direction of writing.
    """
    if len(text) > _SHOWN_CHARACTERS:
        text = f"{text[:_SHOWN_CHARACTERS]}..."
    visible = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
    return f"<code>{_SPECIAL.sub(lambda match: f'&#{ord(match[0])};', visible)}</code>"


def markdown_table(headers: list[str], align: str, rows: list[list[str]]) -> str:
    """A table of cells that are Markdown already; ``align`` has a letter, l or r, per column."""
    rule = ["---:" if each == "r" else "---" for each in align]
    lines = [headers, rule, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
