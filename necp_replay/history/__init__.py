"""The state at any record of a trace: forward, back, and to a record, in bounded memory.

:class:`~necp_replay.history.history.StateHistory` is a place in a trace, with the engine in the
state that it has there. It keeps saved states on the way, so that going back replays few records.

- ``history.py`` moves: ``go_to``, ``forward``, ``back``. It gives the moment, the machine, the
  snapshot, and a fork of the machine for "what if".
- ``kept_states.py`` decides which states are kept, and forgets them within a limit.
- ``paths.py`` names the places of a snapshot, such as ``client/#3/result``, and finds them.
- ``watch.py`` tells at which records the places of a pattern changed.
- ``checkpoints.py`` keeps states of long traces on disk, at which later commands begin.
  ``beginnings.py`` tells which records they belong to, ``checkpoint_file.py`` has their bytes.

It imports the engine, the reader of traces, and how states are rendered. Start reading at
``history.py``.

    with StateHistory(path) as history:
        history.go_to(23)          # the state after record 23; 0 is before the first
        history.moment             # number, step, recorded outcome, outcome of the engine
        history.back()             # after record 22
        history.snapshot()
        other = history.fork()     # a machine in the same state, to submit other steps to
"""
