"""Patterns as people write them in rules: ``*`` stands for any characters, ``?`` for any one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


def compile_pattern(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """The regular expression that a whole text has to match.

    Each ``*`` but the last takes as little as it can and never gives it back, which finds a match
    whenever there is one: the time is that of a few searches, whatever the pattern.
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
    """A few patterns, of which one has to match."""

    texts: tuple[str, ...]
    compiled: tuple[re.Pattern[str], ...]

    def match(self, text: str) -> bool:
        """Whether one of them matches the whole text."""
        return any(pattern.match(text) for pattern in self.compiled)


def patterns(texts: Sequence[str], *, ignore_case: bool = False) -> Patterns:
    """Compile a few patterns."""
    compiled = tuple(compile_pattern(text, ignore_case=ignore_case) for text in texts)
    return Patterns(tuple(texts), compiled)
