"""TCP's caches: on which networks ECN and Fast Open work, and the Fast Open cookies of servers.

ECN (explicit congestion notification) and TCP Fast Open depend on the network: some routers drop
packets that use them. TCP remembers for each network what went wrong there, and stops using the
feature on it for some time. That time is the backoff. It also keeps the cookie that each server
gave out for Fast Open.

- UPDATE_CACHE writes: a process tells what its connection saw (``update.py``), and the counters of
  the network change (``ecn.py``, ``tfo.py``).
- Copying a client's result reads: a nexus flow is told whether to use ECN and Fast Open, and gets
  the cookie (``flow_check.py``).

Both go through the tables in ``tcp_cache.py``, where the idea is explained. Imports objects, the
parsed parameters and the state. Start reading at ``flow_check.py``.

    >>> from necp_replay.abi.tcp_cache import EcnHeuristics
    >>> from necp_replay.kernel.heuristics.ecn import learn_ecn, may_try_ecn
    >>> from necp_replay.kernel.state import KernelState
    >>> from necp_replay.releases.names import find_release
    >>> kernel = KernelState(find_release("xnu-4570.51.1"))
    >>> for now in (1000, 2000):
    ...     learn_ecn(kernel, b"network", EcnHeuristics.LOSS, now)
    >>> may_try_ecn(kernel, b"network", now=3000)
    False
"""
