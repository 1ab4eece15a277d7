"""The golden file's grammar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.errors import GoldenError
from necp_replay.events.inputs import Step
from necp_replay.events.syscalls import NecpClientAction, NecpSessionAction
from necp_replay.golden.document import GoldenDocument, Stanza, kind_of_title, parse_golden
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.node import Node
from necp_replay.outcomes.render_input import kind_of_input, title
from tests.outcomes.test_node import trees
from tests.trace.arbitrary import steps

plain = st.from_regex(r"[a-z_=0-9#]+( [a-zA-Z_=0-9#]+){0,4}", fullmatch=True)
stanzas = st.builds(Stanza, st.integers(0, 10**12), plain, plain, st.lists(trees, max_size=3))
actions = st.sampled_from((NecpClientAction, NecpSessionAction))
known_actions = st.builds(
    lambda cls, action: Step(cls(pid=1, fd=3, action=action)), actions, st.integers(0, 30)
)
documents = st.builds(GoldenDocument, st.lists(stanzas, max_size=4), st.lists(trees, max_size=4))

EXAMPLE = """\
necp-replay golden 1
1 necp_open pid=100 flags=0x0 -> ok retval=3
2 necp_client_action REMOVE pid=100 fd=3 client=#1 -> ENOENT
  effects
    log: err necp_client_remove
final state
  counters
    necp_client_fd_count: 1
"""


@given(documents)
def test_text_parses_back_into_the_same_document(document: GoldenDocument) -> None:
    assert parse_golden(document.text()) == document


def test_the_example_has_its_records() -> None:
    document = parse_golden(EXAMPLE)
    assert [stanza.status for stanza in document.stanzas] == ["ok retval=3", "ENOENT"]
    assert document.stanzas[1].nodes == [
        Node("effects", "", [Node("log", "err necp_client_remove")])
    ]
    assert document.text() == EXAMPLE


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("", 1, id="empty"),
        pytest.param("something else\n", 1, id="another file"),
        pytest.param("necp-replay golden 2\nfinal state\n", 1, id="another format"),
        pytest.param(EXAMPLE[:-1], 8, id="last line cut"),
        pytest.param(EXAMPLE[: EXAMPLE.index("final")], 6, id="no final state"),
        pytest.param(EXAMPLE + "3 close -> ok\n", 9, id="record after the end"),
        pytest.param(EXAMPLE.replace("  effects", "    effects"), 4, id="level skipped"),
        pytest.param(EXAMPLE.replace("  effects", " effects"), 4, id="odd indentation"),
        pytest.param(EXAMPLE.replace(" -> ENOENT", ""), 3, id="no status"),
        pytest.param(EXAMPLE.replace("2 necp", "02 necp"), 3, id="leading zero"),
        pytest.param(EXAMPLE.replace("1 necp_open", "\u0661 necp_open"), 2, id="foreign digit"),
        pytest.param(EXAMPLE.replace("ENOENT", "\x1b[2J"), 3, id="terminal sequence"),
        pytest.param(EXAMPLE.replace("ENOENT", "\u202eE"), 3, id="text turned round"),
        pytest.param(EXAMPLE.replace("\n", "\r\n"), 1, id="other line ends"),
    ],
)
def test_a_damaged_golden_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(GoldenError) as caught:
        parse_golden(text)
    assert caught.value.line == line


@given(st.one_of(steps, known_actions))
def test_the_kind_read_from_a_title_is_that_of_the_input(step: Step) -> None:
    assert kind_of_title(title(step.input, StableNames())) == kind_of_input(step.input)
