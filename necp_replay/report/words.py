"""Numbers with their nouns."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``1 trace``, ``2,000 traces``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def followers_text(followers: int) -> str:
    """``1 later one follows from it``, ``12 later ones follow from it``."""
    noun = "later one follows" if followers == 1 else "later ones follow"
    return f"{followers:,} {noun} from it"
