"""Converts a trace to JSON lines and back, without loss, so that it can be written or edited.

The first line is the header with its attachments. Every other line is one record: its step as in a
conformance vector, with its outcome, if it has one, as ``out``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import IO, Any, Final

from necp_replay.errors import JsonLinesError, TraceError
from necp_replay.events.inputs import Step
from necp_replay.events.json_form import (
    outcome_from_json,
    outcome_to_json,
    step_from_json,
    step_to_json,
)
from necp_replay.events.json_lines import read_json_lines
from necp_replay.events.outcome import Outcome
from necp_replay.events.state_hash import SHA256_BYTES, StateHash
from necp_replay.tools.header_json import header_from_json, header_to_json
from necp_replay.tools.select import Selection
from necp_replay.tools.selected import EVERYTHING, Watch, selected_records
from necp_replay.tools.state_hashes import NewStateHashes
from necp_replay.trace.header import Header
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter

NumberedObject = tuple[int, dict[str, Any]]
WatchLines = Callable[[Iterator[NumberedObject]], Iterator[NumberedObject]]
"""Passes lines on as they are read, to show progress."""


def json_lines(
    reader: TraceReader, watch: Watch = iter, selection: Selection = EVERYTHING
) -> Iterator[str]:
    """A trace as lines of JSON in ASCII, each with its line end: its header, and selected records.

    Raises TraceError as the reader does, when everything before the damage was given out.
    """
    try:
        yield _line(header_to_json(reader.header))
    except ValueError as error:
        raise TraceError(str(error)) from error
    keeps_hashes = selection == EVERYTHING
    for record in selected_records(reader, selection, watch=watch):
        state_hash = record.state_hash if keeps_hashes else None
        yield _line(record_to_json(record.step, record.outcome, state_hash))


def record_to_json(
    step: Step, outcome: Outcome | None, state_hash: StateHash | None = None
) -> dict[str, Any]:
    """The JSON form of a record; :func:`record_from_json` gives exactly the same record again.

    ``state_hash`` is that of the state after it, and stands beside it.
    """
    written = step_to_json(step)
    if outcome is not None:
        written["out"] = outcome_to_json(outcome, step.input)
    if state_hash is not None:
        written[_STATE_HASH] = {"form": state_hash.form, "sha256": str(state_hash)}
    return written


def record_from_json(members: dict[str, Any]) -> tuple[Step, Outcome | None]:
    """The record that a JSON object describes.

    Raises ValueError naming the member that is unknown, missing or of the wrong type.
    """
    fields = dict(members)
    has_outcome = "out" in fields
    out = fields.pop("out", None)
    step = step_from_json(fields)
    if not has_outcome:
        return step, None
    if not isinstance(out, dict):
        raise ValueError("out: expected an object")
    return step, outcome_from_json(step.input, out)


def pop_state_hash(members: dict[str, Any]) -> StateHash | None:
    """Take the hash of the state out of the JSON form of a record; None if it has none.

    Raises ValueError for anything else in its place.
    """
    if _STATE_HASH not in members:
        return None
    found = members.pop(_STATE_HASH)
    form, digits = (found.get("form"), found.get("sha256")) if isinstance(found, dict) else (0, "")
    if type(form) is not int or not 0 < form <= _FORM_MAX or not isinstance(digits, str):
        raise ValueError(f"{_STATE_HASH}: expected 'form' and 'sha256'")
    try:
        sha256 = bytes.fromhex(digits)
    except ValueError:
        sha256 = b""
    if len(sha256) != SHA256_BYTES or len(found) > 2:
        raise ValueError(f"{_STATE_HASH}: expected 'form' and 'sha256', of 64 digits")
    return StateHash(form, sha256)


class JsonLinesReader:
    """Reads JSON lines as a trace: the header at once, the records as they are asked for."""

    def __init__(self, stream: IO[bytes], file: str) -> None:
        """Read the header. Raises JsonLinesError naming ``file`` and line where there is none."""
        self._file = file
        self._lines = read_json_lines(stream, self._refusal)
        first = next(self._lines, None)
        if first is None:
            raise self._refusal("the file is empty", 1)
        number, members = first
        try:
            self.header: Header = header_from_json(members)
        except ValueError as error:
            failure = self._refusal(str(error), number)
            if "vectors" in members:
                failure.hint = "Conformance vectors become traces by `necp-replay import vectors`."
            raise failure from None

    def write_to(
        self,
        writer: TraceWriter,
        watch: WatchLines = iter,
        hashes: NewStateHashes | None = None,
    ) -> None:
        """Write every record to a trace. Raises JsonLinesError naming file and line.

        ``hashes`` makes the hashes of states; without it, those of the lines are kept.
        """
        for number, members in watch(self._lines):
            try:
                state_hash = pop_state_hash(members)
                step, outcome = record_from_json(members)
                if hashes is not None:
                    state_hash = hashes.after(step, outcome)
                writer.write(step, outcome, state_hash)
            except ValueError as error:
                raise self._refusal(str(error), number) from None

    def _refusal(self, reason: str, line: int) -> JsonLinesError:
        return JsonLinesError(reason, file=self._file, line=line)


_STATE_HASH: Final = "state_hash"
_FORM_MAX: Final = 0xFFFF_FFFF


def _line(form: dict[str, Any]) -> str:
    return json.dumps(form, separators=(",", ":")) + "\n"
