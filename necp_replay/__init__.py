"""Replays recorded NECP traffic through a model of the kernel and compares what it answers.

Importing this package imports nothing else, so that `necp-replay --version` stays instant.
"""

__version__ = "0.1.0"
