"""Sorts the differences of traces: which are expected, which follow from which, which are alike.

Start with ``collector.py``, to which every difference is passed. ``chains.py`` tells causes from
followers, ``groups.py`` adds up the causes of all traces, ``run_report.py`` is the result of a run.
Imports outcomes and rules::

    collector = DifferenceCollector(report, rules=rules)
    for difference in differences:
        collector.add(difference)
    report.kinds, report.examples
"""
