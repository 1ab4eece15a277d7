"""Release notes of behaviour: what changed from release to release, each with an example.

Start with ``entries.py``, which makes the entries of one step; ``fact_example.py`` finds the
smallest example of a fact::

    step = changelog_step("xnu-4570.41.2", "xnu-4570.51.1", Path("traces/differences"))
    print(step.entries[0].title)

The package may import releases, replays and the minimization of traces. Reports and commands
import it.
"""
