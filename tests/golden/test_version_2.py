"""Titles as version 2 of goldens has them, from those that are written now."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from necp_replay.abi.uuid import UUID_BYTES
from necp_replay.events.agents import NetagentRegister
from necp_replay.events.inputs import NAMES_OF_INPUTS, Input, Step
from necp_replay.events.notifications import InjectNexusFlow
from necp_replay.events.processes import Sandbox
from necp_replay.events.routes import RouteAdd
from necp_replay.events.syscalls import NecpClientAction, NecpOpen, NecpSessionAction
from necp_replay.events.user_buffer import UserBuffer
from necp_replay.golden.document import GoldenDocument
from necp_replay.golden.reader import parse_golden
from necp_replay.golden.version_2 import title_to_version_2
from necp_replay.outcomes.names import StableNames
from necp_replay.outcomes.render_input import title
from necp_replay.outcomes.safe_text import escape_beside_ids
from necp_replay.scenario.addresses import sockaddr
from tests.trace.arbitrary import steps

ADDRESSES = [sockaddr("203.0.113.5:443"), sockaddr("[fe80::1%4]:443"), b"\x10\x63\0\1", b""]
addresses = st.builds(
    lambda full, size: full[:size], st.sampled_from(ADDRESSES), st.integers(0, 28)
)
contents = st.one_of(
    st.binary(max_size=30),
    st.text(alphabet=' "=\\#5>-x0\0', max_size=70).map(str.encode),
    st.sampled_from([b"sixteen letters!", b"sixteen  #1 = >\0"]),
)
texts = st.text(alphabet=' "=\\#5>-x,[]{}:\x1b', max_size=9)
worded = st.one_of(
    st.builds(NetagentRegister, texts, domain=contents, type=contents, desc=contents),
    st.builds(RouteAdd, texts, texts, gateway=texts),
    st.builds(InjectNexusFlow, st.just(bytes(16)), local=addresses, remote=addresses),
)


def old_title(event: Input) -> str | None:
    """The title as version 2 had it, of inputs that have no other title than their fields."""
    if isinstance(event, NecpClientAction | NecpSessionAction | NecpOpen):
        return None
    words = [NAMES_OF_INPUTS[type(event)]]
    for entry in fields(event):
        value = getattr(event, entry.name)
        if value is None or value == entry.default or isinstance(value, Sandbox | UserBuffer):
            continue
        words.append(f"{entry.name}={old_text(value)}")
    return " ".join(words)


def old_text(value: Any) -> str:
    if isinstance(value, bytes):
        if len(value) == UUID_BYTES:
            return value.hex() if any(value) else "zero"
        more = len(value) - 24
        return f"0x{value[:24].hex()}" + (f"+{more}" if more > 0 else "")
    if isinstance(value, tuple):
        return f"[{','.join(map(old_text, value))}]"
    if isinstance(value, bool | int):
        return str(int(value))
    if isinstance(value, str):
        return escape_beside_ids(value).replace(" ", "\\x20")
    inner = [(each.name, getattr(value, each.name)) for each in fields(value)]
    return f"{{{','.join(f'{name}:{old_text(part)}' for name, part in inner if part is not None)}}}"


@given(st.one_of(worded, steps.map(lambda step: step.input)))
def test_every_title_is_converted_to_the_one_that_version_2_had(event: Input) -> None:
    old = old_title(event)
    if old is not None and "UserBuffer" not in repr(event) and "Sandbox" not in repr(event):
        assert title_to_version_2(title(event, StableNames())) == old


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (
            'netagent_register session="of utun0" domain="Domain" type="" desc=0xff',
            r"netagent_register session=of\x20utun0 domain=0x446f6d61696e type=0x desc=0xff",
        ),
        (
            "inject_nexus_flow client_id=#1 local=192.0.2.10:50000(8bytes) remote=0x10630001",
            "inject_nexus_flow client_id=#1 local=0x1002c350c000020a remote=0x10630001",
        ),
        (
            "inject_nexus_flow client_id=#1 local=192.0.2.10:1024",
            "inject_nexus_flow client_id=#1"
            " local=0x10020400c000020a00000000000000000000000000000000+4",
        ),
        ("necp_open pid=1 flags=0x0", "necp_open pid=1 flags=0x0"),
    ],
)
def test_a_document_is_given_in_an_older_version(new: str, old: str) -> None:
    text = f"necp-replay golden 3\nx\n  generated: #0.1\n-> ok\n{new} -> ok\nfinal state\n"
    text = text.replace("client_id=#1", "client_id=#0.1")
    written = parse_golden(text).in_version(2).text()
    assert written == text.replace("golden 3", "golden 2").replace(
        new.replace("#1", "#0.1"), old.replace("#1", "#0.1")
    )
    assert parse_golden(written).text() == written


def test_titles_of_step_are_safe_in_lines_of_a_golden() -> None:
    """A text of a trace can neither end the title nor give the record another process."""
    step = Step(RouteAdd("x -> ok pid=7 fd=3", '"" client=#1 -> done'))
    shown = title(step.input, StableNames())
    golden = f"necp-replay golden 3\n{shown} pid=5\n  generated: #5.1\n-> ok\nfinal state\n"
    document = parse_golden(golden)
    assert document.stanzas[0].title == f"{shown} pid=5"
    assert document == GoldenDocument(document.stanzas, document.final)
    assert document.text() == golden
