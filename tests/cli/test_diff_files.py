"""`necp-replay diff` of two files, as text, as JSON and as reports."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.cli.workplace import Workplace
from tests.replay.two_files.id_traces import add, copy, write
from tests.report.html.page_contents import contents_of


@pytest.fixture
def pair(workplace: Workplace) -> Workplace:
    """Two traces. The second has one more client, and another result."""
    write(workplace.root / "a.necptrace", [add(1), copy(1), copy(1, value=4)])
    write(workplace.root / "b.necptrace", [add(7, port=8), add(1), copy(1), copy(1, value=5)])
    return workplace


def test_equal_files_give_status_0(pair: Workplace) -> None:
    printed = pair.run("diff", "a.necptrace", "a.necptrace")
    assert (printed.status, printed.err) == (0, "")
    assert printed.out.endswith(
        "3 records the same, 0 differ, 0 with another input, 0 only in A, 0 only in B\n"
    )


def test_each_kind_of_difference_is_shown_once(pair: Workplace) -> None:
    printed = pair.run("diff", "a.necptrace", "b.necptrace")
    assert printed.status == 1
    assert printed.out == (
        "A a.necptrace: 3 records\n"
        "B b.necptrace: 4 records\n\n"
        "1. ADD: 1 record  fingerprint 55b98d8b56\n"
        "   B 1 only in B\n"
        "     + necp_client_action ADD pid=100 fd=3 client=zero -> ok retval=0\n\n"
        "2. COPY_RESULT: 1 record  fingerprint eb4cb54f60\n"
        "   A 3, B 4 differ\n"
        "     > necp_client_action COPY_RESULT pid=100 fd=3 client=#1\n"
        "       client results\n"
        "         buffer[55 bytes] > INTERFACE_INDEX\n"
        "           A 4\n"
        "           B 5\n\n"
        "records        differ    other input    only in A    only in B\n"
        "-----------  --------  -------------  -----------  -----------\n"
        "ADD                 0              0            0            1\n"
        "COPY_RESULT         1              0            0            0\n\n"
        "2 records the same, 1 differ, 0 with another input, 0 only in A, 1 only in B\n"
        "The first difference is B 1 ADD, fingerprint 55b98d8b56\n"
        "Explain A: necp-replay explain a.necptrace --record 3\n"
        "Explain B: necp-replay explain b.necptrace --record 4\n"
    )


def test_the_json_has_the_same_content(pair: Workplace) -> None:
    found = pair.run("diff", "a.necptrace", "b.necptrace", "--format", "json").json()
    assert found["left"] == {"path": "a.necptrace", "records": 3}
    counts = {name: found[name] for name in ("same", "changed", "replaced", "removed", "added")}
    assert counts == {"same": 2, "changed": 1, "replaced": 0, "removed": 0, "added": 1}
    assert [place["move"] for place in found["differences"]] == ["added", "changed"]
    assert found["differences"][1]["differences"] == [
        {
            "layer": "client results",
            "field": "buffer[55 bytes] > INTERFACE_INDEX",
            "expected": "4",
            "actual": "5",
        }
    ]


def kept(pair: Workplace, *options: str) -> list[int | None]:
    found = pair.run("diff", "a.necptrace", "b.necptrace", "--format", "json", *options).json()
    return [each["left"] for each in found["differences"]]


def test_a_limit_keeps_that_many_of_each_kind_and_all_also_keeps_followers(
    workplace: Workplace,
) -> None:
    adds = [add(number) for number in range(6)]
    again = [*range(6), 0]
    write(workplace.root / "a.necptrace", [*adds, *(copy(n) for n in again)])
    write(workplace.root / "b.necptrace", [*adds, *(copy(n, value=4) for n in again)])
    assert kept(workplace, "--limit", "1") == [7]
    assert kept(workplace) == [7, 8, 9]
    assert kept(workplace, "--all") == [7, 8, 9, 10, 11, 12, 13]
    assert kept(workplace, "--html", "report.html") == [7, 8, 9]
    followed = workplace.run("diff", "a.necptrace", "b.necptrace", "--all", "--format", "json")
    assert followed.json()["differences"][-1]["follows"] == {"left": 7, "right": 7}


def test_reports_name_both_files_and_the_places_in_both(pair: Workplace) -> None:
    options = ("--html", "report.html", "--junit", "report.xml", "--github")
    printed = pair.run("diff", "a.necptrace", "b.necptrace", *options)
    assert printed.status == 1
    assert printed.out.startswith("::error file=b.necptrace,title=b::B 1 ADD: ")
    assert "necp-replay diff a.necptrace b.necptrace" in printed.out
    assert "no fact explains it" not in printed.out
    page = (pair.root / "report.html").read_text("utf-8")
    contents = contents_of(page)
    assert contents["labels"] == ["A a.necptrace", "B b.necptrace"]
    assert contents["files"] == ["a.necptrace", "b.necptrace"]
    places = [contents["strings"][each["place"]] for each in contents["differences"]]
    assert places == ["B 1", "A 3, B 4"]
    assert all(each["sides"] for each in contents["differences"])
    assert contents["traces"][0]["timeline"] is None
    root = ElementTree.parse(pair.root / "report.xml").getroot()
    assert (root.get("tests"), root.get("failures")) == ("1", "1")
    (failure,) = root.iter("failure")
    assert "INTERFACE_INDEX" in (failure.text or "")


def test_reports_of_equal_files_pass(pair: Workplace) -> None:
    printed = pair.run("diff", "a.necptrace", "a.necptrace", "--junit", "report.xml", "--github")
    assert printed.status == 0
    assert "::error" not in printed.out
    root = ElementTree.parse(pair.root / "report.xml").getroot()
    assert (root.get("tests"), root.get("failures")) == ("1", "0")


REFUSED = {
    "--rules": ("--rules", "necp-replay.toml"),
    "--no-rules": ("--no-rules",),
    "--date": ("--date", "2027-01-31"),
    "--to-engine": ("--to-engine", "./engine"),
    "--engine-limit": ("--engine-limit", "3"),
    "--jobs": ("--jobs", "2"),
}


@pytest.mark.parametrize("option", REFUSED)
def test_options_of_a_replay_are_refused_for_files(pair: Workplace, option: str) -> None:
    printed = pair.run("diff", "a.necptrace", "b.necptrace", *REFUSED[option])
    assert (printed.status, printed.out) == (2, "")
    assert printed.err.startswith(f"necp-replay: {option} is for replays")


def test_verbose_shows_every_field_of_every_example(workplace: Workplace) -> None:
    adds = [add(number) for number in range(2)]
    write(workplace.root / "a.necptrace", [*adds, copy(0), copy(1)])
    write(workplace.root / "b.necptrace", [*adds, copy(0, value=4), copy(1, value=5)])
    short = workplace.run("diff", "a.necptrace", "b.necptrace").out
    assert "   A 4, B 4: buffer[55 bytes] > INTERFACE_INDEX 0 -> 5\n" in short
    long = workplace.run("diff", "a.necptrace", "b.necptrace", "-v").out
    assert "           A 0\n           B 5\n" in long


def test_goldens_are_compared_with_each_other_and_with_traces(workplace: Workplace) -> None:
    trace = str(workplace.record().relative_to(workplace.root))
    assert workplace.run("accept", "traces").status == 0
    golden = "golden/remove_twice@xnu-4570.51.1.golden"
    older = "golden/remove_twice.golden"
    same = workplace.run("diff", golden, trace)
    assert (same.status, same.err) == (0, "")
    assert "a trace does not hold the final state" in same.out
    differing = workplace.run("diff", older, golden)
    assert differing.status == 1
    assert "A ok retval=0\n           B ENOENT" in differing.out
    assert differing.out.endswith("0 only in B, final state same\n")
    page = workplace.run("diff", older, golden, "--html", "report.html")
    assert page.status == 1
    assert "status: ENOENT" in (workplace.root / "report.html").read_text("utf-8")


DAMAGE = {
    "a trace": ("a.necptrace", b"\0" * 40, "a.necptrace: at byte"),
    "a golden": ("a.golden", b"necp-replay golden 1\n1 x -> done\n", "a.golden: line 2"),
    "neither": ("a.txt", b"hello\n", "a.txt"),
}


@pytest.mark.parametrize(("name", "content", "place"), DAMAGE.values(), ids=DAMAGE)
def test_an_unreadable_file_is_an_error_and_never_the_same(
    pair: Workplace, name: str, content: bytes, place: str
) -> None:
    (pair.root / name).write_bytes(content)
    for files in ((name, name), (name, "b.necptrace"), ("b.necptrace", name)):
        printed = pair.run("diff", *files)
        assert printed.status == 2
        assert printed.out == ""
        assert place in printed.err


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["a.necptrace"], id="one file"),
        pytest.param(["a.necptrace", "b.necptrace", "a.necptrace"], id="three files"),
        pytest.param(["a.necptrace", "--from", "xnu-4570.41.2"], id="one release"),
        pytest.param(["a.necptrace", "missing.necptrace"], id="a file that is not there"),
    ],
)
def test_files_that_cannot_be_compared_are_refused(pair: Workplace, arguments: list[str]) -> None:
    printed = pair.run("diff", *arguments)
    assert printed.status == 2
    assert printed.err.startswith("necp-replay: ")
