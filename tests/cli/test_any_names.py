"""Commands take names of files with any bytes that a file system gives."""

import json
import os
import shutil
from typing import Any

import pytest

from tests.cli.workplace import NEW, OLD, SCENARIO, Workplace

FOLDER = os.fsdecode(b"traces/f\xff\xe2\x8c\x98")
TRACE = f"{FOLDER}/" + os.fsdecode(b"a \xfe\n\x1b.necptrace")
OTHER = f"{FOLDER}/b.necptrace"
PAIR = ("--from", OLD, "--to", NEW)

COMMANDS = {
    "replay": ("replay", "traces"),
    "replay in two processes": ("replay", "traces", "--jobs", "2"),
    "replay to reports": ("replay", "traces", "--html", "r.html", "--junit", "r.xml", "--github"),
    "accept": ("accept", "traces"),
    "diff": ("diff", "traces", *PAIR),
    "diff of files": ("diff", TRACE, OTHER, "--html", "r.html", "--junit", "r.xml", "--github"),
    "info": ("info", TRACE),
    "info of a folder": ("info", "traces"),
    "show": ("show", TRACE, "--textconv"),
    "doctor": ("doctor", "traces"),
    "convert": ("convert", TRACE, "-o", f"{TRACE}.jsonl"),
    "explain": ("explain", TRACE, "--record", "7"),
    "state": ("state", TRACE, "--record", "7"),
    "cut": ("cut", TRACE, "--select", "7", "-o", f"{FOLDER}/cut.necptrace"),
    "cat": ("cat", TRACE, OTHER, "-o", f"{FOLDER}/cat.necptrace"),
    "split": ("split", TRACE, "--by", "pid", "-o", FOLDER),
    "recover": ("recover", TRACE, "-o", f"{FOLDER}/recovered.necptrace"),
    "anonymize": ("anonymize", TRACE, "--seed", "1", "--map", f"{TRACE}.map", "-o", "a.necptrace"),
    "attachments": ("attachments", TRACE, "--add", TRACE, "-o", f"{FOLDER}/more.necptrace"),
    "coverage": ("coverage", "traces"),
    "index": ("index", FOLDER),
    "releases": ("releases", "diff", OLD, NEW, "--traces", "traces"),
    "record": ("record", FOLDER, "-o", FOLDER, "--attach-source", "--attach", TRACE),
}
AS_JSON = {
    "replay": ("replay", "traces", "--format", "json"),
    "diff": ("diff", "traces", *PAIR, "--format", "json"),
    "diff of files": ("diff", TRACE, OTHER, "--format", "json"),
    "info": ("info", "traces", "--json"),
    "doctor": ("doctor", "traces", "--json"),
    "coverage": ("coverage", "traces", "--json"),
    "state": ("state", TRACE, "--record", "7", "--json"),
    "cut": ("cut", TRACE, "--select", "7", "-o", f"{FOLDER}/cut.necptrace", "--json"),
    "cat": ("cat", TRACE, OTHER, "-o", f"{FOLDER}/cat.necptrace", "--json"),
    "anonymize": ("anonymize", TRACE, "--seed", "1", "-o", f"{FOLDER}/x.necptrace", "--json"),
    "releases": ("releases", "diff", OLD, NEW, "--traces", "traces", "--format", "json"),
}


@pytest.fixture
def named(workplace: Workplace) -> Workplace:
    """Two traces and a scenario with such names, with goldens, and a golden without a trace."""
    recorded = workplace.record()
    (workplace.root / FOLDER).mkdir()
    shutil.copy(recorded, workplace.root / OTHER)
    shutil.move(recorded, workplace.root / TRACE)
    assert workplace.run("accept", "traces").status == 0
    workplace.write(os.fsdecode(b"golden/gone\xff.golden"), "")
    workplace.write(f"{FOLDER}/" + os.fsdecode(b"scenario\xff.py"), SCENARIO)
    return workplace


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_names_it_in_text_that_can_be_encoded(
    named: Workplace, command: tuple[str, ...]
) -> None:
    printed = named.run(*command)
    assert printed.status in (0, 1, 4), printed.err
    for text in (printed.out, printed.err):
        assert "\x1b" not in text


@pytest.mark.parametrize("command", AS_JSON.values(), ids=AS_JSON)
def test_json_holds_no_lone_surrogates(named: Workplace, command: tuple[str, ...]) -> None:
    printed = named.run(*command)
    assert printed.status in (0, 1, 4), printed.err
    json.dumps(json.loads(printed.out), ensure_ascii=False).encode()


def test_the_recorded_trace_names_its_scenario_and_attachments(named: Workplace) -> None:
    assert named.run(*COMMANDS["record"]).status == 0
    recorded = f"{FOLDER}/remove_twice.necptrace"
    listed: Any = named.run("attachments", recorded, "--json").json()
    assert [each["name"] for each in listed["attachments"]] == [
        "a %FE%0A%1B.necptrace",
        "scenario%FF.py",
    ]
    assert "scenario%FF.py::remove_twice" in named.run("show", recorded, "--textconv").out
    assert "remove_twice" not in named.run("record", FOLDER, "-o", FOLDER, "--check").out
