"""What the cache of evaluations keeps with an answer (``evaluation_cache.py``)."""

from __future__ import annotations

from necp_replay.events.effects import Effect


class KeptAnswer:
    """An answer, and what the evaluation did besides: its effects, and the parameters after it.

    ``parameters_after`` is None where it did not change them.
    """

    __slots__ = ("effects_again", "parameters_after")

    effects_again: tuple[Effect, ...]
    parameters_after: bytes | None
