"""A model of XNU's NECP subsystem: inputs go in, outcomes come out, and nothing else happens.

:class:`~necp_replay.kernel.machine.Machine` is the only way in. Its ``submit`` applies one input
to the state and returns the outcome; ``snapshot`` shows the state. The model does no I/O,
uses no clock and no randomness, and imports nothing but ``abi``, ``events`` and ``releases``.

Start reading at ``machine.py``, then at one action, for example ``client_actions/copy_result.py``.

- ``machine.py`` finds the handler of an input. ``state.py`` is what handlers read and change.
- ``client_actions``, ``session_actions``, ``syscalls``: what processes call.
- ``notifications``: what the rest of the kernel calls.
- ``clients``, ``flows``, ``results``, ``parameters``: clients and the evaluation of their results.
- ``policy``: sessions, policies, and which of them match.
- ``agents``, ``interfaces``, ``routing``, ``sockets``, ``heuristics``, ``ports``: the parts that
  NECP asks.
- ``objects``: kernel structures, and other records without behaviour of their own.
- ``description.py``, ``catalog.py``, ``quirks.py``, ``omissions.py``: what the model says of
  itself, from which ``necp-replay actions`` and ``docs/fidelity.md`` are printed.

Imports point one way. ``objects`` import only each other. The state imports objects and the tables
of each part. Handlers import the state. Whatever differs between releases is a fact of the profile
(``kernel.profile``), so no code names a release.

    >>> from necp_replay.events.inputs import Step
    >>> from necp_replay.events.processes import ProcExit
    >>> from necp_replay.kernel.machine import Machine
    >>> from necp_replay.releases.lineage import RELEASES
    >>> Machine(RELEASES["xnu-4570.51.1"]).submit(Step(ProcExit(pid=100))).errno
    <Errno.ESRCH: 3>
"""
