"""What evaluations came to, kept while nothing that they read can have changed.

An evaluation depends on the parameters, on the process, and on the world: interfaces, routes,
agents, policies, processes and sysctls. Within one state of the world the same question has the
same answer, so it is evaluated once, and whoever asks again gets the answer with everything that
evaluating does on the way: the effects in their order, and what is written into the parameters.
What evaluating changes in the world itself (the answers about custom entitlements that policies
keep, the ids of aggregate route rules) it changes the first time only.

The world can change between inputs only: :mod:`necp_replay.kernel.machine` says which inputs leave
it alone, and every other one makes the kernel forget.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from necp_replay.events.effects import Effect

Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")

ClientQuestion = tuple[int, bytes]
"""Pid of the process and parameters."""
FlowQuestion = tuple[int, bytes, int, bytes, bytes, bool]
"""Pid and parameters; interface index, local and remote address; whether these are ignored."""

EVALUATIONS_KEPT: Final = 16_384
"""How many answers of a kind are kept before all of them are forgotten."""


class EvaluationMemory(Generic[Question, Answer]):
    """Answers by question, at most ``limit`` of them; with a limit of 0 there are never any.

    A question holds the parameters' bytes and all else that the answer depends on but the world.
    Nobody may change an answer.
    """

    __slots__ = ("_kept", "_limit")

    def __init__(self, limit: int) -> None:
        self._kept: dict[Question, tuple[Answer, tuple[Effect, ...], bytes]] = {}
        self._limit = limit

    def recall(
        self, question: Question, effects: list[Effect], parameters: bytearray
    ) -> Answer | None:
        """The answer, after doing to ``effects`` and ``parameters`` what evaluating does to them.

        None, with nothing done, for a question whose answer is not known.
        """
        kept = self._kept.get(question)
        if kept is None:
            return None
        answer, effects_again, parameters_after = kept
        if effects_again:
            effects.extend(effects_again)
        parameters[:] = parameters_after
        return answer

    def keep(
        self, question: Question, answer: Answer, effects: list[Effect], parameters: bytearray
    ) -> None:
        """Keep an answer, the effects of evaluating, and the parameters as they are afterwards."""
        if len(self._kept) >= self._limit:
            self._kept.clear()
            if self._limit == 0:
                return
        self._kept[question] = (answer, tuple(effects), bytes(parameters))

    def forget(self) -> None:
        """The world may be another: every question is open again."""
        self._kept.clear()
