"""Finds the smallest trace that still shows a difference.

The difference is between two engines, or between one engine and what is recorded or accepted. Start
with ``minimize.py``, which runs the phases; ``part_comparison.py`` decides whether a part still
shows it::

    pair = Pair(partial(Machine, old), partial(Machine, new))
    report = minimize(Path("trace.necptrace"), Path("small.necptrace"), MinimizeOptions(pair))

The package may import engines, the comparison of outcomes and the slicing of ``tools``. Reports and
commands import it, and so can programs, such as fuzzers.
"""
