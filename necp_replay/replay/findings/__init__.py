"""The differences of one trace as they are found: chains, groups, counts, and a run's report.

Start with ``collector.py``, which takes in every difference; ``chains.py`` tells causes from
followers. Imports outcomes and rules only.
"""
