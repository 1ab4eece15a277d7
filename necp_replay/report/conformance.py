"""The conformance of an external engine, as text and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any, Final, Literal, TypedDict

from necp_replay.engines.conformance import (
    SEED,
    Answers,
    CheckResult,
    Conformance,
    FirstDifference,
)
from necp_replay.outcomes.shell_text import command_line
from necp_replay.report.diff_json import DifferenceObject, difference_object
from necp_replay.report.fields_text import field_lines
from necp_replay.report.json_schema import Ordinal
from necp_replay.report.json_text import json_text
from necp_replay.report.style import Style
from necp_replay.report.table import left, right, table


class FirstDifferenceObject(TypedDict):
    """The first answer of one kind of input that differs: ours is expected, theirs actual."""

    record: Ordinal
    title: str
    differences: list[DifferenceObject]


class ConformanceDocument(TypedDict):
    """Whether a program keeps the rules of the protocol, and how its answers compare with ours.

    ``first_differences`` and ``answers`` are by the kind of input.
    """

    schema_version: Literal[1]
    engine: str
    release: str
    follows_protocol: bool
    rules: Annotated[list[dict[str, Any]], list[CheckResult]]
    first_differences: dict[str, FirstDifferenceObject]
    answers: Annotated[dict[str, dict[str, Any]], dict[str, Answers]]


def conformance_text(found: Conformance) -> str:
    """A table of the rules of the protocol, and a table that compares the answers."""
    rules = [
        ("ok" if result.kept else "BROKEN", result.rule, result.seen) for result in found.results
    ]
    blocks = [table(left("", "rule", "seen"), rules)]
    if found.answers:
        rows = [
            (name, each.same, each.different, each.not_modelled)
            for name, each in sorted(found.answers.items())
        ]
        total = found.total()
        rows.append(("all", total.same, total.different, total.not_modelled))
        columns = [*left("input"), *right("same", "differ", "not modelled")]
        blocks.append(table(columns, rows))
    blocks += ("\n".join(_example(name, each)) for name, each in sorted(found.first.items()))
    if found.first:
        blocks.append("\n".join(_commands(found)))
    return "\n\n".join(blocks)


def _example(name: str, first: FirstDifference) -> Iterator[str]:
    """The first answer to one kind of input that differs, field by field."""
    yield f"{name}, first at record {first.record}"
    yield f"  {first.title}"
    yield from field_lines(first.fields, _SIDES, Style(coloured=False), "  ")


def _commands(found: Conformance) -> Iterator[str]:
    """The commands that show all differences, with what came before each."""
    yield "See all of them:"
    words = ("--seed", str(SEED), "--records", str(found.records), "--release", found.release)
    yield f"  {command_line('necp-replay', 'generate', *words, '-o', _TRACE)}"
    yield f"  {command_line('necp-replay', 'replay', _TRACE, '--engine', found.command)}"


_SIDES: Final = ("ours", "program")
_TRACE: Final = "generated.necptrace"


def conformance_json(found: Conformance) -> str:
    """The result as JSON."""
    document: ConformanceDocument = {
        "schema_version": 1,
        "engine": found.command,
        "release": found.release,
        "follows_protocol": found.follows_protocol,
        "rules": [asdict(result) for result in found.results],
        "first_differences": {
            name: {
                "record": each.record,
                "title": each.title,
                "differences": [difference_object(field) for field in each.fields],
            }
            for name, each in sorted(found.first.items())
        },
        "answers": {name: asdict(each) for name, each in sorted(found.answers.items())},
    }
    return json_text(document)
