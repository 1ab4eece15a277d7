"""Explanations: which policies, interfaces, routes and agents led to a client's result.

``necp-replay explain FILE --record N`` prints one; in code::

    explanation = explain_record(Path("a.necptrace"), record=13)
    print(explanation.clients[0].outcome)

Theory of operation. The kernel keeps the result of an evaluation, but not the reasons. So the trace
is replayed up to the record, and each evaluation that the record made is then run again with
tracing on: the kernel's own code writes down every policy that it considers and the first condition
that fails, the routes that it looks up, and so on. Where the kernel's code has no tracing, as for
the choice of an interface, its own functions are asked about one parameter at a time. Nothing is
decided a second time here; this package puts into words what the kernel's code says.

Three things must hold for that. The state after the step must be the state that each client was
evaluated with: within one step, nothing that evaluations depend on changes from one client to the
next. Running an evaluation again must change nothing: ``match.traced`` restores what it touches.
And the explanation must be true: ``disagreements.py`` builds the result anew from what is explained
and compares it with the stored bytes, so that an error shows as a disagreement.

An explanation costs a replay up to the record, from the last checkpoint before it if there are any
(``replayed_trace.py``), and one evaluation for each client explained, which looks at all policies
instead of the candidates only.

Start at ``record.py``, then ``client.py``, which calls the modules for each part of a result:
``interfaces.py``, ``match.py`` (with ``policies.py``, ``conditions.py`` and ``routes.py``),
``flags.py``, ``agents.py`` and ``flows.py``. The parts as data are in ``explanation.py``.

It may import the engine, the trace format, checkpoints, and what turns outcomes into text.
"""
