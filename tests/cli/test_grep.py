"""`necp-replay grep`, and the other commands that look for records in many traces."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.workplace import Workplace

ROOT = Path(__file__).parents[2]
CLIENT = str(ROOT / "traces" / "client")
REFUSED = f"{CLIENT}/remove_refused.necptrace"
REFUSALS = "REMOVE and errno any"


def test_each_record_is_a_line_with_trace_number_title_and_status(workplace: Workplace) -> None:
    printed = workplace.run("grep", REFUSALS, CLIENT)
    assert printed.status == 0
    assert printed.out.splitlines()[0] == (
        f"{REFUSED}:4 necp_client_action REMOVE pid=100 fd=3 client=NULL -> EINVAL"
    )


def test_counts_names_and_lines_agree(workplace: Workplace) -> None:
    lines = workplace.run("grep", REFUSALS, CLIENT).out.splitlines()
    counts = workplace.run("grep", "-c", REFUSALS, CLIENT).out.splitlines()
    names = workplace.run("grep", "-l", REFUSALS, CLIENT).out.splitlines()
    documents = [
        json.loads(line)
        for line in workplace.run("grep", "--format", "json", REFUSALS, CLIENT).out.splitlines()
    ]
    assert len(lines) == sum(int(line.rpartition(": ")[2]) for line in counts) == len(documents)
    assert [line.rpartition(": ")[0] for line in counts] == names
    assert [f"{each['trace']}:{each['record']} {each['title']}" for each in documents] == [
        line.rpartition(" -> ")[0] for line in lines
    ]


def test_nothing_found_is_status_1_as_of_grep(workplace: Workplace) -> None:
    printed = workplace.run("grep", "effect panic and pid 99", CLIENT)
    assert (printed.status, printed.out) == (1, "")


def test_a_trace_that_cannot_be_read_is_reported_and_the_others_are_searched(
    workplace: Workplace,
) -> None:
    path = workplace.record()
    workplace.write("traces/broken.necptrace", "no trace")
    printed = workplace.run("grep", "REMOVE", "traces")
    assert printed.status == 2
    assert str(path.relative_to(workplace.root)) in printed.out
    assert "broken.necptrace" in printed.err


def test_a_wrong_expression_is_named_with_its_place(workplace: Workplace) -> None:
    printed = workplace.run("grep", "errno!", CLIENT)
    assert printed.status == 2
    assert "^" in printed.err


def test_show_takes_folders_and_names_the_trace_of_what_it_shows(workplace: Workplace) -> None:
    lines = workplace.run("show", CLIENT, "--select", REFUSALS).out.splitlines()
    assert lines[0] == REFUSED
    assert lines[1].startswith("4 1s necp_client_action REMOVE")


def test_show_of_folders_names_the_trace_in_json(workplace: Workplace) -> None:
    out = workplace.run("show", CLIENT, "--select", REFUSALS, "--format", "json").out
    assert json.loads(out.splitlines()[0])["trace"] == REFUSED


def test_explain_takes_folders_with_a_selection(workplace: Workplace) -> None:
    printed = workplace.run("explain", CLIENT, "--select", "UPDATE_CACHE and errno EFAULT")
    assert printed.status == 0
    assert printed.out.count("EFAULT: check ") == 4


def test_explain_of_folders_needs_a_selection(workplace: Workplace) -> None:
    printed = workplace.run("explain", CLIENT, "--record", "3")
    assert printed.status == 2
    assert "--select" in printed.err


@pytest.mark.parametrize("command", ["info", "doctor", "show"])
def test_both_spellings_of_json_print_the_same(workplace: Workplace, command: str) -> None:
    one = workplace.run(command, REFUSED, "--format", "json")
    other = workplace.run(command, REFUSED, "--json")
    assert one.out == other.out
    assert json.loads(one.out.splitlines()[0] if command == "show" else one.out)
    assert "--json" not in workplace.run(command, "--help").out


@pytest.mark.parametrize("command", ["replay", "explain"])
def test_the_older_spelling_works_where_format_was_the_only_one(
    workplace: Workplace, command: str
) -> None:
    words = ["--record", "4"] if command == "explain" else []
    one = workplace.run(command, REFUSED, *words, "--format", "json")
    other = workplace.run(command, REFUSED, *words, "--json")
    assert set(one.json()) == set(other.json())


@pytest.mark.parametrize(
    "command",
    [
        ("grep", "errno any"),
        ("show", "--select", "errno any"),
        ("explain", "--select", "errno any"),
    ],
    ids=["grep", "show", "explain"],
)
def test_a_search_ends_silently_when_its_output_pipe_is_closed(command: tuple[str, ...]) -> None:
    name, *words = command
    paths = (CLIENT,)
    arguments = (name, *words, *paths) if name == "grep" else (name, *paths, *words)
    process = subprocess.Popen(
        [sys.executable, "-m", "necp_replay", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == ""
    process.wait(60)


def test_an_error_in_a_selection_says_where_in_the_expression(workplace: Workplace) -> None:
    printed = workplace.run("grep", "foo", ".")
    assert printed.err.startswith("necp-replay: EXPR: at character 1: no kind has this name")
