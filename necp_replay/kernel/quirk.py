"""A quirk: behaviour of the real code that is easy to get wrong, and the test that checks it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quirk:
    """One quirk, in the file that implements it.

    - ``sentence``: what the kernel does.
    - ``function``: the upstream function.
    - ``test``: the test that checks it, below ``tests/kernel``.
    - ``fact``: the profile's fact, if only some releases do it.
    """

    sentence: str
    function: str
    test: str
    fact: str = ""
