"""Which fact of a release explains a difference, found by replaying with other facts.

Start with ``counterfactuals.py``: one machine for each fact that differs between two releases.
``attribution.py`` uses it for ``diff --from --to``, ``likely_fact.py`` does the same for one
replay that differs.
"""
