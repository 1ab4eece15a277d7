"""Accepting goldens: what would change, what a person decides, and writing the files.

Start with ``plan.py`` (one trace), then ``pending.py`` (the changes a trace has) and
``acceptance.py`` (many traces). Imports replay and what is below it::

    apply_changes(plan_acceptance(trace, GoldenStore(Path("golden"))))
"""
