"""Outcomes, inputs and states as trees of text lines, and the differences between two of them.

Start with ``node.py`` (the tree), ``render_outcome.py`` (an outcome as a tree) and ``compare.py``
(two outcomes, field by field). ``record_difference.py`` and ``trace_report.py`` are the results
that everything above fills in and shows. Imports abi, align and events; knows of no engine and no
file::

    differences = outcome_differences(step.input, recorded, replayed, names, beyond_vectors=True)
"""
