"""A command that cannot run prints one line, has status 2, and writes nothing."""

import json
from pathlib import Path

import pytest

from necp_replay.errors import GoldenError
from necp_replay.events.clock import Now
from necp_replay.events.inputs import Step
from necp_replay.events.outcome import Outcome
from necp_replay.golden.store import GoldenStore
from necp_replay.trace.header import Header, SourceKind
from necp_replay.trace.writer import TraceWriter
from tests.cli.workplace import NEW, OLD, SCENARIO, Workplace

HEAD = {"vectors": 1, "release": NEW, "name": "named/x"}


def test_a_run_without_traces_does_not_pass(workplace: Workplace) -> None:
    (workplace.root / "empty").mkdir()
    for path in ("empty", "nowhere"):
        printed = workplace.run("replay", path)
        assert printed.status == 2
        assert path in printed.err


def test_an_unknown_release_is_an_error(workplace: Workplace) -> None:
    workplace.record()
    printed = workplace.run("replay", "traces", "--release", "xnu-1")
    assert printed.status == 2
    assert "there is no release 'xnu-1'" in printed.err


def test_a_trace_with_nothing_to_compare_does_not_pass(workplace: Workplace) -> None:
    operation = {"op": "proc_add", "pid": 1, "out": {"errno": 0, "effects": []}}
    workplace.write("x.jsonl", json.dumps(HEAD) + "\n" + json.dumps(operation) + "\n")
    assert workplace.run("import", "vectors", "x.jsonl", "-o", "imported").status == 0
    printed = workplace.run("replay", "imported", "--release", OLD)
    assert printed.status == 2
    assert "nothing to compare with" in printed.out


def test_a_damaged_trace_is_never_identical(workplace: Workplace) -> None:
    path = workplace.record()
    workplace.run("accept", "traces")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    printed = workplace.run("replay", "traces")
    assert printed.status == 2
    assert "remove_twice.necptrace" in printed.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("def f(system):\n    raise ValueError('no')\n", "ValueError: no", id="raises"),
        pytest.param("def f(system):\n    assert False\n", "line 2", id="assertion"),
        pytest.param("def f(system) return\n", "SyntaxError", id="syntax"),
        pytest.param("x = 1\n", "no scenario", id="none"),
        pytest.param("def f(system):\n    pass\n", "did nothing", id="nothing happens"),
    ],
)
def test_a_broken_scenario_writes_nothing(workplace: Workplace, text: str, said: str) -> None:
    workplace.write("s.py", text)
    printed = workplace.run("record", "s.py", "-o", "out")
    assert printed.status == 2
    assert said in printed.err
    assert not list(workplace.root.glob("out/*"))


def test_one_scenario_of_a_file_can_be_named(workplace: Workplace) -> None:
    workplace.write("s.py", SCENARIO)
    assert workplace.run("record", "s.py::remove_twice", "-o", "out").status == 0
    printed = workplace.run("record", "s.py::nosuch", "-o", "out")
    assert printed.status == 2
    assert "nosuch" in printed.err


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param(["{}"], "line 1", id="no head"),
        pytest.param(["not json"], "line 1", id="no json"),
        pytest.param([json.dumps(HEAD), '{"op":"fly","out":{}}'], "line 2", id="unknown op"),
        pytest.param(
            [json.dumps(HEAD), '{"op":"close","pid":1,"fd":3,"x":1,"out":{"effects":[]}}'],
            "line 2",
            id="unknown field",
        ),
        pytest.param([json.dumps(HEAD), '{"op":"close","pid":1,"fd":3}'], "line 2", id="no out"),
        pytest.param(
            [json.dumps({**HEAD, "release": "../../x"})], "plain name", id="path in the release"
        ),
    ],
)
def test_a_broken_vector_is_refused_with_its_line(
    workplace: Workplace, lines: list[str], said: str
) -> None:
    workplace.write("x.jsonl", "\n".join(lines) + "\n")
    printed = workplace.run("import", "vectors", "x.jsonl", "-o", "imported")
    assert printed.status == 2
    assert "x.jsonl" in printed.err
    assert said in printed.err
    assert not [path for path in Path("imported").rglob("*") if path.is_file()]


def test_an_archive_cannot_write_outside_the_folder(workplace: Workplace) -> None:
    import io
    import tarfile

    content = (json.dumps(HEAD) + "\n").encode()
    with tarfile.open(workplace.root / "v.tar.xz", "w:xz") as archive:
        member = tarfile.TarInfo("../evil.jsonl")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    printed = workplace.run("import", "vectors", "v.tar.xz", "-o", "imported")
    assert printed.status == 2
    assert "leave the output folder" in printed.err


def test_a_terminal_sequence_in_a_release_is_escaped(workplace: Workplace) -> None:
    header = Header(release="\x1b[31mred", source_kind=SourceKind.SCENARIO)
    with TraceWriter.create(workplace.root / "x.necptrace", header) as writer:
        writer.write(Step(Now(1)), Outcome())
    for command in (["replay"], ["accept"]):
        printed = workplace.run(*command, "x.necptrace")
        assert printed.status == 2
        assert "\x1b" not in printed.out + printed.err


def test_a_release_that_is_a_path_opens_no_file(workplace: Workplace) -> None:
    with pytest.raises(GoldenError, match="not a plain name"):
        GoldenStore(workplace.root).path("x", "../../elsewhere")


def test_the_error_for_an_unwritable_folder_is_one_line(workplace: Workplace) -> None:
    workplace.write("s.py", SCENARIO)
    workplace.write("out", "a file")
    printed = workplace.run("record", "s.py", "-o", "out")
    assert printed.status == 2
    assert "out" in printed.err
    assert "Traceback" not in printed.err


def test_a_dangling_link_is_an_error_and_the_other_traces_run(workplace: Workplace) -> None:
    workplace.record()
    (workplace.root / "traces" / "linked.necptrace").symlink_to("../elsewhere/gone.necptrace")
    printed = workplace.run("replay", "traces", "--format", "json")
    assert printed.status == 2
    report = printed.json()
    assert (report["traces"], report["errors"]) == (2, 1)
    assert "traces/linked.necptrace" in report["per_trace"][0]["error"]


def test_the_last_lines_say_what_to_do_about_a_damaged_trace(workplace: Workplace) -> None:
    path = workplace.record()
    path.write_bytes(path.read_bytes()[:-30])
    lines = workplace.run("replay", "traces").out.splitlines()
    trace = "traces/remove_twice.necptrace"
    assert f"`necp-replay doctor {trace}`" in lines[-1]
    recover = f"`necp-replay recover {trace} -o recovered.necptrace` keeps what is intact."
    assert lines[-1].endswith(recover)
