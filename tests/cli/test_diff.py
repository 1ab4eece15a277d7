"""`necp-replay diff` of two releases, as text and as JSON."""

from __future__ import annotations

import shlex
from pathlib import Path

from tests.cli.workplace import NEW, OLD, Workplace

TRACES = str(Path(__file__).parents[2] / "traces" / "differences")
RELEASES = ("--from", OLD, "--to", NEW)


def test_each_group_shows_both_releases_and_the_fact(
    workplace: Workplace,
) -> None:
    workplace.record()
    lines = workplace.run("diff", "traces", *RELEASES).out.splitlines()
    assert lines[:4] == [
        "1. REMOVE of an unknown client  necp_client_remove",
        f"   {OLD}  succeeds silently",
        f"   {NEW}  ENOENT and a log record",
        "   remove_unknown_client_is_error False -> True: 1 record of 1 trace",
    ]
    assert "           xnu-4570.51.1 ENOENT" in lines


def test_exchanging_the_releases_exchanges_values_and_sides(workplace: Workplace) -> None:
    workplace.record()
    lines = workplace.run("diff", "traces", "--from", NEW, "--to", OLD).out.splitlines()
    assert lines[1:4] == [
        f"   {NEW}  ENOENT and a log record",
        f"   {OLD}  succeeds silently",
        "   remove_unknown_client_is_error True -> False: 1 record of 1 trace",
    ]


def test_examples_of_several_traces_take_a_line_each_unless_verbose(
    workplace: Workplace,
) -> None:
    brief = workplace.run("diff", TRACES, *RELEASES).out
    example = f"   {TRACES}/remove_unknown_client.necptrace record 5 REMOVE: status ok retval=0 -> "
    assert example in brief
    full = workplace.run("diff", TRACES, *RELEASES, "-v").out
    assert example not in full
    assert "     record 5 necp_client_action REMOVE pid=100 fd=3 client=#1" in full.splitlines()


def test_json_has_every_group_with_its_totals(workplace: Workplace) -> None:
    report = workplace.run("diff", TRACES, *RELEASES, "--format", "json").json()
    (group,) = [g for g in report["groups"] if g["fact"] == "remove_unknown_client_is_error"]
    per_trace = [trace["groups"].get(group["group"]) for trace in report["per_trace"]]
    found = [counts for counts in per_trace if counts]
    assert group["values"] == "False -> True"
    assert group["begun"] == sum(counts["begun"] for counts in found)
    assert group["traces"] == len(found)
    assert len(group["examples"]) == 3


def test_all_keeps_every_differing_record(workplace: Workplace) -> None:
    arguments = ("diff", TRACES, *RELEASES, "--format", "json")
    few = workplace.run(*arguments, "--limit", "1").json()
    every = workplace.run(*arguments, "--all").json()
    for trace in every["per_trace"]:
        records = {each["record"] for each in trace["differing_records"]}
        assert len(records - {None}) == trace["different"]
        assert (None in records) == (trace["differing_states"] == 1)
    kept = sum(len(trace["differing_records"]) for trace in few["per_trace"])
    groups = sum(len(trace["groups"]) for trace in few["per_trace"])
    assert 0 < kept <= groups


def test_several_jobs_print_the_same(workplace: Workplace) -> None:
    one, two = (workplace.run("diff", TRACES, *RELEASES, "--jobs", jobs) for jobs in "12")
    assert one.out == two.out
    assert one.status == two.status == 1


def test_traces_with_the_same_steps_are_reported_as_each_alone(workplace: Workplace) -> None:
    path = workplace.record()
    (workplace.root / "traces" / "again.necptrace").write_bytes(path.read_bytes())
    rule = f'action = "known"\nreason = "why"\ntrace = "again"\nfrom = "{OLD}"\nto = "{NEW}"\n'
    workplace.write("necp-replay.toml", f"[[expected]]\n{rule}")
    arguments = (*RELEASES, "--format", "json", "--all")
    for options, expected in (((), [1, 0]), (("--no-rules",), [0, 0])):
        both = workplace.run("diff", "traces", *arguments, *options).json()
        assert [trace["expected"] for trace in both["per_trace"]] == expected
        for trace in both["per_trace"]:
            alone = workplace.run("diff", trace["path"], *arguments, *options).json()
            assert [trace] == alone["per_trace"]


def test_an_unreadable_trace_is_named_and_all_others_are_compared(
    workplace: Workplace,
) -> None:
    path = workplace.record()
    (workplace.root / "traces" / "damaged.necptrace").write_bytes(path.read_bytes()[:-30])
    printed = workplace.run("diff", "traces", *RELEASES)
    assert printed.status == 2
    assert "remove_unknown_client_is_error False -> True: 1 record of 1 trace" in printed.out
    assert "damaged.necptrace" in printed.out
    assert "1 trace could not run" in printed.out.splitlines()[-4]


def test_the_suggested_command_repeats_the_options(workplace: Workplace) -> None:
    rules = workplace.write("my rules.toml", "")
    more = (*RELEASES, "--rules", str(rules))
    printed = workplace.run("diff", TRACES, *more)
    fields = shlex.split(printed.out.splitlines()[-1])
    assert fields[:4] == ["All", "fields:", "necp-replay", "diff"]
    assert fields[5:] == [*more, "-v"]
