"""The command line `necp-replay`: one module for each command.

Each module declares the options of its command, calls the library, prints a report and returns the
exit status. It contains no logic of its own. All imports of the library are inside functions, so
that `--help` is fast.

Start with `main.py`, which lists the commands in the order of `--help`. `replay.py` is the main
command. `arguments.py` has the options that several commands share.

    $ necp-replay replay traces/client --release xnu-4570.41.2

May import: every package except `pytest_plugin`. Nothing imports `cli`.
"""
