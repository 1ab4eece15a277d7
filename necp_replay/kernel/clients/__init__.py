"""NECP fds and their clients: the registry, push observers, and the end of a client.

A process opens a NECP fd and adds clients to it; each one stands for a connection, a listener or
the like. What a client asked for and what it got is in ``objects/client.py``. Here is what concerns
all of them:

- ``registry.py``: the open fds and the counters. ``global_tree.py``: the tree in which observers
  find the clients of all fds.
- ``observers.py``: the updates that push observers get. ``notify.py`` and ``readiness.py``: waking
  those who wait on an fd, and whether it has something to read.
- ``nexus_parameters.py``: what a nexus gets to know about a client. ``destroy.py``: freeing one.

Imports objects, the state, ``agents``, ``parameters`` and ``results``. Start reading at
``observers.py``.

    >>> from necp_replay.kernel.clients.global_tree import GlobalClientTree
    >>> from necp_replay.kernel.objects.client import Client
    >>> tree = GlobalClientTree()
    >>> for name in (b"b", b"a"):
    ...     tree.add(Client(name * 16, parameters=b"", proc_pid=100))
    >>> [client.client_id[:1] for client in tree]
    [b'a', b'b']
"""
