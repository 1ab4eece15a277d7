"""The JSON Schemas of everything that commands print as JSON, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypedDict

from necp_replay.coverage.baseline import CoverageDocument
from necp_replay.dataclass import dataclass
from necp_replay.explain.explanation import RecordExplanation
from necp_replay.report.accept_json import AcceptDocument
from necp_replay.report.actions import ActionsDocument
from necp_replay.report.anonymize import AnonymizeDocument
from necp_replay.report.attachments import AttachmentsDocument
from necp_replay.report.bench import BenchDocument
from necp_replay.report.changelog_json import ChangelogDocument
from necp_replay.report.conformance import ConformanceDocument
from necp_replay.report.cuts import CutsDocument, JoinDocument
from necp_replay.report.diff_json import DiffDocument
from necp_replay.report.distill import DistilledDocument
from necp_replay.report.doctor import DoctorDocument
from necp_replay.report.explain_json import WRITTEN_AS
from necp_replay.report.export_json import ExportDocument
from necp_replay.report.files_json import FilesDocument
from necp_replay.report.generate_json import GenerateDocument
from necp_replay.report.import_json import FormatsDocument, ImportDocument, ImportLine
from necp_replay.report.index_json import CheckpointsDocument, IndexDocument
from necp_replay.report.info_json import InfoDocument
from necp_replay.report.init_json import InitDocument
from necp_replay.report.json_schema import Schema, schema_of
from necp_replay.report.json_text import json_text
from necp_replay.report.matrix_text import MatrixDocument
from necp_replay.report.minimize_text import MinimizeDocument
from necp_replay.report.record_json import RecordCheckDocument, RecordDocument
from necp_replay.report.record_schema import TraceLine
from necp_replay.report.recovery import RecoveryDocument
from necp_replay.report.releases import FactsDocument, ReleasesDocument
from necp_replay.report.replay_json import ReplayDocument
from necp_replay.report.show_json import ShownRecordObject
from necp_replay.report.since_when import SinceWhenDocument
from necp_replay.report.state_json import StateChangeDocument, StateDocument
from necp_replay.report.step_json import StepDocument
from necp_replay.report.table import left, table
from necp_replay.report.why_json import WhyDocument


@dataclass(frozen=True, slots=True)
class JsonOutput:
    """What a command prints as JSON: the command, what it is, and the type that declares it.

    With ``is_lines`` each line is such an object.
    """

    command: str
    title: str
    declared: Any
    is_lines: bool = False


class OutputObject(TypedDict):
    """A schema: the command that prints what it describes, and whether each line is such."""

    name: str
    command: str
    title: str
    is_lines: bool


class OutputsDocument(TypedDict):
    """The schemas of all outputs."""

    schema_version: Literal[1]
    schemas: list[OutputObject]


JSON_OUTPUTS: Final[Mapping[str, JsonOutput]] = {
    "accept": JsonOutput("accept", "Goldens that were accepted", AcceptDocument),
    "actions": JsonOutput("actions", "What the engine models", ActionsDocument),
    "anonymize": JsonOutput("anonymize", "An anonymized trace", AnonymizeDocument),
    "attachments": JsonOutput("attachments", "The attachments of a trace", AttachmentsDocument),
    "bench": JsonOutput("bench", "Speed and memory", BenchDocument),
    "bisect": JsonOutput("bisect", "Since when a trace behaves so", SinceWhenDocument),
    "cat": JsonOutput("cat", "A trace joined from others", JoinDocument),
    "changelog": JsonOutput("changelog", "Release notes of behaviour", ChangelogDocument),
    "check-engine": JsonOutput("check-engine", "A test of an engine", ConformanceDocument),
    "convert": JsonOutput("convert", "A line of a trace as JSON lines", TraceLine, is_lines=True),
    "coverage": JsonOutput("coverage", "What traces exercise", CoverageDocument),
    "coverage-distilled": JsonOutput(
        "coverage --distill", "The cheapest traces that exercise the same", DistilledDocument
    ),
    "cut": JsonOutput("cut", "A cut of a trace", CutsDocument),
    "diff-files": JsonOutput("diff A B", "Two files compared", FilesDocument),
    "diff-releases": JsonOutput("diff --from --to", "Traces on two releases", DiffDocument),
    "doctor": JsonOutput("doctor", "What was found in traces", DoctorDocument),
    "explain": JsonOutput("explain", "The explanation of a record", RecordExplanation),
    "export": JsonOutput("export", "A trace or a report that was exported", ExportDocument),
    "generate": JsonOutput("generate", "A generated trace", GenerateDocument),
    "grep": JsonOutput("grep", "A record that was found", ShownRecordObject, is_lines=True),
    "import": JsonOutput("import", "What an import made of files", ImportDocument),
    "import-explain": JsonOutput(
        "import --explain",
        "How a line was used, and at the end the result",
        ImportLine,
        is_lines=True,
    ),
    "import-formats": JsonOutput("import --list", "The formats that are imported", FormatsDocument),
    "index": JsonOutput("index", "An index page of traces", IndexDocument),
    "index-checkpoints": JsonOutput(
        "index --checkpoints", "Checkpoints beside traces", CheckpointsDocument
    ),
    "info": JsonOutput("info", "Summaries of traces", InfoDocument),
    "init": JsonOutput("init", "The files of a new project", InitDocument),
    "matrix": JsonOutput("matrix", "Which releases behave alike", MatrixDocument),
    "merge": JsonOutput("merge", "A trace merged from others", JoinDocument),
    "minimize": JsonOutput("minimize", "The smallest trace of a difference", MinimizeDocument),
    "record": JsonOutput("record", "Traces of scenarios", RecordDocument),
    "record-check": JsonOutput(
        "record --check", "Traces that are out of date", RecordCheckDocument
    ),
    "recover": JsonOutput("recover", "A recovered trace", RecoveryDocument),
    "releases": JsonOutput("releases", "The modelled releases", ReleasesDocument),
    "releases-diff": JsonOutput("releases diff", "Facts that differ", FactsDocument),
    "replay": JsonOutput("replay", "A replay of traces", ReplayDocument),
    "report-merge": JsonOutput("report merge", "A replay from its shards", ReplayDocument),
    "schema": JsonOutput("schema", "The schemas of all outputs", OutputsDocument),
    "show": JsonOutput("show", "A record of a trace", ShownRecordObject, is_lines=True),
    "split": JsonOutput("split", "Cuts of a trace", CutsDocument),
    "why": JsonOutput("why", "Why a log says that something failed", WhyDocument),
    "state": JsonOutput("state", "The state at a record", StateDocument),
    "state-watch": JsonOutput(
        "state --watch", "A record that changed the state", StateChangeDocument, is_lines=True
    ),
    "step": JsonOutput("step", "What a command of stepping shows", StepDocument, is_lines=True),
}
"""Every output, by the name of its schema."""


def json_schema(name: str) -> Schema:
    """The schema of one output. Raises KeyError for a name that is not in JSON_OUTPUTS."""
    output = JSON_OUTPUTS[name]
    what = (
        f"{output.title}: {'one line of ' if output.is_lines else ''}`necp-replay {output.command}`"
    )
    return schema_of(output.declared, name, what, WRITTEN_AS)


def outputs_json() -> str:
    """The names of the schemas, with the commands, as JSON."""
    document: OutputsDocument = {
        "schema_version": 1,
        "schemas": [
            {
                "name": name,
                "command": output.command,
                "title": output.title,
                "is_lines": output.is_lines,
            }
            for name, output in JSON_OUTPUTS.items()
        ],
    }
    return json_text(document)


def outputs_table() -> str:
    """The names of the schemas, with the commands."""
    rows = [
        [name, f"necp-replay {output.command}", "each line" if output.is_lines else "the output"]
        for name, output in JSON_OUTPUTS.items()
    ]
    return table(left("schema", "command", "describes"), rows)
