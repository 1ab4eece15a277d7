"""The golden file's grammar, in all versions that are read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.errors import GoldenError
from necp_replay.events.inputs import Step
from necp_replay.events.syscalls import NecpClientAction, NecpSessionAction
from necp_replay.golden.document import GoldenDocument, StanzaWriter
from necp_replay.golden.reader import parse_golden
from necp_replay.golden.stanza import BodyText, Stanza, kind_of_title
from necp_replay.golden.versions import FIRST_LINES, VERSION, VERSIONS
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.render_input import kind_of_input, title
from tests.outcomes.test_node import trees
from tests.trace.arbitrary import steps

words = st.sampled_from(
    ("necp_open pid=100", "x", "y client=#1", "z pid=1 fd=3 client=#2(flow)", "a #7")
)
bodies = st.lists(trees, max_size=3).map(
    # A number after the sign is always an id.
    lambda nodes: re.sub("#(?=[0-9])", "#1 ", BodyText.of(nodes).text)
)


@st.composite
def documents(draw: st.DrawFn, version: int = VERSION) -> GoldenDocument:
    """Documents whose records generate ids; some names of ids are of no record."""
    made = []
    generated = 0
    for number in range(1, draw(st.integers(0, 4)) + 1):
        passed = draw(bodies) if version > 1 else ""
        count = draw(st.integers(0, 2)) if version > 1 else 0
        if count:
            ids = ", ".join(f"#{generated + place}" for place in range(1, count + 1))
            passed = f"{passed}\n  generated: {ids}".lstrip("\n")
            generated += count
        made.append(Stanza(number, draw(words), draw(words), draw(bodies), passed))
    return GoldenDocument(made, BodyText(draw(bodies)), version)


all_versions = st.one_of(*map(documents, VERSIONS))
actions = st.sampled_from((NecpClientAction, NecpSessionAction))
known_actions = st.builds(
    lambda cls, action: Step(cls(pid=1, fd=3, action=action)), actions, st.integers(0, 30)
)

OLD_EXAMPLE = """\
necp-replay golden 1
1 necp_open pid=100 flags=0x0 -> ok retval=3
2 necp_client_action REMOVE pid=100 fd=3 client=#1 -> ENOENT
  effects
    log: err necp_client_remove
final state
  counters
    necp_client_fd_count: 1
"""
EXAMPLE = """\
necp-replay golden 3
necp_open pid=100 flags=0x0 -> ok retval=3
necp_client_action ADD pid=100 fd=3 client=zero
  buffer: 41 bytes
    IP_PROTOCOL: 6
  generated: #100/3.1
-> ok retval=0
  client_id: #100/3.1
necp_client_action REMOVE pid=100 fd=3 client=#100/3.1 -> ENOENT
  effects
    log: err necp_client_remove
final state
  counters
    necp_client_fd_count: 1
