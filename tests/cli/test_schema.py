"""`necp-replay schema`: the schemas of all JSON outputs, held against what commands print."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from necp_replay.bench.measure_phases import PhaseCost
from necp_replay.bench.measure_storms import StormCost
from necp_replay.cli.command_line import build_parser
from necp_replay.report.bench import bench_json
from necp_replay.report.json_schemas import JSON_OUTPUTS, json_schema
from tests.cli.workplace import NEW, OLD, SCENARIO, Workplace
from tests.engines.programs import odd_command

TRACE: Final = "traces/remove_twice.necptrace"
OTHER: Final = "traces/other.necptrace"
BETWEEN: Final = ("--from", OLD, "--to", NEW)
JSON: Final = ("--format", "json")


def _ordinary(place: Workplace) -> None:
    """A second trace, a damaged one, and a file to attach."""
    whole = (place.root / TRACE).read_bytes()
    (place.root / OTHER).write_bytes(whole)
    (place.root / "bad").mkdir()
    (place.root / "bad/damaged.necptrace").write_bytes(whole[:-90])
    (place.root / "bad/nothing.necptrace").write_bytes(b"nothing")
    place.write("note.txt", "A note.\n")


def _accepted(place: Workplace) -> None:
    """Goldens, of which one differs, and rules."""
    place.write(
        "necp-replay.toml",
        'traces = "traces"\n[[expected]]\nreason = "none"\naction = "ignored"\n'
        'record = "COPY_RESULT"\n',
    )
    place.run("accept", "traces")
    golden = place.root / "golden" / f"remove_twice@{NEW}.golden"
    golden.write_bytes((place.root / "golden" / "remove_twice.golden").read_bytes())


def _engine(place: Workplace) -> str:
    return odd_command(place.root, "outcome.errno = 99")


def _bench(_: Workplace) -> str:
    """What `bench` prints of two measurements. Measuring takes seconds."""
    phase = PhaseCost("add", NEW, "decode", 60, 0.1, 1.5, 1.0, 1_000_000)
    storm = StormCost("clients", NEW, 2, 2, 2, 1, 2, 0.5, 1.0, 0.1, 1.0, 1.0, 1_000_000)
    return bench_json([phase], [storm])


def _joins(place: Workplace) -> None:
    for name, pid in (("one", 300), ("two", 200)):
        place.write(
            f"{name}.py",
            SCENARIO.replace("remove_twice", name)
            .replace("    app =", f"    system.advance({pid})\n    app =")
            .replace("100", str(pid)),
        )
        place.run("record", f"{name}.py", "-o", ".", "--release", NEW)


def _log(place: Workplace) -> None:
    """A log with a drop, and policies that were in force."""
    place.write(
        "system.log",
        "2024-09-01 10:00:00.123456-0700  localhost kernel[0]: tcp drop outgoing"
        " [192.168.1.5:50000<->10.0.0.9:443] interface: en0 (skipped: 0)\n"
        "so_gencnt: 7 t_state: SYN_SENT process: curl:812 so_error: 0 reason: NECP\n"
        "2024-09-01 10:00:01.223456-0700  localhost App[7]: Failed to copy updated result (22)\n",
    )
    place.write(
        "policies.py",
        "from necp_replay.scenario.policies import drop\n\n"
        "def policies(system):\n"
        "    owner = system.add_process(300, privileged=True, platform_binary=True)\n"
        "    session = owner.open_policy_session()\n"
        "    session.add_policy(order=7, result=drop())\n"
        "    session.apply_all()\n",
    )


def _damaged_among(place: Workplace) -> None:
    """A damaged trace among those of the project."""
    whole = (place.root / TRACE).read_bytes()
    (place.root / "traces/damaged.necptrace").write_bytes(whole[:-90])


def _unused(place: Workplace) -> None:
    """A golden of no trace, and no damaged trace."""
    (place.root / "traces/damaged.necptrace").unlink()
    place.write("necp-replay.toml", 'traces = "traces"\n')
    place.run("accept", "traces")
    (place.root / "golden/unused.golden").write_bytes(
        (place.root / "golden/remove_twice.golden").read_bytes()
    )


def _report(place: Workplace) -> None:
    """A report to export."""
    place.write("report.json", place.run("replay", "traces", *JSON).out)


def _ill_scenario(place: Workplace) -> None:
    """A scenario that fails, beside one that works."""
    place.write("scenarios/bad.py", SCENARIO.replace("== 0", "== 1").replace("twice", "never"))


def _shards(place: Workplace) -> None:
    """The reports of both shards of a replay."""
    for index in (1, 2):
        part = ("--shard", f"{index}/2", "--no-cache", *JSON)
        place.write(f"shard-{index}.json", place.run("replay", "traces", *part).out)


CASES: Final[dict[str, tuple[Any, ...]]] = {
    "accept": (
        ("accept", "traces", "--dry-run", *JSON),
        _damaged_among,
        ("accept", "traces", "--dry-run", *JSON),
        _unused,
        ("accept", "traces", *JSON),
        ("accept", "traces", "--remove-unused", *JSON),
        ("accept", "traces", "--reformat", *JSON),
    ),
    "actions": (("actions", *JSON),),
    "anonymize": (("anonymize", TRACE, "-o", "a.necptrace", "--seed", "1", *JSON),),
    "attachments": (
        ("attachments", TRACE, *JSON),
        ("attachments", TRACE, "--add", "note.txt", "-o", "b.necptrace", *JSON),
        ("attachments", "b.necptrace", "--extract", "out", *JSON),
    ),
    "bench": (_bench,),
    "bisect": (
        ("bisect", TRACE, *BETWEEN, *JSON),
        ("bisect", TRACE, "--record", "9", *BETWEEN, *JSON),
    ),
    "cat": (("cat", TRACE, OTHER, "-o", "c.necptrace", *JSON),),
    "changelog": (
        ("changelog", OLD, NEW, *JSON),
        ("changelog", OLD, NEW, "--traces", "traces", *JSON),
    ),
    "check-engine": (("check-engine", "false", *JSON),),
    "convert": (("convert", TRACE),),
    "coverage": (("coverage", "traces", *JSON),),
    "coverage-distilled": (("coverage", "traces", "--distill", *JSON),),
    "cut": (("cut", TRACE, "--select", "9", "-o", "d.necptrace", *JSON),),
    "diff-files": (
        ("diff", TRACE, OTHER, *JSON),
        ("diff", TRACE, "d.necptrace", "--all", *JSON),
    ),
    "diff-releases": (
        ("diff", TRACE, *BETWEEN, *JSON),
        ("diff", "bad", *BETWEEN, "--all", *JSON),
    ),
    "doctor": (
        ("doctor", TRACE, "bad/damaged.necptrace", "bad/nothing.necptrace", *JSON),
        ("doctor", "absent.necptrace", *JSON),
    ),
    "explain": (
        ("explain", TRACE, "--record", "7", *JSON),
        ("explain", TRACE, "--record", "9", *JSON),
        ("explain", "traces", "--select", "pid 100", *JSON),
    ),
    "export": (
        ("export", TRACE, "--to", "sqlite", "-o", "t.db", *JSON),
        _report,
        ("export", "report.json", "--to", "sqlite", "-o", "r.db", *JSON),
    ),
    "generate": (("generate", "--seed", "1", "--records", "9", "-o", "r.necptrace", *JSON),),
    "grep": (("grep", "1-9", "traces", *JSON),),
    "import": (
        _log,
        ("import", "system.log", "note.txt", "-o", "field", *JSON),
        ("import", "vectors", "note.txt", "-o", "measured", *JSON),
    ),
    "import-explain": (_log, ("import", "--explain", "system.log", "note.txt", *JSON)),
    "import-formats": (("import", "--list", *JSON),),
    "index": (
        ("index", "traces", "--check", *JSON),
        ("index", "traces", *JSON),
        ("index", "bad", *JSON),
    ),
    "index-checkpoints": (
        ("index", "traces", "--checkpoints", *JSON),
        ("index", "bad", "--checkpoints", *JSON),
    ),
    "info": (
        ("info", TRACE, "bad/nothing.necptrace", "absent.necptrace", *JSON),
        ("info", TRACE, "--scan", "--select", "1-5", *JSON),
    ),
    "init": (("init", "new", *JSON),),
    "matrix": (("matrix", "traces", *BETWEEN, *JSON),),
    "merge": (
        _joins,
        ("merge", "one.necptrace", "two.necptrace", "-o", "e.necptrace", *JSON),
    ),
    "minimize": (("minimize", TRACE, *BETWEEN, "-o", "f.necptrace", *JSON),),
    "record": (
        _ill_scenario,
        ("record", "scenarios/remove.py", "-o", "traces", *JSON),
        ("record", "scenarios", "-o", "made", *JSON),
    ),
    "record-check": (
        _ill_scenario,
        ("record", "scenarios", "-o", "traces", "--check", *JSON),
    ),
    "recover": (
        ("recover", "bad/damaged.necptrace", "-o", "g.necptrace", *JSON),
        ("recover", TRACE, "-o", "h.necptrace", *JSON),
    ),
    "releases": (("releases", *JSON),),
    "releases-diff": (
        ("releases", "diff", OLD, NEW, *JSON),
        ("releases", "diff", OLD, NEW, "--traces", "traces", *JSON),
    ),
    "replay": (
        ("replay", TRACE, *JSON),
        ("replay", "bad/damaged.necptrace", "bad/nothing.necptrace", *JSON),
        ("replay", TRACE, "--release", OLD, "--no-rules", *JSON),
        ("replay", TRACE, "--engine", _engine, "--engine-limit", "60", *JSON),
        _accepted,
        ("replay", "traces", *JSON),
        ("replay", "traces", "--shard", "1/2", "--until-different", "--no-cache", *JSON),
    ),
    "report-merge": (
        _shards,
        ("report", "merge", "shard-1.json", "shard-2.json", *JSON),
    ),
    "schema": (("schema", *JSON),),
    "show": (("show", TRACE, *JSON), ("show", TRACE, OTHER, *JSON)),
    "state": (
        ("state", TRACE, "--record", "7", "--before", *JSON),
        ("state", TRACE, "--path", "client", "--path", "counters/*", "--record", "7", *JSON),
    ),
    "state-watch": (("state", TRACE, "--watch", "counters/*", *JSON),),
    "split": (("split", TRACE, "--by", "pid", "-o", "parts", *JSON),),
    "why": (
        _log,
        ("why", "system.log", *JSON),
        ("why", "system.log", "-o", "why.py", "--policies", "policies.py", *JSON),
    ),
    "step": (
        (
            *("step", TRACE, "-c", "to 9", "-c", "explain", "-c", "state", "-c", "state client"),
            *("-c", "what-if drop", "-c", "edits", "-c", "to start", "-c", "help", *JSON),
        ),
    ),
}
"""For each schema, commands that print such an output, and what is done between them."""


def _outputs(place: Workplace, name: str) -> Iterator[Any]:
    for case in CASES[name]:
        if callable(case):
            if text := case(place):
                yield json.loads(text)
            continue
        words = [word(place) if callable(word) else word for word in case]
        printed = place.run(*words)
        assert printed.out, printed
        yield from _documents(name, words, printed.out)


def _documents(name: str, words: Sequence[str], printed: str) -> Iterator[Any]:
    """What a command printed: one document, or one in each line."""
    is_lines = JSON_OUTPUTS[name].is_lines or ("--select" in words and name == "explain")
    if printed:
        yield from map(json.loads, printed.splitlines() if is_lines else (printed,))


def _validator(place: Workplace, name: str) -> Draft202012Validator:
    """The validator of the schema as the command prints it."""
    schema = place.run("schema", name).json()
    if name not in ("grep", "show"):  # They have the large one of `convert`.
        Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture
def place(workplace: Workplace) -> Workplace:
    """A folder with traces."""
    workplace.record()
    _ordinary(workplace)
    return workplace


@pytest.mark.parametrize("name", CASES)
def test_what_a_command_prints_is_as_its_schema_says(place: Workplace, name: str) -> None:
    validator = _validator(place, name)
    if name == "diff-files":
        place.run("cut", TRACE, "--select", "1-8", "-o", "d.necptrace")
    documents = list(_outputs(place, name))
    assert documents
    for document in documents:
        validator.validate(document)
        version = "necptrace" if "necptrace" in document else "schema_version"
        if name != "convert":
            assert document[version] == 1


_READ: Final = (
    *(TRACE, "traces", "system.log", "one.necptrace", "bad/damaged.necptrace"),
    *("shard-1.json", "scenarios/remove.py", "scenarios"),
)
"""What commands in CASES read."""


@pytest.mark.parametrize("source", ["absent.necptrace", "bad/damaged.necptrace"])
def test_what_cannot_be_read_is_told_on_standard_error_and_no_output_is_cut_short(
    place: Workplace, source: str
) -> None:
    told = 0
    for name, words in _first_words():
        if not any(word in _READ for word in words):
            continue
        printed = place.run(*(source if word in _READ else word for word in words))
        assert printed.status == 2 or source != "absent.necptrace", (words, printed)
        assert printed.err.startswith("necp-replay: ") or printed.status != 2, (words, printed)
        assert printed.out == "" or printed.out.endswith("\n"), words
        told += printed.status == 2
        for document in _documents(name, words, printed.out):
            assert {"schema_version", "necptrace", "op"} & document.keys(), words
            if name not in ("convert", "grep", "show"):  # They have the largest schema.
                Draft202012Validator(json_schema(name)).validate(document)
    assert told > 20


def _first_words() -> Iterator[tuple[str, list[str]]]:
    """The words of one command for each schema."""
    for name, cases in CASES.items():
        yield from ((name, list(case)) for case in cases[:2] if isinstance(case, tuple))


@pytest.mark.parametrize("name", CASES)
def test_a_schema_allows_no_other_member_and_none_less(name: str) -> None:
    definitions = json_schema(name)["$defs"]
    loose = [
        each
        for each, schema in definitions.items()
        if "properties" in schema
        and "allOf" not in schema
        and schema.get("additionalProperties") is not False
    ]
    assert loose == []


def test_every_command_that_prints_json_has_a_schema() -> None:
    commands = {output.command.split()[0] for output in JSON_OUTPUTS.values()}
    assert commands == {*_commands_with_json(), "convert"}
    assert CASES.keys() == JSON_OUTPUTS.keys()


def test_a_schema_that_there_is_not_names_those_like_it(workplace: Workplace) -> None:
    printed = workplace.run("schema", "diff")
    assert (printed.status, "diff-files, diff-releases" in printed.err) == (2, True)
    assert workplace.run("schema", "nonesuch").status == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.pop("records"),
        lambda found: found.update(more=1),
        lambda found: found.update(records=-1),
        lambda found: found["per_trace"][0].update(verdict="fine"),
        lambda found: found["per_trace"][0].pop("error"),
        lambda found: found.update(schema_version=2),
    ],
)
def test_another_document_is_refused(place: Workplace, change: Callable[[Any], object]) -> None:
    document = place.run("replay", TRACE, *JSON).json()
    change(document)
    assert not Draft202012Validator(json_schema("replay")).is_valid(document)


def _commands_with_json() -> set[str]:
    """The commands that have ``--format json``, each with its older spelling, which is silent."""
    return {name for name, parser in _commands_of(build_parser()) if _has_json(parser)}


def _commands_of(
    parser: argparse.ArgumentParser,
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _has_json(parser: argparse.ArgumentParser) -> bool:
    """Whether a command, or one inside of it, prints JSON."""
    options = {option: action for action in parser._actions for option in action.option_strings}
    if "--json" in options:
        assert options["--json"].help == argparse.SUPPRESS
    if "json" in (getattr(options.get("--format"), "choices", None) or ()):
        assert "--json" in options, parser.prog
        return True
    return any(_has_json(inner) for _, inner in _commands_of(parser))
