"""Sockets and multipath blocks: their registration as flows of clients, and their attributes.

The networking code of the kernel knows NECP through two structures. A protocol control block
(``struct inpcb``) is a socket, and a multipath control block (``struct mppcb``) is a connection
over several interfaces. This is the life of a socket flow:

1. An input creates the block and sets its fields: addresses, ports, interface (``fields.py``).
2. The block stores a client's id and registers, which adds a socket flow to that client. Nobody is
   woken (``socket_flows.py``).
3. When the client is evaluated, so is the flow, and the block is called back
   (``flows/update.py``).
4. Once the socket is bound or connected, its addresses and interface are assigned to the flow. The
   fd is woken, and the process reads them with the client's result.
5. The socket is closed. Its flows are taken from the client that the block names, and the fd is
   woken. Older releases forget that for raw sockets, and keep a flow that points to freed memory.

A multipath block registers for all interface flows of a client at once (``multipath.py``).
A process can also give a socket a domain and an account for policies (``attributes.py``).

Imports objects, the state, ``clients`` and ``flows``. Start reading at ``socket_flows.py``;
``handle.py`` finds the function for an input.

    >>> from necp_replay.events.inputs import Step
    >>> from necp_replay.events.sockets import InpcbDispose, SocketCreate
    >>> from necp_replay.kernel.machine import Machine
    >>> from necp_replay.releases.lineage import RELEASES
    >>> machine = Machine(RELEASES["xnu-4570.51.1"])
    >>> [machine.submit(Step(event)).errno for event in (SocketCreate("s"), InpcbDispose("s"))]
    [0, 0]
"""
