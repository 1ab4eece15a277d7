"""Marks random parts of generated records as unmeasured, like the records of a tracer."""

from __future__ import annotations

import dataclasses
from typing import Final

from necp_replay.bench.choices import Choices
from necp_replay.events.effects import EFFECT_NAMES
from necp_replay.events.hide_parts import ALL_OF_OUTCOME, Hidden, hide
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.events.unmeasured import BYTES_FIELDS, answer_fields
from necp_replay.events.unmeasured_inputs import UUIDS, buffer_fields

_NAME_OF_EFFECT: Final = {kind: name for name, kind in EFFECT_NAMES.items()}
_KNOWN_BYTES: Final = (0, 0, 1, 4, 16, 64)
_OF_INPUTS_ONE_IN: Final = 4
"""In one of this many hidden records the part is one of the input, not of the outcome."""
_OF_OTHER_INPUTS_ONE_IN: Final = 16
"""The same for inputs other than client actions, after which many outcomes are not determined."""
_FIELD_ONE_IN: Final = 8


class Hiding:
    """Hides parts of a share of the records. Which ones depends only on the seed."""

    def __init__(self, seed: int, percent: int) -> None:
        self._choices = Choices(seed ^ 0x756E_6D65_6173)
        self._percent = percent

    def shown(self, step: Step, outcome: Outcome) -> tuple[Step, Outcome]:
        """What is recorded of a step and its outcome."""
        choices = self._choices
        if choices.number(100) >= self._percent:
            return step, outcome
        is_action = isinstance(step.input, NecpClientAction)
        one_in = _OF_INPUTS_ONE_IN if is_action else _OF_OTHER_INPUTS_ONE_IN
        if choices.number(one_in) == 0:
            hidden = self.of_input(step)
        else:
            hidden = Hidden(outcome=self._part_of(outcome))
        step, outcome, _ = hide(step, outcome, hidden)
        return step, outcome

    def of_input(self, step: Step) -> Hidden:
        """A choice of bytes of user buffers, of the ids, or of one field."""
        choices, event = self._choices, step.input
        if choices.number(_FIELD_ONE_IN) == 0:
            fields = dataclasses.fields(event)
            return Hidden(inputs=(choices.pick(fields).name,) if fields else ())
        if step.uuids and choices.number(_FIELD_ONE_IN) == 0:
            return Hidden(inputs=(UUIDS,))
        buffers = [name for name in buffer_fields(type(event)) if getattr(event, name) is not None]
        kept = [name for name in buffers if choices.number(2)] or buffers[:1]
        return Hidden(known={name: choices.pick(_KNOWN_BYTES) for name in kept})

    def _part_of(self, outcome: Outcome) -> tuple[str, ...]:
        choices = self._choices
        parts: list[tuple[str, ...]] = [ALL_OF_OUTCOME, ("effects",), ("answer",), ("errno",)]
        if outcome.retval is not None:
            parts.append(("retval",))
        for name in answer_fields(type(outcome.answer)):
            parts.append((name,))
            if name in BYTES_FIELDS and isinstance(getattr(outcome.answer, name), bytes):
                parts.append((f"{name}[{choices.number(64)}:]",))
        kinds = sorted({_NAME_OF_EFFECT[type(effect)] for effect in outcome.effects})
        parts += [(f"effects.{kind}",) for kind in kinds]
        return choices.pick(parts)
