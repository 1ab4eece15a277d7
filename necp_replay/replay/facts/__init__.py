"""Finds the fact that explains a difference, by replaying a trace with other facts.

Start with ``counterfactuals.py``, whose docstring explains the method. ``attribution.py`` applies
it to ``diff --from --to``; ``likely_fact.py`` tries one fact after the other for a replay that
differs. Imports the engine and what is below it, and ``findings``::

    counterfactuals = Counterfactuals(old, new, facts)
    for effect in counterfactuals.effects(counterfactuals.submit(step)):
        print(effect.fact, effect.old, effect.new)
"""
