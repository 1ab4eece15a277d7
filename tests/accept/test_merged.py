"""Goldens put together from two, whose ids are counted apart."""

from __future__ import annotations

from necp_replay.accept.merged import Choice, merged
from necp_replay.golden.reader import parse_golden
from necp_replay.golden.stanza import BodyText, Stanza


def add(number: int) -> Stanza:
    title = "necp_client_action ADD pid=100 fd=3 client=zero"
    return Stanza(0, title, "ok", f"  client_id: #{number}", f"  generated: #{number}")


def copy(number: int, status: str = "ok") -> Stanza:
    return Stanza(0, f"necp_client_action COPY_RESULT pid=100 fd=3 client=#{number}", status)


def choices(*, takes_added: bool) -> list[Choice]:
    """A client was added before the only one, and the result of that one changed."""
    return [
        Choice(None, add(1), takes_added),
        Choice(add(1), add(2), takes_new=True),
        Choice(copy(1), copy(2, "ENOENT"), takes_new=True),
        Choice(None, copy(1), takes_added),
    ]


def test_accepting_everything_gives_the_new_golden() -> None:
    found = merged(
        choices(takes_added=True), BodyText("  client: #2"), takes_new_final=True, version=2
    )
    assert [each.title[-2:] for each in found.stanzas] == ["ro", "ro", "#2", "#1"]
    assert [each.number for each in found.stanzas] == [1, 2, 3, 4]
    text = found.text()
    assert parse_golden(text).text() == text
    assert text.endswith("client=#100/3.1 -> ok\nfinal state\n  client: #100/3.2\n")


def test_ids_of_a_left_out_record_get_names_that_no_other_id_has() -> None:
    found = merged(
        choices(takes_added=False),
        BodyText("  client: #1\n  other: #2"),
        takes_new_final=True,
        version=2,
    )
    text = found.text()
    assert "client=#100/3.1 -> ENOENT\nfinal state\n  client: #2?\n  other: #100/3.1\n" in text
    assert parse_golden(text).text() == text


def test_a_golden_of_version_1_keeps_its_names() -> None:
    found = merged(choices(takes_added=False), BodyText(), takes_new_final=True, version=1)
    assert [each.title[-2:] for each in found.stanzas] == ["ro", "#2"]
