"""How many examples the slowest tests try: a few in every run, many with `make test-thorough`."""

from hypothesis import settings

THOROUGH_PROFILE = "thorough"
FEW_EXAMPLES = 40
"""Examples per property test that names no number of its own."""
THOROUGH_EXAMPLES = 1_000
"""The same with the profile `thorough`."""


def examples(few: int, *, thorough: int) -> int:
    """`few`, or `thorough` if the run is to be thorough.

    For tests whose examples are slow, and for tests that make their examples without hypothesis.
    """
    return thorough if is_thorough() else few


def is_thorough() -> bool:
    """Whether the hypothesis profile asks for as many examples as `thorough`, or for more."""
    return settings().max_examples >= THOROUGH_EXAMPLES
