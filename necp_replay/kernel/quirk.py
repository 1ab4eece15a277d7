"""A quirk: behaviour of the real code that is easy to get wrong, and the test that holds it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quirk:
    """One surprise. It stands in the file that implements it.

    ``sentence`` says what the kernel does, ``function`` is the upstream function, ``test`` the test
    below ``tests/kernel``, and ``fact`` the profile's fact where only some releases do it.
    """

    sentence: str
    function: str
    test: str
    fact: str = ""
