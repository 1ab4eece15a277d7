"""A cache of evaluations that XNU does not have. Results are identical without it.

Theory of operation
-------------------

**Idea.** Evaluating a client is the most expensive thing that the engine does, and thousands of
clients ask the same. This is memoization: within one state of the system, an evaluation with the
same key has the same answer, so it is done once.

**What is cached.** There are two caches in :class:`~necp_replay.kernel.state.KernelState`: one for
evaluations of clients (``results/evaluate_client.py``) and one for those of flows
(``flows/viability.py``). An entry holds the answer and everything else that evaluating does: its
effects, in order, and the parameters afterwards (the kernel writes zeros into some of them).
:meth:`EvaluationCache.recall` does all of that again.

**What an evaluation reads.** The key, and the *system*: interfaces, routes, agents, policies,
processes and sysctls. It does not read other clients, flows, sockets, fds or the time.

**What is kept longer.** What policies decide, and what route rules say of an interface, is kept in
tables of its own (``policy/policy_answers.py``).

**When a cache is emptied.** Both caches are emptied before and after every input that can change
the system. :mod:`necp_replay.kernel.machine` lists the inputs that cannot. To leave one out of that
list costs time, but never changes a result. One input of the list can: ``close`` of a policy
session, which empties the caches itself.

**Why results are identical.** An evaluation changes the system in two ways. It gives an id to an
aggregate of route rules, always the same id for the same rules. And the first evaluation of a
policy with a custom entitlement decides for all later ones. An evaluation that is done again finds
both done already and changes nothing. ``tests/kernel/test_evaluation_cache.py`` submits random
inputs to machines with a large cache, a tiny one and none, and compares outcomes and states.

**Cost.** One dictionary look-up, whose key holds at most 1024 bytes of parameters. A full cache is
emptied as a whole. An update visits all clients in the same order, so a policy such as least
recently used would drop each entry just before it is asked for again. A cache is also emptied when
its entries hold more effects together than one outcome may have, so it takes bounded memory.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from necp_replay.events.effects import Effect
from necp_replay.kernel.exceptions import MAX_EFFECTS, TooManyEffects
from necp_replay.kernel.objects.kept_answer import KeptAnswer

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer", bound=KeptAnswer)

ClientKey = tuple[int, int, bytes]
"""Pid of the process; pid of the caller, 0 where it does not count; parameters."""
FlowKey = tuple[int, int, bytes, int, bytes, bytes, bool]
"""Both pids; parameters; interface index; local and remote address; whether addresses are ignored.
"""

CACHE_ENTRIES: Final = 16_384
"""How many entries a cache holds at most: more than the 10,000 clients of the largest workload that
is measured (``necp-replay bench --mix policies``)."""


class EvaluationCache(Generic[Key, Answer]):
    """Answers by key, at most ``limit`` of them; a limit of 0 turns the cache off.

    The key holds everything that the answer depends on, except the state of the system. Callers
    must not change an answer.
    """

    __slots__ = ("_effect_count", "_limit", "entries")

    def __init__(self, limit: int) -> None:
        self.entries: dict[Key, Answer] = {}
        self._effect_count = 0
        self._limit = limit

    def recall(self, key: Key, effects: list[Effect], parameters: bytearray) -> Answer | None:
        """The answer for a key, or None if it is not cached.

        Appends the effects of the evaluation to ``effects`` and writes into ``parameters`` what the
        evaluation wrote. Leaves both alone if the answer is not cached. Raises TooManyEffects where
        the evaluation would.
        """
        answer = self.entries.get(key)
        if answer is None:
            return None
        if answer.effects_again:
            if len(effects) + len(answer.effects_again) > MAX_EFFECTS:
                raise TooManyEffects
            effects.extend(answer.effects_again)
        if answer.parameters_after is not None:
            parameters[:] = answer.parameters_after
        return answer

    def store(
        self,
        key: Key,
        answer: Answer,
        effects: list[Effect],
        before: bytes,
        after: bytearray,
    ) -> None:
        """Keep an answer with the effects of the evaluation and the parameters after it."""
        if len(self.entries) >= self._limit or self._effect_count > MAX_EFFECTS:
            self.clear()
            if self._limit == 0:
                return
        if effects:
            self._effect_count += len(effects)
        answer.effects_again = tuple(effects)
        answer.parameters_after = None if after == before else bytes(after)
        self.entries[key] = answer

    def clear(self) -> None:
        """Drop every entry, because the system changes or has changed."""
        if self.entries:
            self.entries.clear()
            self._effect_count = 0
