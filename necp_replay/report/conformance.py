"""The conformance of an external engine, as text and JSON."""

from __future__ import annotations

from dataclasses import asdict

from necp_replay.engines.conformance import Conformance
from necp_replay.report.json_text import json_text
from necp_replay.report.table import left, right, table


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
    return "\n\n".join(blocks)


def conformance_json(found: Conformance) -> str:
    """The result as JSON (docs/using.md)."""
    return json_text(
        {
            "engine": found.command,
            "release": found.release,
            "follows_protocol": found.follows_protocol,
            "rules": [asdict(result) for result in found.results],
            "answers": {name: asdict(each) for name, each in sorted(found.answers.items())},
        }
    )
