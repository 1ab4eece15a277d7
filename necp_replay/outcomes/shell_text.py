"""Command lines as text that a shell reads as they were meant, whatever the names of files are.

Text is quoted as in POSIX shells. What acts on a terminal cannot be printed, so a word that has
such a character, or a byte that is not UTF-8, is written as ``$'...'``, which bash, zsh, ksh and
newer ``sh`` read. A path that begins with ``-`` gets ``./`` before it, so that it is no option.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

from necp_replay.outcomes.safe_text import UNSAFE

_ESCAPED: Final = re.compile(r"\\(?:\\|[tnr]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})", re.DOTALL)
"""What :func:`~necp_replay.outcomes.safe_text.escape` writes."""


_ABOUT_TRACE: Final = re.compile("(`necp-replay (?:accept|doctor|recover)) TRACE\\b")
_RECOVERED: Final = "recovered.necptrace"


def command_line(*words: str | Path) -> str:
    """A command and its arguments. A :class:`~pathlib.Path` is never taken for an option."""
    return " ".join(map(_quoted, words))


def path_word(path: str) -> str:
    """A path or URL as an argument that is not taken for an option."""
    return f"./{path}" if path.startswith("-") else path


def shown_path(escaped: str) -> str:
    """The same of a path as ``escape`` writes it, which is how reports have it."""
    return path_word(_ESCAPED.sub(_original, escaped))


def hint_about(hint: str, trace: str | Path) -> str:
    """A hint of an error whose commands name this trace, not the word TRACE."""
    quoted = command_line(trace if isinstance(trace, Path) else path_word(trace))
    filled = _ABOUT_TRACE.sub(lambda found: f"{found[1]} {quoted}", hint)
    return filled.replace(" -o NEW`", f" -o {_RECOVERED}`")


def _quoted(word: str | Path) -> str:
    text = path_word(str(word)) if isinstance(word, Path) else word
    if text.isprintable() and not UNSAFE.search(text):
        return shlex.quote(text)
    try:
        content = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # No file has such a name, but text of a trace can be anything.
        content = text.encode("utf-8", "surrogatepass")
    return "$'" + "".join(map(_byte_text, content)) + "'"


def _byte_text(byte: int) -> str:
    if byte in b"\\'":
        return f"\\{byte:c}"
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}"


def _original(match: re.Match[str]) -> str:
    text = match[0]
    return "\\" if text == "\\\\" else text.encode("ascii").decode("unicode_escape")
