"""``diff A B``: two files beside each other, for people and for machines."""

from __future__ import annotations

import pytest

from tests.cli.workplace import Workplace
from tests.diff.id_traces import add, copy, write


@pytest.fixture
def pair(workplace: Workplace) -> Workplace:
    """Two traces of which the second has a client more, and another result."""
    write(workplace.root / "a.necptrace", [add(1), copy(1), copy(1, value=4)])
    write(workplace.root / "b.necptrace", [add(7, port=8), add(1), copy(1), copy(1, value=5)])
    return workplace


def test_files_that_are_the_same_give_status_0(pair: Workplace) -> None:
    printed = pair.run("diff", "a.necptrace", "a.necptrace")
    assert (printed.status, printed.err) == (0, "")
    assert printed.out.endswith(
        "3 records the same, 0 differ, 0 with another input, 0 only in A, 0 only in B\n"
    )


def test_what_differs_is_told_place_by_place(pair: Workplace) -> None:
    printed = pair.run("diff", "a.necptrace", "b.necptrace")
    assert printed.status == 1
    assert printed.out == (
        "A a.necptrace: 3 records\n"
        "B b.necptrace: 4 records\n\n"
        "B 1 only in B\n"
        "  + necp_client_action ADD pid=100 fd=3 client=zero -> ok retval=0\n\n"
        "A 3, B 4 differ\n"
        "  necp_client_action COPY_RESULT pid=100 fd=3 client=#1 -> ok retval=55\n"
        "    client results\n"
        "      buffer[55 bytes] > INTERFACE_INDEX\n"
        "        A 4\n"
        "        B 5\n\n"
        "records        differ    other input    only in A    only in B\n"
        "-----------  --------  -------------  -----------  -----------\n"
        "ADD                 0              0            0            1\n"
        "COPY_RESULT         1              0            0            0\n\n"
        "2 records the same, 1 differ, 0 with another input, 0 only in A, 1 only in B\n"
    )


def test_machines_get_the_same_as_json(pair: Workplace) -> None:
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


def test_a_limit_keeps_the_first_places_and_says_so(pair: Workplace) -> None:
    printed = pair.run("diff", "a.necptrace", "b.necptrace", "--limit", "1")
    assert "and 1 more that differ" in printed.out
    everything = pair.run("diff", "a.necptrace", "b.necptrace", "--all")
    assert "more that differ" not in everything.out


def test_goldens_are_compared_with_each_other_and_with_traces(workplace: Workplace) -> None:
    trace = str(workplace.record().relative_to(workplace.root))
    assert workplace.run("accept", "traces").status == 0
    golden = "golden/remove_twice.golden"
    older = "golden/remove_twice@xnu-4570.41.2.golden"
    same = workplace.run("diff", golden, trace)
    assert (same.status, same.err) == (0, "")
    assert "a trace does not hold the final state" in same.out
    differing = workplace.run("diff", older, golden)
    assert differing.status == 1
    assert "A ok retval=0\n        B ENOENT" in differing.out
    assert differing.out.endswith("0 only in B, final state same\n")


DAMAGE = {
    "a trace": ("a.necptrace", b"\0" * 40, "a.necptrace: at byte"),
    "a golden": ("a.golden", b"necp-replay golden 1\n1 x -> done\n", "a.golden: line 2"),
    "neither": ("a.txt", b"hello\n", "a.txt"),
}


@pytest.mark.parametrize(("name", "content", "place"), DAMAGE.values(), ids=DAMAGE)
def test_a_file_that_cannot_be_read_is_named_and_never_the_same(
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
def test_what_cannot_be_compared_is_refused(pair: Workplace, arguments: list[str]) -> None:
    printed = pair.run("diff", *arguments)
    assert printed.status == 2
    assert printed.err.startswith("necp-replay: ")
