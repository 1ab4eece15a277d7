"""Captures the NECP calls of a real program: runs it with a recording library, and makes a trace.

Start with ``run.py``, which runs a program, then ``trace.py``, which turns its recording into a
trace. ``library/`` is the C library; ``library/recording.h`` is the layout of what it writes and
``recording.py`` reads it. ``necp.d`` is a DTrace script for systems where the library cannot be
used. May import: abi, events, files, processes, trace::

    build_library(folder)                           # library.py
    status = run_program(command, library, file)    # run.py
    write_trace(CallRecording(file), ...)               # trace.py
"""
