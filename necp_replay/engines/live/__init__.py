"""An engine that makes the calls of a trace for real, on the machine that it runs on.

Start with ``engine.py``. ``calls.py`` makes system calls through ``ctypes``, ``memory.py`` lays out
user buffers, ``names.py`` says which fd and which id of the system is which of the trace, and
``agents.py`` has the control sockets of agents. It was never run on a Mac: it is tested with a
library that stands in for the system. May import what the package above it may::

    with LiveEngines(SystemCalls(None), really=False) as engines:
        serve(requests, replies, only_release=release, open_engine=engines)
"""
