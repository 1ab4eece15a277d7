"""Text from traces in Markdown, without any character that acts as markup."""

from __future__ import annotations

import re
from typing import Final

from necp_replay.outcomes.safe_text import visible

_SPECIAL: Final = re.compile(r"[^\w \-/,.=>]|[_>]", re.ASCII)
_SHOWN_CHARACTERS: Final = 300
"""The most characters of one text. Each can take six when it is escaped."""


def markdown_code(text: str) -> str:
    """Text as inline code in one line.

    Every character except letters, digits and a few punctuation marks is written as a numeric
    entity. So the text cannot end the code, and it contains no Markdown, no HTML, no mention of a
    user, and no character that changes the direction of writing.
    """
    if len(text) > _SHOWN_CHARACTERS:
        text = f"{text[:_SHOWN_CHARACTERS]}..."
    entities = _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", visible(text))
    return f"<code>{entities}</code>"
