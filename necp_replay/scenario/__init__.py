"""Scenarios: short Python programs that drive a modelled system, from which traces are recorded.

A scenario is a public function with one parameter named ``system``::

    from necp_replay.scenario import System

    def remove_twice(system: System) -> None:
        '''What REMOVE says of a client that is gone already.'''
        app = system.add_process(pid=100)
        fd = app.necp_open()
        client = fd.add(remote="203.0.113.5:443")
        assert client.remove().errno == 0
        client.remove()

``necp-replay record FILE`` runs it and writes a trace with everything that happened.
"""

from necp_replay.events.user_buffer import UserBuffer
from necp_replay.scenario.answers import CallAnswer, ResultAnswer
from necp_replay.scenario.necp_fd import ClientHandle, NecpFdHandle
from necp_replay.scenario.parameters import client_parameters
from necp_replay.scenario.policies import PolicySessionHandle
from necp_replay.scenario.process import ProcessHandle
from necp_replay.scenario.system import AgentHandle, InterfaceHandle, System

__all__ = [
    "AgentHandle",
    "CallAnswer",
    "ClientHandle",
    "InterfaceHandle",
    "NecpFdHandle",
    "PolicySessionHandle",
    "ProcessHandle",
    "ResultAnswer",
    "System",
    "UserBuffer",
    "client_parameters",
]
