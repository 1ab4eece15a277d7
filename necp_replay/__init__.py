"""Replays recorded NECP traffic through a model of the kernel and compares what it answers.

Importing this package imports nothing else, so that `necp-replay --help` stays instant. Start
reading at docs/architecture.md, which shows the packages on one page, or at
`kernel/client_actions/copy_parameters.py`, the shortest action.

    $ necp-replay replay traces
"""

__version__ = "0.1.0"
