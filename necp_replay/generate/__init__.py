"""Random traces: valid and hostile inputs, generated from a seed.

The steps of a seed never change, on any machine and with any engine: they depend on the seed, the
mix and :data:`VERSION`, and not on outcomes. A change of the inputs of a seed raises VERSION.

``necp-replay generate --seed 1 --records 1000 --release R -o FILE`` writes such a trace; in code::

    for step in generate_steps(seed=1, records=1000):
        outcome = engine.submit(step)

To read the package, start at ``generator.py``, which explains how the choices are steered, and
``steps.py``, which says which operations there are and how they are mixed. The operations are in
``clients.py``, ``policies.py``, ``domain_sets.py``, ``signatures.py``, ``agents.py``,
``sockets.py``, ``network.py``, ``notifications.py`` and ``scripted.py``; the bytes that they pass
are made in ``values.py`` and ``hostile_calls.py``. ``trace.py`` runs the steps on the engine and
writes the trace; ``unmeasured_parts.py`` marks parts of its records as unmeasured.

It may import the engine, the trace format, the builders of ``scenario``, the random numbers of
``bench``, and ``coverage``, which counts what a trace exercises.
"""

from typing import Final

VERSION: Final = 13
"""Part of every seed: another version generates other traces."""
