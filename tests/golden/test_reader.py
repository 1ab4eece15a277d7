"""Goldens are read stanza by stanza, and give what the whole document gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from necp_replay.errors import GoldenError
from necp_replay.golden.document import GoldenDocument, StanzaWriter
from necp_replay.golden.local_ids import LocalIds
from necp_replay.golden.reader import GoldenReader, parse_golden, read_document
from necp_replay.golden.versions import FIRST_LINES, VERSION
from tests.golden.test_document import DAMAGE, EXAMPLE, all_versions


def read(path: Path, text: str) -> GoldenDocument:
    path.write_bytes(text.encode())
    with GoldenReader(path) as reader:
        return read_document(reader)


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("golden") / "a.golden"


@given(document=all_versions)
@settings(deadline=None)
def test_reading_a_file_gives_the_document_of_its_text(
    golden: Path, document: GoldenDocument
) -> None:
    assert read(golden, document.text()) == parse_golden(document.text())


@given(document=all_versions, before=st.integers(0, 4))
@settings(deadline=None)
def test_skipping_records_does_not_change_how_the_others_are_read(
    golden: Path, document: GoldenDocument, before: int
) -> None:
    golden.write_bytes(document.text().encode())
    whole = parse_golden(document.text())
    skipped, others = whole.stanzas[:before], whole.stanzas[before:]
    writer = StanzaWriter(document.version)
    with GoldenReader(golden) as reader:
        skip = reader.skipper()
        for stanza in skipped:
            assert skip(writer.stanza(stanza).encode())
        for stanza in others[:1]:
            # It is not skipped, so the ids that it generated are named by the reader.
            writer.stanza(stanza)
            if document.version > 1:
                writer.ids.take_back(stanza.generated)
        reader.skipped(len(skipped), writer.ids)
        assert list(reader) == others
        assert reader.final == whole.final


def test_only_the_whole_text_of_a_record_is_skipped(golden: Path) -> None:
    golden.write_text(EXAMPLE, "utf-8")
    first, _, rest = EXAMPLE.removeprefix(f"{FIRST_LINES[VERSION]}\n").partition(
        "necp_client_action"
    )
    with GoldenReader(golden) as reader:
        skip = reader.skipper()
        assert not skip(first[:-2].encode() + b"4\n")
        assert skip(first.encode())
        reader.skipped(1, LocalIds())
        # Lines of the record would be left.
        head = "necp_client_action" + rest.partition("-> ok")[0] + "-> ok retval=0\n"
        assert not skip(head.encode())
        assert [stanza.number for stanza in reader] == [2, 3]


@pytest.mark.parametrize(("text", "line", "reason"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_golden_is_refused_with_its_file_and_line(
    golden: Path, text: str, line: int, reason: str
) -> None:
    with pytest.raises(GoldenError) as caught:
        read(golden, text)
    assert (caught.value.file, caught.value.line) == (str(golden), line)
    assert reason in str(caught.value)


def test_what_is_no_text_is_refused_with_its_offset(golden: Path) -> None:
    golden.write_bytes(EXAMPLE.encode().replace(b"effects", b"\xff\xfe"))
    with pytest.raises(GoldenError) as caught, GoldenReader(golden) as reader:
        list(reader)
    assert caught.value.offset == EXAMPLE.index("effects")


def test_a_golden_that_is_not_there_is_named(golden: Path) -> None:
    with pytest.raises(GoldenError) as caught:
        GoldenReader(golden.with_name("nothing"))
    assert caught.value.file == str(golden.with_name("nothing"))
