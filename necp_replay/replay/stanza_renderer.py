"""Renders records as stanzas of a golden.

Most calls of a long trace repeat, and the trace's reader gives equal ones as the same objects. What
these were rendered to is remembered as long as no id in it gets a name.
"""

from __future__ import annotations

from typing import Final

from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.golden.document import StanzaWriter
from necp_replay.golden.stanza import BodyText, Stanza
from necp_replay.golden.versions import VERSION
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.passed_text import passed_text
from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.render_outcome import render_outcome

_MOST_REMEMBERED: Final = 2048
_NOT_RECORDED: Final = "not recorded"


class StanzaRenderer:
    """Renders the records of one trace, in order.

    Version 1 of goldens does not show what inputs passed.
    """

    def __init__(self, names: StableNames | None = None, version: int = VERSION) -> None:
        """``names`` are those of the trace, which nobody else teaches the ids of later records."""
        self.names = StableNames() if names is None else names
        self._version = version
        self._writer = StanzaWriter(version)
        self._inputs: dict[int, tuple[Step, str, str]] = {}
        self._blocks: dict[tuple[int, int], tuple[Step, Outcome, bytes]] = {}
        self._times_forgotten = self.names.times_forgotten
        self._named_before = 0
        self._named = 0

    def stanza(self, number: int, step: Step, outcome: Outcome | None) -> Stanza:
        """The next record, of which the engine gave this outcome; None is one not recorded."""
        self._learn(step)
        return self.again(number, step, outcome)

    def again(self, number: int, step: Step, outcome: Outcome | None) -> Stanza:
        """The last record once more."""
        shown, passed = self._input(step)
        if outcome is None:
            return Stanza(number, shown, _NOT_RECORDED, "", passed)
        rendered = render_outcome(step.input, outcome, self.names)
        body = BodyText.of(rendered.nodes).text
        return Stanza(number, shown, rendered.status, body, passed)

    @property
    def generated(self) -> int:
        """How many ids the last record generated."""
        return self._named - self._named_before

    def block(self, number: int, step: Step, outcome: Outcome) -> tuple[bytes, Stanza | None]:
        """The text of the next record as a file has it.

        The stanza is None if the record was rendered before; then it generated no id.
        """
        self._learn(step)
        key = id(step), id(outcome)
        found = self._blocks.get(key)
        if found is not None:
            block = found[2]
            return (block if self._version > 1 else b"%d %b" % (number, block)), None
        is_repeated = id(step) in self._inputs
        stanza = self.again(number, step, outcome)
        if self._version > 1:
            block = self._writer.stanza(stanza).encode()
        else:
            block = self._writer.plain(stanza).encode()
        if is_repeated:
            if len(self._blocks) >= _MOST_REMEMBERED:
                self._blocks.clear()
            # Step and outcome are kept, so that no other object gets their identity.
            self._blocks[key] = step, outcome, block
        return (block if self._version > 1 else b"%d %b" % (number, block)), stanza

    def _learn(self, step: Step) -> None:
        names = self.names
        if step.uuids:
            names.learn(step)
        self._named_before, self._named = self._named, names.count
        if self._times_forgotten != names.times_forgotten:
            self._inputs.clear()
            self._blocks.clear()
            self._times_forgotten = names.times_forgotten

    def _input(self, step: Step) -> tuple[str, str]:
        found = self._inputs.get(id(step))
        if found is not None:
            return found[1], found[2]
        names = self.names
        shown = title(step.input, names)
        passed = passed_text(step, names, self._named_before) if self._version > 1 else ""
        if not step.uuids:
            if len(self._inputs) >= _MOST_REMEMBERED:
                self._inputs.clear()
            self._inputs[id(step)] = step, shown, passed
        return shown, passed
