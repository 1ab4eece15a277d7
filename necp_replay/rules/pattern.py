"""Patterns of rules: ``*`` matches any characters, ``?`` matches one character."""

from __future__ import annotations

import re
from collections.abc import Sequence

from necp_replay.dataclass import dataclass


def compile_pattern(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """Compile a pattern to a regular expression that has to match a whole text.

    Every part between two ``*`` is an atomic group: it takes the first place where it fits, and no
    other place is tried. That loses no match, because the ``*`` after it matches anything. So the
    time is at most the length of the text times that of the pattern, also for hostile patterns.
    """
    first, *rest = (_plain(part) for part in pattern.split("*"))
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    if not rest:
        return re.compile(rf"{first}\Z", flags)
    between = "".join(f"(?>.*?{part})" for part in rest[:-1])
    return re.compile(rf"{first}{between}.*{rest[-1]}\Z", flags)


def _plain(part: str) -> str:
    return ".".join(re.escape(piece) for piece in part.split("?"))


@dataclass(frozen=True, slots=True)
class Patterns:
    """Several patterns. A text matches if one of them matches it."""

    texts: tuple[str, ...]
    compiled: tuple[re.Pattern[str], ...]

    def match(self, text: str) -> bool:
        """Whether one of the patterns matches the whole text."""
        return any(pattern.match(text) for pattern in self.compiled)


def patterns(texts: Sequence[str], *, ignore_case: bool = False) -> Patterns:
    """Compile several patterns."""
    compiled = tuple(compile_pattern(text, ignore_case=ignore_case) for text in texts)
    return Patterns(tuple(texts), compiled)
