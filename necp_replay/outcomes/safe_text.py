"""Makes text safe to print: what acts on a terminal, turns text around or is invisible is escaped.

This is the only place that says which characters are unsafe. What is refused in a golden is a fixed
list, which does not depend on the Unicode version of the Python that runs. Characters that this
version does not know are escaped, too.
"""

from __future__ import annotations

import re
from typing import Final

UNSAFE: Final = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters
    "\xa0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000"  # look like a space but are not one
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0"  # show nothing
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\ufff0-\ufffb"  # format characters
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # order of text, line ends, no width
    "\ud800-\uf8ff\ufdd0-\ufdef\ufffe\uffff"  # surrogates, private use, noncharacters
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"  # tags and variations
    + "".join(
        f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 15)
    )
    + "\U000f0000-\U0010ffff]"
)
"""One unsafe character: of the Unicode categories Cc, Cf, Cs, Co, Zl, Zp and Zs without the space,
what Unicode calls default ignorable, and what is no character. All are escaped, the line end
included."""
_COLOUR: Final = re.compile("(\x1b\\[(?:0|1|2|3[1236]|38;5;33|38;5;172)m|\n)")
"""What this project itself prints besides text: its colours and the ends of lines."""
_LIKE_AN_ID: Final = re.compile(r"#(?=[0-9])")


def escape(text: str) -> str:
    """Make text from a trace safe to print: escape backslashes and unsafe characters.

    The escaping is reversible, never spans lines, and lets no terminal sequence through.
    """
    if text.isascii() and text.isprintable() and "\\" not in text:
        return text
    return visible(text.replace("\\", "\\\\"))


def escape_beside_ids(text: str) -> str:
    """The same for text in places where ids occur: nothing in it looks like the name of an id."""
    escaped = escape(text)
    return _LIKE_AN_ID.sub(r"\\x23", escaped) if "#" in escaped else escaped


def visible(text: str) -> str:
    """Escape unsafe characters, but no backslashes: the text may be escaped already."""
    if text.isascii() and text.isprintable():
        return text
    escaped = UNSAFE.sub(_escaped, text)
    if escaped.isprintable():
        return escaped
    return "".join(
        character if character.isprintable() else _code(character) for character in escaped
    )


def safe_lines(text: str) -> str:
    """Make a whole output safe: as :func:`visible`, but line ends and our own colours stay.

    Everything that commands print goes through it, whether or not its parts were made safe.
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    parts = _COLOUR.split(text)
    return "".join(part if number % 2 else visible(part) for number, part in enumerate(parts))


def first_unsafe(text: str) -> re.Match[str] | None:
    """The first unsafe character of a text, None if there is none. Ends of lines count as safe."""
    if text.isascii() and (text.isprintable() or text.replace("\n", "").isprintable()):
        return None
    return next((found for found in UNSAFE.finditer(text) if found[0] != "\n"), None)


def is_like_an_id(text: str) -> bool:
    """Whether a part of a text looks like the name of an id."""
    return _LIKE_AN_ID.search(text) is not None


def _escaped(match: re.Match[str]) -> str:
    return _code(match[0])


def _code(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
