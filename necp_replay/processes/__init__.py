"""Processes that the project starts: none outlives the command, whatever ends that.

Start with ``guardian.py`` (groups of processes that end with the command) and ``worker.py`` (what a
worker process does first). ``isolated.py`` runs other people's code in a process of its own.
Imports nothing but `errors`::

    with signals_deferred():
        program = subprocess.Popen(command, start_new_session=True)
        guard(program.pid)
"""
