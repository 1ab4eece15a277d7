"""Engines, to which steps are submitted: the interface, our engine, and external programs.

Start with ``engine.py`` (the interface, and our engine). ``external.py`` runs another program
as an engine, ``serve.py`` is our engine as such a program, ``conformance.py`` tests one. May
import: kernel, trace (for the messages), processes, outcomes, and what is below them::

    engine = open_machine("xnu-4570.51.1")
    outcome = engine.submit(step)
"""
