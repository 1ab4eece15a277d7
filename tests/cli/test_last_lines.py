"""The last lines of a failing replay say where to start and which commands to run."""

from __future__ import annotations

import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from necp_replay.releases import lineage
from necp_replay.trace.reader import TraceReader
from necp_replay.trace.writer import TraceWriter
from tests.cli.workplace import NEW, OLD, Workplace

CORPUS = Path(__file__).parents[2] / "traces"
SHOWN_IN_A_LOG = 30


@pytest.fixture
def changed_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newer release with the older values of two facts."""
    changed = replace(
        lineage.RELEASES[NEW],
        remove_unknown_client_is_error=False,
        inpcb_dispose_unregisters_flow=False,
    )
    monkeypatch.setitem(lineage.RELEASES, NEW, changed)


def last_lines(text: str) -> list[str]:
    return text.splitlines()[-SHOWN_IN_A_LOG:]


@pytest.mark.usefixtures("changed_engine")
def test_they_name_fact_trace_record_and_next_commands(workplace: Workplace) -> None:
    failing = str(CORPUS / "measured" / NEW / "flows")
    printed = workplace.run("replay", failing)
    assert printed.status == 1
    lines = last_lines(printed.out)
    (start,) = [line for line in lines if line.startswith("Start with ")]
    words = start.split()
    trace, record = words[2], words[4]
    assert Path(trace).is_file()
    assert words[3:] == ["record", record, "on", NEW]
    (fact,) = [line for line in lines if line.startswith("  Likely fact: ")]
    assert fact.endswith(
        f"remove_unknown_client_is_error were False, as in {OLD}; expected is True"
    )
    assert f"  See it:     necp-replay show {trace} --select {record}" in lines
    assert f"  Run again:  necp-replay replay {trace} --release {NEW}" in lines
    text = "\n".join(lines)
    assert "recorded ENOENT" in text
    assert "replayed ok retval=0" in text


@pytest.mark.usefixtures("changed_engine")
def test_the_suggested_commands_show_the_same_record(workplace: Workplace) -> None:
    lines = last_lines(workplace.run("replay", str(CORPUS / "differences")).out)
    commands = {
        label: shlex.split(line.partition("necp-replay ")[2])
        for line in lines
        for label in ("See it", "Explain it", "Run again")
        if line.startswith(f"  {label}:")
    }
    (start,) = [at for at, line in enumerate(lines) if line.startswith("Start with ")]
    title = lines[start + 1]
    assert title.strip() in workplace.run(*commands["See it"]).out
    explained = workplace.run(*commands["Explain it"])
    assert explained.status == 0, explained
    assert title.strip() in explained.out
    again = workplace.run(*commands["Run again"])
    assert again.status == 1
    assert title in again.out.splitlines()


def test_a_difference_from_the_golden_only_suggests_to_accept_it(workplace: Workplace) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    golden = workplace.root / "golden" / "remove_twice@xnu-4570.51.1.golden"
    golden.write_text(golden.read_text("utf-8").replace("-> ENOENT", "-> EBADF"), "utf-8")
    lines = last_lines(workplace.run("replay", "traces").out)
    assert "  Accept it:  necp-replay accept traces/remove_twice.necptrace" in lines
    assert not any(line.startswith("  Likely fact: ") for line in lines)
    workplace.run("accept", "traces/remove_twice.necptrace")
    assert workplace.run("replay", "traces").status == 0


@pytest.mark.usefixtures("changed_engine")
def test_a_scenario_next_to_its_trace_is_suggested_to_be_recorded_again(
    workplace: Workplace,
) -> None:
    for suffix in (".py", ".necptrace"):
        source = CORPUS / "differences" / f"remove{'_unknown_client' if suffix[1] == 'n' else ''}"
        target = workplace.root / "traces" / source.with_suffix(suffix).name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(source.with_suffix(suffix).read_bytes())
    workplace.run("accept", "traces")
    lines = last_lines(workplace.run("replay", "traces").out)
    trace = "traces/remove_unknown_client.necptrace"
    record = "necp-replay record traces/remove.py::remove_unknown_client -o traces"
    assert f"  Intended:   {record}" in lines, "its golden says so already"
    shutil.rmtree(workplace.root / "golden")
    lines = last_lines(workplace.run("replay", "traces").out)
    assert f"  Intended:   {record}, then necp-replay accept {trace}" in lines


@pytest.mark.usefixtures("changed_engine")
def test_kinds_with_one_likely_fact_are_told_as_one_cause(workplace: Workplace) -> None:
    printed = workplace.run("replay", str(CORPUS / "differences"))
    facts = [line for line in printed.out.splitlines() if "behaves as if" in line]
    body, last = facts[:-1], facts[-1]
    assert len({line.partition("behaves")[2] for line in body}) == len(body), "each fact once"
    assert last.startswith("  Likely fact: ")


@pytest.mark.usefixtures("changed_engine")
def test_the_first_to_read_is_a_short_scenario_of_a_frequent_kind(workplace: Workplace) -> None:
    """Generated traces have more of these differences, and are long."""
    folders = (CORPUS / "differences", CORPUS / "measured" / NEW / "flows")
    lines = last_lines(workplace.run("replay", *map(str, folders)).out)
    (start,) = [line for line in lines if line.startswith("Start with ")]
    assert Path(start.split()[2]).name == "remove_unknown_client.necptrace"
    assert any(line.startswith("  One of 7 kinds: ") for line in lines)


@pytest.mark.usefixtures("changed_engine")
def test_the_kinds_of_one_cause_are_together_in_every_report(workplace: Workplace) -> None:
    """A kind whose likely fact was found for another kind is told with it, however rare it is."""
    folders = (str(CORPUS / "differences"), str(CORPUS / "measured" / NEW / "flows"))
    found = workplace.run("replay", *folders, "--format", "json").json()
    causes = [(each["likely_fact"], len(each["groups"])) for each in found["causes"]]
    assert causes == [
        ("inpcb_dispose_unregisters_flow", 3),
        ("remove_unknown_client_is_error", 4),
    ]
    printed = workplace.run("replay", *folders, "--github").out
    assert "and 2 more kinds" in printed
    assert "and 3 more kinds" in printed
    kinds = "kinds of difference with one likely fact"
    assert f"1. A raw socket disposed of: 3 {kinds}" in printed
    assert f"2. REMOVE of an unknown client: 4 {kinds}" in printed


def test_no_suggestion_overwrites_the_goldens_with_those_of_an_external_engine(
    workplace: Workplace,
) -> None:
    path = workplace.record()
    workplace.run("accept", "traces")
    golden = workplace.root / "golden" / "remove_twice@xnu-4570.51.1.golden"
    golden.write_text(golden.read_text("utf-8").replace("-> ENOENT", "-> EBADF"), "utf-8")
    engine = f"{sys.executable} -m necp_replay serve"
    lines = last_lines(workplace.run("replay", "traces", "--engine", engine).out)
    before = golden.read_bytes()

    (keep,) = [line for line in lines if line.startswith("  Keep it:")]
    assert not any(line.startswith(("  Accept it:", "  Review it:")) for line in lines)
    accepted = workplace.run(*shlex.split(keep.partition("necp-replay ")[2]))

    assert accepted.status == 0, accepted
    assert golden.read_bytes() == before
    assert list((workplace.root / "golden-of-engine").iterdir())
    assert path.is_file()


def test_every_command_about_an_external_engine_names_it(workplace: Workplace) -> None:
    workplace.record()  # There is no golden.
    engine = f"{sys.executable} -m necp_replay serve"
    printed = workplace.run("replay", "traces", "--engine", engine, "--junit", "run.xml")
    text = printed.out + (workplace.root / "run.xml").read_text("utf-8")
    suite = 'name="necp-replay replay"'
    lines = [line for line in text.splitlines() if suite not in line]
    commands = [line for line in lines if "necp-replay " in line]
    assert len(commands) >= 4
    assert [line for line in commands if "--engine" not in line] == []
    accepting = [line for line in commands if "necp-replay accept" in line]
    assert [line for line in accepting if "--golden golden-of-engine" not in line] == []


@pytest.mark.usefixtures("changed_engine")
def test_every_other_problem_is_named_with_what_to_do(workplace: Workplace) -> None:
    path = workplace.record()
    trace = CORPUS / "differences" / "raw_socket_disposed.necptrace"
    (workplace.root / "traces" / trace.name).write_bytes(trace.read_bytes())
    (workplace.root / "traces" / "damaged.necptrace").write_bytes(path.read_bytes()[:-20])
    with TraceReader(path) as reader:
        header = replace(reader.header, release="xnu-1.2.3")
    with TraceWriter.create(workplace.root / "traces" / "other.necptrace", header):
        pass
    workplace.run("accept", "traces/remove_twice.necptrace")
    printed = workplace.run("replay", "traces")
    assert printed.status == 2
    text = "\n".join(last_lines(printed.out))
    assert "Start with traces/raw_socket_disposed.necptrace record 8" in text
    assert "2 traces could not run, first traces/damaged.necptrace" in text
    assert "1 trace without a golden" in text
    assert "necp-replay accept traces/raw_socket_disposed.necptrace" in text


def test_a_replay_that_passes_ends_with_its_totals(workplace: Workplace) -> None:
    workplace.record()
    workplace.run("accept", "traces")
    printed = workplace.run("replay", "traces")
    assert printed.out.splitlines()[-1].startswith("1 trace, 9 records: 9 identical")


def test_the_suggested_commands_repeat_the_options(workplace: Workplace) -> None:
    workplace.record()
    workplace.run("accept", "traces", "--golden", "kept here")
    golden = workplace.root / "kept here" / "remove_twice@xnu-4570.51.1.golden"
    golden.write_text(golden.read_text("utf-8").replace("-> ENOENT", "-> EBADF"), "utf-8")
    workplace.write("my rules.toml", 'traces = "traces"\n')
    more = ("--golden", "kept here", "--rules", "my rules.toml", "--date", "2027-01-31")
    lines = last_lines(workplace.run("replay", "traces", *more).out)
    trace = "traces/remove_twice.necptrace"
    words = shlex.join(more)
    assert f"  Run again:  necp-replay replay {trace} --release {NEW} {words}" in lines
    assert f"  Review it:  necp-replay review {trace} {words}" in lines
    assert f"  Accept it:  necp-replay accept {trace} {words}" in lines
    assert any(line.startswith("  Expect it:  a rule in my rules.toml with") for line in lines)
    assert workplace.run("accept", trace, *more).status == 0
    assert workplace.run("replay", "traces", *more).status == 0


def test_the_suggested_command_removes_the_same_goldens(workplace: Workplace) -> None:
    workplace.record()
    workplace.run("accept", "traces", "--golden", "kept")
    (workplace.root / "kept" / "gone.golden").write_text("", "utf-8")
    for command in ("replay", "accept"):
        printed = workplace.run(command, "traces", "--golden", "kept")
        assert "    necp-replay accept traces --golden kept --remove-unused\n" in printed.out


@pytest.mark.usefixtures("changed_engine")
def test_the_suggested_command_for_other_kinds_has_the_same_release(
    workplace: Workplace,
) -> None:
    failing = str(CORPUS / "differences")
    lines = last_lines(workplace.run("replay", failing, "--release", NEW).out)
    (other,) = [line for line in lines if "of difference, beginning at" in line]
    assert other.endswith(f": necp-replay replay {failing} --release {NEW} -v")


@pytest.mark.usefixtures("changed_engine")
def test_the_suggested_rule_expects_the_difference(workplace: Workplace) -> None:
    trace = CORPUS / "differences" / "remove_unknown_client.necptrace"
    (workplace.root / "traces").mkdir()
    (workplace.root / "traces" / trace.name).write_bytes(trace.read_bytes())
    (workplace.root / "none").mkdir()
    lines = last_lines(workplace.run("replay", "traces", "--golden", "none").out)
    (expect,) = [line for line in lines if line.startswith("  Expect it: ")]
    fingerprint, action = (part.split(" and ")[0] for part in expect.split(" with ")[1].split(", "))
    rule = f'[[expected]]\n{fingerprint}\n{action}\nreason = "meant"\n'
    workplace.write("necp-replay.toml", f'traces = "traces"\n{rule}')
    report = workplace.run("replay", "traces", "--golden", "none", "--format", "json").json()
    assert (report["different"], report["expected"]) == (0, 1)
