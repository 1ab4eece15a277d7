"""Both sides of a difference as the page has them: decoded lines, JSON lines, and bytes."""

from __future__ import annotations

import json
from typing import Any

from necp_replay.events.json_form import outcome_to_json, step_to_json
from necp_replay.outcomes.sides import Sides
from necp_replay.outcomes.title_words import with_quotes
from necp_replay.report.hexdump import buffers_passed, buffers_returned
from necp_replay.report.html.texts import Texts


def sides_shown(sides: Sides, texts: Texts) -> dict[str, Any]:
    """Both sides, with the numbers of their texts and parts."""
    passed, expected, actual = _buffers(sides)
    names = dict.fromkeys((*expected, *actual))
    return {
        "passed": texts.lines([*map(with_quotes, sides.passed)]),
        "expected": texts.lines([*map(with_quotes, sides.expected)]),
        "actual": texts.lines([*map(with_quotes, sides.actual)]),
        "raw": [texts.raw(text) for text in _json_lines(sides)],
        "bytes_passed": [
            [texts.text(name), texts.text(content.hex())] for name, content in passed.items()
        ],
        "bytes_returned": [
            [
                texts.text(name),
                texts.optional(_hex(expected.get(name))),
                texts.optional(_hex(actual.get(name))),
            ]
            for name in names
        ],
    }


def _json_lines(sides: Sides) -> list[str | None]:
    """The step and both outcomes as JSON lines. None for a side without an outcome."""
    step = sides.step
    if step is None:
        return [None, None, None]
    written: list[dict[str, Any] | None] = [step_to_json(step)]
    for outcome in (sides.expected_outcome, sides.actual_outcome):
        written.append(
            None
            if outcome is None
            else outcome_to_json(outcome, step.input, measured_only=sides.measured_only)
        )
    return [None if each is None else json.dumps(each, separators=(",", ":")) for each in written]


def _buffers(sides: Sides) -> tuple[dict[str, bytes], dict[str, bytes], dict[str, bytes]]:
    """The buffers of a record by name: passed, expected to be returned, and returned."""
    passed = {} if sides.step is None else dict(buffers_passed(sides.step.input))
    expected, actual = (
        {} if outcome is None else dict(buffers_returned(outcome))
        for outcome in (sides.expected_outcome, sides.actual_outcome)
    )
    return passed, expected, actual


def _hex(content: bytes | None) -> str | None:
    return None if content is None else content.hex()
