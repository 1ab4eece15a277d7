"""What changes in a golden, as a diff that a person reads."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from necp_replay.accept.changed_lines import changed_lines
from necp_replay.golden.document import GoldenDocument
from necp_replay.golden.stanza import BodyText, Stanza
from necp_replay.outcomes.node import Node
from tests.work import lines_run, worst_growth


def golden(clients: int, status: str = "ok", *, skips: int = 0, flags: str = "0x0") -> str:
    """The text of a golden in which each client is added, asked and removed."""
    final = BodyText.of([Node("counters", "", [Node("clients", "0")])])
    document = GoldenDocument([], final, version=1)
    for client in range(1, clients + 1):
        stanzas = [
            ("ADD client=zero", "ok", [Node("client_id", f"#{client}")]),
            (f"COPY_RESULT client=#{client}", "ok", [Node("CLIENT_ID"), Node("flags", flags)]),
            (f"REMOVE client=#{client}", status, []),
        ]
        for title, answer, nodes in stanzas[skips * (client % 2) :]:
            number = len(document.stanzas) + 1
            document.stanzas.append(Stanza.of(number, title, answer, nodes))
    return document.text()


def test_a_changed_stanza_is_shown_with_two_lines_around_it() -> None:
    assert list(changed_lines(golden(1), golden(1, "ENOENT"))) == [
        "@@ -5,5 +5,5 @@",
        "   CLIENT_ID",
        "   flags: 0x0",
        "-3 REMOVE client=#1 -> ok",
        "+3 REMOVE client=#1 -> ENOENT",
        " final state",
        "   counters",
    ]


def test_records_after_an_added_one_do_not_change() -> None:
    before, _, after = golden(3).partition("4 ADD")
    longer = f"{before}4 snapshot -> ok\n{_renumbered('4 ADD' + after)}"
    changed = [line for line in changed_lines(golden(3), longer) if line[:1] in "+-"]
    assert changed == ["+4 snapshot -> ok"]


def _renumbered(text: str) -> str:
    lines = []
    for line in text.split("\n"):
        number, _, rest = line.partition(" ")
        lines.append(f"{int(number) + 1} {rest}" if number.isdigit() else line)
    return "\n".join(lines)


def test_goldens_of_version_2_are_compared_line_by_line() -> None:
    before = "necp-replay golden 2\nnecp_open pid=1 -> ok\nfinal state\n"
    passed = before.replace(" -> ok", "\n  generated: #1.1\n-> ok")
    assert list(changed_lines(before, passed)) == [
        "@@ -1,3 +1,5 @@",
        " necp-replay golden 2",
        "-necp_open pid=1 -> ok",
        "+necp_open pid=1",
        "+  generated: #1.1",
        "+-> ok",
        " final state",
    ]


def test_a_new_final_state_is_shown() -> None:
    changed = golden(2).replace("clients: 0", "clients: 7")
    assert [line for line in changed_lines(golden(2), changed) if line[:1] in "+-"] == [
        "-    clients: 0",
        "+    clients: 7",
    ]


@pytest.mark.parametrize("text", ["", "nonsense", "necp-replay golden 1\n  a\nfinal state\n"])
def test_a_text_that_is_no_golden_is_compared_by_lines(text: str) -> None:
    shown = list(changed_lines(text, golden(1)))
    assert f"+{golden(1).splitlines()[1]}" in shown
    assert all(f"-{line}" in shown or f" {line}" in shown for line in text.splitlines())


@pytest.mark.parametrize(
    "change",
    [
        lambda clients: golden(clients, "EPERM"),
        lambda clients: golden(clients, "EPERM", flags="0x1"),
        lambda clients: golden(clients, skips=1),
        lambda clients: golden(clients, "EPERM", skips=2),
        lambda clients: golden(clients).replace("ADD", "OTHER"),
    ],
    ids=["every third", "two of three", "some removed", "most removed", "other inputs"],
)
def test_the_work_grows_as_the_records_do(change: Callable[[int], str]) -> None:
    def work(clients: int) -> int:
        old, new = golden(clients), change(clients)
        return lines_run(lambda: list(changed_lines(old, new)))

    assert worst_growth(work, (250, 500)) < 2.6
