"""Renders records as stanzas of a golden.

Most calls of a long trace repeat, and the trace's reader gives equal ones as the same objects. What
these were rendered to is remembered as long as no id in it gets a name. An engine makes a new
outcome for each call, so outcomes are compared.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from necp_replay.events.equality import same_whole
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.events.syscalls import NecpClientAction
from necp_replay.golden.document import StanzaWriter
from necp_replay.golden.local_ids import LocalIds
from necp_replay.golden.stanza import BodyText, Stanza
from necp_replay.golden.version_2 import title_to_version_2
from necp_replay.golden.versions import VERSION, VERSIONS
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import text_of
from necp_replay.outcomes.passed_text import input_text, passed_text, with_generated
from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.render_outcome import outcome_nodes, status_of
from necp_replay.outcomes.render_passed import SHOWS_CLIENT

_MOST_REMEMBERED: Final = 2048
_OUTCOMES_REMEMBERED: Final = 4
"""How many texts of outcomes are kept for each step."""
_NOT_RECORDED: Final = "not recorded"


class StanzaRenderer:
    """Renders the records of one trace, in order.

    A version of goldens may show less of them than the one that is written.
    """

    def __init__(
        self,
        names: StableNames | None = None,
        version: int = VERSION,
        *,
        outcomes_remembered: int = _OUTCOMES_REMEMBERED,
    ) -> None:
        """``names`` are those of the trace. Only this renderer adds the ids of later records.

        ``outcomes_remembered`` is how many texts of outcomes are kept for each step.
        """
        self.names = StableNames() if names is None else names
        self._is_numbered = VERSIONS[version].is_numbered
        self._shows_passed = VERSIONS[version].shows_passed
        self._readable_titles = VERSIONS[version].readable_titles
        self._outcomes_remembered = outcomes_remembered
        self._writer = StanzaWriter(version)
        self._inputs: dict[int, tuple[Step, str, str]] = {}
        self._blocks: dict[int, tuple[Step, deque[tuple[Outcome, bytes]]]] = {}
        """The last texts of each step, by its identity, with their outcomes."""
        self._passed: dict[tuple[int, bytes | None, int, int], str] = {}
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
        nodes = outcome_nodes(step.input, outcome, self.names)
        body = text_of(nodes, 1) if nodes else ""
        return Stanza(number, shown, status_of(outcome), body, passed)

    @property
    def generated(self) -> int:
        """How many ids the last record generated."""
        return self._named - self._named_before

    def block(self, number: int, step: Step, outcome: Outcome) -> tuple[bytes, Stanza | None]:
        """The text of the next record as a file has it.

        The stanza is None if the record was rendered before; then it generated no id.
        """
        self._begin(step)
        block = None if step.uuids else self._remembered(step, outcome)
        if block is not None:
            return (b"%d %b" % (number, block) if self._is_numbered else block), None
        stanza = self.again(number, step, outcome)
        if self._is_numbered:
            block = self._writer.plain(stanza).encode()
        else:
            generated = self._named - self._named_before
            block = self._writer.next_stanza(stanza, generated).encode()
        self._remember(step, outcome, block)
        return (b"%d %b" % (number, block) if self._is_numbered else block), stanza

    def first_block(self, number: int, step: Step, outcome: Outcome) -> bytes:
        """The text of the next record. Only in the version that is written."""
        return self.block(number, step, outcome)[0]

    def another_block(self, number: int, step: Step, outcome: Outcome) -> bytes:
        """The text of the last record with an outcome of another release."""
        block = self._remembered(step, outcome)
        if block is None:
            block = self._writer.once_more(self.again(number, step, outcome)).encode()
            self._remember(step, outcome, block)
        return block

    def _begin(self, step: Step) -> None:
        """Go on to the next record. A short way for one before and after which nothing is named."""
        if (
            step.uuids
            or self._named_before < self._named
            or (self._times_forgotten != self.names.times_forgotten)
        ):
            self._learn(step)

    def _remembered(self, step: Step, outcome: Outcome) -> bytes | None:
        found = self._blocks.get(id(step))
        if found is not None:
            for known, block in found[1]:
                if known is outcome or (
                    known.unmeasured == outcome.unmeasured and same_whole(known, outcome)
                ):
                    return block
        return None

    def _remember(self, step: Step, outcome: Outcome, block: bytes) -> None:
        if type(step.input) is NecpClientAction and not step.uuids:
            if len(self._blocks) >= _MOST_REMEMBERED:
                self._blocks.clear()
            # The step is kept, so that no other one gets its identity.
            known_blocks = self._blocks.setdefault(
                id(step), (step, deque(maxlen=self._outcomes_remembered))
            )[1]
            known_blocks.appendleft((outcome, block))

    @property
    def local_ids(self) -> LocalIds:
        """The names in a file of the ids that the rendered records generated."""
        return self._writer.ids

    def take_back_ids(self) -> None:
        """Forget the names in a file of the ids that the last record generated.

        Only before :meth:`stanza` is called for later records.
        """
        if not self._is_numbered:
            self._writer.ids.take_back(self.generated)

    def beginning(self) -> bytes:
        """The text of a file before the first record."""
        return self._writer.beginning().encode()

    def end(self, final: BodyText) -> bytes:
        """The text of a file after the last record."""
        return self._writer.end(final).encode()

    def _learn(self, step: Step) -> None:
        names = self.names
        if step.uuids and names.count == self._named:
            # Else somebody has learned them already, to name them in a report.
            names.learn(step)
        self._named_before, self._named = self._named, names.count
        if self._times_forgotten != names.times_forgotten:
            self._inputs.clear()
            self._passed.clear()
            self._blocks.clear()
            self._times_forgotten = names.times_forgotten

    def _input(self, step: Step) -> tuple[str, str]:
        found = self._inputs.get(id(step))
        if found is not None:
            return found[1], found[2]
        names = self.names
        shown = title(step.input, names)
        if not self._readable_titles:
            shown = title_to_version_2(shown)
        passed = self._passed_text(step) if self._shows_passed else ""
        if type(step.input) is NecpClientAction and not step.uuids:
            if len(self._inputs) >= _MOST_REMEMBERED:
                self._inputs.clear()
            self._inputs[id(step)] = step, shown, passed
        return shown, passed

    def _passed_text(self, step: Step) -> str:
        """What was passed. Calls with different clients pass the same buffers."""
        event, names = step.input, self.names
        if type(event) is not NecpClientAction or event.action in SHOWS_CLIENT or step.unmeasured:
            return passed_text(step, names, self._named_before)
        buffer = event.buffer
        key: tuple[int, bytes | None, int, int]
        if buffer is None:
            key = event.action, None, 0, event.buffer_size
        elif (
            buffer.unmapped
            or buffer.readonly
            or buffer.pointers
            or buffer.mapped is not None
            or buffer.known is not None
        ):
            return passed_text(step, names, self._named_before)
        else:
            key = event.action, buffer.content, buffer.length, event.buffer_size
        shown = self._passed.get(key)
        if shown is None:
            if len(self._passed) >= _MOST_REMEMBERED:
                self._passed.clear()
            times = names.times_forgotten
            shown = input_text(step, names)
            if times == names.times_forgotten:
                self._passed[key] = shown
        return with_generated(shown, self._named_before, names.count)
