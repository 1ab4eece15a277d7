"""Scenarios: short Python programs that drive a modelled system, from which traces are recorded.

A scenario is a public function with one parameter named ``system``::

    from necp_replay.scenario import System

    def remove_twice(system: System) -> None:
        '''REMOVE of a client that was removed before.'''
        app = system.add_process(pid=100)
        fd = app.necp_open()
        client = fd.add(remote="203.0.113.5:443")
        assert client.remove().errno == 0
        client.remove()

``necp-replay record FILE`` runs it and writes a trace with everything that happened.

Everything listed in ``__all__`` is for authors of scenarios. To read the package, start at
``system.py``: a ``System`` submits inputs to an engine and records them. It makes handles
(``process.py``, ``policy_session.py``, ``interfaces.py``, ``agents.py``, ``sockets.py``), whose
methods are inputs about one process, client, interface and so on. ``answers.py`` decodes outcomes.
``load.py``, ``find.py`` and ``record.py`` turn files of scenarios into traces.

The package may import the engine, the trace format and the recorder. The generator and the
benchmarks build their inputs with it; the engine knows nothing of it.
"""

from necp_replay.abi.errno import Errno
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario.agents import AgentHandle
from necp_replay.scenario.answers import (
    CallAnswer,
    FlowTlv,
    InterfaceDetailsAnswer,
    ListAnswer,
    MatchAnswer,
    ResultAnswer,
    UpdateAnswer,
)
from necp_replay.scenario.buffers import faulting, nowhere, read_only, room
from necp_replay.scenario.interfaces import InterfaceHandle
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.policy_session import PolicySessionHandle, SessionHandle
from necp_replay.scenario.process import ClientHandle, NecpFdHandle, ProcessHandle
from necp_replay.scenario.runs_on import runs_on
from necp_replay.scenario.sandboxes import sandbox
from necp_replay.scenario.sockets import MultipathHandle, SocketHandle
from necp_replay.scenario.system import System

__all__ = [
    "AgentHandle",
    "CallAnswer",
    "ClientHandle",
    "Errno",
    "FlowTlv",
    "InterfaceDetailsAnswer",
    "InterfaceHandle",
    "ListAnswer",
    "MatchAnswer",
    "MultipathHandle",
    "NecpFdHandle",
    "PolicySessionHandle",
    "ProcessHandle",
    "ResultAnswer",
    "SessionHandle",
    "SocketHandle",
    "System",
    "UpdateAnswer",
    "UserBuffer",
    "client_parameters",
    "faulting",
    "nowhere",
    "read_only",
    "room",
    "runs_on",
    "sandbox",
]