"""


def without_places(document: GoldenDocument) -> GoldenDocument:
    """The same without numbers of lines."""
    stanzas = [
        Stanza(each.number, each.title, each.status, each.body, each.passed)
        for each in document.stanzas
    ]
    return GoldenDocument(stanzas, BodyText(document.final.text), document.version)


@given(all_versions)
def test_text_parses_back_into_the_same_document(document: GoldenDocument) -> None:
    assert without_places(parse_golden(document.text())) == document


def test_the_example_has_its_records() -> None:
    document = parse_golden(EXAMPLE)
    assert [each.status for each in document.stanzas] == ["ok retval=3", "ok retval=0", "ENOENT"]
    assert document.stanzas[1].passed_nodes() == [
        Node("buffer", "41 bytes", [Node("IP_PROTOCOL", "6")]),
        Node("generated", "#1"),
    ]
    assert document.stanzas[1].body == "  client_id: #1"
    assert document.stanzas[2].rendered().nodes == [
        Node("effects", "", [Node("log", "err necp_client_remove")])
    ]
    assert [each.line for each in document.stanzas] == [2, 3, 9]
    assert document.text() == EXAMPLE


def test_a_golden_of_version_1_is_written_in_version_1() -> None:
    document = parse_golden(OLD_EXAMPLE)
    assert [each.title for each in document.stanzas] == [
        "necp_open pid=100 flags=0x0",
        "necp_client_action REMOVE pid=100 fd=3 client=#1",
    ]
    assert (document.version, document.text()) == (1, OLD_EXAMPLE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pid=1 fd=3 action=1 in_buffer_length=9", "POLICY_ADD pid=1 fd=3 in_buffer_length=9"),
        ("pid=1 fd=-1 action=18", "TRIE_DUMP_ALL pid=1 fd=-1"),
        ("pid=1 fd=3 action=99", "pid=1 fd=3 action=99"),
    ],
)
def test_session_actions_of_version_1_get_their_names(old: str, new: str) -> None:
    text = f"necp-replay golden 1\n1 necp_session_action {old} -> ok\nfinal state\n"
    document = parse_golden(text)
    assert document.stanzas[0].title == f"necp_session_action {new}"
    assert document.text() == text


DAMAGE = {
    "empty": ("", 1, "empty"),
    "another file": ("something else\n", 1, "the first line is not"),
    "another format": ("necp-replay golden 4\nfinal state\n", 1, "version 4"),
    "last line cut": (EXAMPLE[:-1], 14, "cut short"),
    "no final state": (EXAMPLE[: EXAMPLE.index("final")], 11, "no 'final state'"),
    "record after the end": (EXAMPLE + "close pid=1 -> ok\n", 15, "after 'final state'"),
    "level skipped": (EXAMPLE.replace("  effects", "    effects"), 10, "4 spaces"),
    "odd indentation": (EXAMPLE.replace("  effects", " effects"), 10, "1 spaces"),
    "nothing but indentation": (EXAMPLE.replace("  effects", "  "), 10, "2 spaces"),
    "indented first": (EXAMPLE.replace("necp_open", "  necp_open"), 2, "before the first record"),
    "no status": (EXAMPLE.replace(" -> ENOENT", ""), 12, "should come next"),
    "no status and no lines": (EXAMPLE.replace(" -> ok retval=3", ""), 2, "not a record line"),
    "status line lost": (EXAMPLE.replace("-> ok retval=0\n  client", "  client"), 8, "-> STATUS"),
    "title lost": (
        EXAMPLE.replace("necp_open pid=100 flags=0x0 -> ", "-> "),
        2,
        "without the title",
    ),
    "numbered record": (EXAMPLE.replace("necp_open", "1 necp_open"), 2, "numbered record"),
    "id of no record": (EXAMPLE.replace("client=#100/3.1", "client=#100/3.2"), 9, "#100/3.2"),
    "id of version 1": (EXAMPLE.replace("client=#100/3.1", "client=#1"), 9, "#1"),
    "id left out": (EXAMPLE.replace("generated: #100/3.1", "generated: #100/3.2"), 6, "#100/3.1"),
    "id twice": (
        EXAMPLE.replace("necp_open", "x pid=1\n  generated: #100/3.1\n-> ok\ny"),
        3,
        "#1.1",
    ),
    "terminal sequence": (EXAMPLE.replace("ENOENT", "\x1b[2J"), 9, "U+001B"),
    "text turned round": (EXAMPLE.replace("ENOENT", "\u202eE"), 9, "U+202E"),
    "other line ends": (EXAMPLE.replace("\n", "\r\n"), 1, "CR LF"),
    "old: no status": (OLD_EXAMPLE.replace(" -> ENOENT", ""), 3, "not a record line"),
    "old: leading zero": (OLD_EXAMPLE.replace("2 necp", "02 necp"), 3, "leading zeros"),
    "old: foreign digit": (OLD_EXAMPLE.replace("1 necp_o", "\u0661 necp_o"), 2, "not a record"),
    "old: a record left out": (OLD_EXAMPLE.replace("2 necp", "3 necp"), 3, "record 2 should"),
    "old: status line": (
        OLD_EXAMPLE.replace("1 necp_open", "-> ok\n1 necp_open"),
        2,
        "not a record",
    ),
}


@pytest.mark.parametrize(("text", "line", "reason"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_golden_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(GoldenError) as caught:
        parse_golden(text)
    assert caught.value.line == line
    assert reason in str(caught.value)


@given(st.one_of(steps, known_actions))
def test_the_kind_read_from_a_title_is_that_of_the_input(step: Step) -> None:
    assert kind_of_title(title(step.input, StableNames())) == kind_of_input(step.input)


@given(all_versions)
def test_the_texts_of_single_records_make_the_text_of_the_golden(document: GoldenDocument) -> None:
    writer = StanzaWriter(document.version)
    pieces = [f"{FIRST_LINES[document.version]}\n", *map(writer.stanza, document.stanzas)]
    assert "".join([*pieces, writer.end(document.final)]) == document.text()
