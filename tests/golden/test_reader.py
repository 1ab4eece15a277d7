"""Goldens are read stanza by stanza, and give what the whole document gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from necp_replay.errors import GoldenError
from necp_replay.golden.document import GoldenDocument, Stanza, parse_golden
from necp_replay.golden.reader import GoldenReader, StanzaText
from tests.golden.test_document import EXAMPLE, documents


def read(path: Path, text: str) -> GoldenDocument:
    path.write_text(text, "utf-8")
    with GoldenReader(path) as reader:
        stanzas = [
            Stanza(stanza.number, stanza.title, stanza.status, stanza.rendered().nodes)
            for stanza in reader
        ]
        return GoldenDocument(stanzas, reader.final.nodes())


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("golden") / "a.golden"


@given(document=documents)
@settings(deadline=None)
def test_the_stream_gives_what_the_document_holds(golden: Path, document: GoldenDocument) -> None:
    for number, stanza in enumerate(document.stanzas, 1):
        stanza.number = number
    assert read(golden, document.text()) == document


@given(document=documents)
@settings(deadline=None)
def test_the_text_of_a_stanza_is_that_of_its_lines(document: GoldenDocument) -> None:
    for stanza in document.stanzas:
        text = StanzaText.of(stanza)
        head = f"{text.number} {text.title} -> {text.status}"
        lines = [head, *text.body.split("\n")] if text.body else [head]
        assert lines == list(stanza.lines())


DAMAGE = {
    "empty": ("", None),
    "another file": ("something else\n", 1),
    "another format": ("necp-replay golden 2\nfinal state\n", 1),
    "last line cut": (EXAMPLE[:-1], 8),
    "no final state": (EXAMPLE[: EXAMPLE.index("final")], 5),
    "record after the end": (EXAMPLE + "3 close -> ok\n", 9),
    "level skipped": (EXAMPLE.replace("  effects", "    effects"), 4),
    "odd indentation": (EXAMPLE.replace("  effects", " effects"), 4),
    "nothing but indentation": (EXAMPLE.replace("  effects", "  "), 4),
    "indented before the first record": (EXAMPLE.replace("1 necp", "  necp"), 2),
    "no status": (EXAMPLE.replace(" -> ENOENT", ""), 3),
    "leading zero": (EXAMPLE.replace("2 necp", "02 necp"), 3),
    "a record left out": (EXAMPLE.replace("2 necp", "3 necp"), 3),
}


@pytest.mark.parametrize(("text", "line"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_golden_is_refused_with_its_line(
    golden: Path, text: str, line: int | None
) -> None:
    with pytest.raises(GoldenError) as caught:
        read(golden, text)
    assert caught.value.file == str(golden)
    assert caught.value.line == (line or 1)


def test_what_is_no_text_is_refused_with_its_offset(golden: Path) -> None:
    golden.write_bytes(EXAMPLE.encode().replace(b"effects", b"\xff\xfe"))
    with pytest.raises(GoldenError) as caught, GoldenReader(golden) as reader:
        list(reader)
    assert caught.value.offset == EXAMPLE.index("effects")


def test_a_golden_that_is_not_there_is_named(golden: Path) -> None:
    with pytest.raises(GoldenError) as caught:
        GoldenReader(golden.with_name("nothing"))
    assert caught.value.file == str(golden.with_name("nothing"))


def test_every_document_that_parses_whole_parses_as_a_stream(golden: Path) -> None:
    assert read(golden, EXAMPLE) == parse_golden(EXAMPLE)
