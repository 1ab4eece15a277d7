"""The words of a title: texts in quotes, socket addresses, and how a title is split into words.

A title is split at its spaces, except for those between quotes (:func:`words_of`). A text that has
a space or a quote stands in quotes. Nothing in it looks like a part of the title around it: ``"``
is written ``\\x22``, and beside spaces ``=`` is ``\\x3d`` and ``>`` is ``\\x3e``. What is unsafe
to print is escaped before, as everywhere (:mod:`necp_replay.outcomes.safe_text`). So each text of
a title is that of one value only, and lines that hold a title are searched for ``pid=`` and ``->``
after a space without reading quotes.
"""

from __future__ import annotations

import re
from typing import Final

from necp_replay.abi.address_text import address_text, sockaddr_of_text
from necp_replay.abi.client import SOCKADDR_UNION_BYTES
from necp_replay.outcomes.safe_text import escape_beside_ids

_WORD: Final = re.compile(r'(?:[^ "]|"[^"]*"|")+')
_QUOTED: Final = re.compile(r'"[^"]*"')
_QUOTED_BYTES: Final = re.compile(r'"([^"]*)"(?:\+([0-9]+))?')
_CODES: Final = {'"': r"\x22", "=": r"\x3d", ">": r"\x3e", " ": r"\x20", "#": r"\x23"}
_CHARACTERS: Final = {code[1:]: character for character, code in _CODES.items()}
_BESIDE_SPACES: Final = re.compile('["=>]')
_CODE: Final = re.compile(r"\\(x22|x3d|x3e|x20|.)", re.DOTALL)
_BYTES_CODE: Final = re.compile(r"\\(x22|x23|x3d|x3e|.)", re.DOTALL)
_INSIDE: Final = frozenset(' ",[]{}')
_SPACED: Final = re.compile(
    r"(?P<name>[^\s=]+)=(?P<value>(?:[^\s\\]|\\.)*\\x20(?:[^\s\\]|\\.)*?)(?=[;}]*(?:\s|$))"
)
"""A word with escaped spaces, without the signs after it where a node is written in one line."""
_SHORTER: Final = re.compile(r"(.+)\(([0-9]{1,2})bytes\)")
_SHOWN_TEXT_BYTES: Final = 64


def words_of(title: str) -> list[str]:
    """The words of a title. One that has a text in quotes is one word."""
    return _WORD.findall(title) if '"' in title else title.split(" ")


def text_word(text: str, *, is_inside: bool = False) -> str:
    """A text as a word, or as a part of one, between brackets and commas, if ``is_inside``."""
    escaped = escape_beside_ids(text)
    if " " in escaped or '"' in escaped or (is_inside and not _INSIDE.isdisjoint(escaped)):
        return f'"{_in_quotes(escaped)}"'
    return escaped


def bytes_word(content: bytes) -> str | None:
    """Bytes that are printable ASCII, as a text in quotes; None for other ones.

    One NUL at the end is ``\\0``. Of a long text ``"the beginning"+N`` is shown, with the number of
    the bytes that are left out.
    """
    ended = content.endswith(b"\0")
    body = content[:-1] if ended else content
    if not body.isascii():
        return None
    text = body.decode("ascii")
    if not text.isprintable():
        return None
    if len(text) > _SHOWN_TEXT_BYTES:
        left_out = len(content) - _SHOWN_TEXT_BYTES
        return f'"{_in_quotes(escape_beside_ids(text[:_SHOWN_TEXT_BYTES]))}"+{left_out}'
    end = r"\0" if ended else ""
    return f'"{_in_quotes(escape_beside_ids(text))}{end}"'


def address_word(content: bytes) -> str | None:
    """A socket address as ``203.0.113.5:443`` or ``[fe80::1%4]:443``; None for other bytes.

    So it is shown if the bytes are the union of 28 bytes that the kernel has of it. If they are its
    beginning, and zeros follow in the union, their number is added: ``203.0.113.5:443(8bytes)``.
    """
    if not any(content) or len(content) > SOCKADDR_UNION_BYTES:
        return None
    text = address_text(content.ljust(SOCKADDR_UNION_BYTES, b"\0"))
    if text.startswith("0x"):
        return None
    return text if len(content) == SOCKADDR_UNION_BYTES else f"{text}({len(content)}bytes)"


def bytes_of_word(word: str) -> tuple[bytes, int] | None:
    """The bytes that :func:`bytes_word` shows, and how many it leaves out; None for other words."""
    found = _QUOTED_BYTES.fullmatch(word)
    if found is None:
        return None
    inside, left_out = found[1], int(found[2] or 0)
    text = _BYTES_CODE.sub(_character_of_bytes, inside)
    return text.encode("latin-1"), left_out


def address_of_word(word: str) -> bytes | None:
    """The bytes that :func:`address_word` shows; None for other words."""
    shorter = _SHORTER.fullmatch(word)
    content = sockaddr_of_text(word if shorter is None else shorter[1])
    return content if content is None or shorter is None else content[: int(shorter[2])]


def without_quotes(text: str) -> str:
    """The same with escapes instead of quotes: ``name=no\\x20memory``, as outcomes have it."""
    if '"' not in text:
        return text
    return _QUOTED.sub(
        lambda found: _CODE.sub(_escaped_again, found[0][1:-1]).replace(" ", r"\x20"), text
    )


def with_quotes(line: str) -> str:
    """A line of an outcome whose words with escaped spaces have quotes: ``reason="no memory"``."""
    if r"\x20" not in line:
        return line
    return _SPACED.sub(lambda word: f'{word["name"]}="{_in_quotes(_spaced(word["value"]))}"', line)


def _in_quotes(escaped: str) -> str:
    if " " in escaped:
        return _BESIDE_SPACES.sub(lambda found: _CODES[found[0]], escaped)
    return escaped.replace('"', _CODES['"'])


def _spaced(value: str) -> str:
    return _CODE.sub(lambda found: " " if found[1] == "x20" else found[0], value)


def _escaped_again(found: re.Match[str]) -> str:
    """The character of a code that only quotes need; other codes stay."""
    code = found[1]
    return _CHARACTERS[code] if code in ("x22", "x3d", "x3e") else found[0]


def _character_of_bytes(found: re.Match[str]) -> str:
    code = found[1]
    return "\0" if code == "0" else _CHARACTERS.get(code, code)
