"""NECP fds and their clients: the registry, push observers, and the end of a client.

A process opens a NECP fd and adds clients to it; each one stands for a connection, a listener or
the like. What a client asked for and what it got is in ``objects/client.py``. Here is what concerns
all of them:

- ``registry.py``: the open fds, the counters, and the trees in which clients of all fds are found.
- ``observers.py``: the updates that push observers get. ``notify.py`` and ``readiness.py``: waking
  those who wait on an fd, and whether it has something to read.
- ``privileged_parameters.py`` and ``parents.py``: what ADD checks of a new client's parameters.
- ``nexus_parameters.py``: what a nexus gets to know about a client. ``destroy.py``: freeing one.

Imports objects, the state, ``agents``, ``parameters`` and ``results``. Start reading at
``observers.py``.

    >>> from necp_replay.kernel.clients.registry import ClientRegistry
    >>> from necp_replay.kernel.objects.client import Client
    >>> tree = ClientRegistry().tree
    >>> for name in (b"b", b"a"):
    ...     client = Client(name * 16, parameters=b"", proc_pid=100)
    ...     tree.add(client, client.client_id)
    >>> [client.client_id[:1] for client in tree]
    [b'a', b'b']
"""
